import Foundation
import GRDB
import Synchronization
import TminusModel
package import TminusPorts

extension SQLiteJournal {
    package nonisolated(nonsending) func append(_ batches: [JournalBatch]) async throws(StoreError) {
        guard !batches.isEmpty else { return }
        if batches.contains(where: { $0.expected == 0 }), let ballast, !ballast.hasRoom() {
            throw StoreError(.full, "no new run starts with so little free disk space; free some and try again")
        }
        // Where the caller is: going to another thread and back costs as much. But with a run's first event comes its
        // plan, which may be long.
        let isShort = batches.allSatisfy { $0.expected > 0 }
        let all = isShort ? try encoded(batches) : try await encodedApart(batches)
        try await write { [self] db in
            do {
                try commit(all, db)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL && ballast?.release() == true {
                try commit(all, db)
            }
        }
    }

    @concurrent private func encodedApart(_ batches: [JournalBatch]) async throws(StoreError) -> [EncodedBatch] {
        try encoded(batches)
    }

    private func encoded(_ batches: [JournalBatch]) throws(StoreError) -> [EncodedBatch] {
        var encoded: [EncodedBatch] = []
        encoded.reserveCapacity(batches.count)
        for batch in batches { encoded.append(try EncodedBatch(batch, names: names(of: batch))) }
        return encoded
    }

    private func names(of batch: JournalBatch) -> StepNames {
        if let known = names[batch.summary.run] { return known }
        let made = StepNames(batch.plan)
        // A batch that is refused must not leave the names of a plan that is not the run's.
        if batch.expected > 0 { names.keep(made, of: batch.summary.run) }
        return made
    }

    private func commit(_ batches: [EncodedBatch], _ db: Database) throws {
        if let failure = syncFailure.withLock({ $0 }) { throw failure }
        var reached: [String: Head] = [:]
        do {
            // Prepared once: GRDB's own transactions compile their statements for every commit.
            try db.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
            for batch in batches {
                let head = try reached[batch.run] ?? currentHead(of: batch, db)
                reached[batch.run] = try append(batch, to: head, db)
            }
            try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        } catch {
            // Nothing is kept, whatever failed; a commit that failed may have ended the transaction by itself.
            if db.isInsideTransaction { try? db.rollback() }
            heads.withLock { heads in
                for batch in batches { heads[batch.run] = nil }
            }
            throw noting(error)
        }
        let ends = reached
        heads.withLock { heads in
            for batch in batches { heads[batch.run] = ends[batch.run].flatMap { $0.hasEnded ? nil : $0 } }
        }
    }

    /// Remembers a failure to sync, after which nothing more is written; returns the error to throw.
    func noting(_ error: any Error) -> any Error {
        if let error = error as? DatabaseError, error.extendedResultCode == .SQLITE_IOERR_FSYNC {
            let failure = StoreError(
                .storage, "the disk failed to write what it had accepted; check the disk, then start the engine again")
            syncFailure.withLock { $0 = failure }
            return failure
        }
        return error
    }

    private func currentHead(of batch: EncodedBatch, _ db: Database) throws -> Head {
        if let head = heads.withLock({ $0[batch.run] }) { return head }
        let statement = try db.cachedStatement(sql: "SELECT version, head, ended FROM runs WHERE run = ?")
        guard let row = try Row.fetchOne(statement, arguments: [batch.run]) else {
            guard batch.expected == 0 else {
                throw StoreError(.conflict, "run \(batch.run) has no events, not \(batch.expected)")
            }
            try insertRun(batch, db)
            if let origin = batch.origin { try claim(origin, for: batch.run, db) }
            return Head(version: 0, hash: EventChain.start, hasEnded: false)
        }
        return Head(version: row[0], hash: row[1], hasEnded: row[2] != nil)
    }

    private func insertRun(_ batch: EncodedBatch, _ db: Database) throws {
        let summary = batch.summary
        try db.cachedStatement(
            sql: """
                INSERT INTO runs
                    (run, pipeline, service, environment, person, submitted, version, head, status, headline)
                VALUES (?, ?, ?, ?, ?, ?, 0, ?, 'running', '')
                """
        ).execute(arguments: [
            summary.run, summary.pipeline, summary.service, summary.environment, summary.by,
            summary.submitted.millisecondsSinceEpoch, EventChain.start,
        ])
    }

    /// One statement an event and one a batch, and one more for a page.
    private func append(_ batch: EncodedBatch, to head: Head, _ db: Database) throws -> Head {
        guard !head.hasEnded else {
            throw StoreError(.finished, "run \(batch.run) has ended; nothing is added to it")
        }
        guard head.version == batch.expected else {
            throw StoreError(.conflict, "run \(batch.run) has \(head.version) events, not \(batch.expected)")
        }
        var hash = head.hash
        let insert = try db.cachedStatement(
            sql: "INSERT INTO events (run, sequence, at, line, hash) VALUES (?, ?, ?, ?, ?)")
        for (offset, event) in batch.events.enumerated() {
            hash = EventChain.hash(after: hash, line: event.line)
            let isLong = event.line.count > LongLineSchema.bytesMax
            let line = String(decoding: event.line, as: UTF8.self)
            let sequence = batch.expected + 1 + offset
            try insert.execute(arguments: [batch.run, sequence, event.at, isLong ? "" : line, hash])
            if isLong { try keepApart(line, batch.run, sequence, db) }
            if let page = event.page { try raise(page, batch.run, at: event.at, db) }
        }
        let version = batch.expected + batch.events.count
        // A run that goes on is not set to go on: its place in the index of live runs would be written anew each time.
        if let ended = batch.ended {
            try db.cachedStatement(
                sql: """
                    UPDATE runs SET version = ?, head = ?, status = ?, ended = ?, headline = ?
                    WHERE run = ? AND version = ? AND ended IS NULL
                    """
            ).execute(arguments: [
                version, hash, batch.summary.status.word, ended, batch.summary.headline, batch.run, batch.expected,
            ])
        } else {
            try db.cachedStatement(
                sql: """
                    UPDATE runs SET version = ?, head = ?, status = ?, headline = ?
                    WHERE run = ? AND version = ? AND ended IS NULL
                    """
            ).execute(arguments: [
                version, hash, batch.summary.status.word, batch.summary.headline, batch.run, batch.expected,
            ])
        }
        guard db.changesCount == 1 else {
            throw StoreError(.conflict, "run \(batch.run) was changed by another writer")
        }
        if let release = batch.release { try index(release, db) }
        return Head(version: version, hash: hash, hasEnded: batch.ended != nil)
    }

    private func keepApart(_ line: String, _ run: String, _ sequence: Int, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO long_lines (run, sequence, line) VALUES (?, ?, ?)")
            .execute(arguments: [run, sequence, line])
    }

    /// The same need of the same run is paged once.
    private func raise(_ page: (key: String, reason: String), _ run: String, at: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO pages (run, key, reason, raised, tried, state, due) VALUES (?, ?, ?, ?, 0, 'due', ?)
                ON CONFLICT (run, key) DO NOTHING
                """
        ).execute(arguments: [run, page.key, page.reason, at, at])
    }
}

/// A batch as it will be stored, but for the hashes.
private struct EncodedBatch: Sendable {
    struct Line: Sendable {
        let at: Int64
        let line: [UInt8]
        let page: (key: String, reason: String)?
    }

    let expected: Int
    let summary: RunSummary
    let origin: TagOrigin?
    let release: ReleaseRecord?
    /// Set exactly when the run has ended.
    let ended: Int64?
    let events: [Line]

    var run: String { summary.run }

    init(_ batch: JournalBatch, names: StepNames) throws(StoreError) {
        guard let last = batch.events.last else {
            throw StoreError(.conflict, "a batch of run \(batch.summary.run) has no events")
        }
        for (offset, event) in batch.events.enumerated() where event.sequence != batch.expected + 1 + offset {
            throw StoreError(
                .conflict,
                "event \(event.sequence) of run \(batch.summary.run) stands where "
                    + "\(batch.expected + 1 + offset) belongs"
            )
        }
        expected = batch.expected
        summary = batch.summary
        origin = batch.origin
        release = batch.release
        ended =
            batch.summary.status.isTerminal ? (batch.summary.ended ?? last.at).millisecondsSinceEpoch : nil
        events = batch.events.map { event in
            var page: (key: String, reason: String)?
            if case .pageRaised(let key, let reason) = event.body { page = (key, reason) }
            return Line(at: event.at.millisecondsSinceEpoch, line: event.json(names).bytes, page: page)
        }
    }
}
