import TminusModel
import TminusPipeline

/// `changes` and `releases`: what each class of change needs.
extension PolicySection {
    private static let approval = KeyTable(
        noun: "an approval",
        keys: [
            .required("role", .text(.sentence), "operations manager", "What these people stand for."),
            .required("from", .people, "[\"group:managers\"]", "Who may give it."),
            .optional("count", .integer(1...20), "1", "How many different people. Default: 1."),
        ])

    private static let approvals = KeyTable.Key.optional(
        "approvals", .list(.keys(approval), 1...20), "[{role: operations manager, from: [\"group:managers\"]}]",
        "Whose approvals it takes; one person counts for one of them.")
    private static let leadTime = KeyTable.Key.optional(
        "leadTime", .timeSpan, "{businessDays: 3, calendar: jp}",
        "How long after its submission T-0 may start at the earliest.")
    private static let expires = KeyTable.Key.optional(
        "expires", .duration(atLeast: 60_000), "14d",
        "When missing approvals become a rejection, from the submission. Default: never.")
    private static let exemptions: [KeyTable.Key] = [
        .optional("freezeExempt", .boolean, "true", "Whether freezes let it pass. Default: false."),
        .optional("budgetExempt", .boolean, "true", "Whether the error budget lets it pass. Default: false."),
    ]

    private static let hash = TextRule(
        "a template's hash", .word(prefixes: [], first: "0-9a-f", rest: "0-9a-f"), sizeMax: 64, isNumberAllowed: true,
        example: "what `tminus policy template PIPELINE` prints")

    private static let standard = KeyTable(
        noun: "the class standard",
        keys: [
            .required(
                "templates",
                .named(.policyName("a template's name", example: "weekly"), .text(hash), noun: "template", 1...500),
                "{weekly: 3f1c…}",
                "Step lists that were approved once and for all, by their hash; anything else is a normal change.")
        ] + exemptions)

    private static let normal = KeyTable(
        noun: "the class normal", keys: [approvals, leadTime, expires] + exemptions)

    private static let emergency = KeyTable(
        noun: "the class emergency",
        keys: [
            .required(
                "reviewWithin", .timeSpan, "{businessDays: 5, calendar: jp}",
                "When it, and every rollback, must have been reviewed; after that other runs of the service wait."),
            approvals, expires,
        ] + exemptions)

    private static let major = KeyTable(
        noun: "the class major",
        keys: [
            .required(
                "approvals", .list(.keys(approval), 1...20), "[{role: CAB, from: [\"group:cab\"], count: 2}]",
                "Whose approvals it takes: at least 2 people, and the role CAB among them."),
            .optional(
                "leadTime", .timeSpan, "1w", "How long after its submission T-0 may start at the earliest. Default: 1w."
            ),
            expires,
        ] + exemptions)

    private static let changesTable = KeyTable(
        noun: "the classes of change",
        keys: [
            .optional("standard", .keys(standard), "{templates: {weekly: 3f1c…}}", "Pre-approved; it never waits."),
            .optional("normal", .keys(normal), "{leadTime: {businessDays: 3, calendar: jp}}", "What most changes are."),
            .optional("emergency", .keys(emergency), "{reviewWithin: 3d}", "For an incident; reviewed afterwards."),
            .optional(
                "major", .keys(major), "{approvals: [{role: CAB, from: [\"group:cab\"], count: 2}]}", "By the CAB."),
        ])

    static let changes = PolicySection(
        key: .optional(
            "changes", .keys(changesTable), "{normal: {leadTime: 3d}}",
            "What each class of change needs. Left out, nothing; with it, a class that is not listed is refused.")
    ) { node, decoding in
        for entry in node.entries {
            guard let change = ChangeClass(rawValue: entry.key.text) else { continue }
            let rule = rule(change, entry.value, &decoding)
            check(rule, entry, &decoding)
            decoding.policy.changes.append(rule)
        }
    }

    private static func rule(
        _ change: ChangeClass, _ node: YAMLNode, _ decoding: inout PolicyDecoding
    ) -> ChangeRule {
        var rule = ChangeRule(change: change)
        for element in node["approvals"]?.oneOrMore ?? [] {
            let approval = ChangeRequirement.Approval(
                role: element["role"]?.text ?? "", from: decoding.people(element["from"]),
                count: element["count"]?.integer ?? 1)
            let people = decoding.policy.people(in: approval.from)
            if people.count < approval.count, let count = element["count"] {
                decoding.error(
                    at: count,
                    "\(approval.count) approvals from \(people.count == 1 ? "1 person" : "\(people.count) people")",
                    fix: "add people to 'from' or its groups, or lower the count")
            }
            rule.approvals.append(approval)
        }
        rule.leadTime = decoding.span(node["leadTime"]) ?? (change == .major ? .elapsed(.seconds(7 * 86_400)) : nil)
        rule.expires = node["expires"]?.duration
        rule.isFreezeExempt = node["freezeExempt"]?.isTrue ?? false
        rule.isBudgetExempt = node["budgetExempt"]?.isTrue ?? false
        rule.reviewWithin = decoding.span(node["reviewWithin"])
        for entry in node["templates"]?.entries ?? [] {
            let hash = entry.value.text
            if hash.utf8.count != 64 {
                decoding.error(
                    at: entry.value, "a template's hash has 64 digits, not \(hash.utf8.count)",
                    fix: "write what `tminus policy template PIPELINE` prints")
            }
            if let same = rule.templates.first(where: { $0.hash == hash }) {
                decoding.error(
                    at: entry.key, "the template '\(entry.key.text)' is the same as '\(same.name)'",
                    fix: "keep one of the two")
            }
            rule.templates.append(ChangeRule.Template(name: entry.key.text, hash: hash))
        }
        return rule
    }

    /// What contradicts itself.
    private static func check(_ rule: ChangeRule, _ entry: YAMLEntry, _ decoding: inout PolicyDecoding) {
        let needed = rule.approvals.reduce(0) { $0 + $1.count }
        if let expires = entry.value.entry("expires"), rule.approvals.isEmpty {
            decoding.error(
                at: expires.key, "'expires' of class \(rule.change.rawValue) limits approvals, and it needs none",
                fix: "remove it, or add 'approvals'")
        }
        if rule.change == .major, let node = entry.value["approvals"] {
            if needed < 2 {
                decoding.error(
                    at: node, "a major change needs a quorum of at least 2, not \(needed)", fix: "write 'count: 2'")
            }
            if !rule.approvals.contains(where: { $0.role.uppercased() == "CAB" }) {
                decoding.error(
                    at: node, "no approval of a major change has the role CAB", fix: "add {role: CAB, from: […]}")
            }
        }
        guard let node = entry.value["approvals"], !decoding.decoding.list.hasErrors else { return }
        let policy = decoding.policy
        if let lack = Quorum(policy, rule.approvals).lack(barred: []) {
            decoding.error(
                at: node, "these approvals can never be had: \(lack)",
                fix: "add people; one person counts for one approval only")
        }
    }

    // MARK: - Releases

    private static let released = Shape.choice([ChangeClass.standard, .normal, .major].map(\.rawValue))
    private static let releasesTable = KeyTable(
        noun: "the types of release",
        keys: [ReleaseType.major, .minor, .patch].map {
            .optional(
                $0.rawValue, released, $0 == .major ? "major" : "normal",
                "The least strict class of a \($0.rawValue) release.")
        })

    static let releases = PolicySection(
        key: .optional(
            "releases", .keys(releasesTable), "{major: major, minor: normal}",
            "The least strict class by the type of release; a hotfix with an incident is always an emergency.")
    ) { node, decoding in
        for entry in node.entries {
            guard let release = ReleaseType(rawValue: entry.key.text),
                let change = ChangeClass(rawValue: entry.value.text)
            else { continue }
            if !decoding.policy.changes.isEmpty, decoding.policy.rule(for: change) == nil {
                let known = decoding.policy.changes.map(\.change.rawValue)
                decoding.error(
                    at: entry.value, "the class '\(change.rawValue)' is not listed under 'changes'",
                    fix: "add it there, or write \(listed(known))")
            }
            decoding.policy.releases.append(ReleaseClass(release: release, change: change))
        }
    }
}
