import Foundation
import GRDB
import Synchronization
import TminusModel
package import TminusPorts

/// The journal in a SQLite file. See docs/internals/journal.md.
///
/// One connection writes and alone checkpoints; another only reads, so that a long export never delays an append. Both
/// work on queues of their own: callers' threads are never blocked by the disk.
package final class SQLiteJournal: JournalStore {
    let file: DatabaseFile
    let writer: DatabaseQueue
    let reader: DatabaseQueue
    let ballast: Ballast?
    /// Where each live run's chain ends, as committed.
    let heads = Mutex<[String: Head]>([:])
    let names = NameCache()
    /// Set when the disk failed to sync: what the page cache holds may then be lost without a trace, so nothing more is
    /// written until a restart has read the file again.
    let syncFailure = Mutex<StoreError?>(nil)

    struct Head: Sendable {
        var version: Int
        var hash: Data
        var hasEnded: Bool
    }

    /// Opens the journal at `path`, creating or migrating it.
    ///
    /// - Parameters:
    ///   - version: this program's, recorded with every schema change.
    ///   - ballast: nil for none.
    /// - Throws: `.newerSchema` naming the version that wrote the file, `.corrupt`, `.storage`.
    package init(path: String, version: String, ballast: Ballast? = nil) throws(StoreError) {
        file = Self.file(path, version)
        self.ballast = ballast
        writer = try file.openWriter()
        reader = try file.openReader()
    }

    /// Opens a journal only to look at it, beside the engine that writes it or where none runs. Nothing is migrated,
    /// checkpointed or written.
    ///
    /// - Throws: `.newerSchema`, `.corrupt`, `.storage`; `.conflict` for one of an older schema, which the next engine
    ///   migrates, and `.interrupted` for one whose last transaction was cut short, which it takes back.
    package init(readingOnly path: String, version: String) throws(StoreError) {
        file = Self.file(path, version)
        ballast = nil
        reader = try file.openReader()
        writer = reader
        let (file, reader) = (file, reader)
        let known = try translating {
            try reader.read { db in
                try file.check(db)
                return try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            }
        }
        guard known == JournalSchema.migrations.count else {
            try? reader.close()
            throw StoreError(
                .conflict,
                "it has schema \(known), and is brought to \(JournalSchema.migrations.count) when an engine "
                    + "next starts; a copy of it is kept")
        }
    }

    static func file(_ path: String, _ version: String) -> DatabaseFile {
        DatabaseFile(
            path: path, applicationID: JournalSchema.applicationID, migrations: JournalSchema.migrations,
            noun: "journal", synchronous: "FULL", version: version)
    }

    /// Closes both connections; the last one moves what the write-ahead log holds into the file.
    package func close() throws(StoreError) {
        try translating {
            try reader.close()
            if writer !== reader { try writer.close() }
        }
    }

    /// The version of SQLite in use, and what `PRAGMA quick_check` says, for `tminus doctor`.
    package func health() async throws(StoreError) -> (sqlite: String, check: String) {
        let answers = try await read { db in
            [
                try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown",
                try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer",
            ]
        }
        return (answers[0], answers[1])
    }

    /// What the whole of `PRAGMA integrity_check` and the references between tables say; `ok` when all is well. Takes
    /// as long as reading the file.
    package func integrity() async throws(StoreError) -> String {
        try await read { db in
            let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
            guard verdict == "ok" else { return verdict }
            let stray = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check")
            return stray == nil ? "ok" : "the table \(stray?[0] as String? ?? "") has rows of runs that are not there"
        }
    }

    // MARK: Queues

    /// Runs `work` on the writing connection. Once begun it is not cancelled with the caller: whether it was committed
    /// must always be known.
    nonisolated(nonsending) func write<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Self.result { try work(db) })
            }
        }
        return try result.get()
    }

    /// Runs `work` in one read transaction.
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value
    {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            reader.asyncRead { db in
                continuation.resume(returning: Self.result { try work(db.get()) })
            }
        }
        return try result.get()
    }

    private static func result<Value>(_ work: () throws -> Value) -> Result<Value, StoreError> {
        do { return .success(try work()) } catch { return .failure(StoreError(translating: error)) }
    }
}

/// The step names of the runs last used; making them anew costs a pass over the plan.
final class NameCache: Sendable {
    /// Ten thousand steps take about a megabyte.
    private static let runsMax = 16

    private let entries = Mutex<[(run: String, names: StepNames)]>([])

    subscript(run: String) -> StepNames? {
        entries.withLock { entries in
            guard let index = entries.lastIndex(where: { $0.run == run }) else { return nil }
            entries.append(entries.remove(at: index))
            return entries[entries.count - 1].names
        }
    }

    func forget(_ run: String) {
        entries.withLock { entries in entries.removeAll { $0.run == run } }
    }

    func keep(_ names: StepNames, of run: String) {
        entries.withLock { entries in
            entries.removeAll { $0.run == run }
            if entries.count >= Self.runsMax { entries.removeFirst() }
            entries.append((run, names))
        }
    }
}
