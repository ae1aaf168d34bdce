import Foundation
import GRDB
import Synchronization
package import TminusModel
package import TminusPorts

extension SQLiteJournal {
    private static let listedMax = 10_000

    package func ended(before position: Int?, limit: Int) async throws(StoreError) -> [EndedRun] {
        try await read { db in
            // A run's events are numbered from 1: the last to go is the first.
            let statement = try db.cachedStatement(
                sql: """
                    SELECT position, run, pipeline, service, environment, status, person, submitted, ended, headline,
                        version, head, EXISTS (SELECT 1 FROM pruned WHERE pruned.run = runs.run)
                    FROM runs
                    WHERE ended IS NOT NULL AND position < ?
                        AND EXISTS (SELECT 1 FROM events WHERE events.run = runs.run AND sequence = 1)
                    ORDER BY position DESC LIMIT ?
                    """)
            let arguments: StatementArguments = [position ?? Int.max, max(1, min(limit, Self.listedMax))]
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                EndedRun(
                    position: row[0], summary: try Self.summary(row, at: 1),
                    rest: PrunedRun(run: row[1], events: row[10], head: Self.digits(row[11])), isPruned: row[12])
            }
        }
    }

    package func prune(_ run: String, at: Instant, limit: Int) async throws(StoreError) -> Bool {
        names.forget(run)
        return try await write { [self] db in
            if let failure = syncFailure.withLock({ $0 }) { throw failure }
            var isDone = false
            do {
                try db.inTransaction(.immediate) {
                    isDone = try Self.remove(run, at: at, limit: limit, db)
                    return .commit
                }
            } catch { throw noting(error) }
            return isDone
        }
    }

    private static func remove(_ run: String, at: Instant, limit: Int, _ db: Database) throws -> Bool {
        let over = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT ended IS NOT NULL FROM runs WHERE run = ?"), arguments: [run])
        guard let over else { throw StoreError(.unknownRun, "there is no run \(run); tminus run list shows all") }
        guard over else { throw StoreError(.conflict, "\(run) has not ended, and is not pruned") }
        try list(run, at: at, db)
        try db.cachedStatement(sql: "DELETE FROM pages WHERE run = ?").execute(arguments: [run])
        // From the end: whoever reads meanwhile sees the beginning or nothing, never a gap.
        try db.cachedStatement(
            sql: """
                DELETE FROM events WHERE run = ? AND sequence IN
                    (SELECT sequence FROM events WHERE run = ? ORDER BY sequence DESC LIMIT ?)
                """
        ).execute(arguments: [run, run, max(1, limit)])
        let left = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM events WHERE run = ?)"), arguments: [run])
        return left == false
    }

    /// What is recorded as pruned is begun by that: nothing that was ordered since can leave it half.
    static func list(_ runs: [PrunedRun], at: Instant, _ db: Database) throws {
        for pruned in runs { try list(pruned.run, at: at, db) }
    }

    private static func list(_ run: String, at: Instant, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO pruned (run, at) VALUES (?, ?) ON CONFLICT (run) DO NOTHING")
            .execute(arguments: [run, at.millisecondsSinceEpoch])
    }

    package func pruned(
        after position: Int, limit: Int
    ) async throws(StoreError) -> [(position: Int, run: PrunedRun)] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT position, run, version, head FROM runs
                    WHERE position > ? AND run IN (SELECT run FROM pruned) ORDER BY position LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: [max(0, position), max(1, min(limit, Self.listedMax))])
                .map { row in
                    (position: row[0], run: PrunedRun(run: row[1], events: row[2], head: Self.digits(row[3])))
                }
        }
    }

    package func shrink(bytesMax: Int) async throws(StoreError) -> Int {
        try await write { [self] db in
            if let failure = syncFailure.withLock({ $0 }) { throw failure }
            let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
            let before = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            do {
                try db.inTransaction(.immediate) {
                    // Each step of the statement moves one page.
                    let statement = try db.makeStatement(sql: "PRAGMA incremental_vacuum(\(max(1, bytesMax / size)))")
                    let rows = try Row.fetchCursor(statement)
                    while try rows.next() != nil {}
                    return .commit
                }
            } catch { throw noting(error) }
            let after = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? before
            return max(0, before - after) * size
        }
    }

    private static func digits(_ hash: Data) -> String {
        hash.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
