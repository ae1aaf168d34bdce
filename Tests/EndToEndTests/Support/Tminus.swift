import Foundation

/// The built binary with a data directory of its own; the engine is killed and the folder removed when dropped.
final class Tminus: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let binaries = root.appendingPathComponent(".build/debug")

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
        try? FileManager.default.removeItem(at: folder)
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
        try Data(text.utf8).write(to: file)
        if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path) }
    }

    func read(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }

    /// Runs `tminus` with these arguments to its end.
    func run(_ arguments: String...) async throws -> Ended { try await start(arguments).ended() }

    func start(_ arguments: [String]) throws -> Started {
        try Started(Self.binaries.appendingPathComponent("tminus"), arguments, environment, in: folder)
    }
}

/// How a process ended, and what it wrote.
struct Ended: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Standard output as one JSON value; nil when it isn't one.
    var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }

    /// Standard output as JSON lines.
    var jsonLines: [[String: Any]] {
        output.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }
}

/// A running process. Its output goes to files, so that nothing it starts can keep a reader waiting.
final class Started: Sendable {
    private let process: Process
    private let folder: URL
    private let exit: AsyncStream<Int32>

    var pid: Int32 { process.processIdentifier }

    init(_ executable: URL, _ arguments: [String], _ environment: [String: String], in folder: URL) throws {
        self.folder = folder.appendingPathComponent("out-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        for (name, keyPath) in [
            ("out", \Process.standardOutput as ReferenceWritableKeyPath<Process, Any?>), ("err", \.standardError),
        ] {
            let file = self.folder.appendingPathComponent(name)
            try Data().write(to: file)
            process[keyPath: keyPath] = try FileHandle(forWritingTo: file)
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        exit = stream
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(isSignal ? 128 + process.terminationStatus : process.terminationStatus)
            continuation.finish()
        }
        try process.run()
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    private func text(_ name: String) -> String {
        let bytes = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for its end; call once.
    func ended() async -> Ended {
        var status: Int32 = -1
        for await code in exit { status = code }
        return Ended(status: status, output: output, errors: errors)
    }
}
