/// The pure middle sees no clock, no disk and no randomness: it cannot name what looks at the world.
enum ImportRules {
    /// All that each pure target may import.
    static let allowed: [String: Set<String>] = [
        "TminusModel": [],
        "TminusJudgement": ["TminusModel"],
        "TminusCore": ["TminusModel", "TminusJudgement"],
        "TminusPorts": ["TminusModel"],
        // Its stores are shared between threads, as real ones are: a lock sees nothing of the world.
        "TminusSimulation": ["TminusModel", "TminusJudgement", "TminusCore", "TminusPorts", "Synchronization"],
    ]

    /// What the standard library offers that would make two runs of the same input differ.
    static let impure = [
        "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", ".randomElement()", ".shuffled()",
        ".random(in: ", "hashValue", "Hasher(", "Task.detached", "CommandLine.",
    ]

    static func forbiddenImports(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, let allowed = allowed[target] else { return [] }
        return file.codeLines.indices.compactMap { line in
            guard let module = importedModule(file.codeLines[line]), !allowed.contains(module) else { return nil }
            let list = allowed.isEmpty ? "nothing" : allowed.sorted().joined(separator: ", ")
            return Finding(
                path: file.path, line: line + 1,
                message: "\(target) imports \(list), never \(module); hand the value in, or put this in an adapter")
        }
    }

    static func impureWords(_ file: SourceFile) -> [Finding] {
        guard let target = file.target, allowed[target] != nil, target != "TminusPorts" else { return [] }
        return file.codeLines.indices.flatMap { line in
            impure.filter { file.codeLines[line].contains($0) && !isSeeded(file.codeLines[line]) }.map {
                Finding(
                    path: file.path, line: line + 1,
                    message: "`\($0)` differs from run to run; the core gets `now` and derives what it needs")
            }
        }
    }

    private static func isSeeded(_ line: Substring) -> Bool { line.contains("using: &") }

    /// `Foundation` of `package import struct Foundation.Date`; nil on other lines.
    static func importedModule(_ line: Substring) -> String? {
        var words = line.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") || accessLevels.contains(String(first)) {
            words.removeFirst()
        }
        guard words.first == "import", words.count > 1, let last = words.last else { return nil }
        return last.split(separator: ".").first.map(String.init)
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
}
