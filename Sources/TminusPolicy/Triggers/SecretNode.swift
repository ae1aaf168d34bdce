import TminusModel
import TminusPipeline

extension KeyTable {
    /// A secret of the policy: named, never written.
    static let policySecret = KeyTable(
        noun: "a secret's place",
        keys: [
            .optional("file", .text(.path), "/run/secrets/hook", "An absolute path; others may not read the file."),
            .optional("environment", .text(variable), "HOOK_SECRET", "A variable of the engine's own environment."),
        ],
        exactlyOne: [["file", "environment"]])

    private static let variable = TextRule(
        "a variable's name", .word(prefixes: [], first: "A-Za-z_", rest: "A-Za-z0-9_"), sizeMax: 128,
        example: "HOOK_SECRET")
}

extension PolicyDecoding {
    /// Where a secret is; nil where none is named.
    mutating func secret(_ node: YAMLNode?) -> SecretReference.Source? {
        guard let node else { return nil }
        if let variable = node["environment"] { return .environment(variable.text) }
        guard let file = node["file"] else { return nil }
        return .file(absolute(file, "a secret's file"))
    }

    /// The path a node names; reported when it is not absolute: the engine has no folder of its own to start from.
    mutating func absolute(_ node: YAMLNode, _ noun: String) -> String {
        if !node.text.hasPrefix("/") {
            error(
                at: node, "'\(node.text)' is no absolute path",
                fix: "write \(noun) as a path that starts with /, such as /etc/tminus/\(node.text)")
        }
        return node.text
    }
}
