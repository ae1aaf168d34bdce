package import TminusModel
package import TminusPorts

/// What a change needs by a policy: a requirement, or a refusal that says who may, when, or how. Pure.
package struct ChangeDecision {
    private let policy: Policy
    private let change: ProposedChange

    package init(_ policy: Policy, _ change: ProposedChange) {
        self.policy = policy
        self.change = change
    }

    private var plan: Plan { change.plan }

    private var incident: String? {
        if case .hotfix(let incident) = change.lineage { return incident }
        return change.incident
    }

    private var isHotfix: Bool {
        if case .hotfix = change.lineage { return true }
        return plan.release == .hotfix
    }

    /// - Throws: `.refused`.
    package func requirement() throws(PolicyFault) -> ChangeRequirement {
        if case .rollback = change.lineage { return try rollback() }
        try checkSource()
        var notes = try EnvironmentChain(policy, change, isHotfix: isHotfix).notes()
        let (asked, reason) = try changeClass()
        try checkRight(asked)
        try checkBlocks()
        try checkReviews(asked)
        if isHotfix, incident == nil {
            notes.append("a hotfix without an incident is a \(asked.rawValue) change like any other")
        }
        var requirement = ChangeRequirement(
            change: asked, phase: plan.controlledPhase, policyDigest: policy.digest)
        requirement.reclassified = reason
        requirement.incident = incident
        requirement.notes = notes
        requirement.barred = barred(&requirement.notes)
        guard isControlled else {
            requirement.notes.append(
                "\(plan.environment) is not under change control: no approvals, no lead time, no templates")
            return requirement
        }
        if let rule = policy.rule(for: asked) { try apply(rule, to: &requirement) }
        return requirement
    }

    /// Going back waits for nothing but the right to do it.
    private func rollback() throws(PolicyFault) -> ChangeRequirement {
        try check(.rollback, "roll back")
        var requirement = ChangeRequirement(
            change: plan.change, phase: plan.controlledPhase, policyDigest: policy.digest)
        requirement.isFreezeExempt = true
        requirement.isBudgetExempt = true
        requirement.incident = incident
        requirement.reviewDue = reviewDue
        requirement.notes = ["a rollback: no approvals, no lead time, no freeze and no budget hold it"]
        return requirement
    }

    private var isControlled: Bool { policy.environment(named: plan.environment)?.isControlled ?? true }

    private var reviewDue: Instant? {
        policy.rule(for: .emergency)?.reviewWithin.flatMap { policy.end(of: $0, from: change.at)?.end }
    }

    // MARK: - Class

    /// The class in force, and why it is not the plan's.
    private func changeClass() throws(PolicyFault) -> (ChangeClass, reason: String?) {
        if isHotfix, let incident {
            let reason = "a hotfix for incident \(incident) is an emergency change"
            return (try listed(.emergency), plan.change == .emergency ? nil : reason)
        }
        guard isControlled, !policy.changes.isEmpty else { return (plan.change, nil) }
        if plan.change == .emergency, incident == nil {
            throw PolicyFault(
                .refused,
                "an emergency change names its incident: start it with `tminus hotfix … --incident INC-042`, or as "
                    + "another class of change.")
        }
        if plan.change != .emergency, let least = policy.releases.first(where: { $0.release == plan.release }),
            strictness(least.change) > strictness(plan.change)
        {
            let raised = try template(least.change)
            return (
                raised.0, "a \(plan.release.rawValue) release is at least a \(raised.0.rawValue) change by the policy"
            )
        }
        return try template(plan.change)
    }

    /// A standard change that is none is a normal one.
    private func template(_ asked: ChangeClass) throws(PolicyFault) -> (ChangeClass, reason: String?) {
        guard asked == .standard else { return (try listed(asked), nil) }
        guard let rule = policy.rule(for: .standard) else {
            return (try listed(.normal), "the policy has no templates of standard changes")
        }
        let hash = plan.shapeHash
        if rule.templates.contains(where: { $0.hash == hash }) { return (.standard, nil) }
        let names = Policy.listed(rule.templates.prefix(10).map(\.name))
        return (
            try listed(.normal),
            "its steps are not those of a template (\(names)); their hash is \(hash)"
        )
    }

    private func strictness(_ change: ChangeClass) -> Int {
        switch change {
        case .standard: 0
        case .normal: 1
        case .major: 2
        case .emergency: 3
        }
    }

    private func listed(_ asked: ChangeClass) throws(PolicyFault) -> ChangeClass {
        if !isControlled || policy.changes.isEmpty || policy.rule(for: asked) != nil { return asked }
        let known = policy.changes.map(\.change.rawValue)
        throw PolicyFault(
            .refused,
            "the policy has no class '\(asked.rawValue)'; it has \(Policy.listed(known)). Correct 'change' in the "
                + "pipeline, or add the class under 'changes' of the policy.")
    }

    // MARK: - Refusals

    private func checkRight(_ asked: ChangeClass) throws(PolicyFault) {
        if asked == .emergency { return try check(.emergency, "make an emergency change") }
        try check(.start, "start a run")
    }

    private func check(_ right: Right, _ order: String) throws(PolicyFault) {
        guard !change.by.may(right) else { return }
        throw PolicyFault(
            .refused,
            "\(change.by.name) may not \(order): \(policy.who(may: right)).")
    }

    /// The engine has compared a source that a plan names with its repository before this is asked.
    private func checkSource() throws(PolicyFault) {
        guard plan.source == nil, policy.environment(named: plan.environment)?.needsTag == true else { return }
        throw PolicyFault(
            .refused,
            "only tags are released to \(plan.environment), and this plan was made from files. Tag the commit, then: "
                + "tminus run --repo ADDRESS --tag TAG PIPELINE; for an incident: tminus hotfix --tag TAG --incident "
                + "INC-042. To go back no tag is needed: tminus rollback.")
    }

    private func checkBlocks() throws(PolicyFault) {
        guard let version = plan.version,
            let block = change.blocks.first(where: { $0.service == plan.service && $0.version == version })
        else { return }
        throw PolicyFault(
            .refused,
            "\(version) of \(plan.service) was blocked by \(block.by): \(block.reason). "
                + "To release it: \(policy.who(may: .unblock)).")
    }

    /// Emergencies go on: whoever puts out a fire is not stopped for the report on the last one.
    private func checkReviews(_ asked: ChangeClass) throws(PolicyFault) {
        let overdue = change.reviews.filter { $0.service == plan.service && $0.due <= change.at }
        guard asked != .emergency, let first = overdue.min(by: { $0.due < $1.due }) else { return }
        let zone = Zone(policy.zone) ?? .utc
        let more = overdue.count > 1 ? " and \(overdue.count - 1) more" : ""
        throw PolicyFault(
            .refused,
            "\(plan.service) owes a review: \(first.name) of the \(first.kind.rawValue) \(first.run) by \(first.by) "
                + "was due \(zone.text(first.due))\(more). Until it is closed only rollbacks and emergency changes may "
                + "start. To close it: \(policy.who(may: .review)).")
    }

    // MARK: - Demands

    /// Who started it and who tagged it; what is not known about them is noted.
    private func barred(_ notes: inout [String]) -> [String] {
        var names: [String] = change.by.isAutomation ? [] : [change.by.name]
        guard let source = plan.source else { return names }
        let tagger = source.tagger.flatMap(Self.address).flatMap { address in
            policy.people.first { $0.addresses.contains(address) }
        }
        let signer = source.signer.flatMap { key in policy.people.first { $0.isSigner(key) } }
        for person in [tagger, signer].compactMap({ $0 }) where !names.contains(person.name) {
            names.append(person.name)
        }
        if tagger == nil, signer == nil, let text = source.signer ?? source.tagger {
            notes.append("the policy does not know who tagged \(source.tag): \(text)")
        }
        return names
    }

    /// The mail address of `Name <address>`, in lower case.
    static func address(_ tagger: String) -> String? {
        guard let open = tagger.lastIndex(of: "<"), let close = tagger.lastIndex(of: ">"), open < close else {
            return nil
        }
        return tagger[tagger.index(after: open)..<close].lowercased()
    }

    private func apply(_ rule: ChangeRule, to requirement: inout ChangeRequirement) throws(PolicyFault) {
        requirement.approvals = rule.approvals
        requirement.isFreezeExempt = rule.isFreezeExempt
        requirement.isBudgetExempt = rule.isBudgetExempt
        requirement.expires = rule.expires.map { change.at.advanced(by: $0) }
        if rule.change == .emergency { requirement.reviewDue = reviewDue }
        if let lack = Quorum(policy, rule.approvals).lack(barred: requirement.barred) {
            throw PolicyFault(
                .refused,
                "a \(rule.change.rawValue) change could never be approved: \(lack). Whoever started or tagged it does "
                    + "not approve it; let somebody else start it, or add people to the policy.")
        }
        guard let leadTime = rule.leadTime else { return }
        guard let (end, reckoned) = policy.end(of: leadTime, from: change.at) else {
            throw PolicyFault(
                .refused,
                "the lead time of a \(rule.change.rawValue) change cannot be reckoned: its calendar has too few "
                    + "business days. Correct the calendar in the policy.")
        }
        requirement.notBefore = end
        requirement.leadTime = reckoned
    }
}

extension PolicyPerson {
    /// Fingerprints of GPG are written with and without spaces, in either case; a long key id is the end of one.
    fileprivate func isSigner(_ key: String) -> Bool {
        keys.contains { $0 == key || Self.plain($0) == Self.plain(key) && Self.plain(key) != nil }
    }

    private static func plain(_ key: String) -> String? {
        let digits = key.uppercased().filter { $0 != " " }
        return digits.utf8.count >= 40 && digits.allSatisfy(\.isHexDigit) ? digits : nil
    }
}
