/// A node of a YAML document with its place; no anchors, aliases or tags are left in it.
struct YAMLNode: Sendable {
    let line: Int32
    let column: Int32
    let content: Content

    enum Content: Sendable {
        /// `isPlain` is true for text without quotes that is not a block.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    var mark: Mark { Mark(line: Int(line), column: Int(column)) }

    /// The value of `key` in a mapping; nil when there is none or this is no mapping.
    subscript(key: String) -> YAMLNode? { entry(key)?.value }

    func entry(_ key: String) -> YAMLEntry? {
        entries.first { $0.key.text == key }
    }

    /// Empty unless this is a mapping.
    var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// The elements of a list; the node itself when it is none: where one value or a list is allowed.
    var oneOrMore: [YAMLNode] {
        if case .sequence(let nodes) = content { nodes } else { [self] }
    }

    /// The text of a scalar; empty for anything else.
    var text: String {
        if case .scalar(let text, _) = content { text } else { "" }
    }

    /// Whether a value was left out: `key:` with nothing after it, `~` or `null`.
    var isEmpty: Bool {
        if case .scalar(let text, isPlain: true) = content { PlainText.meaning(of: text) == .null } else { false }
    }
}

/// A key with its value.
struct YAMLEntry: Sendable {
    let key: YAMLKey
    let value: YAMLNode
}

struct YAMLKey: Sendable {
    let text: String
    let line: Int32
    let column: Int32

    var mark: Mark { Mark(line: Int(line), column: Int(column)) }
}
