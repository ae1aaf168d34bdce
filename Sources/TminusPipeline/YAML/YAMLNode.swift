/// A node of a YAML document with its place; no anchors, aliases or tags are left in it.
package struct YAMLNode: Sendable {
    package let line: Int32
    package let column: Int32
    package let content: Content

    package enum Content: Sendable {
        /// `isPlain` is true for text without quotes that is not a block.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package var mark: Mark { Mark(line: Int(line), column: Int(column)) }

    /// The value of `key` in a mapping; nil when there is none or this is no mapping.
    package subscript(key: String) -> YAMLNode? { entry(key)?.value }

    package func entry(_ key: String) -> YAMLEntry? {
        entries.first { $0.key.text == key }
    }

    /// Empty unless this is a mapping.
    package var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// The elements of a list; the node itself when it is none: where one value or a list is allowed.
    package var oneOrMore: [YAMLNode] {
        if case .sequence(let nodes) = content { nodes } else { [self] }
    }

    /// The text of a scalar; empty for anything else.
    package var text: String {
        if case .scalar(let text, _) = content { text } else { "" }
    }

    /// Whether a value was left out: `key:` with nothing after it, `~` or `null`.
    package var isEmpty: Bool {
        if case .scalar(let text, isPlain: true) = content { PlainText.meaning(of: text) == .null } else { false }
    }
}

/// A key with its value.
package struct YAMLEntry: Sendable {
    package let key: YAMLKey
    package let value: YAMLNode
}

package struct YAMLKey: Sendable {
    package let text: String
    package let line: Int32
    package let column: Int32

    package var mark: Mark { Mark(line: Int(line), column: Int(column)) }
}
