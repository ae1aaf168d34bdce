import Glibc
import Logging
import TminusAttempts
import TminusEngine
import TminusMetricSources
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusPorts
import TminusSQLite
import TminusServer
import TminusTriggers

/// An engine and its adapters, put together: the one place that knows them all.
struct EngineAssembly: Sendable {
    let directory: DataDirectory
    let journal: SQLiteJournal
    let samples: SQLiteSamples
    let runner: ShimRunner
    let clock: AnchoredClock
    let engine: Engine
    let desk: TagDesk
    let askSource: @Sendable (TminusModel.Plan, _ isHotfix: Bool) async -> SourceAnswer
    let policy: PolicyFile

    /// The caller holds the engine's lock.
    ///
    /// - Throws: `.failed` with the part that could not be made, and what to do.
    init(_ directory: DataDirectory, logger: Logger, clock: AnchoredClock) throws(Failure) {
        self.directory = directory
        self.clock = clock
        do {
            if directory.emergency == nil { try SQLiteJournal.takeBackRestore(cutShortAt: directory.journal) }
            journal = try SQLiteJournal(
                path: directory.journal, version: Version.current, ballast: Ballast(folder: directory.path))
            samples = try SQLiteSamples(path: directory.metrics, version: Version.current)
        } catch {
            throw Failure(.failed, error.description)
        }
        let inbox = ReportInbox()
        do {
            runner = try ShimRunner(
                dataDirectory: directory.path, shimPath: Executable.beside("tminus-shim"),
                tminusPath: Executable.path, cgroupParent: Self.cgroupParent,
                onReports: { reports in inbox.reported(reports) })
            try runner.checkShim()
        } catch {
            throw Failure(.failed, "\(error)")
        }
        do {
            policy = try PolicyFile.standard(
                dataDirectory: directory.path, named: Environment.current["TMINUS_POLICY"])
        } catch {
            throw Failure(.badInput, error.description)
        }
        var parts = EngineParts(
            journal: journal, control: journal, policy: policy, samples: samples, source: ScrapeSource(),
            counts: OriginSource(environment: Self.environment), runner: runner, inbox: inbox, clock: clock,
            files: RunFiles(directory), logger: logger, environment: Self.environment,
            digest: Digest.sha256, groups: Account.groups, findWindow: Self.opening,
            findPeriod: { PeriodFinder.period(of: $0, at: $1) },
            fatal: { reason in
                logger.critical("\(reason)")
                Output.complain("error: \(reason)")
                _exit(ExitStatus.failed.rawValue)
            })
        parts.alerts = directory.alerts
        parts.shelf = FileShelf(directory: directory)
        parts.emergency = directory.emergency
        engine = Engine(parts)
        let tags = DeskAssembly(
            engine: engine, journal: journal, policy: policy, mirrors: directory.mirrors, logger: logger)
        desk = tags.desk
        askSource = tags.askSource
    }

    private static var cgroupParent: String? {
        if case .usable(let parent) = CgroupDelegation.detect() { parent } else { nil }
    }

    func close() {
        try? journal.close()
        try? samples.close()
    }

    /// What every step inherits of the engine's own environment, and nothing else.
    private static var environment: [Variable] {
        let usual = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8"]
        return ["PATH", "HOME", "LANG"].map { name in
            Variable(name: name, value: Environment.current[name] ?? usual[name] ?? "")
        }
    }

    /// A zone this machine does not know opens never: the plan was made where it was known, and guessing another zone
    /// would start a release at the wrong hour.
    private static let opening: @Sendable (Window, Instant) -> (opens: Instant, closes: Instant) = { window, now in
        WindowFinder.opening(of: window, at: now)
            ?? (Instant.distantFuture.advanced(by: .milliseconds(-1)), Instant.distantFuture)
    }
}
