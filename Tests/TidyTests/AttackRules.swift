import Foundation

/// The table of attacks names tests that exist, and leaves no class of attack out.
enum AttackRules {
    static let path = "docs/internals/attacks.md"
    static let classes = (1...28).map { "S\($0)" }

    static func findings(_ page: SourceFile, tests: Set<String>) -> [Finding] {
        var seen: [String] = []
        var findings: [Finding] = []
        for (index, line) in page.lines.enumerated() where line.hasPrefix("| S") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 6 else {
                findings.append(Finding(path: page.path, line: index + 1, message: "a row has four cells"))
                continue
            }
            seen.append(cells[1])
            let names = cells[4].split(separator: " ").map { String($0.filter { $0 != "`" }) }
            if names.isEmpty, !cells[3].contains("Not built") {
                findings.append(Finding(path: page.path, line: index + 1, message: "\(cells[1]) names no test"))
            }
            for name in names where !tests.contains(name) {
                findings.append(
                    Finding(path: page.path, line: index + 1, message: "there is no test `\(name)`; name one that is"))
            }
        }
        guard seen != classes else { return findings }
        let missing = classes.filter { !seen.contains($0) }.joined(separator: ", ")
        let message = "each class has one row, in order" + (missing.isEmpty ? "" : "; missing: \(missing)")
        return findings + [Finding(path: page.path, line: 0, message: message)]
    }

    /// Names of the functions that are tests. Between the attribute and the name there may be arguments of any length.
    static func tests(in files: [SourceFile]) -> Set<String> {
        var names: Set<String> = []
        for file in files {
            var isTest = false
            for line in file.lines {
                if line.contains("@Test") { isTest = true }
                guard isTest, let start = line.range(of: "func ") else { continue }
                names.insert(String(line[start.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
                isTest = false
            }
        }
        return names
    }
}
