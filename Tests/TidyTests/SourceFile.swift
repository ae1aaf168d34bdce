import Foundation

/// A text file of the package.
struct SourceFile {
    enum Kind { case swift, c, markdown, other }

    /// Relative to the package's folder, such as `Sources/TminusCore/Decide/Decide.swift`.
    let path: String
    let text: String
    /// The same lines as `lines`, without the insides of comments and strings; empty unless Swift or C.
    let codeBytes: [UInt8]
    let lines: [Substring]
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        switch Self.kind(of: path) {
        case .swift: codeBytes = CodeScanner.code(of: text)
        case .c: codeBytes = CodeScanner.code(of: text, language: .c)
        case .markdown, .other: codeBytes = []
        }
        codeLines = String(decoding: codeBytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    var kind: Kind { Self.kind(of: path) }

    /// Lines as an editor counts them.
    var lineCount: Int { text.hasSuffix("\n") ? lines.count - 1 : lines.count }

    /// `TminusCore` of `Sources/TminusCore/Decide/Decide.swift`; nil outside Sources.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.first == "Sources" && parts.count > 2 ? String(parts[1]) : nil
    }

    /// A line may break a line rule if it says why, in the words `tidy: allowed, because`.
    func isExcused(_ line: Int) -> Bool {
        guard let range = lines[line].range(of: "tidy: allowed, because ") else { return false }
        return lines[line][range.upperBound...].count >= 10
    }

    private static func kind(of path: String) -> Kind {
        if path.hasSuffix(".swift") { return .swift }
        if path.hasSuffix(".c") || path.hasSuffix(".h") { return .c }
        return path.hasSuffix(".md") ? .markdown : .other
    }
}
