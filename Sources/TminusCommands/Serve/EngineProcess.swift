import Dispatch
import Glibc
import Logging
import ServiceLifecycle
import TminusAPI
import TminusAttempts
import TminusEngine
import TminusModel
import TminusPolicy
import TminusSQLite
import TminusServer
import TminusTriggers

/// One life of an engine: from its lock to its last event.
struct EngineProcess {
    let directory: DataDirectory
    let clock: AnchoredClock
    let logger: Logger
    let ready: ReadySignal
    let idleExit: Duration?
    let listeners: Listeners

    /// Open streams end with the engine; whoever still holds a connection after this is cut off.
    private static let farewell = Duration.seconds(5)

    /// Returns when it was told to stop, or had nothing to do for long enough.
    func run() async throws {
        let assembly = try EngineAssembly(directory, logger: logger, clock: clock)
        if directory.emergency == nil {
            try await RestoredJournal(directory: directory, journal: assembly.journal).settle()
        }
        let importing = EmergencyImport(directory: directory, journal: assembly.journal, logger: logger)
        let imported = directory.emergency == nil ? try await importing.run() : []
        // What stands in for a journal that is gone goes back, and releases nothing new.
        let webhooks = directory.emergency == nil ? webhooks(of: assembly) : nil
        var parts = parts(assembly)
        parts.webhooks = webhooks?.desk
        let server = ControlServer(parts)
        // We hold the lock, so whoever made this socket is gone.
        unlink(directory.socket)
        let listening = Gate()
        let application = server.application(socket: directory.socket) { listening.open() }
        let others = applications(of: server)
        let life = EngineLife(
            engine: assembly.engine, server: server, listening: listening, clock: clock, ready: ready,
            idleExit: idleExit, logger: logger, imported: imported, importing: importing, deliveries: webhooks?.worker)
        let polling: [ServiceGroupConfiguration.ServiceConfiguration] =
            directory.emergency == nil ? [.init(service: TagPolling(poller(assembly), gate: server.gate))] : []
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: application)] + others + polling + [
                .init(service: life, successTerminationBehavior: .gracefullyShutdownGroup)
            ], logger: quiet)
        configuration.maximumGracefulShutdownDuration = Self.farewell
        let group = ServiceGroup(configuration: configuration)
        let signals = [SIGTERM, SIGINT].map { number in stop(on: number, group) }
        defer {
            for source in signals { source.cancel() }
            unlink(directory.socket)
            assembly.close()
        }
        try await group.run()
        logger.notice("the engine has left")
    }

    private func poller(_ assembly: EngineAssembly) -> TagPoller {
        let (desk, policy, logger) = (assembly.desk, assembly.policy, logger)
        return TagPoller(
            path: directory.tagsSeen, policy: { ((try? policy.policy()) ?? nil)?.tags },
            take: { await desk.take(repository: $0, tag: $1, cause: "poll") },
            log: { logger.warning("\($0)") })
    }

    /// The listeners beside the directory's own socket.
    private func applications(of server: ControlServer) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let socket = listeners.groupSocket {
            unlink(socket.path)
            services.append(
                .init(
                    service: server.application(socket: socket.path, group: socket.group) { [logger] in
                        logger.notice("listening for a group", metadata: ["socket": "\(socket.path)"])
                    }))
        }
        for (host, port) in listeners.addresses {
            services.append(
                .init(
                    service: server.application(host: host, port: port) { [logger] port in
                        logger.notice("listening for tokens", metadata: ["address": "\(host):\(port)"])
                    }))
        }
        return services
    }

    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }

    private func stop(on number: Int32, _ group: ServiceGroup) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { Task { await group.triggerGracefulShutdown() } }
        source.resume()
        return source
    }

    private func webhooks(of assembly: EngineAssembly) -> WebhookWiring {
        WebhookWiring(
            desk: assembly.desk, policy: assembly.policy, store: assembly.journal, clock: clock, logger: logger)
    }

    private func parts(_ assembly: EngineAssembly) -> ControlParts {
        let path = directory.path
        let clock = clock
        let journal = assembly.journal
        let alerts = directory.alerts
        let findings = EngineFindings(assembly: assembly, clock: clock)
        var parts = ControlParts(
            engine: assembly.engine, journal: assembly.journal, logger: logger, version: Version.current,
            pid: Int(getpid()), started: clock.now, dataDirectory: path, idleExit: idleExit,
            now: { clock.now },
            readLog: { directory, offset in
                try AttemptLog(dataDirectory: path, directory: directory).read(from: offset)
            },
            backUp: { try await journal.backup(to: $0, enclosed: try await alerts.enclosed()) },
            findings: { await findings.all() })
        let sources = KnownSources(engine: assembly.engine, policy: assembly.policy)
        parts.sources = { await sources.of(tag: $0) }
        parts.askSource = assembly.askSource
        let desk = assembly.desk
        parts.trigger = { order, person in
            let outcome = await desk.take(
                TagOrder(
                    repository: order.repository, tag: order.tag, pipeline: order.pipeline, person: person,
                    cause: "tminus trigger"))
            return TriggerReply(decision: outcome.word, run: outcome.run, reason: outcome.reason)
        }
        return parts
    }
}

/// The engine as a service: starts once the socket listens, leaves when told to, or when idle.
private struct EngineLife: Service {
    let engine: Engine
    let server: ControlServer
    let listening: Gate
    let clock: AnchoredClock
    let ready: ReadySignal
    let idleExit: Duration?
    let logger: Logger
    /// What was put into the journal before the start, and is to be noted after it.
    let imported: [String]
    let importing: EmergencyImport
    let deliveries: DeliveryWorker?

    func run() async throws {
        try await listening.pass()
        try await engine.start()
        try await engine.noteImported(imported)
        try importing.markDone()
        server.gate.open()
        ready.send()
        logger.notice("the engine is ready", metadata: ["version": "\(Version.current)"])
        let start = clock.now
        let working = Task { [deliveries] in await deliveries?.run() }
        try? await cancelWhenGracefulShutdown { try await idle(since: start) }
        // First of all services: followers' streams end with it, and then the server has nothing left to wait for.
        working.cancel()
        await engine.shutdown()
        await working.value
    }

    /// Returns when nothing has happened for as long as was asked; never when that was not asked.
    private func idle(since start: Instant) async throws {
        while true {
            guard let idleExit else {
                try await Task.sleep(for: .seconds(86_400))
                continue
            }
            let left = await left(of: idleExit, since: start)
            if left <= .zero { return }
            try await Task.sleep(for: max(left, .milliseconds(50)))
        }
    }

    private func left(of idleExit: Duration, since start: Instant) async -> Duration {
        guard let idle = await engine.idleSince(), let quiet = server.activity.quietSince(start: start) else {
            return idleExit
        }
        return idleExit - clock.now.since(max(idle, quiet))
    }
}
