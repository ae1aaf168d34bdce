package import Logging
package import TminusAPI
package import TminusEngine
package import TminusModel
package import TminusPorts

/// All the control socket needs of the program it lives in.
package struct ControlParts: Sendable {
    package var engine: Engine
    package var journal: any JournalStore
    package var logger: Logger
    package var version: String
    package var pid: Int
    package var started: Instant
    /// Absolute.
    package var dataDirectory: String
    package var idleExit: Duration?
    package var now: @Sendable () -> Instant
    /// Bytes of an attempt's log from an offset; empty at its end. The directory is relative to the data directory.
    package var readLog: @Sendable (_ directory: String, _ offset: Int) throws -> [UInt8]
    /// Copies the journal into a new file at an absolute path; throws what to tell the person.
    package var backUp: @Sendable (_ path: String) async throws -> Void
    /// What the engine finds when it looks at itself.
    package var findings: @Sendable () async -> [Finding]
    /// Looks at a tag for somebody; nil where there is nothing that could.
    package var trigger: (@Sendable (_ order: TriggerOrder, _ person: Person) async -> TriggerReply)?
    /// Which pipelines a tag may lead to; empty where nothing is known.
    package var sources: @Sendable (_ tag: String) async -> [ReleaseSource] = { _ in [] }
    /// Asks the repository whether a plan is what the tag says that it names; nil where nothing could. May take long.
    package var askSource: (@Sendable (_ plan: Plan, _ isHotfix: Bool) async -> SourceAnswer)?
    /// Nil where nobody takes webhooks.
    package var webhooks: (any WebhookReceiver)?

    package init(
        engine: Engine, journal: any JournalStore, logger: Logger, version: String, pid: Int, started: Instant,
        dataDirectory: String, idleExit: Duration?, now: @escaping @Sendable () -> Instant,
        readLog: @escaping @Sendable (String, Int) throws -> [UInt8],
        backUp: @escaping @Sendable (String) async throws -> Void,
        findings: @escaping @Sendable () async -> [Finding]
    ) {
        self.engine = engine
        self.journal = journal
        self.logger = logger
        self.version = version
        self.pid = pid
        self.started = started
        self.dataDirectory = dataDirectory
        self.idleExit = idleExit
        self.now = now
        self.readLog = readLog
        self.backUp = backUp
        self.findings = findings
    }
}

/// What the repository says of a plan's source.
package enum SourceAnswer: Sendable {
    /// The plan has none, or no policy is in force: whoever starts it is believed.
    case unasked
    /// It is what the tag says, and brings these commits, newest first.
    case agrees([ChangelogEntry])
    /// It is not, or the tag may not be released; why, and what to do.
    case refused(String)
    /// The repository could not be asked now.
    case unreachable(String)
}
