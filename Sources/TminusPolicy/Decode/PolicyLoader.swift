import Crypto
package import TminusModel
package import TminusPipeline

/// The bytes of a policy file → a checked policy.
package enum PolicyLoader {
    /// Throws every mistake found, sorted by place: first those of the text, then of keys and types, then of meaning.
    /// Diagnostics name the file as `file` does.
    package static func load(
        bytes: [UInt8], file: String
    ) throws(DiagnosticsError) -> (policy: Policy, warnings: [Diagnostic]) {
        let source = try SourceReader.text(of: bytes, file: file, kind: .policy)
        guard let root = try YAMLReader.documents(of: source).first else {
            throw DiagnosticsError(diagnostics: [
                source.diagnostic(at: .start, "the file is empty", fix: "start with 'people:'")
            ])
        }
        var check = ShapeCheck(source: source)
        check.check(root, .policy, subject: "the policy")
        try check.list.throwIfErrors()
        var decoding = PolicyDecoding(
            decoding: Decoding(source: source, list: check.list), policy: Policy(digest: digest(of: bytes)))
        for section in PolicySection.all {
            if let node = root[section.key.name] { section.decode(node, &decoding) }
        }
        if let environments = root["environments"], root["repositories"] == nil {
            PolicySection.checkTags(environments, &decoding)
        }
        try decoding.decoding.list.throwIfErrors()
        return (decoding.policy, decoding.decoding.list.sorted)
    }

    /// SHA-256, lower-case hexadecimal.
    package static func digest(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Plan {
    /// The hash that a template of a standard change is listed by.
    package var shapeHash: String { PolicyLoader.digest(of: shape.bytes) }
}
