import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import TminusAPI
import TminusEngine
import TminusModel
import TminusPorts
import TminusServer
import TminusSimulation

/// A control server on a real Unix socket, before a real engine on a journal in memory.
final class ControlBench: Sendable {
    let client: EngineClient
    let socket: String
    let engine: Engine
    let backups = Backups()
    private let group: ServiceGroup
    private let serving: Task<Void, any Error>
    /// Set when it listens on TCP too.
    let address: EngineAddress?

    /// Returns once the socket listens and the engine has started.
    init(
        listensOnTCP: Bool = false, webhooks: (any WebhookReceiver)? = nil,
        askSource: (@Sendable (Plan, _ isHotfix: Bool) async -> SourceAnswer)? = nil
    ) async throws {
        // Short, because a socket's path must be.
        let folder = "/tmp/tm-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        socket = folder + "/socket"
        let journal = MemoryJournal()
        let runner = InstantRunner()
        let engine = Engine(
            EngineParts(
                journal: journal, control: MemoryControl(), policy: NoPolicy(), samples: MemorySamples(),
                source: SilentSource(), counts: SilentSource(),
                runner: runner, inbox: runner.inbox, clock: WallTime(), files: NoFiles(),
                logger: Self.quiet, environment: [], digest: Self.digest, groups: { _ in [] },
                findWindow: { _, now in (now, now.advanced(by: .seconds(60))) },
                findPeriod: { _, _ in nil }, fatal: { _ in }))
        self.engine = engine
        let backups = backups
        var parts = ControlParts(
            engine: engine, journal: journal, logger: Self.quiet, version: "1.2.3", pid: 42,
            started: Instant(millisecondsSinceEpoch: 1_000), dataDirectory: folder, idleExit: .seconds(10),
            now: { WallTime().now },
            readLog: { directory, offset in
                let text = Array("log of \(directory)\n".utf8)
                return offset < text.count ? Array(text[offset...]) : []
            },
            backUp: { path in
                if path == "/full" { throw APIError(.store, "no space left") }
                backups.note(path)
            },
            findings: { [Finding(.warning, "clock", "it jumped", remedy: "restart")] })
        parts.webhooks = webhooks
        parts.askSource = askSource
        let server = ControlServer(parts)
        let listening = Gate()
        let application = server.application(socket: socket) { listening.open() }
        let ports = AsyncStream.makeStream(of: Int.self)
        let overTCP = server.application(host: "127.0.0.1", port: 0) { ports.continuation.yield($0) }
        let group = ServiceGroup(
            services: listensOnTCP ? [application, overTCP] : [application], logger: Self.quiet)
        self.group = group
        serving = Task { try await group.run() }
        try await listening.pass()
        var port: Int?
        if listensOnTCP {
            for await number in ports.stream {
                port = number
                break
            }
        }
        address = port.map { .url("http://127.0.0.1:\($0)") }
        try await engine.start()
        server.gate.open()
        client = EngineClient(socket: socket)
    }

    func stop() async throws {
        await client.shutdown()
        await engine.shutdown()
        await group.triggerGracefulShutdown()
        try await serving.value
        try FileManager.default.removeItem(atPath: String(socket.dropLast("/socket".count)))
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Not SHA-256, but as good as any between two that agree on it: FNV-1a.
    @Sendable static func digest(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 64 - text.count) + text
    }

    /// Hands over a plan of one step for each kind given.
    func submit(_ kinds: [Step.Kind], pipeline: String = "shop") async throws -> String {
        try await client.submit(order(kinds, pipeline: pipeline))
    }

    func order(_ kinds: [Step.Kind], pipeline: String = "shop") -> RunOrder {
        let steps = kinds.enumerated().map { Step(name: "s\($0)", phase: 0, kind: $1, hasEffect: false) }
        let plan = Plan(
            pipeline: pipeline, service: pipeline, environment: "test", change: .normal, release: .minor, folder: "/",
            phases: [Phase(name: "T-0")], steps: steps)
        return RunOrder(plan: plan, digest: Self.digest(plan.json.bytes))
    }

    /// All of a run's events, followed to its end.
    func follow(_ run: String) async throws -> [Event] {
        var stream = try await client.events(of: run, follows: true)
        var events: [Event] = []
        while let event = try await stream.nextEvent() { events.append(event) }
        return events
    }
}

/// Every attempt succeeds at once.
private final class InstantRunner: StepRunner {
    let inbox = ReportInbox()

    func start(_ order: AttemptOrder) {
        let result = AttemptResult(end: .exited(0))
        inbox.reported([AttemptReport(key: order.key, news: .ended(result))])
    }

    func adopt(_ order: AttemptOrder) async { start(order) }
    func stop(_ key: AttemptKey) async {}
}

private struct SilentSource: MetricSource, CountSource {
    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        throw MetricError(.unreachable, "nobody answers")
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? { nil }

    func read(
        _ selectors: [CounterSelector], from endpoint: String, timeout: Duration
    ) async throws(MetricError) -> [CounterValue] {
        throw MetricError(.unreachable, "nobody answers at \(endpoint)")
    }
}

private struct NoFiles: PlanFiles {
    func folder(of run: String) -> String { "/runs/\(run)/files" }
    func keep(_ files: [PinnedContent], of run: String) async throws(EngineError) {}
    func content(of file: PinnedFile, in run: String) async throws(EngineError) -> [UInt8] { [] }
    func hasAttempts(_ run: String) async -> Bool { false }
    func isBusy(_ run: String) async -> Bool { false }
    func remove(_ run: String) async throws(EngineError) -> Int64? { 0 }
}

private struct WallTime: EngineClock {
    var now: Instant { Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000)) }

    func sleep(until instant: Instant) async throws { try await ContinuousClock().sleep(for: instant.since(now)) }
}

/// Where backups were asked for.
final class Backups: Sendable {
    private let noted = Mutex<[String]>([])
    func note(_ path: String) { noted.withLock { $0.append(path) } }
    var paths: [String] { noted.withLock { $0 } }
}
