import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct LongLineTests {
    private static let run = SmallJournal.run
    private static let at = Instant(millisecondsSinceEpoch: 1_700_000_000_000)

    /// A run of seven events; the third to the fifth have lines of one byte less than the longest, of the longest, and
    /// of one byte more. Some of the bytes are of longer characters.
    private func filled(ends: Bool = true) async throws -> SmallJournal {
        let small = try SmallJournal()
        try await small.journal.append([SmallJournal.submitted(), SmallJournal.submitted("checkout-2")])
        try await small.journal.append([SmallJournal.batch(after: 1, [.stepSucceeded(step: 0)])])
        let empty = try #require(try await small.journal.lines(of: Self.run, after: 1, limit: 9).first)
        let overhead =
            empty.utf8.count - hashBytes - "stepSucceeded".utf8.count + "stepSkipped".utf8.count
            + #","reason":"ää""#.utf8.count
        let reasons = (-1...1).map { more in
            "ää" + String(repeating: "x", count: LongLineSchema.bytesMax + more - overhead)
        }
        try await small.journal.append([
            SmallJournal.batch(after: 2, reasons.map { .stepSkipped(step: 0, reason: $0) })
        ])
        try await small.journal.append([
            SmallJournal.batch(
                after: 5, [.runStarted, ends ? .runEnded(outcome: .succeeded, reason: "done") : .runStarted],
                status: ends ? .ended(.succeeded) : .running)
        ])
        return small
    }

    /// What an exported line has more than a stored one.
    private var hashBytes: Int { #","hash":"""#.utf8.count + 64 }

    private func lengths(_ small: SmallJournal, _ table: String) async throws -> [Int] {
        try await small.journal.reader.read { db in
            try Int.fetchAll(
                db, sql: "SELECT length(CAST(line AS BLOB)) FROM \(table) WHERE run = 'checkout-1' ORDER BY sequence")
        }
    }

    @Test func onlyWhatIsLongerThanTheLongestStandsApart() async throws {
        let small = try await filled()
        let most = LongLineSchema.bytesMax
        let events = try await lengths(small, "events")
        #expect(events.count == 7)
        #expect(Array(events[2...4]) == [most - 1, most, 0])
        #expect(try await lengths(small, "long_lines") == [most + 1])
    }

    @Test func whoReadsSeesTheLineWhereverItStands() async throws {
        let small = try await filled()
        let lines = try await small.journal.lines(of: Self.run, after: 0, limit: 99)
        #expect(lines.map { $0.utf8.count - hashBytes }[2...4].map { $0 } == [2_999, 3_000, 3_001])
        var previous = EventChain.start
        for line in lines {
            let stored = Array(line.utf8.dropLast(hashBytes + 1)) + Array("}".utf8)
            previous = EventChain.hash(after: previous, line: stored)
            #expect(line.hasSuffix(previous.map { String(format: "%02x", $0) }.joined() + "\"}"))
        }
        let events = try await small.journal.events(of: Self.run, after: 0, limit: 99)
        guard case .stepSkipped(_, let reason) = events[4].body else {
            Issue.record("\(events[4])")
            return
        }
        #expect(reason.hasPrefix("ääxx") && lines[4].contains(reason))
        try await small.journal.verify(Self.run)
        #expect(try await small.journal.integrity() == "ok")
    }

    @Test(
        arguments: [
            ("UPDATE long_lines SET line = '{}'", "events are append-only"),
            ("DELETE FROM long_lines", "events are append-only"),
            ("INSERT OR REPLACE INTO long_lines VALUES ('checkout-1', 5, '{}')", "events are append-only"),
            ("INSERT INTO long_lines VALUES ('checkout-1', 4, '{}')", "a long line belongs to an event without one"),
            ("INSERT INTO long_lines VALUES ('checkout-1', 8, '{}')", "a long line belongs to an event without one"),
        ] as [(String, String)])
    func theDatabaseItselfRefuses(_ statement: String, _ reason: String) async throws {
        let small = try await filled(ends: false)
        let intruder = try small.intruder()
        let error = #expect(throws: DatabaseError.self) {
            try intruder.write { db in try db.execute(sql: statement) }
        }
        #expect(error?.message == reason)
        try await small.journal.verify(Self.run)
    }

    /// With the triggers gone, the chain still tells.
    @Test(
        arguments: [
            ("DELETE FROM long_lines", "event 5 of run checkout-1 has no line"),
            ("UPDATE long_lines SET line = line || ' '", "event 5 of run checkout-1 does not have the hash"),
            ("UPDATE long_lines SET sequence = 4", "event 5 of run checkout-1 has no line"),
        ] as [(String, String)])
    func theChainFindsEveryChange(_ statement: String, _ found: String) async throws {
        let small = try await filled()
        try await small.intruder().write { db in
            try db.execute(sql: "DROP TRIGGER long_lines_never_change; DROP TRIGGER long_lines_stay; \(statement)")
        }
        let verified = await failure { () throws(StoreError) in try await small.journal.verify(Self.run) }
        #expect(verified?.code == .corrupt)
        #expect(verified?.description.hasPrefix(found) == true, "\(verified.debugDescription)")
        let read = await failure { () throws(StoreError) in
            _ = try await small.journal.events(of: Self.run, after: 0, limit: 99)
        }
        #expect(read == verified)
    }

    @Test func pruningAndBackupsTakeLongLinesAlong() async throws {
        let small = try await filled()
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        let lines = try await small.journal.lines(of: Self.run, after: 0, limit: 99)
        while try await !small.journal.prune(Self.run, at: Self.at, limit: 2) {}
        #expect(try await lengths(small, "events").isEmpty)
        #expect(try await lengths(small, "long_lines").isEmpty)
        try small.journal.close()
        #expect(try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0") == 2)
        let restored = try SQLiteJournal(path: small.path, version: "0.1.0")
        #expect(try await restored.lines(of: Self.run, after: 0, limit: 99) == lines)
    }
}

/// Journals of before long lines stood apart.
@Suite struct LongLineMigrationTests {
    private static let line = #"{"sequence":2,"reason":""# + String(repeating: "ä", count: 1_600) + #""}"#
    private static let first: [String] = SmallJournal.submitted().events.map { event in
        String(decoding: event.json(StepNames(SmallJournal.plan())).bytes, as: UTF8.self)
    }

    /// A file of schema 3, with a run whose second line is long.
    private func old(_ path: String) throws {
        let file = DatabaseFile(
            path: path, applicationID: JournalSchema.applicationID,
            migrations: Array(JournalSchema.migrations.prefix(3)), noun: "journal", synchronous: "FULL",
            version: "0.0.9")
        let writer = try file.openWriter()
        try writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO runs VALUES
                        (1, 'checkout-1', 'checkout', 'shop', 'test', 'ada', 0, 0, zeroblob(32), 'running', NULL, '')
                    """)
            var hash = EventChain.start
            let lines = Self.first + [Self.line, #"{"sequence":3}"#]
            for (offset, line) in lines.enumerated() {
                hash = EventChain.hash(after: hash, line: Array(line.utf8))
                try db.execute(
                    sql: "INSERT INTO events VALUES ('checkout-1', ?, 0, ?, ?)", arguments: [offset + 1, line, hash])
            }
            try db.execute(sql: "UPDATE runs SET version = 3, head = ?", arguments: [hash])
        }
        try writer.close()
    }

    private func exported(_ journal: SQLiteJournal) async throws -> [String] {
        try await journal.lines(of: "checkout-1", after: 0, limit: 9).map { String($0.prefix { $0 != "ä" }) }
    }

    @Test func linesAreMovedWithTheirChainUnchanged() async throws {
        let folder = try ScratchFolder()
        let path = folder.path("journal.sqlite")
        try old(path)
        let journal = try SQLiteJournal(path: path, version: "0.1.0")
        try await journal.verify("checkout-1")
        #expect(try await exported(journal)[1] == #"{"sequence":2,"reason":""#)
        let moved = try await journal.reader.read { db in
            try Row.fetchAll(db, sql: "SELECT run, sequence, line FROM long_lines").map { row in
                "\(row[0] as String) \(row[1] as Int) \(row[2] as String)"
            }
        }
        #expect(moved == ["checkout-1 2 \(Self.line)"])
        try await journal.append([SmallJournal.batch(after: 3, [.runStarted])])
        try await journal.verify("checkout-1")
        let error = #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: path).write { db in try db.execute(sql: "UPDATE events SET at = 1") }
        }
        #expect(error?.message == "events are append-only")
        // What an older release can still read.
        let kept = try DatabaseQueue(path: path + ".schema-3")
        let lines = try await kept.read { db in
            try String.fetchAll(db, sql: "SELECT line FROM events ORDER BY sequence")
        }
        #expect(lines == Self.first + [Self.line, #"{"sequence":3}"#])
    }

    @Test func aBackupOfBeforeIsRestored() async throws {
        let folder = try ScratchFolder()
        let (backup, path) = (folder.path("backup.sqlite"), folder.path("journal.sqlite"))
        try old(backup)
        #expect(try SQLiteJournal.restore(from: backup, to: path, version: "0.1.0") == 1)
        let journal = try SQLiteJournal(path: path, version: "0.1.0")
        try await journal.verify("checkout-1")
    }

    /// It fails at its very end: nothing was moved.
    @Test func itIsDoneWhollyOrNotAtAll() async throws {
        let folder = try ScratchFolder()
        let path = folder.path("journal.sqlite")
        try old(path)
        let broken = DatabaseFile(
            path: path, applicationID: JournalSchema.applicationID,
            migrations: JournalSchema.migrations.prefix(3) + [
                SchemaMigration(name: "004_broken", sql: LongLineSchema.longLines + "CREATE TABLE runs (a)")
            ], noun: "journal", synchronous: "FULL", version: "0.1.0")
        #expect(throws: StoreError.self) { try broken.openWriter() }
        let found = try await DatabaseQueue(path: path).read { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA user_version"), try db.tableExists("long_lines"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM events WHERE line = ''")
            )
        }
        #expect(found == (3, false, 0))
        let journal = try SQLiteJournal(path: path, version: "0.1.0")
        try await journal.verify("checkout-1")
    }
}
