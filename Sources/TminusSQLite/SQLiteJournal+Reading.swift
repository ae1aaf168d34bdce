import Foundation
import GRDB
package import TminusModel
package import TminusPorts

extension SQLiteJournal {
    /// Most events read at once; a caller that wants more asks again.
    private static let eventsMax = 10_000

    package func events(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [Event] {
        try await read { [names] db in
            let stored = StoredEvents(db: db)
            var walk = try stored.walk(run, after: sequence)
            var known = try Self.names(of: run, after: sequence, names, stored)
            var events: [Event] = []
            let most = min(limit, Self.eventsMax)
            try stored.rows(of: run, after: sequence, limit: most) { sequence, line, hash in
                try walk.take(sequence: sequence, line: line, hash: hash)
                let event = try stored.event(line, known, of: run)
                if case .runSubmitted(let submission) = event.body, known == nil {
                    let made = StepNames(submission.plan)
                    names.keep(made, of: run)
                    known = made
                }
                events.append(event)
            }
            if events.count < most { try stored.finish(walk) }
            return events
        }
    }

    /// Nil when the first event, which brings them, is about to be read anyway.
    private static func names(
        of run: String, after sequence: Int, _ cache: NameCache, _ stored: StoredEvents
    ) throws -> StepNames? {
        if let known = cache[run] { return known }
        guard sequence > 0 else { return nil }
        var made: StepNames?
        var walk = try stored.walk(run, after: 0)
        try stored.rows(of: run, after: 0, limit: 1) { sequence, line, hash in
            try walk.take(sequence: sequence, line: line, hash: hash)
            made = StepNames(try stored.submission(line, of: run).plan)
        }
        if let made { cache.keep(made, of: run) }
        return made
    }

    package func lines(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [String] {
        try await read { db in
            let stored = StoredEvents(db: db)
            var lines: [String] = []
            try stored.rows(of: run, after: sequence, limit: min(limit, Self.eventsMax)) { _, line, hash in
                lines.append(EventChain.export(line: line, hash: hash))
            }
            if lines.isEmpty { _ = try stored.index(run) }
            return lines
        }
    }

    package func verify(_ run: String) async throws(StoreError) {
        try await read { db in try StoredEvents(db: db).verify(run) }
    }

    // MARK: Runs

    package func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] {
        try await read { db in
            var conditions: [String] = []
            var arguments = StatementArguments()
            for (column, value) in [
                ("service", query.service), ("environment", query.environment), ("status", query.status?.word),
            ] {
                guard let value else { continue }
                conditions.append("\(column) = ?")
                arguments += [value]
            }
            conditions.append(Self.isKept)
            arguments += [max(1, min(query.limit, 1000))]
            return try Self.summaries(
                "WHERE \(conditions.joined(separator: " AND ")) ORDER BY position DESC LIMIT ?", arguments, db)
        }
    }

    package func summary(of run: String) async throws(StoreError) -> RunSummary? {
        try await read { db in try Self.summaries("WHERE run = ? AND \(Self.isKept)", [run], db).first }
    }

    package func liveRuns() async throws(StoreError) -> [RunSummary] {
        try await read { db in try Self.summaries("WHERE ended IS NULL ORDER BY position", [], db) }
    }

    package func lastNumber(of pipeline: String) async throws(StoreError) -> Int {
        try await read { db in
            // What is no number is 0 to SQLite.
            try Int.fetchOne(
                db,
                sql: """
                    SELECT max(count(*), coalesce(max(CAST(substr(run, length(pipeline) + 2) AS INTEGER)), 0))
                    FROM runs WHERE pipeline = ?
                    """, arguments: [pipeline]) ?? 0
        }
    }

    private static let isKept = "NOT EXISTS (SELECT 1 FROM pruned WHERE pruned.run = runs.run)"

    private static func summaries(
        _ clause: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [RunSummary] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT run, pipeline, service, environment, status, person, submitted, ended, headline
                FROM runs \(clause)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { try summary($0, at: 0) }
    }

    /// From the column `first` on: run, pipeline, service, environment, status, person, submitted, ended, headline.
    static func summary(_ row: Row, at first: Int) throws -> RunSummary {
        let word: String = row[first + 4]
        guard let status = RunStatus(word: word) else {
            throw StoreError(.newerSchema, "the status '\(word)' was written by a newer Tminus; use that one")
        }
        return RunSummary(
            run: row[first], pipeline: row[first + 1], service: row[first + 2], environment: row[first + 3],
            status: status, by: row[first + 5], submitted: Instant(millisecondsSinceEpoch: row[first + 6]),
            ended: (row[first + 7] as Int64?).map(Instant.init(millisecondsSinceEpoch:)), headline: row[first + 8])
    }
}
