/// The types that targets share say what they are.
enum DocCommentRules {
    static let targets: Set<String> = ["TminusModel", "TminusPorts", "TminusJudgement", "TminusCore"]

    /// `package` types at the top level without a doc comment. Nested types may explain themselves.
    static func undocumentedTypes(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, targets.contains(target) else { return [] }
        return file.codeLines.indices.compactMap { line in
            guard file.codeLines[line].hasPrefix("package "),
                let name = NameRules.declaredTypes(file.codeLines[line]).first,
                !isDocumented(line, in: file)
            else { return nil }
            return Finding(
                path: file.path, line: line + 1,
                message: "`\(name)` is shared: say what it is in a `///` sentence that adds something to its name")
        }
    }

    private static func isDocumented(_ line: Int, in file: SourceFile) -> Bool {
        var above = line - 1
        while above >= 0, file.lines[above].hasPrefix("@") { above -= 1 }
        return above >= 0 && file.lines[above].hasPrefix("///")
    }
}
