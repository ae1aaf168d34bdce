import Testing
import TminusModel

@testable import TminusSteps

@Suite struct SQLTextTests {
    @Test func statementsAreCutAtSemicolonsOutsideOfLiteralsAndComments() {
        let text = SQLText(
            """
            -- one; two
            CREATE TABLE "a;b" (x TEXT DEFAULT ';''', y /* ; */ INT);

            INSERT INTO [c;d] VALUES (`e;f`);;
            select 1
            """
        )
        #expect(
            text.statements.map { $0.map(\.text).prefix(3) } == [
                ["CREATE", "TABLE", "\"a;b\""], ["INSERT", "INTO", "[c;d]"], ["SELECT", "1"],
            ])
        #expect(text.statements.map { $0.first?.line } == [2, 4, 5])
    }

    @Test func aTriggersBodyBelongsToItsStatement() {
        let text = SQLText(
            """
            CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN
                UPDATE b SET c = CASE WHEN 1 THEN 2 ELSE 3 END;
                DELETE FROM d;
            END;
            SELECT 1;
            """
        )
        #expect(text.statements.map { $0.first?.text } == ["CREATE", "SELECT"])
    }

    @Test(arguments: [
        ("BEGIN;\nSELECT 1;\nCOMMIT;", 1, "BEGIN is not allowed"),
        ("SELECT 1;\n-- x\n  commit ;", 3, "COMMIT is not allowed"),
        ("SELECT 1;\nEND", 2, "END is not allowed"), ("savepoint a", 1, "SAVEPOINT is not allowed"),
        ("ATTACH 'x' AS y", 1, "ATTACH is not allowed"), ("\nVACUUM", 2, "VACUUM is not allowed"),
        ("PRAGMA foreign_keys = OFF", 1, "PRAGMA foreign_keys does not work"),
        ("PRAGMA main.journal_mode=WAL", 1, "PRAGMA journal_mode does not work"),
        ("/**/rollback", 1, "ROLLBACK is not allowed"),
    ])
    func aFileWithATransactionOfItsOwnIsNamedByLine(sql: String, line: Int, start: String) throws {
        let problem = try #require(MigrationLint.transactionProblem(in: SQLText(sql)))
        #expect(problem.line == line)
        #expect(problem.reason.hasPrefix(start), "\(problem.reason)")
    }

    @Test(arguments: [
        "", ";", "-- BEGIN", "/* COMMIT", "SELECT 'BEGIN; COMMIT'", "PRAGMA user_version = 3",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END;", "CREATE TABLE \"commit\" (x)", "SELECT \"",
    ])
    func whatOnlyLooksLikeATransactionIsFine(sql: String) {
        #expect(MigrationLint.transactionProblem(in: SQLText(sql)) == nil)
    }

    @Test(arguments: [
        ("DROP TABLE a", 1, "DROP TABLE"), ("SELECT 1;\n drop\n table if exists a", 2, "DROP TABLE"),
        ("ALTER TABLE a\nDROP COLUMN b", 2, "DROP COLUMN"), ("ALTER TABLE a DROP b", 1, "DROP COLUMN"),
        ("alter table a rename to b", 1, "RENAME"), ("ALTER TABLE a RENAME COLUMN b TO c", 1, "RENAME"),
        ("ALTER TABLE main.a RENAME b TO c", 1, "RENAME"), ("DROP VIEW v", 1, "DROP VIEW"),
    ])
    func aChangeThatTheOldVersionCanNotLiveWithIsNamed(sql: String, line: Int, what: String) {
        #expect(
            MigrationLint.contractProblem(in: SQLText(sql))
                == MigrationLint.Problem(
                    line: line,
                    reason: "\(what) breaks the version that is still running, so this is no expand migration; "
                        + "move it to a later release as `kind: contract`"
                )
        )
    }

    @Test(arguments: [
        "CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN \"drop\" TEXT", "DROP INDEX i", "SELECT 'DROP TABLE a'",
        "ALTER TABLE \"rename\" ADD COLUMN x", "INSERT INTO a VALUES ('RENAME')",
    ])
    func anExpandingChangeIsFine(sql: String) {
        #expect(MigrationLint.contractProblem(in: SQLText(sql)) == nil)
    }

    @Test func everyCutOfAFileIsReadWithoutATrap() {
        let bytes = Array("CREATE TRIGGER t BEGIN x 'a''b' \"c\" [d] `e` /* f */ -- g\n END; é;".utf8)
        for start in bytes.indices {
            for end in start...bytes.count {
                let text = SQLText(String(decoding: bytes[start..<end], as: UTF8.self))
                #expect(text.statements.allSatisfy { !$0.isEmpty })
            }
        }
    }
}
