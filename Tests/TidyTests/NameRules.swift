/// One word per thing (docs/internals/house.md), and none that says nothing.
enum NameRules {
    static let bannedWords: Set<String> = [
        "Job", "Task", "Workflow", "Execution", "Stage", "Manager", "Handler", "Helper", "Helpers", "Util", "Utils",
        "Utility", "Utilities", "Common", "Data", "Info",
    ]

    /// Names that carry such a word for a reason.
    static let exceptions: [String: String] = [
        "DataDirectory": "`--data` and TMINUS_DATA: the name that people know it by",
        "DataDirectoryTests": "tests of DataDirectory",
        "EngineLogHandler": "swift-log's protocol is called LogHandler",
    ]

    private static let declarations: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    /// Types declared in `file` whose name contains a banned word.
    static func vagueTypes(_ file: SourceFile) -> [Finding] {
        file.codeLines.indices.flatMap { line in
            declaredTypes(file.codeLines[line]).compactMap { name in
                guard let word = bannedWord(in: name), exceptions[name] == nil else { return nil }
                return Finding(
                    path: file.path, line: line + 1,
                    message: "`\(name)`: “\(word)” says nothing here; name what it is, or what it does")
            }
        }
    }

    /// Folders and files named by such a word.
    static func vaguePath(_ path: String) -> [Finding] {
        let vague: Set<String> = ["utils", "util", "common", "helpers", "helper", "misc", "basics", "new", "shared"]
        let names = path.split(separator: "/").map { $0.split(separator: ".").first.map(String.init) ?? String($0) }
        return names.filter { vague.contains($0.lowercased()) }.map {
            Finding(path: path, line: 0, message: "“\($0)” is no place: name the noun it is about")
        }
    }

    static func declaredTypes(_ line: Substring) -> [String] {
        let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return zip(words, words.dropFirst()).compactMap { keyword, name in
            declarations.contains(keyword) && name.first?.isUppercase == true ? String(name) : nil
        }
    }

    /// The first word of a camel-case name that is banned.
    static func bannedWord(in name: String) -> String? {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character)
        }
        return words.first { bannedWords.contains($0) }
    }
}
