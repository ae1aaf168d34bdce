import GRDB
import Synchronization
package import TminusModel
package import TminusPorts

extension SQLiteJournal {
    package func pages() async throws(StoreError) -> [Page] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql:
                    "SELECT number, run, key, reason, raised, tried, due FROM pages WHERE state = 'due' ORDER BY number"
            )
            return try Row.fetchAll(statement).map { row in
                Page(
                    number: row[0], run: row[1], key: row[2], reason: row[3],
                    raised: Instant(millisecondsSinceEpoch: row[4]), tried: row[5], state: .due,
                    due: Instant(millisecondsSinceEpoch: row[6]))
            }
        }
    }

    package func raise(_ key: String, _ reason: String, of run: String, at: Instant) async throws(StoreError) {
        try await write { [self] db in
            if let failure = syncFailure.withLock({ $0 }) { throw failure }
            guard try Bool.fetchOne(db, sql: "SELECT 1 FROM runs WHERE run = ?", arguments: [run]) != nil else {
                throw StoreError(.unknownRun, "there is no run \(run); tminus run list shows all")
            }
            try db.cachedStatement(
                sql: """
                    INSERT INTO pages (run, key, reason, raised, tried, state, due) VALUES (?, ?, ?, ?, 0, 'due', ?)
                    ON CONFLICT (run, key) DO NOTHING
                    """
            ).execute(arguments: [run, key, reason, at.millisecondsSinceEpoch, at.millisecondsSinceEpoch])
        }
    }

    package func record(_ page: Page) async throws(StoreError) {
        try await write { [self] db in
            do {
                try update(page, db)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL && ballast?.release() == true {
                try update(page, db)
            }
        }
    }

    private func update(_ page: Page, _ db: Database) throws {
        if let failure = syncFailure.withLock({ $0 }) { throw failure }
        try db.cachedStatement(
            sql:
                """
                UPDATE pages SET tried = ?, state = ?, due = ?
                WHERE number = ? AND run = ? AND key = ? AND state = 'due'
                """
        ).execute(arguments: [
            page.tried, page.state.rawValue, page.due.millisecondsSinceEpoch, page.number, page.run, page.key,
        ])
        guard db.changesCount != 1 else { return }
        let statement = try db.cachedStatement(sql: "SELECT state FROM pages WHERE number = ? AND run = ? AND key = ?")
        let state = try String.fetchOne(statement, arguments: [page.number, page.run, page.key])
        guard let state else { throw StoreError(.conflict, "there is no page \(page.number) of run \(page.run)") }
        // Told twice that it was delivered, after a crash in between: once is enough.
        guard state == page.state.rawValue else {
            throw StoreError(.conflict, "page \(page.number) of run \(page.run) is \(state) already")
        }
    }
}
