import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct PruningTests {
    private static let at = Instant(millisecondsSinceEpoch: 1_700_000_000_000)

    private func prune(_ run: String, of small: SmallJournal, limit: Int = 500) async throws {
        while try await !small.journal.prune(run, at: Self.at, limit: limit) {}
    }

    /// Rules live in the database: whoever opens the file is held to them.
    @Test func onlyWhatIsOverAndNotedAsPrunedCanBeDeleted() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 9, ends: true)
        try await small.fill("checkout-2", count: 9)
        let intruder = try small.intruder()
        for sql in [
            "DELETE FROM events WHERE run = 'checkout-1'", "INSERT INTO pruned VALUES ('checkout-2', 0)",
            "DELETE FROM runs WHERE run = 'checkout-1'",
        ] {
            await #expect(throws: DatabaseError.self, "\(sql)") {
                try await intruder.write { db in try db.execute(sql: sql) }
            }
        }
        try await prune("checkout-1", of: small)
        for sql in ["DELETE FROM pruned", "UPDATE pruned SET at = 1", "UPDATE runs SET head = zeroblob(32)"] {
            await #expect(throws: DatabaseError.self, "\(sql)") {
                try await intruder.write { db in try db.execute(sql: sql) }
            }
        }
        #expect(try await intruder.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events") } == 9)
    }

    /// A crash between the record and the first piece left a run that nobody went on with, and then recorded it twice.
    @Test func whatIsRecordedAsPrunedIsBegunInTheSameTransaction() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 9, ends: true)
        try await small.fill("checkout-2", count: 9)
        let rest = try #require(try await small.journal.ended(before: nil, limit: 9).first).rest
        let event = ControlEvent(sequence: 1, at: Self.at, body: .runsPruned([rest], by: "ada", reason: "tidy"))
        try await small.journal.appendControl([event], expected: 0)
        #expect(try await small.journal.ended(before: nil, limit: 9).map(\.isPruned) == [true])
        #expect(try await small.journal.pruned(after: 0, limit: 9).map(\.run) == [rest])
        #expect(try await small.journal.summaries(RunQuery()).map(\.run) == ["checkout-2"])
        // A live run is never recorded: neither of the two is there then.
        let live = PrunedRun(run: "checkout-2", events: 9, head: rest.head)
        let wrong = ControlEvent(sequence: 2, at: Self.at, body: .runsPruned([live], by: "ada", reason: "tidy"))
        await #expect(throws: StoreError.self) { try await small.journal.appendControl([wrong], expected: 1) }
        #expect(try await small.journal.controlEvents(after: 0, limit: 9) == [event])
    }

    @Test func theFileShrinksAPieceAtATime() async throws {
        let small = try SmallJournal()
        for number in 1...20 { try await small.fill("checkout-\(number)", count: 400, ends: number < 20) }
        _ = try await small.journal.writer.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        let before = try #require(DatabaseFile.size(of: small.path))
        for number in 1...19 { try await prune("checkout-\(number)", of: small, limit: 50) }
        var freed: [Int] = []
        while let last = try await Optional(small.journal.shrink(bytesMax: 64 << 10)), last > 0 { freed.append(last) }
        #expect(freed.count > 5)
        #expect(freed.allSatisfy { $0 <= 64 << 10 })
        _ = try await small.journal.writer.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        let after = try #require(DatabaseFile.size(of: small.path))
        #expect(before - after >= freed.reduce(0, +))
        #expect(after * 5 < before)
        try await small.journal.verify("checkout-20")
        #expect(try await small.journal.health().check == "ok")
    }

    @Test func aBackupOfAPrunedJournalIsRestored() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 9, ends: true)
        try await small.fill("checkout-2", count: 9, ends: true)
        // One is pruned half-way only, as by a crash.
        try await prune("checkout-1", of: small)
        #expect(try await !small.journal.prune("checkout-2", at: Self.at, limit: 4))
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        let path = small.folder.path("new.sqlite")
        #expect(try SQLiteJournal.restore(from: backup, to: path, version: "0.1.0") == 0)
        let journal = try SQLiteJournal(path: path, version: "0.1.0")
        #expect(try await journal.pruned(after: 0, limit: 9).map(\.run.run) == ["checkout-1", "checkout-2"])
        #expect(try await journal.ended(before: nil, limit: 9).map(\.summary.run) == ["checkout-2"])
        #expect(try await journal.prune("checkout-2", at: Self.at, limit: 99))
    }
}

extension DatabaseFile {
    fileprivate static func size(of path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
    }
}
