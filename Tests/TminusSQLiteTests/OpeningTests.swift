import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct OpeningTests {
    /// The schema this program writes.
    private static let current = JournalSchema.migrations.count

    @Test func theConnectionsAreSetUpAsTheDesignSays() async throws {
        let small = try SmallJournal()
        func ask(_ queue: DatabaseQueue, _ pragma: String) async throws -> String? {
            try await queue.read { db in try String.fetchOne(db, sql: "PRAGMA \(pragma)") }
        }
        let expected = [
            ("journal_mode", "wal"), ("foreign_keys", "1"), ("trusted_schema", "0"), ("busy_timeout", "5000"),
        ]
        for (pragma, value) in expected {
            #expect(try await ask(small.journal.writer, pragma) == value, "\(pragma)")
            #expect(try await ask(small.journal.reader, pragma) == value, "\(pragma) of the reader")
        }
        #expect(try await ask(small.journal.writer, "synchronous") == "2")
        #expect(try await ask(small.journal.reader, "wal_autocheckpoint") == "0")
        #expect(try await ask(small.journal.writer, "user_version") == "\(Self.current)")
        await #expect(throws: DatabaseError.self) {
            try await small.journal.reader.write { db in try db.execute(sql: "DELETE FROM pages") }
        }
        let (sqlite, check) = try await small.journal.health()
        #expect(sqlite.hasPrefix("3."))
        #expect(check == "ok")
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 3)
        for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: small.folder.path(name))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
        }
    }

    @Test func aNewerSchemaIsRefusedWithTheVersionThatWroteIt() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 3)
        try small.journal.close()
        try await small.intruder().write { db in
            try db.execute(
                sql: """
                    INSERT INTO schema VALUES (\(Self.current + 1), '099_future', '7.3.0', 0);
                    PRAGMA user_version = \(Self.current + 1)
                    """)
        }
        let error = #expect(throws: StoreError.self) { try SQLiteJournal(path: small.path, version: "0.1.0") }
        #expect(error?.code == .newerSchema)
        #expect(
            error?.description
                == "\(small.path) has schema \(Self.current + 1), written by Tminus 7.3.0; this is Tminus 0.1.0, "
                + "which knows schema \(Self.current). "
                + "Use that version or a newer one")
    }

    @Test func aFileThatIsNoJournalIsLeftAlone() async throws {
        let folder = try ScratchFolder()
        let text = folder.path("text")
        try "this is no database, and long enough to have a header\n".write(
            toFile: text, atomically: true, encoding: .utf8)
        #expect(throws: StoreError.self) { try SQLiteJournal(path: text, version: "0.1.0") }
        let other = folder.path("other.sqlite")
        try await DatabaseQueue(path: other).write { db in try db.execute(sql: "CREATE TABLE t (a)") }
        let error = #expect(throws: StoreError.self) { try SQLiteJournal(path: other, version: "0.1.0") }
        #expect(error?.code == .corrupt)
        #expect(try await DatabaseQueue(path: other).read { db in try db.tableExists("t") })
        let metrics = folder.path("metrics.sqlite")
        try SQLiteSamples(path: metrics, version: "0.1.0").close()
        #expect(throws: StoreError.self) { try SQLiteJournal(path: metrics, version: "0.1.0") }
        let nowhere = #expect(throws: StoreError.self) {
            try SQLiteJournal(path: folder.path("missing/journal.sqlite"), version: "0.1.0")
        }
        #expect(nowhere?.description.contains("No such file or directory") == true)
    }

    @Test func aDamagedPageIsFoundAtStart() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 400)
        try small.journal.close()
        let file = try #require(FileHandle(forUpdatingAtPath: small.path))
        let size = try file.seekToEnd()
        // The header of every page but the first two.
        for offset in stride(from: 2 * 4096, to: Int(size), by: 4096) {
            try file.seek(toOffset: UInt64(offset))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 16))
        }
        try file.close()
        let error = #expect(throws: StoreError.self) { try SQLiteJournal(path: small.path, version: "0.1.0") }
        #expect(error?.code == .corrupt)
    }

    @Test func everythingIsThereAgainAfterClosing() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 20)
        let before = try await small.journal.events(of: SmallJournal.run, after: 0, limit: 99)
        try small.journal.close()
        let again = try SQLiteJournal(path: small.path, version: "0.2.0")
        #expect(try await again.events(of: SmallJournal.run, after: 0, limit: 99) == before)
        try await again.append([SmallJournal.batch(after: 20, [.stepSucceeded(step: 1)])])
        #expect(try await again.events(of: SmallJournal.run, after: 19, limit: 9).map(\.sequence) == [20, 21])
    }

    /// What a crash leaves is the files as they are at that moment: whatever was acknowledged is in a copy of them.
    @Test func acknowledgedEventsAreInTheFilesAtOnce() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 3)
        for sequence in 3..<40 {
            try await small.journal.append([SmallJournal.batch(after: sequence, [.stepSucceeded(step: 0)])])
            let crashed = try ScratchFolder()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: small.path + suffix, toPath: crashed.path("journal.sqlite" + suffix))
            }
            let reopened = try SQLiteJournal(path: crashed.path("journal.sqlite"), version: "0.1.0")
            #expect(try await reopened.events(of: SmallJournal.run, after: sequence, limit: 9).count == 1)
            try await reopened.verify(SmallJournal.run)
            try reopened.close()
        }
    }

    /// A log cut anywhere holds a whole number of appends.
    @Test func aTornLogLosesWholeAppendsOnly() async throws {
        let small = try SmallJournal()
        try await small.journal.append([SmallJournal.submitted()])
        for round in 0..<6 {
            let pair: [Event.Body] = [.stepSucceeded(step: 0), .stepSucceeded(step: 1)]
            try await small.journal.append([SmallJournal.batch(after: 1 + 2 * round, pair)])
        }
        let log = try Data(contentsOf: URL(filePath: small.path + "-wal"))
        var counts: Set<Int> = []
        for length in stride(from: log.count, through: 32, by: -1024) {
            let crashed = try ScratchFolder()
            try FileManager.default.copyItem(atPath: small.path, toPath: crashed.path("journal.sqlite"))
            try log.prefix(length).write(to: URL(filePath: crashed.path("journal.sqlite-wal")))
            let reopened = try SQLiteJournal(path: crashed.path("journal.sqlite"), version: "0.1.0")
            if try await reopened.summary(of: SmallJournal.run) != nil {
                let events = try await reopened.events(of: SmallJournal.run, after: 0, limit: 99)
                #expect(events.count % 2 == 1)
                counts.insert(events.count)
            }
            try reopened.close()
        }
        #expect(counts == [1, 3, 5, 7, 9, 11, 13])
    }

    /// Found by killing the engine at each durable operation: a file whose first transaction was cut short could never
    /// be opened again.
    @Test(arguments: [false, true]) func aTransactionThatAKillCutShortIsTakenBack(hasSchema: Bool) async throws {
        let before = try ScratchFolder()
        let cut = try ScratchFolder()
        if hasSchema {
            try SQLiteSamples(path: before.path("metrics.sqlite"), version: "0.1.0").close()
        }
        let writing = try DatabaseQueue(path: before.path("metrics.sqlite"))
        try await writing.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1")
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: """
                        CREATE TABLE filler (text TEXT);
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
                        INSERT INTO filler SELECT hex(zeroblob(4000)) FROM n
                        """)
                for name in ["metrics.sqlite", "metrics.sqlite-journal"] {
                    try FileManager.default.copyItem(atPath: before.path(name), toPath: cut.path(name))
                }
                return .rollback
            }
        }
        let size = try FileManager.default.attributesOfItem(atPath: cut.path("metrics.sqlite"))[.size] as? NSNumber
        #expect((size?.intValue ?? 0) > 100_000)
        let path = cut.path("metrics.sqlite")
        let reading = #expect(throws: StoreError.self) {
            try translating {
                _ = try DatabaseQueue(path: path, configuration: Self.readOnly).read { try $0.tableExists("filler") }
            }
        }
        #expect(reading?.code == .interrupted)
        try SQLiteSamples(path: path, version: "0.1.0").close()
        let tables = try await DatabaseQueue(path: path).read { db in
            try (db.tableExists("filler"), db.tableExists("schema"))
        }
        #expect(tables == (false, true))
    }

    private static var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }

    @Test func anOlderSchemaIsMigratedAfterACopy() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 5)
        try small.journal.close()
        let newer = DatabaseFile(
            path: small.path, applicationID: JournalSchema.applicationID,
            migrations: JournalSchema.migrations + [
                SchemaMigration(name: "099_notes", sql: "CREATE TABLE notes (text TEXT) STRICT")
            ], noun: "journal", synchronous: "FULL", version: "0.2.0")
        let migrated = try newer.openWriter()
        let history = try await migrated.read { db in
            try String.fetchAll(db, sql: "SELECT name || ' by ' || tminus FROM schema ORDER BY version")
        }
        #expect(history == JournalSchema.migrations.map { "\($0.name) by 0.1.0" } + ["099_notes by 0.2.0"])
        try migrated.close()
        #expect(throws: StoreError.self) { try SQLiteJournal(path: small.path, version: "0.1.0") }
        let copy = try SQLiteJournal(path: small.path + ".schema-\(Self.current)", version: "0.1.0")
        try await copy.verify(SmallJournal.run)
    }

    /// A migration that fails leaves the file as it was.
    @Test func aMigrationIsDoneWhollyOrNotAtAll() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 5)
        try small.journal.close()
        let broken = DatabaseFile(
            path: small.path, applicationID: JournalSchema.applicationID,
            migrations: JournalSchema.migrations + [
                SchemaMigration(name: "002_broken", sql: "CREATE TABLE notes (text TEXT) STRICT; CREATE TABLE runs (a)")
            ], noun: "journal", synchronous: "FULL", version: "0.2.0")
        #expect(throws: StoreError.self) { try broken.openWriter() }
        let journal = try SQLiteJournal(path: small.path, version: "0.1.0")
        try await journal.verify(SmallJournal.run)
        #expect(try await journal.reader.read { db in try db.tableExists("notes") } == false)
    }

    @Test func aClosedJournalSaysNo() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 5)
        try small.journal.close()
        let append = await failure { () throws(StoreError) in
            try await small.journal.append([SmallJournal.batch(after: 5, [.runStarted])])
        }
        let read = await failure { () throws(StoreError) in _ = try await small.journal.liveRuns() }
        #expect(append?.code == .storage)
        #expect(read?.code == .storage)
    }
}
