package import TminusModel

/// The organisation's rules, as the engine asks about them. Zones and calendars are resolved behind this port.
package protocol ChangePolicy: Sendable {
    /// SHA-256 of the policy in force; nil where there is none. - Throws: what is wrong with the file, with its place.
    func digest() throws(PolicyFault) -> String?

    /// Who this is by the policy: the policy's name for an account, with its groups beside the account's own, and what
    /// it may do. Unchanged where there is no policy.
    func person(_ person: Person) throws(PolicyFault) -> Person

    /// Who has a right, as the end of a refusal: `only group managers may (right 'rollback')`; nil where no policy says
    /// it.
    func who(may right: Right) throws(PolicyFault) -> String?

    /// What a change needs; nil where there is no policy.
    ///
    /// - Throws: `.refused` saying who may, when, or how; `.unreadable`.
    func requirement(for change: ProposedChange) throws(PolicyFault) -> ChangeRequirement?

    /// Whether the times of a freeze that somebody wants to add can be reckoned.
    ///
    /// - Throws: `.refused` with what is wrong with it, and what to write.
    func check(_ rule: FreezeRule) throws(PolicyFault)

    /// The policy's own freezes, with the zone that their times were written in; none where there is no policy.
    func freezes() throws(PolicyFault) -> [PolicyFreeze]

    /// The spans that apply to a run and overlap `[from, until)`, ascending by start: of the policy's freezes, and of
    /// `added` ones. Stretches that meet are one span.
    func spans(
        for subject: FreezeSubject, added: [FreezeRule], from: Instant, until: Instant
    ) throws(PolicyFault) -> [FreezeSpan]
}

extension ChangePolicy {
    package func who(may right: Right) throws(PolicyFault) -> String? { nil }
}

/// A change that somebody wants to make, with what the journal knows about its service.
package struct ProposedChange: Sendable {
    package var plan: Plan
    /// The plan's digest.
    package var digest: String
    package var by: Person
    package var lineage: Lineage?
    package var incident: String?
    package var at: Instant
    /// Of the plan's service in every environment, newest first.
    package var releases: [ReleaseRecord]
    /// Open ones of the service.
    package var reviews: [Review]
    package var blocks: [ReleaseBlock]

    package init(
        plan: Plan, digest: String, by: Person, lineage: Lineage? = nil, incident: String? = nil, at: Instant,
        releases: [ReleaseRecord] = [], reviews: [Review] = [], blocks: [ReleaseBlock] = []
    ) {
        self.plan = plan
        self.digest = digest
        self.by = by
        self.lineage = lineage
        self.incident = incident
        self.at = at
        self.releases = releases
        self.reviews = reviews
        self.blocks = blocks
    }
}

/// What of a run decides which freezes apply to it.
package struct FreezeSubject: Hashable, Sendable {
    package var service: String
    package var environment: String
    package var change: ChangeClass
    package var invoker: FreezeRule.Invoker

    package init(service: String, environment: String, change: ChangeClass, invoker: FreezeRule.Invoker) {
        self.service = service
        self.environment = environment
        self.change = change
        self.invoker = invoker
    }
}

/// Why the policy has no answer, or a refusal for one.
package struct PolicyFault: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The file is there and wrong.
        case unreadable
        case refused
    }

    package var code: Code
    /// What is wrong, where, and what to do; or who may, when, or how.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// No policy file: everybody who reaches the engine may do everything, and freezes are those added by command.
package struct NoPolicy: ChangePolicy {
    package init() {}

    package func digest() throws(PolicyFault) -> String? { nil }
    package func person(_ person: Person) throws(PolicyFault) -> Person { person }
    package func requirement(for change: ProposedChange) throws(PolicyFault) -> ChangeRequirement? { nil }

    package func freezes() throws(PolicyFault) -> [PolicyFreeze] { [] }

    package func check(_ rule: FreezeRule) throws(PolicyFault) {
        guard case .recurring = rule.times else { return }
        throw PolicyFault(.refused, "a freeze that recurs needs calendars, and this engine runs without")
    }

    /// One-off freezes only: recurring ones need calendars.
    package func spans(
        for subject: FreezeSubject, added: [FreezeRule], from: Instant, until: Instant
    ) throws(PolicyFault) -> [FreezeSpan] {
        added.compactMap { rule in
            guard case .once(let start, let end) = rule.times, rule.kind == .deny else { return nil }
            let close = end ?? .distantFuture
            guard start < until, from < close else { return nil }
            return FreezeSpan(
                name: rule.name, reason: rule.reason, from: start, until: close, actions: rule.actions,
                isOverridable: rule.isOverridable)
        }
    }
}
