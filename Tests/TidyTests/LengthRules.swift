/// A file is about one noun, and its lines fit a review.
enum LengthRules {
    static let linesMax = 500
    static let linesMedianMax = 150
    static let columnsMax = 120

    static func longFiles(_ files: [SourceFile]) -> [Finding] {
        files.filter { $0.lineCount > linesMax }.map {
            Finding(
                path: $0.path, line: 0,
                message: "\($0.lineCount) lines, at most \(linesMax): split it by noun, `Type+Topic.swift`")
        }
    }

    /// Lines of the file in the middle; 0 without files.
    static func medianLines(_ files: [SourceFile]) -> Int {
        let counts = files.map(\.lineCount).sorted()
        return counts.isEmpty ? 0 : counts[counts.count / 2]
    }

    static func wideLines(_ file: SourceFile) -> [Finding] {
        file.lines.indices.compactMap { line in
            let text = file.lines[line]
            guard text.utf8.count > columnsMax, text.count > columnsMax, !file.isExcused(line) else { return nil }
            return Finding(
                path: file.path, line: line + 1, message: "\(text.count) columns, at most \(columnsMax)")
        }
    }
}
