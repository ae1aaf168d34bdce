package import TminusModel
package import TminusPorts

extension PolicyFile {
    package func digest() throws(PolicyFault) -> String? { try policy()?.digest }

    package func person(_ person: Person) throws(PolicyFault) -> Person { try policy()?.known(person) ?? person }

    package func who(may right: Right) throws(PolicyFault) -> String? {
        guard let policy = try policy(), policy.grants != nil else { return nil }
        return policy.who(may: right)
    }

    package func requirement(for change: ProposedChange) throws(PolicyFault) -> ChangeRequirement? {
        guard let policy = try policy() else { return nil }
        return try ChangeDecision(policy, change).requirement()
    }

    package func freezes() throws(PolicyFault) -> [PolicyFreeze] { try policy()?.freezes ?? [] }

    package func check(_ rule: FreezeRule) throws(PolicyFault) {
        if let fault = rule.fault { throw PolicyFault(.refused, fault) }
    }

    package func spans(
        for subject: FreezeSubject, added: [FreezeRule], from: Instant, until: Instant
    ) throws(PolicyFault) -> [FreezeSpan] {
        let rules = (try policy()?.freezes.map(\.rule) ?? []) + added
        return try calendar.spans(for: subject, rules: rules, from: from, until: until)
    }
}

extension Policy {
    /// Who somebody is: the policy's name for an account, its groups, and what it grants.
    ///
    /// A person keeps only rights that the policy grants, and of these only those they came with: a token may carry
    /// fewer. A program keeps its token's rights, because the token was what granted them. Groups of the policy are the
    /// policy's alone: a Unix group of the same name makes nobody a member.
    package func known(_ person: Person) -> Person {
        var known = person
        let own = groups.map(\.name)
        known.groups = person.groups.filter { !own.contains($0) }
        guard !person.isAutomation else { return known }
        if let match = self.person(account: person.name) {
            known.name = match.name
            known.groups = (known.groups + groups(of: match.name)).sorted()
        }
        if let granted = rights(of: known.name) { known.rights = person.rights.filter(granted.contains).sorted() }
        return known
    }
}
