import TminusModel
import TminusPipeline

/// `environments`: where releases go, and where they must have been before.
extension PolicySection {
    private static let environmentName = TextRule.name("an environment's name", example: "staging")

    private static let earlier = KeyTable(
        noun: "an environment that comes before",
        keys: [
            .required("environment", .text(environmentName), "staging", "Which."),
            .optional("soak", .durationOrZero, "24h", "How long the version must have been there. Default: 0s."),
            .optional(
                "optional", .boolean, "true",
                "It need not have been there; if it was, the last try must have succeeded. Default: false."),
        ])

    private static let environment = KeyTable(
        noun: "an environment",
        keys: [
            .optional(
                "after",
                .list(.written(value: .text(environmentName), list: nil, mapping: .keys(earlier)), 1...50),
                "[test, {environment: staging, soak: 24h}]", "Where a version must have been released before."),
            .optional(
                "enough", .word("all", or: .integer(1...50)), "1",
                "How many of those that are not optional are enough. Default: all."),
            .optional(
                "hotfixMaySkip", .list(.text(environmentName), 1...50), "[staging]",
                "Of those, which a hotfix may leave out; its requirement says so."),
            .optional(
                "controlled", .boolean, "false",
                "Whether classes of change ask for approvals, lead time, templates and incidents here. Default: true."),
            .optional(
                "source", .choice(["any", "tag"]), "tag",
                "Where plans come from. tag: only from a tag of one of `repositories`, as the engine itself reads it; "
                    + "rolling back needs none. any: from files too. Default: any."),
        ])

    static let environments = PolicySection(
        key: .optional(
            "environments", .named(environmentName, .keys(environment), noun: "environment", 1...100),
            "{staging: {}, production: {after: [staging]}}",
            "Where may be released to; a pipeline for any other environment is refused. Left out, any.")
    ) { node, decoding in
        let names = node.entries.map(\.key.text)
        for entry in node.entries {
            decoding.policy.environments.append(rule(entry, names, &decoding))
        }
        checkCircles(node, &decoding)
    }

    private static func rule(
        _ entry: YAMLEntry, _ names: [String], _ decoding: inout PolicyDecoding
    ) -> EnvironmentRule {
        var rule = EnvironmentRule(name: entry.key.text)
        for element in entry.value["after"]?.oneOrMore ?? [] {
            let nameNode = element["environment"] ?? element
            decoding.check(nameNode, nameNode.text, names, "environment")
            if rule.after.contains(where: { $0.environment == nameNode.text }) {
                decoding.error(at: nameNode, "'\(nameNode.text)' is listed twice", fix: "keep one of the two")
            }
            rule.after.append(
                EnvironmentRule.Earlier(
                    environment: nameNode.text, soak: element["soak"]?.duration ?? .zero,
                    isOptional: element["optional"]?.isTrue ?? false))
        }
        if let enough = entry.value["enough"], let count = enough.integer {
            let needed = rule.after.filter { !$0.isOptional }.count
            if count > needed {
                decoding.error(
                    at: enough, "\(count) environments cannot be enough: \(needed) are listed that are not optional",
                    fix: needed == 0 ? "remove 'enough'" : "write 1 to \(needed), or all")
            }
            rule.enough = count
        }
        for element in entry.value["hotfixMaySkip"]?.oneOrMore ?? [] {
            let before = rule.after.map(\.environment)
            if !before.contains(element.text) {
                let otherwise = before.isEmpty ? "remove it" : "write one of \(listed(before))"
                decoding.error(
                    at: element, "'\(element.text)' does not come before '\(rule.name)', so nothing can skip it",
                    fix: Nearest.fix(for: element.text, in: before, otherwise: otherwise))
            }
            rule.hotfixMaySkip.append(element.text)
        }
        rule.isControlled = entry.value["controlled"]?.isTrue ?? true
        rule.needsTag = entry.value["source"]?.text == "tag"
        return rule
    }

    /// Where only tags are released from, there must be some: called for policies without repositories.
    static func checkTags(_ environments: YAMLNode, _ decoding: inout PolicyDecoding) {
        for entry in environments.entries {
            guard let source = entry.value["source"], source.text == "tag" else { continue }
            decoding.error(
                at: source, "nothing could be released to '\(entry.key.text)': the policy has no repositories",
                fix: "add the repository under 'repositories', or remove 'source'")
        }
    }

    /// An environment that comes before itself could never be released to.
    private static func checkCircles(_ node: YAMLNode, _ decoding: inout PolicyDecoding) {
        let rules = decoding.policy.environments
        for entry in node.entries {
            var reached: [String] = []
            var open = rules.first { $0.name == entry.key.text }?.after.map(\.environment) ?? []
            while let name = open.popLast() {
                if reached.contains(name) { continue }
                reached.append(name)
                open += rules.first { $0.name == name }?.after.map(\.environment) ?? []
            }
            if reached.contains(entry.key.text) {
                decoding.error(
                    at: entry.key,
                    "'\(entry.key.text)' comes before itself, by way of \(listed(reached, joinedBy: "and"))",
                    fix: "remove one 'after' of the circle")
                return
            }
        }
    }
}
