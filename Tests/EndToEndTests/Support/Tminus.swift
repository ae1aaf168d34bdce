import Foundation

/// The built binary with a data directory of its own; the engine is killed and the folder removed when dropped.
final class Tminus: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let binaries = root.appendingPathComponent(".build/debug")
    static let program = binaries.appendingPathComponent("tminus")

    /// Short, because a socket's path must be.
    let folder: URL
    let environment: [String: String]

    var data: URL { folder.appendingPathComponent("data") }

    init(environment: [String: String] = [:]) throws {
        let name = String(UInt32.random(in: 0 ... .max), radix: 36)
        folder = URL(fileURLWithPath: "/tmp/tm-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var all = ProcessInfo.processInfo.environment
        all["TMINUS_DATA"] = folder.appendingPathComponent("data").path
        all["PATH"] = Self.binaries.path + ":" + (all["PATH"] ?? "/usr/bin:/bin")
        all["NO_COLOR"] = "1"
        all.merge(environment) { _, new in new }
        self.environment = all
    }

    deinit {
        killEngine()
        // What a dying engine takes away meanwhile ends a removal half-way.
        for _ in 0..<10 where FileManager.default.fileExists(atPath: folder.path) {
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// The engine that holds the data directory, by its lock file; nil when none was ever started.
    var enginePid: Int32? {
        guard let bytes = try? Data(contentsOf: data.appendingPathComponent("engine.lock")),
            let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any],
            let pid = object["pid"] as? Int
        else { return nil }
        return Int32(pid)
    }

    /// SIGKILL, as a power-loving colleague would. False when there was nobody to kill.
    @discardableResult
    func killEngine() -> Bool {
        guard let pid = enginePid else { return false }
        return kill(pid, SIGKILL) == 0
    }

    func write(_ name: String, _ text: String, executable: Bool = false) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Started.write(text, to: file)
        if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path) }
    }

    func read(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }

    /// Runs `tminus` with these arguments to its end.
    func run(_ arguments: String...) async throws -> Ended { try await start(arguments).ended() }

    /// Another program, in the same surroundings.
    func start(program: String, _ arguments: [String]) throws -> Started {
        try Started(program, arguments, environment, in: folder)
    }

    func start(_ arguments: [String]) throws -> Started {
        try Started(Self.program.path, arguments, environment, in: folder)
    }
}
