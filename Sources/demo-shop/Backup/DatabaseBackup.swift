import Crypto
import Foundation
import GRDB

/// Copies a SQLite file while it is in use, restores the copy elsewhere, and compares.
struct DatabaseBackup: Sendable {
    let database: String
    /// Where the backup goes.
    let folder: String
    /// Where a second copy of it goes.
    let secondFolder: String

    /// Makes the backup and tests it.
    ///
    /// - Throws: ``Refusal`` when the database is missing or the restored copy is not sound.
    func run() throws -> BackupAttestation {
        guard FileManager.default.fileExists(atPath: database) else {
            throw Refusal("there is no database at \(database) to back up; check --database")
        }
        for path in [folder, secondFolder] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        let started = Date()
        let id = "shop-\(Int(started.timeIntervalSince1970))-\(UUID().uuidString.prefix(8).lowercased())"
        let copy = folder + "/\(id).db"
        let secondCopy = secondFolder + "/\(id).db"
        // SQLite's online backup restarts when somebody writes meanwhile, so what it holds is the state at its end;
        // the start is the safe thing to claim.
        try Self.copy(from: database, to: copy)
        let finished = Date()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
        let digest = Self.sha256(bytes)
        try FileManager.default.copyItem(atPath: copy, toPath: secondCopy)
        guard Self.sha256(try Data(contentsOf: URL(fileURLWithPath: secondCopy))) == digest else {
            throw Refusal("the second copy \(secondCopy) differs from \(copy); check that disk and run it again")
        }
        let test = try restore(secondCopy, comparingWith: copy)
        let verified = BackupAttestation.text(Date())
        return BackupAttestation(
            tool: "demo-shop backup",
            id: id,
            started: BackupAttestation.text(started),
            finished: BackupAttestation.text(finished),
            consistent_point: BackupAttestation.text(started),
            size: bytes.count,
            sha256: digest,
            location: copy,
            encrypted: false,
            verified_at: verified,
            restore_test: test,
            copies: [
                .init(location: database, media: "live database", offsite: false, verified_at: verified),
                .init(location: copy, media: "backup folder", offsite: false, verified_at: verified),
                .init(location: secondCopy, media: "second folder", offsite: false, verified_at: verified),
            ]
        )
    }

    /// Restores the second copy into a new file, as one would after losing everything else, and looks inside.
    private func restore(_ source: String, comparingWith reference: String) throws -> BackupAttestation.RestoreTest {
        let started = Date()
        let restored = secondFolder + "/restore-test-\(UUID().uuidString).db"
        defer { try? FileManager.default.removeItem(atPath: restored) }
        try Self.copy(from: source, to: restored)
        let rows = try Self.rows(restored)
        guard rows == (try Self.rows(reference)) else {
            throw Refusal("the restored copy of \(source) has other row counts than \(reference); do not trust it")
        }
        return .init(
            started: BackupAttestation.text(started),
            finished: BackupAttestation.text(Date()),
            ok: true,
            checks: ["integrity_check", "foreign_key_check", "row counts"],
            rows: rows
        )
    }

    private static func copy(from source: String, to destination: String) throws {
        let from = try ShopDatabase.open(source)
        let to = try ShopDatabase.open(destination)
        try from.backup(to: to)
        try from.close()
        try to.close()
    }

    /// Rows by table, after checking that the file is sound.
    private static func rows(_ path: String) throws -> [String: Int] {
        try ShopDatabase.open(path).read { db in
            let problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            guard problems.isEmpty, try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").isEmpty else {
                throw Refusal("\(path) fails SQLite's integrity or foreign key check; take another backup")
            }
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
            var rows: [String: Int] = [:]
            for table in tables {
                rows[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)")
            }
            return rows
        }
    }

    private static func sha256(_ bytes: Data) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
