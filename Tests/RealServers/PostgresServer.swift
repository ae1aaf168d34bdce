import Foundation

/// A real PostgreSQL (`scripts/setup --with postgresql`): a cluster in a folder of its own, on a Unix socket only.
///
/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
package final class PostgresServer: Sendable {
    private let folder: String
    private let programs: String
    private let process: PrivateProcess

    /// Runs `body` with a cluster of its own, which is gone afterwards.
    package static func running(_ body: (PostgresServer) async throws -> Void) async throws {
        let server = try await PostgresServer()
        do { try await body(server) } catch {
            await server.remove()
            throw error
        }
        await server.remove()
    }

    /// Returns once it takes connections.
    private init() async throws {
        // A socket's path must be short.
        let folder = "/tmp/tmpg-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        self.folder = folder
        programs = try Self.programs()
        let home = folder + "/cluster"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        chmod(folder, 0o755)
        chmod(home, 0o700)
        let account = getuid() == 0 ? Self.account() : nil
        if let account { chown(home, account.uid, account.gid) }
        let initdb = Self.words(
            account,
            [
                programs + "/initdb", "-D", home, "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8",
                "--locale=C",
            ])
        try await Self.run(initdb, log: folder + "/initdb.log")
        let words = Self.words(
            account,
            [
                programs + "/postgres", "-D", home, "-k", home, "-c", "listen_addresses=", "-c", "fsync=off",
                "-c", "unix_socket_permissions=0777",
            ])
        // Everybody may reach the socket of this test.
        let started = try PrivateProcess(words[0], Array(words.dropFirst()), log: folder + "/log")
        process = started
        try await poll("postgres is ready") {
            guard started.isRunning else { throw RealServerError(description: "postgres ended: \(started.lastWords)") }
            return started.hasSaid("database system is ready to accept connections")
        }
    }

    /// A libpq connection string.
    package var connection: String { "host=\(folder)/cluster dbname=postgres user=tester" }

    /// Runs SQL by psql.
    package func run(_ sql: String) async throws {
        let file = folder + "/script-\(UUID().uuidString).sql"
        try sql.write(toFile: file, atomically: true, encoding: .utf8)
        try await Self.run(
            [programs + "/psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, connection], log: file + ".log")
    }

    /// From now on this user is let in with a password only (SCRAM-SHA-256); others as before.
    package func demandPassword(of user: String) async throws {
        let rules = "local all \(user) scram-sha-256\nlocal all all trust\n"
        let path = folder + "/cluster/pg_hba.conf"
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw RealServerError(description: "there is no \(path)")
        }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(rules.utf8))
        try handle.close()
        try await run("SELECT pg_reload_conf();")
    }

    package func stop() async { await process.stop() }

    private func remove() async {
        await stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).sorted().last
        guard let newest, FileManager.default.isExecutableFile(atPath: "\(root)/\(newest)/bin/initdb") else {
            throw RealServerError(description: "there is no PostgreSQL; run scripts/setup --with postgresql")
        }
        return "\(root)/\(newest)/bin"
    }

    private static func account() -> (uid: UInt32, gid: UInt32)? {
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return (entry.pointee.pw_uid, entry.pointee.pw_gid) }
        }
        return nil
    }

    /// The words to run as another account.
    private static func words(_ account: (uid: UInt32, gid: UInt32)?, _ words: [String]) -> [String] {
        guard let account else { return words }
        return ["/usr/bin/setpriv", "--reuid=\(account.uid)", "--regid=\(account.gid)", "--clear-groups"] + words
    }

    private static func run(_ words: [String], log: String) async throws {
        let process = try PrivateProcess(words[0], Array(words.dropFirst()), log: log)
        guard await process.ended() else {
            throw RealServerError(description: "\(words.joined(separator: " ")): \(process.lastWords)")
        }
    }
}
