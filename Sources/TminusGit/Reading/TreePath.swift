/// A path inside a commit's tree: relative, `/` between names, nothing that leaves the tree or hides in it.
struct TreePath {
    static let bytesMax = 4_096
    static let depthMax = 64

    /// Never empty.
    let names: [String]
    let text: String

    /// - Throws: `.badPath` with what is wrong with it.
    init(_ text: String) throws(GitError) {
        func refuse(_ reason: String) -> GitError {
            GitError(
                .badPath,
                "\"\(PrintableText.line(text, limit: 120))\" can't be read from a commit: \(reason); "
                    + "write it from the repository's top, like pipelines/checkout.yaml"
            )
        }
        guard !text.isEmpty else { throw refuse("it is empty") }
        guard text.utf8.count <= Self.bytesMax else { throw refuse("it has more than \(Self.bytesMax) bytes") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else {
            throw refuse("it has control characters or backslashes")
        }
        var rest = text[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        let names = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= Self.depthMax else { throw refuse("it is deeper than \(Self.depthMax) folders") }
        for name in names {
            guard !name.isEmpty else { throw refuse("a name in it is empty, or it starts or ends with /") }
            guard name != ".", name != ".." else { throw refuse("it has `.` or `..` in it") }
            guard name.lowercased() != ".git" else { throw refuse("it goes through .git") }
        }
        self.names = names
        self.text = String(rest)
    }
}
