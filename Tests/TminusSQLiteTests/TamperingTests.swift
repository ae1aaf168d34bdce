import Foundation
import GRDB
import Testing
import TminusModel
import TminusPorts

@testable import TminusSQLite

@Suite struct TamperingTests {
    /// Whoever opens the file with another program is held to the rules too.
    @Test(
        arguments: [
            ("UPDATE events SET line = '{}' WHERE sequence = 2", "events are append-only"),
            ("UPDATE events SET at = 0", "events are append-only"),
            ("DELETE FROM events WHERE sequence = 3", "events are append-only"),
            ("DELETE FROM events", "events are append-only"),
            ("INSERT INTO events VALUES ('checkout-1', 4, 0, '{}', zeroblob(32))", "the run has ended"),
            (
                "INSERT OR REPLACE INTO events VALUES ('checkout-2', 2, 0, '{}', zeroblob(32))",
                "events are appended one after the other"
            ),
            (
                "INSERT INTO events VALUES ('checkout-2', 9, 0, '{}', zeroblob(32))",
                "events are appended one after the other"
            ),
            ("UPDATE runs SET status = 'running', ended = NULL WHERE run = 'checkout-1'", "the run has ended"),
            ("UPDATE runs SET headline = 'all was well' WHERE run = 'checkout-1'", "the run has ended"),
            ("UPDATE runs SET version = 2 WHERE run = 'checkout-1'", "the run has ended"),
            ("UPDATE runs SET person = 'bob' WHERE run = 'checkout-2'", "what a run is never changes"),
            ("UPDATE runs SET status = 'succeeded' WHERE run = 'checkout-2'", "CHECK constraint failed"),
            ("DELETE FROM runs", "runs are never deleted"),
            (
                """
                INSERT OR REPLACE INTO runs SELECT position, run, pipeline, service, environment, person, submitted, 0,
                zeroblob(32), 'running', NULL, '' FROM runs WHERE run = 'checkout-1'
                """, "the run exists"
            ),
            ("DELETE FROM pages", "pages are never deleted"),
        ] as [(String, String)])
    func theDatabaseItselfRefuses(_ statement: String, _ reason: String) async throws {
        let small = try SmallJournal()
        try await small.fill(count: 3, ends: true)
        try await small.fill("checkout-2", count: 3)
        try await small.journal.append([
            SmallJournal.batch("checkout-2", after: 3, [.pageRaised(key: "k", reason: "r")])
        ])
        for keepsForeignKeys in [true, false] {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = keepsForeignKeys
            let intruder = try DatabaseQueue(path: small.path, configuration: configuration)
            let error = #expect(throws: DatabaseError.self) {
                try intruder.write { db in try db.execute(sql: statement) }
            }
            #expect(error?.message?.hasPrefix(reason) == true, "\(error.debugDescription)")
        }
        try await small.journal.verify("checkout-1")
        #expect(try await small.journal.summary(of: "checkout-1")?.status == .ended(.succeeded))
    }

    /// With the triggers gone, too: every change, loss, swap or cut of any of 24 events is found, at its place.
    @Test func theChainFindsEveryChange() async throws {
        let count = 24
        let small = try SmallJournal()
        try await small.fill(count: count, ends: true)
        let intruder = try small.intruder()
        try await dropTriggers(intruder)
        for sequence in 1...count {
            for (change, found) in changes(sequence, of: count) {
                try await intruder.write { db in
                    try db.execute(sql: "CREATE TEMP TABLE kept AS SELECT * FROM events")
                    try db.execute(sql: change)
                }
                let verified = await failure { () throws(StoreError) in
                    try await small.journal.verify(SmallJournal.run)
                }
                #expect(verified?.code == .corrupt, "\(change)")
                #expect(
                    verified?.description.contains("event \(found) ") == true, "\(change): \(verified.debugDescription)"
                )
                let read = await failure { () throws(StoreError) in
                    _ = try await small.journal.events(of: SmallJournal.run, after: 0, limit: 1000)
                }
                #expect(read == verified)
                try await intruder.write { db in
                    try db.execute(sql: "DELETE FROM events; INSERT INTO events SELECT * FROM kept; DROP TABLE kept")
                }
            }
        }
        try await small.journal.verify(SmallJournal.run)
    }

    /// SQL that harms one event, and the sequence at which it must be found.
    private func changes(_ sequence: Int, of count: Int) -> [(String, Int)] {
        var changes = [
            // One bit of one byte, near the start and at the end of the line.
            (
                """
                UPDATE events SET line = substr(line, 1, 12)
                || char(unicode(substr(line, 13, 1)) + 1 - 2 * (unicode(substr(line, 13, 1)) & 1))
                || substr(line, 14) WHERE sequence = \(sequence)
                """, sequence
            ),
            ("UPDATE events SET line = line || ' ' WHERE sequence = \(sequence)", sequence),
            ("UPDATE events SET hash = zeroblob(32) WHERE sequence = \(sequence)", sequence),
            ("DELETE FROM events WHERE sequence = \(sequence)", sequence),
            ("DELETE FROM events WHERE sequence >= \(sequence)", sequence),
        ]
        if sequence < count {
            changes.append(
                (
                    """
                    UPDATE events SET sequence = sequence + 1000 WHERE sequence IN (\(sequence), \(sequence + 1));
                    UPDATE events SET sequence = \(2 * sequence + 1001) - sequence WHERE sequence > 1000
                    """, sequence
                ))
        }
        return changes
    }

    @Test func aChainMovedToAnotherRunIsFound() async throws {
        let small = try SmallJournal()
        try await small.fill("checkout-1", count: 5)
        try await small.fill("checkout-2", count: 5)
        let intruder = try small.intruder()
        try await dropTriggers(intruder)
        try await intruder.write { db in
            try db.execute(
                sql: """
                    PRAGMA defer_foreign_keys = ON;
                    UPDATE events SET run = 'x' WHERE run = 'checkout-1';
                    UPDATE events SET run = 'checkout-1' WHERE run = 'checkout-2';
                    UPDATE events SET run = 'checkout-2' WHERE run = 'x';
                    UPDATE runs SET head = (SELECT hash FROM events WHERE events.run = runs.run AND sequence = 5);
                    """)
        }
        let found = await failure { () throws(StoreError) in try await small.journal.verify("checkout-1") }
        #expect(
            found
                == StoreError(
                    .corrupt, "event 1 of run checkout-1 does not submit that run: the journal was changed"))
    }

    @Test func whatANewerVersionWroteIsNotCalledDamaged() async throws {
        let small = try SmallJournal()
        try await small.fill(count: 3)
        let line = #"{"sequence":4,"atMilliseconds":1,"type":"stepPolished","step":"step-1"}"#
        let intruder = try small.intruder()
        try await intruder.write { db in
            let previous = try #require(
                try Data.fetchOne(db, sql: "SELECT hash FROM events WHERE run = 'checkout-1' AND sequence = 3"))
            let hash = EventChain.hash(after: previous, line: Array(line.utf8))
            try db.execute(sql: "INSERT INTO events VALUES ('checkout-1', 4, 1, ?, ?)", arguments: [line, hash])
            try db.execute(sql: "UPDATE runs SET version = 4, head = ? WHERE run = 'checkout-1'", arguments: [hash])
        }
        try await small.journal.verify("checkout-1")
        let found = await failure { () throws(StoreError) in
            _ = try await small.journal.events(of: "checkout-1", after: 0, limit: 9)
        }
        #expect(found?.code == .newerSchema)
        #expect(
            found?.description.contains("'stepPolished' is not known here: it was written by a newer Tminus") == true)
    }

    private func dropTriggers(_ intruder: DatabaseQueue) async throws {
        try await intruder.write { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
        }
    }
}
