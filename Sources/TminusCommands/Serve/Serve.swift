package import ArgumentParser
import Glibc
import Logging
import TminusModel

package struct Serve: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Is the engine of a data directory: the only writer of its journal.",
        discussion: """
            Example: tminus serve --data /var/lib/tminus

            Other commands start one by themselves when none runs; in production it runs under systemd.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory (TMINUS_DATA, else $XDG_STATE_HOME/tminus, else ~/.local/state/tminus).",
            valueName: "directory"))
    package var data: String?

    @Flag(name: .long, help: "Leave when there has been nothing to do for a while (--idle-seconds).")
    package var idleExit = false

    @Option(name: .long, help: "How long nothing must happen before --idle-exit leaves.")
    package var idleSeconds = 10

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also listen on TCP, where everybody needs a token; repeatable.", valueName: "host:port"))
    package var listen: [String] = []

    @Flag(
        name: .customLong("behind-tls"),
        help: "A TLS proxy stands before --listen: needed for addresses other than 127.0.0.1 and ::1.")
    package var isBehindTLS = false

    @Option(
        name: .customLong("group-socket"),
        help: ArgumentHelp("Another control socket, for the group of --group.", valueName: "path"))
    package var groupSocket: String?

    @Option(name: .long, help: "The Unix group that may use --group-socket.")
    package var group: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write rollback bundles to this directory too, on another disk (TMINUS_BUNDLES).", valueName: "directory"))
    package var bundles: String?

    @Option(name: .long, help: "Log from this level on.")
    package var logLevel = LogLevel.info

    @Flag(
        name: .customLong("new-journal"),
        help: "Begin a new journal although the old one is gone; the old one's runs are put aside.")
    package var beginsNewJournal = false

    @Option(name: .long, help: .hidden)
    package var readyDescriptor: Int32?

    /// The number of what stands in for a journal that is gone.
    @Option(name: .long, help: .hidden)
    package var emergency: Int?

    package init() {}

    package func validate() throws {
        guard (1...86_400).contains(idleSeconds) else {
            throw ValidationError("--idle-seconds must be from 1 to 86400")
        }
        if let emergency, emergency < 1 { throw ValidationError("--emergency must be 1 or more") }
        _ = try listeners()
    }

    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        let ready = ReadySignal(descriptor: readyDescriptor)
        var directory = try DataDirectory.found(option: data, environment: Environment.current)
        if let bundles { directory.secondBundles = try directory.second(bundles) }
        try directory.prepare()
        if let emergency {
            try Emergency(directory: directory).prepare(emergency)
            directory = Emergency(directory: directory).standIn(emergency)
        }
        // An engine that nobody watches must not keep the folder busy that somebody started it from.
        if readyDescriptor != nil { chdir("/") }
        let clock = AnchoredClock()
        let lock = try EngineLock(directory, now: clock.now)
        if let emergency, Emergency(directory: directory).isImported(emergency) {
            throw Failure(.failed, "the journal was back meanwhile: say the same again")
        }
        let log = try EngineLog(path: directory.log, takesStandardError: readyDescriptor != nil)
        var logger = Logger(label: "tminus") { label in
            EngineLogHandler(log, label: label, isEchoed: readyDescriptor == nil)
        }
        logger.logLevel = logLevel.level
        do throws(Failure) { try checkJournal(directory, now: clock.now) } catch {
            logger.critical("the engine can't start: \(error)")
            throw error
        }
        let process = EngineProcess(
            directory: directory, clock: clock, logger: logger, ready: ready,
            idleExit: idleExit ? .seconds(idleSeconds) : nil, listeners: try listeners())
        do { try await process.run() } catch {
            logger.critical("the engine stopped: \(error)")
            throw error
        }
        withExtendedLifetime(lock) {}
    }
}

extension Serve {
    private func checkJournal(_ directory: DataDirectory, now: Instant) throws(Failure) {
        if directory.emergency != nil { return }
        do throws(Failure) { try MissingJournal.check(directory) } catch {
            guard beginsNewJournal else { throw error }
            try MissingJournal.giveUp(directory, at: now.millisecondsSinceEpoch)
        }
    }

    private func listeners() throws -> Listeners {
        do throws(Failure) {
            return try Listeners(listen: listen, isBehindTLS: isBehindTLS, groupSocket: groupSocket, group: group)
        } catch {
            throw ValidationError(error.description)
        }
    }
}

/// How much the engine logs.
package enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
