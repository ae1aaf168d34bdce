package import TminusModel

/// How a performance ended. The exit code is what `tminus perform` exits with; the rest goes to `TMINUS_OUTPUT`.
package struct PerformanceOutcome: Equatable, Sendable {
    /// The exit codes of `tminus perform`.
    package enum Code: Int32, Sendable, CaseIterable {
        case done = 0
        /// Not as required, or could not be established: what can't be established never passes.
        case no = 1
        /// A migration that has not been applied (only for its status).
        case notDone = 10
        /// A migration in between: only a person can say what to do.
        case halfApplied = 20
        /// A request was sent and no answer came.
        case unknown = 30
        /// The request itself makes no sense.
        case badRequest = 64
    }

    package var code: Code
    /// One sentence, never empty, at most 400 bytes; no secrets.
    package var reason: String
    /// Evidence, sorted by name; names are lower case with hyphens.
    package var outputs: [Variable]

    package init(_ code: Code, _ reason: String, outputs: [Variable] = []) {
        self.code = code
        self.reason = Sentence.cut(reason.isEmpty ? "no reason was given" : reason)
        self.outputs = outputs.sorted { $0.name < $1.name }
    }

    package var exitCode: Int32 { code.rawValue }

    /// What belongs into `TMINUS_OUTPUT`: a JSON object of strings, `reason` included.
    package var outputJSON: JSON {
        .object((outputs + [Variable(name: "reason", value: reason)]).map { .init($0.name, .string($0.value)) })
    }
}

/// Where a performance runs, and what it may use.
package struct PerformanceSurroundings: Sendable {
    /// The step's whole environment, secrets included.
    package var environment: [String: String]
    /// The pipeline's folder, absolute; relative paths are relative to it.
    package var workingDirectory: String
    /// Wall time at the start.
    package var now: Instant
    /// Takes one line for the step's log.
    package var log: @Sendable (String) -> Void

    package init(
        environment: [String: String], workingDirectory: String, now: Instant,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.now = now
        self.log = log
    }
}

/// Performs one of Tminus's own step kinds, in the process that `tminus perform` is.
///
/// Never throws: everything that goes wrong is an outcome with a reason.
package func perform(
    _ performance: Performance, in surroundings: PerformanceSurroundings
) async -> PerformanceOutcome {
    switch performance {
    case .smoke(let check): await SmokePerformer(check: check, surroundings: surroundings).perform()
    case .http(let call): await HTTPPerformer(call: call, surroundings: surroundings).perform()
    case .backup(let check): BackupPerformer(check: check, surroundings: surroundings).perform()
    case .migrate(let migration): MigratePerformer(migration: migration, surroundings: surroundings).migrate()
    case .migrationStatus(let migration):
        MigratePerformer(migration: migration, surroundings: surroundings).status()
    }
}
