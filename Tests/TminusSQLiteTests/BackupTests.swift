import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct BackupTests {
    @Test func aBackupIsRestoredInOneStep() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 20, ends: true)
        try await small.fill("checkout-2", count: 5)
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: small.folder.path).sorted() == [
                "backup.sqlite", "journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal",
            ])
        let before = try await small.journal.lines(of: "checkout-1", after: 0, limit: 99)
        try await small.fill("checkout-3", count: 5)
        try small.journal.close()
        #expect(try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0") == 2)
        let restored = try SQLiteJournal(path: small.path, version: "0.1.0")
        #expect(try await restored.lines(of: "checkout-1", after: 0, limit: 99) == before)
        #expect(try await restored.summary(of: "checkout-3") == nil)
        try await restored.append([SmallJournal.batch("checkout-2", after: 5, [.stepSucceeded(step: 0)])])
        let replaced = try SQLiteJournal(path: small.path + ".replaced", version: "0.1.0")
        #expect(try await replaced.summary(of: "checkout-3") != nil)
    }

    @Test func whatIsEnclosedComesBackAndIsNotInTheJournal() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 3)
        let backup = small.folder.path("backup.sqlite")
        let alerts = EnclosedFile(name: "alerts.json", bytes: [123, 0, 125])
        try await small.journal.backup(to: backup, enclosed: [alerts])
        try small.journal.close()
        #expect(try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0") == 1)
        let restored = try SQLiteJournal(path: small.path, version: "0.1.0")
        #expect(try await restored.owed() == [alerts])
        try await restored.settleRestore()
        #expect(try await restored.owed() == nil)
        let again = small.folder.path("again.sqlite")
        try await restored.backup(to: again)
        try restored.close()
        #expect(try SQLiteJournal.restore(from: again, to: small.path, version: "0.1.0") == 1)
        #expect(try await SQLiteJournal(path: small.path, version: "0.1.0").owed() == [])
    }

    @Test func aBackupOfABusyJournalIsOneMoment() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 500)
        let journal = small.journal
        async let appended: Void = {
            for sequence in 500..<700 {
                try await journal.append([SmallJournal.batch(after: sequence, [.stepSucceeded(step: 0)])])
            }
        }()
        for number in 1...5 { try await journal.backup(to: small.folder.path("backup-\(number)")) }
        try await appended
        var counts: [Int] = []
        for number in 1...5 {
            let copy = try SQLiteJournal(path: small.folder.path("backup-\(number)"), version: "0.1.0")
            try await copy.verify(SmallJournal.run)
            counts.append(try await copy.events(of: SmallJournal.run, after: 0, limit: 9999).count)
        }
        #expect(counts == counts.sorted())
        #expect(counts.allSatisfy { (500...700).contains($0) })
    }

    @Test func aBackupNeverReplacesAFile() async throws {
        let small = try SmallJournal()
        let error = await failure { () throws(StoreError) in try await small.journal.backup(to: small.path) }
        #expect(error == StoreError(.storage, "\(small.path) exists; a backup never replaces a file"))
    }

    @Test func aBackupThatWasChangedIsNotRestored() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 9, ends: true)
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        try await DatabaseQueue(path: backup).write { db in
            try db.execute(
                sql: "DROP TRIGGER events_never_change; UPDATE events SET line = replace(line, 'ada', 'bob')")
        }
        try small.journal.close()
        let error = #expect(throws: StoreError.self) {
            try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0")
        }
        #expect(error?.code == .corrupt)
        let journal = try SQLiteJournal(path: small.path, version: "0.1.0")
        try await journal.verify(SmallJournal.run)
        #expect(!FileManager.default.fileExists(atPath: small.path + ".replaced"))
    }

    @Test func whatIsNoBackupIsNotRestored() async throws {
        let small = try SmallJournal()
        let text = small.folder.path("text")
        try "no database".write(toFile: text, atomically: true, encoding: .utf8)
        let empty = small.folder.path("empty")
        try Data().write(to: URL(filePath: empty))
        for file in [text, empty, small.folder.path("missing")] {
            #expect(throws: StoreError.self) {
                try SQLiteJournal.restore(from: file, to: small.folder.path("new.sqlite"), version: "0.1.0")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: small.folder.path("new.sqlite")))
    }

    /// The journal in place may be beyond opening: that is when a backup is needed most.
    @Test func aBackupReplacesAJournalThatCannotBeOpened() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 9)
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        try small.journal.close()
        try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: small.path))
        #expect(try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0") == 1)
        let journal = try SQLiteJournal(path: small.path, version: "0.1.0")
        try await journal.verify(SmallJournal.run)
        #expect(try Data(contentsOf: URL(filePath: small.path + ".replaced")) == Data(repeating: 0x5A, count: 8192))
    }

    /// A journal that can't be opened here, of a newer version say, has its newest events in its log alone.
    @Test func aRestoreThatWasCutShortGivesTheOldJournalItsLogBack() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 9)
        let old = small.path + ".replaced"
        let log = try Data(contentsOf: URL(filePath: small.path + "-wal"))
        #expect(!log.isEmpty)
        try FileManager.default.linkItem(atPath: small.path, toPath: old)
        try FileManager.default.moveItem(atPath: small.path + "-wal", toPath: old + "-wal")
        try Data([1]).write(to: URL(filePath: small.path + ".restoring"))
        try SQLiteJournal.takeBackRestore(cutShortAt: small.path)
        #expect(try Data(contentsOf: URL(filePath: small.path + "-wal")) == log)
        for left in [old, old + "-wal", small.path + ".restoring"] {
            #expect(!FileManager.default.fileExists(atPath: left), "\(left)")
        }
    }

    @Test func theJournalThatARestoreReplacedIsLeftAlone() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 3)
        let backup = small.folder.path("backup.sqlite")
        try await small.journal.backup(to: backup)
        try await small.fill("checkout-2", count: 3)
        try small.journal.close()
        #expect(try SQLiteJournal.restore(from: backup, to: small.path, version: "0.1.0") == 1)
        try SQLiteJournal.takeBackRestore(cutShortAt: small.path)
        let replaced = try SQLiteJournal(path: small.path + ".replaced", version: "0.1.0")
        #expect(try await replaced.summary(of: "checkout-2") != nil)
    }
}
