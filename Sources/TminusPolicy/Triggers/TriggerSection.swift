import TminusModel
import TminusPipeline

/// `triggers`: which tag becomes a run of which pipeline.
extension PolicySection {
    private static let tags = TextRule(
        "a pattern of tags", .word(prefixes: [], first: "A-Za-z0-9*?", rest: "A-Za-z0-9._+*?-"), sizeMax: 128,
        isNumberAllowed: true, example: "\"v*\"")
    private static let inputName = TextRule(
        "an input's name", .word(prefixes: [], first: "A-Za-z_", rest: "A-Za-z0-9_-"), sizeMax: 63, example: "version")
    private static let inputValue = TextRule(
        "an input's value", .free(lines: false), sizeMax: 4_096, isEmptyAllowed: true, isNumberAllowed: true,
        example: "blue")

    private static let table = KeyTable(
        noun: "a trigger",
        keys: [
            .required("repository", .text(repositoryName), "shop", "Whose tags: a name under `repositories`."),
            .required("tags", .text(tags), "\"v*\"", "Which: `*` stands for any characters, `?` for one."),
            .required(
                "signature",
                .written(
                    value: .choice(["required", "none"]), list: .list(.text(.glob), 1...100), mapping: nil),
                "required",
                "Who must have signed the tag: anybody the repository trusts (`required`), one of these (principals of "
                    + "the allowed signers, `SHA256:…` or GPG fingerprints, as patterns), or nobody (`none`; a bad "
                    + "signature is refused all the same)."),
            .required("pipeline", .text(.path), "pipelines/checkout.yaml", "The pipeline's path in the tagged tree."),
            .optional(
                "environment", .text(.name("an environment's name", example: "staging")), "production",
                "Where the pipeline must release to. Default: wherever it says."),
            .optional(
                "change", .choice(ChangeClass.allCases.map(\.rawValue)), "normal",
                "The class of change the pipeline must have. Default: whatever it says."),
            .optional(
                "inputs", .named(inputName, .text(inputValue), noun: "input", 1...100), "{region: eu}",
                "Values of the pipeline's inputs, beside the tag's."),
        ])

    static let triggers = PolicySection(
        key: .optional(
            "triggers", .list(.keys(table), 1...500),
            "[{repository: shop, tags: \"v*\", signature: required, pipeline: pipelines/checkout.yaml}]",
            "What is released when a tag appears: the first that matches decides; a tag that none matches is logged "
                + "and not run.")
    ) { node, decoding in
        for element in node.oneOrMore {
            let rule = rule(element, &decoding)
            if let earlier = decoding.policy.tags.rules.firstIndex(where: { covers($0, rule) }) {
                decoding.error(
                    at: element, "trigger \(earlier + 1) matches every tag that this one does, and comes first",
                    fix: "remove one of the two, or write this one before it")
            }
            decoding.policy.tags.rules.append(rule)
        }
    }

    /// Whether `earlier` leaves nothing for `later`, as far as can be seen at once.
    private static func covers(_ earlier: TriggerRule, _ later: TriggerRule) -> Bool {
        guard earlier.repository == later.repository, earlier.tags == later.tags || earlier.tags == "*" else {
            return false
        }
        return earlier.signature == later.signature || earlier.signature == .unsigned
    }

    private static func rule(_ node: YAMLNode, _ decoding: inout PolicyDecoding) -> TriggerRule {
        let repository = node["repository"]
        let name = repository?.text ?? ""
        if let repository {
            decoding.check(repository, name, decoding.policy.tags.repositories.map(\.name), "repository")
        }
        var rule = TriggerRule(
            repository: name, tags: node["tags"]?.text ?? "", signature: signature(node, name, &decoding),
            pipeline: node["pipeline"]?.text ?? "")
        if let pipeline = node["pipeline"] { check(pipeline, &decoding) }
        if let environment = node["environment"] {
            let names = decoding.policy.environments.map(\.name)
            if !names.isEmpty { decoding.check(environment, environment.text, names, "environment") }
            rule.environment = environment.text
        }
        if let change = node["change"] {
            rule.change = ChangeClass(rawValue: change.text)
            let known = decoding.policy.changes.map(\.change.rawValue)
            if !known.isEmpty, !known.contains(change.text) {
                decoding.error(
                    at: change, "the class '\(change.text)' is not listed under 'changes'",
                    fix: "add it there, or write \(listed(known))")
            }
        }
        rule.inputs = (node["inputs"]?.entries ?? []).map { Variable(name: $0.key.text, value: $0.value.text) }
        return rule
    }

    private static func signature(
        _ node: YAMLNode, _ repository: String, _ decoding: inout PolicyDecoding
    ) -> TriggerRule.Signature {
        guard let value = node["signature"] else { return .signed(by: []) }
        // A list is of patterns, whatever its words.
        if value.text == "none" { return .unsigned }
        let known = decoding.policy.tags.repository(named: repository)
        if let known, known.trust == nil {
            decoding.error(
                at: value, "repository '\(repository)' trusts nobody's signature, so no tag would ever match",
                fix: "add allowedSigners, or gpgKeys and gpgFingerprints, to the repository; or write signature: none")
        }
        return .signed(by: value.text == "required" ? [] : value.texts)
    }

    /// A pipeline's path goes down from the top of the tree.
    private static func check(_ node: YAMLNode, _ decoding: inout PolicyDecoding) {
        let names = node.text.split(separator: "/", omittingEmptySubsequences: false)
        guard names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { return }
        decoding.error(
            at: node, "'\(node.text)' is no path in a repository",
            fix: "write it from the repository's top, such as pipelines/checkout.yaml")
    }
}
