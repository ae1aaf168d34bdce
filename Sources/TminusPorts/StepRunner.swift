package import TminusModel

/// Starts, watches, adopts and stops attempts. The product's runner does it through `tminus-shim`.
package protocol StepRunner: Sendable {
    /// Starts an attempt whose intent is in the journal. Returns at once, before its shim is spawned; a stop is not
    /// lost then.
    ///
    /// Never throws: what goes wrong is reported as `ended(.notStarted)`. Starting the same attempt twice starts
    /// nothing the second time: the claim decides.
    func start(_ order: AttemptOrder)

    /// Picks up an attempt that an earlier engine may have started: by evidence alone it will report `running`, or its
    /// end. An attempt never claimed is claimed here for good, and reported as
    /// `tombstoned`.
    func adopt(_ order: AttemptOrder) async

    /// Tells the attempt to stop: TERM, grace, KILL, verified. Its end is reported. Harmless when it is over.
    func stop(_ key: AttemptKey) async
}

/// What a runner reports, through the closure it was made with, in batches, in order for each attempt.
package struct AttemptReport: Equatable, Sendable {
    package enum News: Equatable, Sendable {
        /// The command is running. Not sent for attempts that end within a quarter of a second.
        case running
        case ended(AttemptResult)
    }

    package var key: AttemptKey
    package var news: News

    package init(key: AttemptKey, news: News) {
        self.key = key
        self.news = news
    }
}

/// Names an attempt across runs.
package struct AttemptKey: Hashable, Sendable {
    package var run: String
    package var attempt: Attempt

    package enum Attempt: Hashable, Sendable {
        case step(AttemptID)
        /// A page by its place in the outbox, and the try from 1. Directory: `runs/<run>/.pages/<number>.<tried>`.
        case page(number: Int, tried: Int)
    }

    package init(run: String, attempt: Attempt) {
        self.run = run
        self.attempt = attempt
    }
}

/// All an attempt needs, resolved.
package struct AttemptOrder: Equatable, Sendable {
    package var key: AttemptKey
    /// Where its files go, relative to the data directory: `runs/checkout-12/canary/1.2`.
    package var directory: String
    package var work: ProcessWork
    /// The whole environment but secrets and `TMINUS_OUTPUT`, in order; later entries win.
    package var environment: [Variable]
    /// Read when the attempt starts.
    package var secrets: [SecretReference]
    package var timeout: Duration?
    package var grace: Duration
    package var workingDirectory: String
    /// Pinned files, relative to `workingDirectory`, live below this directory (relative to the data directory).
    package var pinnedFiles: String
    /// Relative paths that are pinned, sorted.
    package var pinned: [String]

    package init(
        key: AttemptKey, directory: String, work: ProcessWork, environment: [Variable], secrets: [SecretReference],
        timeout: Duration?, grace: Duration, workingDirectory: String, pinnedFiles: String, pinned: [String]
    ) {
        self.key = key
        self.directory = directory
        self.work = work
        self.environment = environment
        self.secrets = secrets
        self.timeout = timeout
        self.grace = grace
        self.workingDirectory = workingDirectory
        self.pinnedFiles = pinnedFiles
        self.pinned = pinned
    }
}
