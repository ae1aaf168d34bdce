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
        try await read { db in try Self.runs(repository: repository, tag: tag, db) }
    }

    package func newestRun(repository: String) async throws(StoreError) -> TaggedRun? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT repository, tag, object, run_origins.pipeline, run, runs.position FROM run_origins
                    JOIN runs USING (run) WHERE repository = ? ORDER BY runs.position DESC LIMIT 1
                    """)
            var newest: (position: Int64, run: TaggedRun)?
            for address in try Self.addresses(of: repository, db) {
                guard let row = try Row.fetchOne(statement, arguments: [address]) else { continue }
                let origin = TagOrigin(repository: row[0], tag: row[1], object: row[2], pipeline: row[3])
                let position: Int64 = row[5]
                if position > newest?.position ?? -1 { newest = (position, TaggedRun(origin: origin, run: row[4])) }
            }
            return newest?.run
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

    private static func run(of origin: TagOrigin, _ db: Database) throws -> String? {
        try runs(repository: origin.repository, tag: origin.tag, db).first { $0.origin.isSameRun(as: origin) }?.run
    }

    /// Of every address that means the same repository, oldest first.
    private static func runs(repository: String, tag: String, _ db: Database) throws -> [TaggedRun] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT repository, object, run_origins.pipeline, run, runs.position FROM run_origins
                JOIN runs USING (run) WHERE repository = ? AND tag = ?
                """)
        var found: [(position: Int64, run: TaggedRun)] = []
        for address in try addresses(of: repository, db) {
            for row in try Row.fetchAll(statement, arguments: [address, tag]) {
                let origin = TagOrigin(repository: row[0], tag: tag, object: row[1], pipeline: row[2])
                found.append((row[4], TaggedRun(origin: origin, run: row[3])))
            }
        }
        return found.sorted { $0.position < $1.position }.map(\.run)
    }

    /// The addresses under which a repository's tags have made runs. They are few, and each is found by one step in the
    /// table's order.
    private static func addresses(of repository: String, _ db: Database) throws -> [String] {
        let statement = try db.cachedStatement(
            sql: """
                WITH RECURSIVE known (address) AS (
                    SELECT min(repository) FROM run_origins
                    UNION ALL
                    SELECT (SELECT min(repository) FROM run_origins WHERE repository > address) FROM known
                    WHERE address IS NOT NULL
                )
                SELECT address FROM known WHERE address IS NOT NULL
                """)
        let identity = RepositoryIdentity(repository)
        return try String.fetchAll(statement).filter { $0 == repository || RepositoryIdentity($0) == identity }
    }

    /// Within the transaction that makes the run, so that of two at once one is refused: the same tag object has made a
    /// run of this pipeline, or the tag was another object when it made one.
    func claim(_ origin: TagOrigin, for run: String, _ db: Database) throws {
        let runs = try Self.runs(repository: origin.repository, tag: origin.tag, db)
        if let refusal = TaggedRun.refusal(of: origin, after: runs) { throw refusal }
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
