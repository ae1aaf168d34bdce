import CLinux
import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// A data directory of its own, a real runner and the real shim; removed with everything below it.
final class Ground {
    let path: String
    let boot: String
    private var runner: ShimRunner?
    private let reports: AsyncStream<AttemptReport>
    private let sink: AsyncStream<AttemptReport>.Continuation
    private var iterator: AsyncStream<AttemptReport>.AsyncIterator
    private let cgroupParent: String?

    init(cgroupParent: String? = nil) throws {
        let template = FileManager.default.temporaryDirectory.appending(path: "tminus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: template, withIntermediateDirectories: true)
        path = template.path
        boot = try Boot.current()
        (reports, sink) = AsyncStream.makeStream()
        iterator = reports.makeAsyncIterator()
        self.cgroupParent = cgroupParent
        try restartRunner()
    }

    deinit {
        runner = nil
        try? FileManager.default.removeItem(atPath: path)
    }

    /// What an engine's death leaves: shims, files, and a new runner that knows nothing.
    func restartRunner() throws {
        let sink = sink
        runner = nil
        runner = try ShimRunner(
            dataDirectory: path, shimPath: Self.shim, tminusPath: "/bin/echo", cgroupParent: cgroupParent
        ) { batch in
            for report in batch { sink.yield(report) }
        }
    }

    /// Beside the test bundle.
    static let shim: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let own = link ?? CommandLine.arguments[0]
        let beside = (own as NSString).deletingLastPathComponent + "/tminus-shim"
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        let package = URL(filePath: #filePath).appending(path: "../../..").standardized.path
        return package + "/.build/debug/tminus-shim"
    }()

    func order(
        _ script: String, number: Int = 1, timeout: Duration? = .seconds(20), grace: Duration = .seconds(5)
    )
        -> AttemptOrder
    {
        order(["/bin/sh", "-c", script], number: number, timeout: timeout, grace: grace)
    }

    func order(
        _ argv: [String], number: Int = 1, timeout: Duration? = .seconds(20), grace: Duration = .seconds(5)
    )
        -> AttemptOrder
    {
        let id = AttemptID(step: StepIndex(0), number: number)
        return AttemptOrder(
            key: AttemptKey(run: "shop-1", attempt: .step(id)), directory: "runs/shop-1/deploy/\(number)",
            work: .command(Command(argv: argv), environment: []),
            environment: [Variable(name: "PATH", value: "/usr/bin:/bin")], secrets: [], timeout: timeout, grace: grace,
            workingDirectory: path, pinnedFiles: "runs/shop-1/files", pinned: [])
    }

    func start(_ order: AttemptOrder) { runner?.start(order) }
    func adopt(_ order: AttemptOrder) async { await runner?.adopt(order) }
    func stop(_ order: AttemptOrder) async { await runner?.stop(order.key) }

    func report() async throws -> AttemptReport { try #require(await iterator.next()) }

    /// The next end, skipping news of running.
    func end() async throws -> AttemptResult {
        while true {
            if case .ended(let result) = try await report().news { return result }
        }
    }

    func run(_ order: AttemptOrder) async throws -> AttemptResult {
        start(order)
        return try await end()
    }

    func file(_ order: AttemptOrder, _ name: String) -> String { "\(path)/\(order.directory)/\(name)" }

    func read(_ order: AttemptOrder, _ name: String) -> [UInt8] {
        [UInt8](FileManager.default.contents(atPath: file(order, name)) ?? Data())
    }

    func log(_ order: AttemptOrder) -> String { String(decoding: read(order, "log"), as: UTF8.self) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    /// A pipe that a step writes to when it has come to a point; reading waits for that.
    func makeSignal(_ name: String) { mkfifo("\(path)/\(name)", 0o600) }
    func wait(for name: String) throws -> String {
        let file = try OpenFile("\(path)/\(name)", O_RDONLY)
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 256)
        while case let count = Foundation.read(file.descriptor, &buffer, buffer.count), count > 0 {
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Writes a spec as the runner would, for tests that spawn shims themselves.
    func prepare(_ order: AttemptOrder, boot other: String? = nil) throws {
        guard case .command(let command, _) = order.work else { return }
        let spec = ShimSpec(
            boot: other ?? boot, timeoutMilliseconds: order.timeout?.milliseconds ?? 0,
            graceMilliseconds: order.grace.milliseconds, masksBytes: 0, cgroup: "", workingDirectory: path,
            arguments: command.argv)
        try FileManager.default.createDirectory(
            atPath: "\(path)/\(order.directory)", withIntermediateDirectories: true)
        try Data(try #require(spec.bytes)).write(to: URL(filePath: file(order, "spec")))
    }

    /// Starts a shim on a prepared directory.
    func spawnShim(_ order: AttemptOrder) throws -> pid_t {
        try Spawn.session(
            Self.shim, [Array("shim".utf8), Array("\(path)/\(order.directory)".utf8)],
            [Array("PATH=/usr/bin:/bin".utf8)]
        ).get()
    }

    /// The exit code of a process of ours; its signal, negative, when it was killed.
    static func wait(_ pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    /// What the shim's claim says, as the pid of the shim.
    func shimPid(_ order: AttemptOrder) throws -> pid_t {
        let lines = String(decoding: read(order, "claim"), as: UTF8.self).split(separator: "\n")
        let line = try #require(lines.dropFirst().first)
        return try #require(pid_t(line.dropFirst(5)))
    }

    static func isAlive(_ pid: String) -> Bool {
        // A zombie is dead: only its parent, not a survivor, keeps its entry.
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !status.contains(") Z ")
    }
}
