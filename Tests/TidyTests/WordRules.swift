import Foundation

/// Words that may not stand in code, each with what to write instead.
enum WordRules {
    struct Ban {
        var word: String
        var instead: String
    }

    static let inSources = [
        Ban(
            word: "Process()",
            instead: "Foundation's Process waits for grandchildren; start steps through StepRunner, or posix_spawn"),
        Ban(word: "Process.run(", instead: "start steps through StepRunner, or posix_spawn"),
        Ban(word: "try!", instead: "catch it and say what a person can do"),
        Ban(word: "as!", instead: "use `as?` and handle the other case"),
    ]

    static let inTests = [
        Ban(word: "Task.sleep", instead: "wait for a signal, or poll a condition with a deadline"),
        Ban(word: "Thread.sleep", instead: "wait for a signal, or poll a condition with a deadline"),
        Ban(word: "usleep(", instead: "wait for a signal, or poll a condition with a deadline"),
        Ban(word: "nanosleep(", instead: "wait for a signal, or poll a condition with a deadline"),
    ]

    /// Looks at code alone.
    static func banned(_ bans: [Ban], _ file: SourceFile) -> [Finding] {
        bans.flatMap { ban in
            file.codeLines.indices.filter { occurs(ban.word, in: file.codeLines[$0]) && !file.isExcused($0) }.map {
                Finding(path: file.path, line: $0 + 1, message: "`\(ban.word)`: \(ban.instead)")
            }
        }
    }

    /// Promises to come back later. Looks at comments and strings too.
    static func unfinished(_ file: SourceFile) -> [Finding] {
        file.lines.indices.compactMap { line in
            let text = file.lines[line].lowercased()[...]
            guard let word = unfinishedWords.first(where: { occurs($0, in: text) }), !file.isExcused(line)
            else { return nil }
            return Finding(path: file.path, line: line + 1, message: "“\(word)”: finish it, or leave it out and say so")
        }
    }

    /// One kind is not committed; the other names its issue, in parentheses and with a `#`.
    static func reminders(_ file: SourceFile) -> [Finding] {
        file.lines.indices.compactMap { line in
            let text = file.lines[line]
            if occurs(fixMe, in: text) {
                return Finding(path: file.path, line: line + 1, message: "\(fixMe): fix it before the commit")
            }
            guard occurs(toDo, in: text), !namesIssue(text) else { return nil }
            return Finding(path: file.path, line: line + 1, message: "\(toDo) without an issue: write \(toDo)(#12)")
        }
    }

    // Put together from parts, so that these rules can look at their own file.
    static let fixMe = "FIX" + "ME"
    static let toDo = "TO" + "DO"
    static let unfinishedWords = [
        "not " + "implemented", "not yet " + "implemented", "un" + "implemented", "st" + "ub", "dum" + "my",
    ]

    private static func namesIssue(_ text: Substring) -> Bool {
        guard let range = text.range(of: "\(toDo)(#") else { return false }
        return text[range.upperBound...].first?.isNumber == true
    }

    /// Whether `word` stands in `text` with no letter or digit of a longer word before or after it.
    static func occurs(_ word: String, in text: Substring) -> Bool {
        var rest = text
        while let range = rest.range(of: word) {
            let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            let beginsInside = isPartOfWord(word.first) && isPartOfWord(before)
            let endsInside = isPartOfWord(word.last) && isPartOfWord(after)
            if !beginsInside, !endsInside { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    private static func isPartOfWord(_ character: Character?) -> Bool {
        guard let character else { return false }
        return character.isLetter || character.isNumber || character == "_"
    }
}
