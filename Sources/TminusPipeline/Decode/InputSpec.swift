package import TminusModel

/// An input as a pipeline declares it.
package struct InputSpec: Sendable {
    package let name: String
    package let kind: PlanInput.Kind
    /// The value when none is given; nil when one must be.
    package let fallback: String?
    /// Of a choice; empty for any other kind.
    package let options: [String]
    /// Of a tag: the absolute path of its repository; `.` for the one that the pipeline is read from by tag.
    package let repository: String
    let key: YAMLKey

    /// Whether it is a tag of the repository that the pipeline itself is read from.
    var isOwnTag: Bool { kind == .tag && repository == "." }

    /// What is wrong with a value: where in it (in scalars), what, and what to write.
    struct Fault {
        let offset: Int
        let message: String
        let fix: String
    }

    func fault(in value: String) -> Fault? {
        switch kind {
        case .tag: return Self.fault(value, .tag)
        case .version: return Self.fault(value, .version)
        case .string: return Self.fault(value, Self.string)
        case .digest:
            let hex = value.dropFirst(7).utf8
            let isDigest = value.hasPrefix("sha256:") && hex.count == 64 && hex.allSatisfy(Self.isHexadecimal)
            return isDigest ? nil : Fault(offset: 0, message: "is no digest", fix: "write sha256: and 64 digits 0-9a-f")
        case .integer:
            let digits = value.hasPrefix("-") ? value.dropFirst() : value[...]
            let isPlain = digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && (digits == "0" || digits.first != "0")
            if isPlain, Int64(value) != nil, value != "-0" { return nil }
            return Fault(offset: 0, message: "is no whole number", fix: "write digits, such as 42")
        case .boolean:
            if value == "true" || value == "false" { return nil }
            return Fault(offset: 0, message: "is neither true nor false", fix: "write true or false")
        case .choice:
            if options.contains(value) { return nil }
            let fix = Nearest.fix(for: value, in: options, otherwise: "write \(listed(options))")
            return Fault(offset: 0, message: "is none of the options", fix: fix)
        }
    }

    private static let string = TextRule(
        "a text", .free(lines: false), sizeMax: 4_096, isEmptyAllowed: true, example: "text")

    private static func fault(_ value: String, _ rule: TextRule) -> Fault? {
        rule.fault(in: value).map { Fault(offset: $0.offset, message: $0.message, fix: rule.advice) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66
    }

    /// A value of the right type, for looking at a pipeline without running it.
    var exampleValue: String {
        if let fallback { return fallback }
        return switch kind {
        case .tag, .version: "v0.0.0"
        case .digest: "sha256:" + String(repeating: "0", count: 64)
        case .string: "text"
        case .integer: "0"
        case .boolean: "false"
        case .choice: options.first ?? ""
        }
    }
}

extension InputSpec {
    static func specs(_ node: YAMLNode?, _ decoding: inout Decoding) -> [InputSpec] {
        (node?.entries ?? []).map { spec($0, &decoding) }
    }

    private static func spec(_ entry: YAMLEntry, _ decoding: inout Decoding) -> InputSpec {
        let node = entry.value
        let kind = node["type"].flatMap { PlanInput.Kind(rawValue: $0.text) } ?? .string
        if kind == .choice, node["options"] == nil {
            decoding.error(
                at: entry.key, "input '\(entry.key.text)' is a choice without options",
                fix: "add 'options: [blue, green]'")
        }
        if kind != .choice, let options = node.entry("options") {
            decoding.error(
                at: options.key, "'options' belong to 'type: choice'", fix: "write 'type: choice', or remove it")
        }
        if kind != .tag, let repository = node.entry("repository") {
            decoding.error(
                at: repository.key, "'repository' belongs to 'type: tag'", fix: "write 'type: tag', or remove it")
        }
        let repository = node["repository"]?.text ?? "."
        let spec = InputSpec(
            name: entry.key.text, kind: kind, fallback: node["default"]?.text, options: node["options"]?.texts ?? [],
            repository: repository.hasPrefix("/")
                ? repository : repository == "." ? decoding.folder : "\(decoding.folder)/\(repository)",
            key: entry.key)
        if let fallback = node["default"], let fault = spec.fault(in: fallback.text),
            kind != .choice || node["options"] != nil
        {
            decoding.error(
                at: fallback, "the default of input '\(spec.name)' \(fault.message)", fix: fault.fix)
        }
        return spec
    }
}
