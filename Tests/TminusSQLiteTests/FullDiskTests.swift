import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct FullDiskTests {
    @Test func aFullDiskLosesNothingAndRecovers() async throws {
        let small = try SmallJournal(ballast: true)
        try await small.fill(count: 50)
        #expect(FileManager.default.fileExists(atPath: small.folder.path("ballast")))
        let pages = try await small.journal.writer.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") }
        try await small.journal.limit(pages: try #require(pages) + 2)
        var sequence = 50
        var refused: StoreError?
        while refused == nil, sequence < 500 {
            let batch = SmallJournal.batch(
                after: sequence, [.stepSkipped(step: 0, reason: String(repeating: "x", count: 900))])
            refused = await failure { () throws(StoreError) in try await small.journal.append([batch]) }
            if refused == nil { sequence += 1 }
        }
        #expect(refused?.code == .full)
        #expect(!FileManager.default.fileExists(atPath: small.folder.path("ballast")))
        #expect(try await small.journal.events(of: SmallJournal.run, after: 0, limit: 999).count == sequence)
        try await small.journal.verify(SmallJournal.run)
        try await small.journal.limit(pages: 1_000_000)
        try await small.journal.append([
            SmallJournal.batch(
                after: sequence, [.runEnded(outcome: .failed, reason: "no room")], status: .ended(.failed))
        ])
        try await small.journal.verify(SmallJournal.run)
    }

    @Test func ballastTakesItsSpaceAndGivesItBack() throws {
        let folder = try ScratchFolder()
        let ballast = Ballast(folder: folder.path, bytes: 3 << 20, freeBytesMin: 0)
        #expect(ballast.exists)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("ballast"))
        #expect((attributes[.size] as? NSNumber)?.int64Value == 3 << 20)
        let again = Ballast(folder: folder.path, bytes: 3 << 20, freeBytesMin: 0)
        #expect(again.exists)
        #expect(ballast.release())
        #expect(!ballast.release())
        #expect(!FileManager.default.fileExists(atPath: folder.path("ballast")))
        #expect(ballast.hasRoom())
        #expect(ballast.exists)
    }

    @Test func withTooLittleFreeSpaceNoRunStarts() async throws {
        let folder = try ScratchFolder()
        let ballast = Ballast(folder: folder.path, bytes: 1 << 20, freeBytesMin: .max - (1 << 20))
        #expect(!ballast.exists)
        let journal = try SQLiteJournal(
            path: folder.path("journal.sqlite"), version: "0.1.0", ballast: ballast)
        let refused = await failure { () throws(StoreError) in
            try await journal.append([SmallJournal.submitted()])
        }
        #expect(refused?.code == .full)
        #expect(try await journal.summary(of: SmallJournal.run) == nil)
    }
}

extension SQLiteJournal {
    /// Makes the database as full as a disk with room for so many pages.
    func limit(pages: Int) async throws {
        try await writer.writeWithoutTransaction { db in
            // Pages stay in the log until a checkpoint: bring them home, so that the count is the file's.
            try db.checkpoint(.truncate)
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}
