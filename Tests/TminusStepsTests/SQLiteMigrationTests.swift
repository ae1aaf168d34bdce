import Foundation
import GRDB
import Testing
import TminusModel

@testable import TminusSteps

/// A shop's database in a directory of its own.
private struct Shop {
    let scratch: Scratch

    init(_ files: [String: String], database: Bool = true) throws {
        scratch = try Scratch()
        try scratch.write("not a migration", to: "migrations/README.md")
        for (name, text) in files { try scratch.write(text, to: "migrations/\(name)") }
        if database { try scratch.write("", to: "shop.db") }
    }

    var tool: Migration.Tool { .sqlite(directory: "migrations", database: "shop.db") }

    func migrate(_ kind: Migration.Kind = .expand, upTo: String? = nil) async -> PerformanceOutcome {
        await perform(.migrate(Migration(tool: tool, kind: kind, upTo: upTo)), in: scratch.surroundings())
    }

    func status() async -> PerformanceOutcome {
        await perform(.migrationStatus(Migration(tool: tool, kind: .expand)), in: scratch.surroundings())
    }

    func database<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: scratch.path + "/shop.db")
        defer { try? queue.close() }
        return try queue.write(body)
    }

    func rows() throws -> [String] {
        try database { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT version || ' ' || name || ' ' || length(checksum) || ' ' || applied_at || ' ' || dirty
                    FROM schema_migrations ORDER BY version
                    """
            )
        }
    }

    func tables() throws -> [String] {
        try database { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        }
    }
}

@Suite struct SQLiteMigrationTests {
    private static let two = [
        "001_create_orders.sql": "CREATE TABLE orders (id INTEGER PRIMARY KEY);\nINSERT INTO orders VALUES (1);\n",
        "001_create_orders.down.sql": "DROP TABLE orders;\n",
        "002_add_note.sql": "ALTER TABLE orders ADD COLUMN note TEXT;\n",
        "002_add_note.down.sql": "ALTER TABLE orders DROP COLUMN note;\n",
    ]

    @Test func pendingFilesAreAppliedOnceInOrder() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.status().exitCode == 10)
        let outcome = await shop.migrate()
        #expect(outcome.code == .done)
        #expect(
            outcome.reason
                == "applied 001_create_orders.sql, 002_add_note.sql; the schema is at 002_add_note"
        )
        #expect(outcome.output("current") == "002_add_note")
        #expect(outcome.output("pending") == "0")
        #expect(
            try shop.rows() == [
                "1 create_orders 64 2026-11-20T12:00:00.000Z 0", "2 add_note 64 2026-11-20T12:00:00.000Z 0",
            ]
        )
        #expect(shop.scratch.log.suffix(2) == ["applied 001_create_orders.sql", "applied 002_add_note.sql"])
        #expect(await shop.status().reason == "applied; the schema is at 002_add_note")
        #expect(await shop.migrate().reason == "nothing is pending; the schema is at 002_add_note")
        #expect(try shop.database { try Int.fetchOne($0, sql: "SELECT count(*) FROM orders") } == 1)
    }

    @Test func statusChangesNothing() async throws {
        let shop = try Shop(Self.two)
        let outcome = await shop.status()
        #expect(outcome.reason == "not applied: 001_create_orders.sql, 002_add_note.sql pending")
        #expect(try shop.tables() == [])
    }

    @Test func aFileThatFailsInTheMiddleLeavesNothingOfItself() async throws {
        var files = Self.two
        files["003_bad.sql"] = "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (1);\n"
        files["004_never.sql"] = "CREATE TABLE b (x);\n"
        let shop = try Shop(files)
        let outcome = await shop.migrate()
        #expect(outcome.code == .no)
        #expect(
            outcome.reason
                == "003_bad.sql failed, and nothing of it was kept: no such table: nowhere; "
                + "the schema is clean, at 002_add_note"
        )
        #expect(try shop.tables() == ["orders", "schema_migrations"])
        #expect(try shop.rows().count == 2)
        let status = await shop.status()
        #expect(status.exitCode == 10)
        #expect(status.reason == "not applied: 003_bad.sql, 004_never.sql pending")
    }

    /// What a crash leaves: the files as they are on disk in the middle of a transaction that has spilled.
    @Test func aCrashInTheMiddleLeavesACleanState() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.migrate(upTo: "001").code == .done)
        let crashed = try Shop(Self.two)
        let queue = try DatabaseQueue(path: shop.scratch.path + "/shop.db")
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1")
        }
        try queue.inTransaction(.immediate) { db in
            try db.execute(sql: "ALTER TABLE orders ADD COLUMN note TEXT")
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
                    INSERT INTO orders SELECT i, 'note' FROM n
                    """
            )
            for name in ["shop.db", "shop.db-journal"] {
                try? FileManager.default.removeItem(atPath: crashed.scratch.path + "/" + name)
                try FileManager.default.copyItem(
                    atPath: shop.scratch.path + "/" + name, toPath: crashed.scratch.path + "/" + name
                )
            }
            return .rollback
        }
        try queue.close()
        let size = try FileManager.default.attributesOfItem(atPath: crashed.scratch.path + "/shop.db")[.size] as? Int
        #expect(try #require(size) > 100_000, "the transaction did not spill, so this shows nothing")
        #expect(await crashed.status().reason == "not applied: 002_add_note.sql pending")
        #expect(await crashed.migrate().code == .done)
        #expect(try crashed.database { try Int.fetchOne($0, sql: "SELECT count(*) FROM orders") } == 1)
    }

    @Test func itStopsWhereItIsTold() async throws {
        let shop = try Shop(Self.two)
        #expect(
            await shop.migrate(upTo: "001").reason
                == "applied 001_create_orders.sql; the schema is at 001_create_orders"
        )
        #expect(await shop.migrate(upTo: "003").code == .no)
        #expect(await shop.migrate(upTo: "newest").code == .no)
        #expect(await shop.status().exitCode == 10)
    }

    @Test func aFileThatChangedSinceIsRefused() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.migrate(upTo: "001").code == .done)
        try shop.scratch.write("CREATE TABLE orders (id TEXT);\n", to: "migrations/001_create_orders.sql")
        let outcome = await shop.migrate()
        #expect(outcome.code == .no)
        #expect(
            outcome.reason
                == "001_create_orders.sql has changed since it was applied (its checksum differs); put it back as it "
                + "was, and write the change as a new migration (nothing was changed)"
        )
        #expect(await shop.status().exitCode == 1)
        #expect(try shop.rows().count == 1)
    }

    @Test func aDirtyRowIsRefusedWithWhatToDo() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.migrate(upTo: "001").code == .done)
        try shop.database { try $0.execute(sql: "UPDATE schema_migrations SET dirty = 1") }
        let outcome = await shop.migrate()
        #expect(outcome.exitCode == 20)
        #expect(
            outcome.reason
                == "the schema is half applied (dirty) at 001_create_orders: nothing was changed; "
                + "repair it by hand, clear the mark, then `tminus resolve`"
        )
        #expect(await shop.status().exitCode == 20)
        #expect(try shop.rows().count == 1)
    }

    @Test func missingOrLateOrDoubleFilesAreRefused() async throws {
        let gone = try Shop(Self.two)
        #expect(await gone.migrate().code == .done)
        try FileManager.default.removeItem(atPath: gone.scratch.path + "/migrations/001_create_orders.sql")
        #expect(
            await gone.migrate().reason
                == "version 1 is applied, but its file is gone; put it back (nothing was changed)"
        )
        let late = try Shop(["002_b.sql": "CREATE TABLE b (x);"])
        #expect(await late.migrate().code == .done)
        try late.scratch.write("CREATE TABLE a (x);", to: "migrations/001_a.sql")
        #expect(
            await late.migrate().reason
                == "001_a.sql is not applied, but the later version 2 is; give it a later version (nothing was changed)"
        )
        let double = try Shop(["1_a.sql": "SELECT 1;", "001_b.sql": "SELECT 1;"])
        #expect(
            await double.migrate().reason
                == "001_b.sql and 1_a.sql have the same version; rename one (nothing was changed)"
        )
        let unclear = try Shop(["add_note.sql": "SELECT 1;"])
        #expect(
            await unclear.migrate().reason
                == "add_note.sql is not named like 003_add_column.sql, so its place is unclear; rename it "
                + "(nothing was changed)"
        )
    }

    @Test func aNewerSchemaThanAnyFileIsLeftAlone() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.migrate().code == .done)
        try FileManager.default.removeItem(atPath: shop.scratch.path + "/migrations/002_add_note.sql")
        #expect(await shop.migrate().reason == "nothing is pending; the schema is at 2")
    }

    @Test func aFileThatMustNotRunStopsBeforeAnyDoes() async throws {
        for (text, reason) in [
            ("CREATE TABLE c (x);\nCOMMIT;\n", "003_c.sql:2: COMMIT is not allowed"),
            ("CREATE TABLE c (x);\nDROP TABLE orders;\n", "003_c.sql:2: DROP TABLE breaks the version"),
        ] {
            var files = Self.two
            files["003_c.sql"] = text
            let shop = try Shop(files)
            let outcome = await shop.migrate()
            #expect(outcome.code == .no)
            #expect(outcome.reason.hasPrefix(reason), "\(outcome.reason)")
            #expect(try shop.tables() == [])
        }
    }

    @Test func aContractMigrationMayDrop() async throws {
        let shop = try Shop(["001_a.sql": "CREATE TABLE a (x);", "002_b.sql": "DROP TABLE a;"])
        #expect(await shop.migrate(.contract).code == .done)
        #expect(try shop.tables() == ["schema_migrations"])
    }

    @Test func aTriggerIsNoTransaction() async throws {
        let shop = try Shop([
            "001_a.sql": """
            CREATE TABLE a (x);
            CREATE TABLE b (x);
            CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.x); END;
            INSERT INTO a VALUES (7);
            """
        ])
        #expect(await shop.migrate().code == .done)
        #expect(try shop.database { try Int.fetchOne($0, sql: "SELECT x FROM b") } == 7)
    }

    @Test func whatIsNotOursIsRefused() async throws {
        let other = try Shop(Self.two)
        try other.database { try $0.execute(sql: "CREATE TABLE schema_migrations (version TEXT PRIMARY KEY)") }
        let outcome = await other.migrate()
        #expect(
            outcome.reason
                == "the table schema_migrations was made by another tool; use `commands:` with that tool "
                + "(nothing was changed)"
        )
        #expect(await other.status().exitCode == 1)
        let none = try Shop(Self.two, database: false)
        #expect(await none.migrate().reason.hasPrefix("there is no database at \(none.scratch.path)/shop.db; "))
        #expect(!FileManager.default.fileExists(atPath: none.scratch.path + "/shop.db"))
        let garbage = try Shop(Self.two)
        try garbage.scratch.write(String(repeating: "not a database ", count: 100), to: "shop.db")
        #expect(await garbage.migrate().reason == "file is not a database (nothing was changed)")
        let nowhere = await perform(
            .migrationStatus(Migration(tool: .sqlite(directory: "none", database: "shop.db"), kind: .expand)),
            in: other.scratch.surroundings()
        )
        #expect(nowhere.exitCode == 1)
    }

    @Test func revertGoesBackFileByFile() async throws {
        let shop = try Shop(Self.two)
        #expect(await shop.migrate().code == .done)
        let surroundings = shop.scratch.surroundings()
        let tool = SQLiteMigrations(
            directory: shop.scratch.path + "/migrations", database: shop.scratch.path + "/shop.db", kind: .expand,
            upTo: nil, now: surroundings.now, log: surroundings.log
        )
        try tool.revert(to: "001")
        #expect(
            try tool.status()
                == MigrationStatus(current: "001_create_orders", pending: ["002_add_note.sql"], isDirty: false)
        )
        try tool.revert(to: nil)
        #expect(try shop.tables() == ["schema_migrations"])
        #expect(await shop.migrate().code == .done)
    }
}
