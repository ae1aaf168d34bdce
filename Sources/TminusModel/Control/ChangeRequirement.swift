/// What the policy demands of one change, decided when its run was submitted and frozen in the run's first event.
package struct ChangeRequirement: Equatable, Sendable {
    /// So many distinct people of these; entries are names or `group:NAME`.
    package struct Approval: Equatable, Sendable {
        /// What they stand for, such as `operations manager` or `CAB`.
        package var role: String
        package var from: [String]
        package var count: Int

        package init(role: String, from: [String], count: Int = 1) {
            self.role = role
            self.from = from
            self.count = count
        }
    }

    /// The class in force, which is not the plan's when `reclassified` says why.
    package var change: ChangeClass
    package var reclassified: String?
    /// All of them must be had. One person counts for one of them only.
    package var approvals: [Approval] = []
    /// The position of the phase that starts only with the approvals and not before `notBefore`: T-0, or the first.
    package var phase: Int
    /// When the lead time is over.
    package var notBefore: Instant?
    /// How that was reckoned, in a sentence; empty without a lead time.
    package var leadTime = ""
    /// When missing approvals become a rejection.
    package var expires: Instant?
    /// Names that may not approve: who started the run, and who tagged.
    package var barred: [String] = []
    package var isFreezeExempt = false
    package var isBudgetExempt = false
    package var incident: String?
    /// When a retroactive review is due; nil when none is owed.
    package var reviewDue: Instant?
    /// What was allowed that usually is not, a sentence each, such as a skipped environment.
    package var notes: [String] = []
    /// SHA-256 of the policy file this came from.
    package var policyDigest: String

    package init(change: ChangeClass, phase: Int, policyDigest: String) {
        self.change = change
        self.phase = phase
        self.policyDigest = policyDigest
    }
}

extension ChangeRequirement.Approval: ReadFromJSON {
    package var json: JSON {
        .members(["role": .string(role), "from": .strings(from), "count": .integer(count, unless: 1)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            role: try fields.text("role"), from: try fields.list("from"),
            count: try fields.integer("count", in: 1...100, default: 1))
        try fields.finish()
    }
}

extension ChangeRequirement: ReadFromJSON {
    package var json: JSON {
        .members([
            "change": .string(change.rawValue), "reclassified": .text(reclassified),
            "approvals": .unlessEmpty(approvals.map(\.json)), "phase": .integer(phase),
            "notBeforeMilliseconds": .milliseconds(notBefore), "leadTime": leadTime.isEmpty ? nil : .string(leadTime),
            "expiresMilliseconds": .milliseconds(expires), "barred": .unlessEmpty(barred),
            "isFreezeExempt": .ifTrue(isFreezeExempt), "isBudgetExempt": .ifTrue(isBudgetExempt),
            "incident": .text(incident), "reviewDueMilliseconds": .milliseconds(reviewDue),
            "notes": .unlessEmpty(notes), "policyDigest": .string(policyDigest),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        change = try fields.word("change")
        reclassified = try fields.optional("reclassified")
        approvals = try fields.list("approvals")
        phase = try fields.integer("phase", in: 0...1_000)
        notBefore = try fields.optionalInstant("notBeforeMilliseconds")
        leadTime = try fields.optional("leadTime") ?? ""
        expires = try fields.optionalInstant("expiresMilliseconds")
        barred = try fields.list("barred")
        isFreezeExempt = try fields.flag("isFreezeExempt")
        isBudgetExempt = try fields.flag("isBudgetExempt")
        incident = try fields.optional("incident")
        reviewDue = try fields.optionalInstant("reviewDueMilliseconds")
        notes = try fields.list("notes")
        policyDigest = try fields.text("policyDigest")
        try fields.finish()
    }
}
