import Foundation
import GRDB
import Glibc
import TminusPorts

/// A SQLite file of ours: how it is opened, what it must be, and how it grows with new versions.
struct DatabaseFile {
    let path: String
    let applicationID: Int64
    let migrations: [SchemaMigration]
    /// What a person calls it: `journal` or `metrics store`.
    let noun: String
    /// `FULL` for what must survive a power cut.
    let synchronous: String
    /// The version of this program, written beside each migration.
    let version: String

    /// The one connection that writes, and alone checkpoints.
    func openWriter() throws(StoreError) -> DatabaseQueue {
        try refuseNetworkFolders()
        try refuseForeign()
        try createPrivately()
        return try translating {
            var configuration = configuration(label: "tminus.\(noun).writer")
            configuration.prepareDatabase { [synchronous] db in
                // Of a new file only: what is pruned can then be given back in small pieces.
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = \(synchronous)")
                try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
            }
            let writer = try DatabaseQueue(path: path, configuration: configuration)
            try writer.inDatabase { db in
                try check(db)
                try migrate(db)
            }
            return writer
        }
    }

    /// A connection that only reads, and never checkpoints. The file must have been opened for writing before.
    func openReader() throws(StoreError) -> DatabaseQueue {
        try translating {
            try DatabaseQueue(path: path, configuration: readOnly)
        }
    }

    private var readOnly: Configuration {
        var configuration = configuration(label: "tminus.\(noun).reader")
        configuration.readonly = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        return configuration
    }

    private func configuration(label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// Before anything of a file is touched: opening it as ours already changes its header.
    private func refuseForeign() throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return }
        do throws(StoreError) {
            try checkKind(through: readOnly)
        } catch {
            guard error.code == .interrupted else { throw error }
            // What a kill cut short is taken back first, which only a connection that may write does.
            try checkKind(through: configuration(label: "tminus.\(noun).recovery"))
        }
    }

    private func checkKind(through configuration: Configuration) throws(StoreError) {
        try translating {
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            try connection.read(checkKind)
            try connection.close()
        }
    }

    /// Refuses files that are damaged, not ours, or of a newer version.
    ///
    /// - Throws: `StoreError` `.corrupt`, `.newerSchema`.
    func check(_ db: Database) throws {
        try checkKind(db)
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 > 0 else { return }
        let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard verdict == "ok" else {
            throw StoreError(.corrupt, "\(path) is damaged (\(verdict)); restore a backup: tminus store restore")
        }
    }

    /// - Throws: `StoreError` `.corrupt` for another program's file, `.newerSchema`.
    private func checkKind(_ db: Database) throws {
        let known = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if tables == 0, known == 0 { return }
        guard application == applicationID else {
            throw StoreError(.corrupt, "\(path) is no \(noun) of Tminus; give another --data, or move that file away")
        }
        guard known <= Int64(migrations.count) else {
            let writer = try String.fetchOne(db, sql: "SELECT tminus FROM schema ORDER BY version DESC LIMIT 1")
            throw StoreError(
                .newerSchema,
                "\(path) has schema \(known), written by Tminus \(writer ?? "of an unknown version"); this is Tminus "
                    + "\(version), which knows schema \(migrations.count). Use that version or a newer one")
        }
    }

    private func migrate(_ db: Database) throws {
        let known = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if known > 0, known < migrations.count { try keepCopy(of: known, db) }
        for (index, migration) in migrations.enumerated() where index >= known {
            try db.inTransaction(.immediate) {
                if index == 0 {
                    try db.execute(
                        sql: """
                            PRAGMA application_id = \(applicationID);
                            CREATE TABLE schema (
                                version INTEGER PRIMARY KEY, name TEXT NOT NULL, tminus TEXT NOT NULL,
                                applied INTEGER NOT NULL
                            ) STRICT;
                            """)
                }
                try db.execute(sql: migration.sql)
                try db.execute(
                    sql: "INSERT INTO schema VALUES (?, ?, ?, 1000 * unixepoch())",
                    arguments: [index + 1, migration.name, version])
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
        if known > 0, known < migrations.count { shrinkable(db) }
    }

    /// A file of before there was pruning is written anew, once, so that it can shrink. Without the room for that it
    /// stays as it is: what is pruned from it is used again.
    private func shrinkable(_ db: Database) {
        guard (try? Int.fetchOne(db, sql: "PRAGMA auto_vacuum")) == 0 else { return }
        try? db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
    }

    /// What an older version can still read stays beside the file as `<path>.schema-<n>`.
    private func keepCopy(of schema: Int, _ db: Database) throws {
        let copy = "\(path).schema-\(schema)"
        unlink(copy + ".part")
        try db.execute(sql: "VACUUM INTO ?", arguments: [copy + ".part"])
        chmod(copy + ".part", 0o600)
        guard rename(copy + ".part", copy) == 0 else {
            throw StoreError(.storage, "cannot keep a copy as \(copy): \(String(cString: strerror(errno)))")
        }
    }

    /// Creates the file readable by its owner alone; SQLite gives its `-wal` and `-shm` the same mode.
    private func createPrivately() throws(StoreError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(.storage, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        close(file)
    }

    /// SQLite's locks and shared memory do not hold over network file systems.
    private func refuseNetworkFolders() throws(StoreError) {
        let folder = URL(filePath: path).deletingLastPathComponent().resolvingSymlinksInPath().path
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return }
        var nearest = (point: "", type: "")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 3 else { continue }
            // The table writes a space in a path as \040.
            let point = String(fields[1]).replacing("\\040", with: " ")
            let holds = point == "/" || folder == point || folder.hasPrefix(point + "/")
            if holds, point.utf8.count >= nearest.point.utf8.count { nearest = (point, String(fields[2])) }
        }
        if ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"].contains(nearest.type) {
            throw StoreError(
                .storage, "\(folder) is on \(nearest.type), where SQLite can lose commits; put --data on a local disk")
        }
    }

    /// Free bytes for this user on the file system of a folder; nil when it can't be told.
    static func freeBytes(at folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }
}

/// Runs what GRDB may throw from, and says it in our words.
func translating<Value>(_ work: () throws -> Value) throws(StoreError) -> Value {
    do { return try work() } catch { throw StoreError(translating: error) }
}

extension StoreError {
    init(translating error: any Error) {
        guard let error = error as? DatabaseError else {
            self = error as? StoreError ?? StoreError(.storage, "\(error)")
            return
        }
        let message = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_READONLY_ROLLBACK, .SQLITE_READONLY_RECOVERY:
            self.init(
                .interrupted,
                "a transaction was cut short, by a power cut or a kill; the engine that starts next takes it back")
            return
        default: break
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "the disk of the data directory is full; free some space, then go on: nothing was lost")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupt, "the database is damaged (\(message)); restore a backup: tminus store restore")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.storage, "another program holds the database; only one engine may use a data directory")
        default:
            self.init(.storage, "SQLite says \(error.extendedResultCode.rawValue): \(message)")
        }
    }
}
