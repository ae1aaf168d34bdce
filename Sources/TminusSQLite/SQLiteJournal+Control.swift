import Foundation
import GRDB
import Synchronization
package import TminusModel
package import TminusPorts

extension SQLiteJournal: ControlStore {
    /// How long a sender's delivery id is remembered.
    private static let rememberedFor = Duration.seconds(30 * 86_400)
    private static let eventsAtOnceMax = 10_000

    package func appendControl(_ events: [ControlEvent], expected: Int) async throws(StoreError) {
        guard !events.isEmpty else { return }
        try await commit { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT sequence, hash FROM control_events ORDER BY sequence DESC LIMIT 1")
            let last: Int = row?[0] ?? 0
            var hash: Data = row?[1] ?? EventChain.start
            guard last == expected else {
                throw StoreError(.conflict, "the control journal has \(last) events, not \(expected)")
            }
            let insert = try db.cachedStatement(
                sql: "INSERT INTO control_events (sequence, at, line, hash) VALUES (?, ?, ?, ?)")
            for (offset, event) in events.enumerated() {
                guard event.sequence == expected + 1 + offset else {
                    throw StoreError(.conflict, "control event \(event.sequence) stands in the wrong place")
                }
                if case .runsPruned(let runs, _, _) = event.body { try Self.list(runs, at: event.at, db) }
                let line = event.json.bytes
                hash = EventChain.hash(after: hash, line: line)
                try insert.execute(arguments: [
                    event.sequence, event.at.millisecondsSinceEpoch, String(decoding: line, as: UTF8.self), hash,
                ])
            }
        }
    }

    /// One transaction under the same guard as appends to runs: after a failure to sync nothing more is written.
    private func commit<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await write { [self] db in
            if let failure = syncFailure.withLock({ $0 }) { throw failure }
            do {
                // Swift cannot see that the transaction runs its body exactly once.
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try work(db)
                    return .commit
                }
                guard let value else { throw StoreError(.storage, "the transaction did not run") }
                return value
            } catch {
                throw noting(error)
            }
        }
    }

    package func controlEvents(after sequence: Int, limit: Int) async throws(StoreError) -> [ControlEvent] {
        try await read { db in
            let start = max(0, sequence)
            var previous = EventChain.start
            if start > 0 {
                let statement = try db.cachedStatement(sql: "SELECT hash FROM control_events WHERE sequence = ?")
                guard let known = try Data.fetchOne(statement, arguments: [start]) else { return [] }
                previous = known
            }
            let statement = try db.cachedStatement(
                sql: "SELECT sequence, line, hash FROM control_events WHERE sequence > ? ORDER BY sequence LIMIT ?")
            let rows = try Row.fetchCursor(
                statement, arguments: [start, max(0, min(limit, Self.eventsAtOnceMax))])
            var walk = ChainWalk(run: "control", after: start, hash: previous)
            var events: [ControlEvent] = []
            while let row = try rows.next() {
                let line: String = row[1]
                try walk.take(sequence: row[0], line: line, hash: row[2])
                events.append(try Self.event(line))
            }
            return events
        }
    }

    private static func event(_ line: String) throws -> ControlEvent {
        do { return try ControlEvent(json: JSON(parsing: line)) } catch let fault as CodingFault {
            throw StoreError(fault.isTooNew ? .newerSchema : .corrupt, "the control journal can't be read: \(fault)")
        } catch {
            throw StoreError(.corrupt, "the control journal can't be read: \(error)")
        }
    }

    // MARK: Deliveries

    package func accept(_ delivery: Delivery) async throws(StoreError) -> Bool {
        try await commit { db in
            let oldest = delivery.received.advanced(by: .zero - Self.rememberedFor).millisecondsSinceEpoch
            try db.cachedStatement(
                sql: """
                    DELETE FROM deliveries
                    WHERE sender = ? AND id = ? AND state = 'settled' AND received < ?
                    """
            ).execute(arguments: [delivery.sender, delivery.id, oldest])
            try db.cachedStatement(
                sql: """
                    INSERT INTO deliveries
                        (sender, id, repository, tag, received, state, tried, due, outcome)
                    VALUES (?, ?, ?, ?, ?, 'due', 0, ?, '')
                    ON CONFLICT (sender, id) DO NOTHING
                    """
            ).execute(arguments: [
                delivery.sender, delivery.id, delivery.repository, delivery.tag,
                delivery.received.millisecondsSinceEpoch, delivery.due.millisecondsSinceEpoch,
            ])
            return db.changesCount == 1
        }
    }

    package func dueDeliveries(at now: Instant, limit: Int) async throws(StoreError) -> [Delivery] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT number, sender, id, repository, tag, received, tried, due, outcome FROM deliveries
                    WHERE state = 'due' AND due <= ? ORDER BY due, number LIMIT ?
                    """)
            let arguments: StatementArguments = [now.millisecondsSinceEpoch, max(1, min(limit, 1_000))]
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                Delivery(
                    number: row[0], sender: row[1], id: row[2], repository: row[3], tag: row[4],
                    received: Instant(millisecondsSinceEpoch: row[5]), tried: row[6],
                    due: Instant(millisecondsSinceEpoch: row[7]), outcome: row[8])
            }
        }
    }

    package func record(_ delivery: Delivery) async throws(StoreError) {
        try await commit { db in
            try db.cachedStatement(
                sql: """
                    UPDATE deliveries SET state = ?, tried = ?, due = ?, outcome = ?
                    WHERE number = ? AND state = 'due'
                    """
            ).execute(arguments: [
                delivery.state.rawValue, delivery.tried, delivery.due.millisecondsSinceEpoch, delivery.outcome,
                delivery.number,
            ])
            guard db.changesCount == 1 else {
                throw StoreError(.conflict, "delivery \(delivery.number) is settled already, or unknown")
            }
        }
    }

    package func forgetDeliveries(before: Instant) async throws(StoreError) -> Int {
        try await commit { db in
            try db.cachedStatement(sql: "DELETE FROM deliveries WHERE state = 'settled' AND received < ?")
                .execute(arguments: [before.millisecondsSinceEpoch])
            return db.changesCount
        }
    }
}
