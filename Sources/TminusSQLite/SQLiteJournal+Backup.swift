import Foundation
import GRDB
import Glibc
package import TminusPorts

extension SQLiteJournal {
    /// Copies the journal, as it stands in one moment, to a new file, while runs go on.
    ///
    /// The copy is one file without a write-ahead log, checked from end to end, and appears under its name only when it
    /// is whole and on the disk. `enclosed` goes into it too: small files of the data directory that belong to the
    /// journal, by name.
    ///
    /// - Throws: `.storage` when the file exists or cannot be written, `.corrupt` when the copy does not verify.
    package func backup(to path: String, enclosed: [EnclosedFile] = []) async throws(StoreError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.storage, "\(path) exists; a backup never replaces a file")
        }
        let reader = reader
        let version = file.version
        // The copy reads a few pages at a time on the reading connection; appends go on beside it.
        try await onQueueOfItsOwn { () throws(StoreError) in
            try JournalCopy.make(of: reader, at: path, version: version, enclosed: enclosed)
        }
    }

    /// Puts a backup in the place of the journal at `path`. No engine may be using it: the caller holds the engine's
    /// lock.
    ///
    /// The backup is checked first: that it is whole, of a schema this version knows, and that every run's chain holds.
    /// What was there before stays beside it as `<path>.replaced`; the new file takes its place in one step, and what
    /// else belongs to a restore is owed from then on: see `owed()`.
    ///
    /// - Returns: how many runs the backup holds.
    /// - Throws: `.corrupt`, `.newerSchema`, `.storage`; the journal is then as it was.
    package static func restore(from backup: String, to path: String, version: String) throws(StoreError) -> Int {
        guard FileManager.default.fileExists(atPath: backup) else {
            throw StoreError(.storage, "there is no file \(backup)")
        }
        let runs = try JournalCopy.verify(backup, version: version)
        let source = try translating {
            var configuration = Configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: backup, configuration: configuration)
        }
        try takeBackRestore(cutShortAt: path)
        let enclosed = try JournalCopy.enclosed(in: source) ?? []
        try JournalCopy.make(of: source, at: fresh(path), version: version, enclosed: enclosed)
        try setAside(path, version)
        guard rename(fresh(path), path) == 0 else {
            throw StoreError(.storage, "cannot put the backup at \(path): \(String(cString: strerror(errno)))")
        }
        try JournalCopy.sync(folderOf: path)
        return runs
    }

    private static func fresh(_ path: String) -> String { path + ".restoring" }
    private static func replaced(_ path: String) -> String { path + ".replaced" }

    /// Removes what a restore left that was ended before its last step, and puts the old journal's log back beside it.
    /// The caller holds the engine's lock.
    ///
    /// - Throws: `.storage`.
    package static func takeBackRestore(cutShortAt path: String) throws(StoreError) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            unlink(fresh(path) + suffix)
            unlink(fresh(path) + ".part" + suffix)
        }
        let old = replaced(path)
        var (here, aside) = (stat(), stat())
        // One file by two names: the backup never got into its place.
        guard stat(path, &here) == 0, stat(old, &aside) == 0, here.st_ino == aside.st_ino, here.st_dev == aside.st_dev
        else { return }
        let isWithoutLog = !FileManager.default.fileExists(atPath: path + "-wal")
        if isWithoutLog, rename(old + "-wal", path + "-wal") != 0, errno != ENOENT {
            throw StoreError(.storage, "cannot put \(old)-wal back: \(String(cString: strerror(errno)))")
        }
        try JournalCopy.sync(folderOf: path)
        unlink(old)
    }

    /// Keeps the old journal under another name, and leaves no write-ahead log that could be taken for the new one's.
    ///
    /// A power cut may take names that are not synced, and keep later ones: each step is certain before the next.
    private static func setAside(_ path: String, _ version: String) throws(StoreError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let old = replaced(path)
        for suffix in ["", "-wal"] { unlink(old + suffix) }
        // Closing the last connection moves the log into the file. A journal too damaged to open keeps its log beside
        // it, under its new name.
        try? file(path, version).openWriter().close()
        try JournalCopy.sync(folderOf: path)
        guard link(path, old) == 0 else {
            throw StoreError(.storage, "cannot keep the old journal as \(old): \(String(cString: strerror(errno)))")
        }
        try JournalCopy.sync(folderOf: path)
        if FileManager.default.fileExists(atPath: path + "-wal") { rename(path + "-wal", old + "-wal") }
        unlink(path + "-shm")
        try JournalCopy.sync(folderOf: path)
    }

    /// What came with the backup that this journal was restored from, and is not in its place yet; nil when nothing is
    /// owed. It came into its place together with the journal, so it is there as long as somebody may still be needed
    /// to finish the restore.
    package func owed() async throws(StoreError) -> [EnclosedFile]? {
        try await read { db in try JournalCopy.enclosed(db) }
    }

    /// All that a restore owed is in its place, and durable.
    package func settleRestore() async throws(StoreError) {
        try await write { db in try db.execute(sql: "DROP TABLE IF EXISTS enclosed") }
    }

    private func onQueueOfItsOwn(
        _ work: @escaping @Sendable () throws(StoreError) -> Void
    ) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "tminus.journal.backup").async {
                do throws(StoreError) {
                    try work()
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
    }
}

/// A small file of the data directory that goes into a backup beside the journal.
package struct EnclosedFile: Equatable, Sendable {
    /// A plain file name.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A whole, checked copy of a journal.
private enum JournalCopy {
    /// 4 MiB at a time.
    private static let pagesAtOnce: CInt = 1024

    static func make(
        of source: DatabaseQueue, at path: String, version: String, enclosed: [EnclosedFile] = []
    ) throws(StoreError) {
        let part = path + ".part"
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(part + suffix) }
        let file = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(.storage, "cannot write \(part): \(String(cString: strerror(errno)))")
        }
        close(file)
        do throws(StoreError) {
            try translating {
                let copy = try DatabaseQueue(path: part)
                try source.backup(to: copy, pagesPerStep: pagesAtOnce)
                try copy.inDatabase { db in
                    try db.execute(sql: "PRAGMA journal_mode = DELETE")
                    try enclose(enclosed, in: db)
                }
                try copy.close()
            }
            _ = try verify(part, version: version)
            try sync(part)
            guard rename(part, path) == 0 else {
                throw StoreError(.storage, "cannot write \(path): \(String(cString: strerror(errno)))")
            }
            try sync(folderOf: path)
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(part + suffix) }
            throw error
        }
    }

    /// Only copies have the table, and each has it: what was enclosed goes back to its own file, and what was live is
    /// marked, before an engine goes on with it.
    private static func enclose(_ files: [EnclosedFile], in db: Database) throws {
        try db.execute(sql: "DROP TABLE IF EXISTS enclosed")
        try db.execute(sql: "CREATE TABLE enclosed (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT")
        for file in files {
            try db.execute(
                sql: "INSERT INTO enclosed (name, bytes) VALUES (?, ?)", arguments: [file.name, Data(file.bytes)])
        }
    }

    static func enclosed(in source: DatabaseQueue) throws(StoreError) -> [EnclosedFile]? {
        try translating { try source.read(enclosed) }
    }

    /// Nil for what is no copy.
    static func enclosed(_ db: Database) throws -> [EnclosedFile]? {
        // Asked of the file: another connection may have removed the table since this one read the schema.
        let isThere = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'enclosed')")
        guard isThere == true else { return nil }
        return try Row.fetchAll(db, sql: "SELECT name, bytes FROM enclosed ORDER BY name").map { row in
            EnclosedFile(name: row["name"], bytes: Array(row["bytes"] as Data))
        }
    }

    /// Checks a journal's pages, schema, references and every chain. Returns how many runs it has.
    static func verify(_ path: String, version: String) throws(StoreError) -> Int {
        try translating {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let file = SQLiteJournal.file(path, version)
            let runs = try queue.read { db in
                try file.check(db)
                guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 > 0 else {
                    throw StoreError(.corrupt, "\(path) is empty: no journal of Tminus")
                }
                let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
                guard verdict == "ok" else { throw StoreError(.corrupt, "\(path) is damaged: \(verdict)") }
                guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
                    throw StoreError(.corrupt, "\(path) has events or pages of runs it does not have")
                }
                let knowsPruned = try db.tableExists("pruned")
                let knowsLongLines = try db.tableExists("long_lines")
                let kept = knowsPruned ? "WHERE run NOT IN (SELECT run FROM pruned)" : ""
                let runs = try String.fetchAll(db, sql: "SELECT run FROM runs \(kept) ORDER BY position")
                let stored = StoredEvents(db: db, knowsPruned: knowsPruned, knowsLongLines: knowsLongLines)
                for run in runs { try stored.verify(run) }
                return runs.count
            }
            try queue.close()
            return runs
        }
    }

    static func sync(_ path: String) throws(StoreError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StoreError(.storage, "cannot open \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        guard fsync(file) == 0 else {
            throw StoreError(.storage, "cannot sync \(path): \(String(cString: strerror(errno)))")
        }
    }

    static func sync(folderOf path: String) throws(StoreError) {
        try sync(URL(filePath: path).deletingLastPathComponent().path)
    }
}
