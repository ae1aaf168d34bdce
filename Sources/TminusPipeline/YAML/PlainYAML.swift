package import TminusModel

/// YAML and JSON files that are no pipelines, as plain values.
package enum PlainYAML {
    /// The file's one document. Text without quotes is a number, a boolean or null where YAML says so, else text.
    ///
    /// - Throws: what is wrong with the file as YAML; it has the limits of a pipeline's.
    package static func json(path: String) throws(DiagnosticsError) -> JSON {
        let source = try SourceReader.source(path: path, shownAs: path)
        return try YAMLReader.documents(of: source).first.map(json) ?? .null
    }

    private static func json(_ node: YAMLNode) -> JSON {
        switch node.content {
        case .scalar(let text, isPlain: false): .string(text)
        case .scalar(let text, isPlain: true): scalar(text)
        case .sequence(let nodes): .array(nodes.map(json))
        case .mapping(let entries): .object(entries.map { JSON.Member($0.key.text, json($0.value)) })
        }
    }

    private static func scalar(_ text: String) -> JSON {
        switch PlainText.meaning(of: text) {
        case .null: .null
        case .boolean: boolean(text)
        case .number: Int64(text).map(JSON.integer) ?? number(text)
        case .text, .date: .string(text)
        }
    }

    /// `yes` and `off` are text to newer readers: only what all take for a boolean is one.
    private static func boolean(_ text: String) -> JSON {
        switch text.lowercased() {
        case "true": .bool(true)
        case "false": .bool(false)
        default: .string(text)
        }
    }

    /// What is no decimal number, such as `.nan` and `1:30`, stays text.
    private static func number(_ text: String) -> JSON {
        guard let value = Double(text), value.isFinite else { return .string(text) }
        return .double(value)
    }
}
