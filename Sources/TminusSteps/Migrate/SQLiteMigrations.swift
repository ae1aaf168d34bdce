import Foundation
import GRDB
import TminusModel

/// Plain SQL files applied to a SQLite file, remembered in its table `schema_migrations`.
///
/// Every file runs in one transaction together with its row, and SQLite's schema changes are transactional: whenever
/// this process is killed, a file is applied whole or not at all.
struct SQLiteMigrations: MigrationTool {
    var directory: String
    /// Must exist; may be empty.
    var database: String
    var kind: Migration.Kind
    /// The version to stop after; nil for the newest.
    var upTo: String?
    var now: Instant
    var log: @Sendable (String) -> Void

    private struct Applied {
        var version: Int64
        var checksum: String
        var isDirty: Bool
    }

    func status() throws(MigrationError) -> MigrationStatus {
        let files = try MigrationFile.list(directory)
        let applied = try open { queue in try queue.read { db in try Self.applied(db) } }
        return try status(files, applied)
    }

    func preview() throws(MigrationError) -> [String] {
        var lines: [String] = []
        for file in try pendingFiles() {
            let text = try checked(file).text
            lines.append("\(file.fileName):")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).prefix(200).map { "    \($0)" }
        }
        return lines
    }

    func apply() throws(MigrationError) {
        let files = try pendingFiles()
        var contents: [(text: String, checksum: String)] = []
        for file in files { contents.append(try checked(file)) }
        for (file, content) in zip(files, contents) {
            try apply(file, content)
            log("applied \(file.fileName)")
        }
    }

    func revert(to target: String?) throws(MigrationError) {
        let files = try MigrationFile.list(directory)
        let lowest = try target.map { text throws(MigrationError) in try version(text) } ?? Int64.min
        let applied = try open { queue in try queue.read { db in try Self.applied(db) } }
        guard !applied.contains(where: \.isDirty) else {
            throw MigrationError(.refused, "the schema is half applied (dirty); repair it by hand first")
        }
        for row in applied.sorted(by: { $0.version > $1.version }) where row.version > lowest {
            guard let file = files.first(where: { $0.version == row.version }), let down = file.downPath else {
                throw MigrationError(.refused, "version \(row.version) has no .down.sql to revert it with")
            }
            let text = try Self.withoutTransaction(try MigrationFile.text(down).text, "\(down)")
            try transaction("reverting \(file.fileName)") { db in
                try db.execute(sql: text)
                try db.execute(sql: "DELETE FROM schema_migrations WHERE version = ?", arguments: [row.version])
            }
            log("reverted \(file.fileName)")
        }
    }

    // MARK: What is pending

    private func pendingFiles() throws(MigrationError) -> [MigrationFile] {
        let files = try MigrationFile.list(directory)
        let pending = Set(try status().pending)
        return files.filter { pending.contains($0.fileName) }
    }

    private func status(_ files: [MigrationFile], _ applied: [Applied]) throws(MigrationError) -> MigrationStatus {
        let last = try upTo.map { text throws(MigrationError) in try version(text) }
        if let last, !files.contains(where: { $0.version == last }) {
            throw MigrationError(.refused, "there is no migration \(last) in \(directory) to stop after")
        }
        let newest = applied.map(\.version).max()
        for row in applied {
            if let file = files.first(where: { $0.version == row.version }) {
                guard try MigrationFile.text(file.path).checksum == row.checksum else {
                    throw MigrationError(
                        .refused,
                        "\(file.fileName) has changed since it was applied (its checksum differs); put it back as it "
                            + "was, and write the change as a new migration"
                    )
                }
            } else if let known = files.last?.version, row.version < known {
                throw MigrationError(.refused, "version \(row.version) is applied, but its file is gone; put it back")
            } else {
                log("version \(row.version) is applied and newer than every file here; it is left alone")
            }
        }
        let names = Set(applied.map(\.version))
        let pending = files.filter { !names.contains($0.version) && $0.version <= last ?? .max }
        if let newest, let early = pending.first(where: { $0.version < newest }) {
            throw MigrationError(
                .refused,
                "\(early.fileName) is not applied, but the later version \(newest) is; give it a later version"
            )
        }
        return MigrationStatus(
            current: newest.map { newest in
                files.first { $0.version == newest }.map { String($0.fileName.dropLast(".sql".count)) } ?? "\(newest)"
            },
            pending: pending.map(\.fileName), isDirty: applied.contains(where: \.isDirty)
        )
    }

    private func version(_ text: String) throws(MigrationError) -> Int64 {
        guard let version = Int64(text.prefix { $0.isASCII && $0.isNumber }) else {
            throw MigrationError(.refused, "\(text) is no version; name one such as 003")
        }
        return version
    }

    /// A file's text, once it is clear that it may run.
    private func checked(_ file: MigrationFile) throws(MigrationError) -> (text: String, checksum: String) {
        let content = try MigrationFile.text(file.path)
        _ = try Self.withoutTransaction(content.text, file.fileName)
        if kind == .expand, let problem = MigrationLint.contractProblem(in: SQLText(content.text)) {
            log("\(file.fileName):\(problem.line): \(problem.reason)")
            throw MigrationError(.refused, "\(file.fileName):\(problem.line): \(problem.reason)")
        }
        return content
    }

    private static func withoutTransaction(_ text: String, _ name: String) throws(MigrationError) -> String {
        if let problem = MigrationLint.transactionProblem(in: SQLText(text)) {
            throw MigrationError(.refused, "\(name):\(problem.line): \(problem.reason)")
        }
        return text
    }

    // MARK: The database

    private func apply(
        _ file: MigrationFile, _ content: (text: String, checksum: String)
    ) throws(MigrationError) {
        try transaction(file.fileName) { db in
            try db.execute(sql: Self.table)
            // Another one may have applied it since; its row would be there, and nothing is to be done twice.
            try db.execute(
                sql: """
                    INSERT INTO schema_migrations (version, name, checksum, applied_at, dirty) VALUES (?, ?, ?, ?, 0)
                    """,
                arguments: [file.version, file.name, content.checksum, Timestamp.text(now)]
            )
            try db.execute(sql: content.text)
            guard db.isInsideTransaction else {
                throw MigrationError(.failed, "\(file.fileName) ended its transaction by itself")
            }
        }
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
            applied_at TEXT NOT NULL, dirty INTEGER NOT NULL DEFAULT 0
        )
        """

    private static func applied(_ db: Database) throws -> [Applied] {
        guard try db.tableExists("schema_migrations") else { return [] }
        let columns = Set(try db.columns(in: "schema_migrations").map(\.name))
        guard columns.isSuperset(of: ["version", "name", "checksum", "applied_at", "dirty"]) else {
            throw MigrationError(
                .refused, "the table schema_migrations was made by another tool; use `commands:` with that tool"
            )
        }
        return try Row.fetchAll(db, sql: "SELECT version, checksum, dirty FROM schema_migrations ORDER BY version")
            .map { row in
                guard let version = Int64.fromDatabaseValue(row[0]), let checksum = String.fromDatabaseValue(row[1])
                else { throw MigrationError(.unreadable, "the table schema_migrations holds a row without version") }
                return Applied(version: version, checksum: checksum, isDirty: Int64.fromDatabaseValue(row[2]) != 0)
            }
    }

    private func transaction(
        _ name: String, _ body: @escaping (Database) throws -> Void
    ) throws(MigrationError) {
        do {
            try open { queue in
                try queue.inTransaction(.immediate) { db in
                    try body(db)
                    return .commit
                }
            }
        } catch {
            throw MigrationError(.failed, "\(name) failed, and nothing of it was kept: \(error.reason)")
        }
    }

    /// Runs `body` with a connection of its own. Waits up to 10 s for another writer.
    private func open<Value>(_ body: (DatabaseQueue) throws -> Value) throws(MigrationError) -> Value {
        guard FileManager.default.fileExists(atPath: database) else {
            throw MigrationError(
                .unreadable, "there is no database at \(database); for a first release create an empty file there"
            )
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: database, configuration: configuration)
            let value = try body(queue)
            try queue.close()
            return value
        } catch let error as MigrationError {
            throw error
        } catch let error as DatabaseError {
            let words = error.message ?? "SQLite error \(error.resultCode)"
            throw MigrationError(.unreadable, Sentence.cut(words, limit: 200))
        } catch {
            throw MigrationError(.unreadable, "the database \(database) can't be opened")
        }
    }
}
