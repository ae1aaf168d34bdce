package import Logging
package import TminusModel
package import TminusPorts

/// All the engine needs of the world, handed in by whoever starts it.
package struct EngineParts: Sendable {
    package var journal: any JournalStore
    /// Beside the journals, in the same file.
    package var control: any ControlStore
    package var policy: any ChangePolicy
    package var samples: any SampleStore
    package var source: any MetricSource
    /// Asked by plans whose counts come from a place that keeps the past.
    package var counts: any CountSource
    package var runner: any StepRunner
    /// Where `runner` was told to report to.
    package var inbox: ReportInbox
    package var clock: any EngineClock
    package var files: any PlanFiles
    package var logger: Logger
    /// `PATH`, `HOME` and `LANG`: the first entries of every attempt's environment.
    package var environment: [Variable]
    /// SHA-256 as lower-case hexadecimal.
    package var digest: @Sendable ([UInt8]) -> String
    /// The Unix groups of an account, sorted; empty when there is no such account.
    package var groups: @Sendable (String) -> [String]
    /// The first opening of a window that closes after the instant.
    package var findWindow: @Sendable (Window, Instant) -> (opens: Instant, closes: Instant)
    /// The calendar window that holds the instant; nil for a zone that this machine does not know.
    package var findPeriod: @Sendable (CalendarPeriod, Instant) -> BudgetMeasurement.Period?
    /// Where rollback bundles are kept; nil keeps none.
    package var shelf: (any BundleShelf)?
    /// Set while the journal proper is gone: the number of what stands in for it. Only going back is possible then,
    /// by the bundles.
    package var emergency: Int?
    /// Ends the process: what the disk holds is no longer known. Called at most once, with what to tell people.
    package var fatal: @Sendable (String) -> Void
    /// Nil keeps burn alerts only as long as the engine.
    package var alerts: (any AlertStore)?

    package init(
        journal: any JournalStore, control: any ControlStore, policy: any ChangePolicy, samples: any SampleStore,
        source: any MetricSource, counts: any CountSource,
        runner: any StepRunner, inbox: ReportInbox, clock: any EngineClock, files: any PlanFiles, logger: Logger,
        environment: [Variable],
        digest: @escaping @Sendable ([UInt8]) -> String, groups: @escaping @Sendable (String) -> [String],
        findWindow: @escaping @Sendable (Window, Instant) -> (opens: Instant, closes: Instant),
        findPeriod: @escaping @Sendable (CalendarPeriod, Instant) -> BudgetMeasurement.Period?,
        fatal: @escaping @Sendable (String) -> Void
    ) {
        self.journal = journal
        self.control = control
        self.policy = policy
        self.samples = samples
        self.source = source
        self.counts = counts
        self.runner = runner
        self.inbox = inbox
        self.clock = clock
        self.files = files
        self.logger = logger
        self.environment = environment
        self.digest = digest
        self.groups = groups
        self.findWindow = findWindow
        self.findPeriod = findPeriod
        self.fatal = fatal
    }
}

/// Keeps the files a plan pins, so that a run never reads one that was edited since.
package protocol PlanFiles: Sendable {
    /// Writes every file to `runs/<run>/files/<path>`, executable where it says so; makes files and folders durable.
    /// Replaces what an earlier try left. Paths are relative and stay inside; digests and sizes were checked.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path and what the disk said.
    func keep(_ files: [PinnedContent], of run: String) async throws(EngineError)

    /// Where that is, absolute; whether or not anything is there.
    func folder(of run: String) -> String

    /// What a run's pinned file holds, as it was kept. Whoever asks checks the digest.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path.
    func content(of file: PinnedFile, in run: String) async throws(EngineError) -> [UInt8]

    /// Whether something was ever started by this name here, or may have been; pinned files alone say nothing of it.
    func hasAttempts(_ run: String) async -> Bool

    /// Whether something of a run that is over is still alive.
    func isBusy(_ run: String) async -> Bool

    /// Removes all that is kept of a run that is over: pinned files, attempts, logs. Nil when something of it is still
    /// alive, and nothing was removed then; else how many bytes of disk that freed.
    ///
    /// - Throws: `EngineError` of code `files`, naming the path.
    func remove(_ run: String) async throws(EngineError) -> Int64?
}

/// One pinned file with what is in it.
package struct PinnedContent: Equatable, Sendable {
    package var file: PinnedFile
    package var content: [UInt8]

    package init(file: PinnedFile, content: [UInt8]) {
        self.file = file
        self.content = content
    }
}
