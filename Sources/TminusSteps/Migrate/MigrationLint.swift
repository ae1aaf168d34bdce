import TminusModel

/// What a migration file must not do. Pure.
enum MigrationLint {
    struct Problem: Equatable {
        /// From 1.
        var line: Int
        var reason: String
    }

    /// Each file runs in one transaction together with its row, so it must not make, end or escape one.
    static func transactionProblem(in text: SQLText) -> Problem? {
        for statement in text.statements {
            guard let first = statement.first else { continue }
            if transactionWords.contains(first.text) {
                return Problem(
                    line: first.line,
                    reason: "\(first.text) is not allowed: the file already runs in a transaction of its own, so that "
                        + "it is applied whole or not at all; remove it"
                )
            }
            guard first.text == "PRAGMA", !pragmasAllowed.contains(pragma(statement)) else { continue }
            return Problem(
                line: first.line,
                reason: "PRAGMA \(pragma(statement).lowercased()) does not work inside a migration's transaction; "
                    + "remove it"
            )
        }
        return nil
    }

    /// A change that the version now running can't live with, which an expand migration promises not to make.
    static func contractProblem(in text: SQLText) -> Problem? {
        for statement in text.statements {
            let words = statement.map(\.text)
            guard let first = statement.first else { continue }
            if words.starts(with: ["DROP", "TABLE"]) || words.starts(with: ["DROP", "VIEW"]) {
                return contracts(first.line, "\(words[0]) \(words[1])")
            }
            guard words.starts(with: ["ALTER", "TABLE"]) else { continue }
            for word in statement.dropFirst(3) where word.text == "DROP" || word.text == "RENAME" {
                let what = word.text == "DROP" ? "DROP COLUMN" : "RENAME"
                return contracts(word.line, what)
            }
        }
        return nil
    }

    private static func contracts(_ line: Int, _ what: String) -> Problem {
        Problem(
            line: line,
            reason: "\(what) breaks the version that is still running, so this is no expand migration; "
                + "move it to a later release as `kind: contract`"
        )
    }

    private static func pragma(_ statement: SQLText.Statement) -> String {
        let words = statement.dropFirst().map(\.text)
        // PRAGMA schema.name
        if words.count > 2, words[1] == "." { return words[2] }
        return words.first ?? ""
    }

    private static let transactionWords = [
        "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "VACUUM",
    ]
    private static let pragmasAllowed = [
        "USER_VERSION", "APPLICATION_ID", "FOREIGN_KEY_CHECK", "INTEGRITY_CHECK", "QUICK_CHECK", "DEFER_FOREIGN_KEYS",
    ]
}
