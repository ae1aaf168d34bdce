import GRDB
package import TminusModel
package import TminusPorts

extension SQLiteJournal {
    /// Most records read at once.
    private static let recordsMax = 10_000

    package func run(of origin: TagOrigin) async throws(StoreError) -> String? {
        try await read { db in try Self.run(of: origin, db) }
    }

    package func runs(repository: String, tag: String) async throws(StoreError) -> [TaggedRun] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT object, run_origins.pipeline, run FROM run_origins JOIN runs USING (run)
                    WHERE repository = ? AND tag = ? ORDER BY runs.position
                    """)
            return try Row.fetchAll(statement, arguments: [repository, tag]).map { row in
                TaggedRun(
                    origin: TagOrigin(repository: repository, tag: tag, object: row[0], pipeline: row[1]), run: row[2])
            }
        }
    }

    package func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(StoreError) -> [ReleaseRecord] {
        try await read { db in
            var conditions: [String] = []
            var arguments = StatementArguments()
            for (column, value) in [("service", service), ("environment", environment)] {
                guard let value else { continue }
                conditions.append("\(column) = ?")
                arguments += [value]
            }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            arguments += [max(1, min(limit, Self.recordsMax))]
            let statement = try db.cachedStatement(
                sql: "SELECT run, line FROM releases \(filter) ORDER BY ended DESC, run DESC LIMIT ?")
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                try Self.record(row[1], of: row[0])
            }
        }
    }

    /// Whether a run stands in the index of releases.
    package func isIndexed(_ run: String) async throws(StoreError) -> Bool {
        try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM releases WHERE run = ?)")
            return try Bool.fetchOne(statement, arguments: [run]) == true
        }
    }

    package func index(_ releases: [ReleaseRecord]) async throws(StoreError) {
        try await write { [self] db in
            try db.inTransaction(.immediate) {
                for release in releases { try index(release, db) }
                return .commit
            }
        }
    }

    private static func record(_ line: String, of run: String) throws -> ReleaseRecord {
        do { return try ReleaseRecord(json: JSON(parsing: line)) } catch let fault as CodingFault {
            throw StoreError(
                fault.isTooNew ? .newerSchema : .corrupt, "the record of \(run)'s release can't be read: \(fault)")
        } catch {
            throw StoreError(.corrupt, "the record of \(run)'s release can't be read: \(error)")
        }
    }

    static func run(of origin: TagOrigin, _ db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT run FROM run_origins
                    WHERE repository = ? AND tag = ? AND object = ? AND pipeline = ?
                    """),
            arguments: [origin.repository, origin.tag, origin.object, origin.pipeline])
    }

    /// Within the transaction that makes the run.
    func claim(_ origin: TagOrigin, for run: String, _ db: Database) throws {
        if let other = try Self.run(of: origin, db) {
            throw StoreError(.duplicate, "\(origin.tag) has made \(other) already")
        }
        try db.cachedStatement(
            sql: "INSERT INTO run_origins (repository, tag, object, pipeline, run) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [origin.repository, origin.tag, origin.object, origin.pipeline, run])
    }

    /// Within the transaction that ends the run.
    func index(_ release: ReleaseRecord, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO releases (run, service, environment, ended, line) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (run) DO NOTHING
                """
        ).execute(arguments: [
            release.run, release.service, release.environment, release.ended.millisecondsSinceEpoch,
            String(decoding: release.json.bytes, as: UTF8.self),
        ])
    }
}
