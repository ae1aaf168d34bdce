/// The states of a run that is not over.
package enum RunStatus: Hashable, Sendable {
    /// Can transition to: any other.
    case running
    /// For a person, a gate, a window or another run; `running` again when it comes.
    case waiting
    /// By a person; `running` when resumed.
    case paused
    /// Can transition to: `ended(.rolledBack)`, `ended(.rollbackIncomplete)`.
    case rollingBack
    /// Absorbing.
    case ended(RunOutcome)

    package var isTerminal: Bool {
        if case .ended = self { true } else { false }
    }

    /// The word used in the journal, the API and on the screen.
    package var word: String {
        switch self {
        case .running: "running"
        case .waiting: "waiting"
        case .paused: "paused"
        case .rollingBack: "rollingBack"
        case .ended(let outcome): outcome.rawValue
        }
    }

    /// Nil for a word that is no status.
    package init?(word: String) {
        switch word {
        case "running": self = .running
        case "waiting": self = .waiting
        case "paused": self = .paused
        case "rollingBack": self = .rollingBack
        default:
            guard let outcome = RunOutcome(rawValue: word) else { return nil }
            self = .ended(outcome)
        }
    }
}

/// One line about a run: an index over its events, rebuilt from them at will.
package struct RunSummary: Equatable, Sendable {
    package var run: String
    package var pipeline: String
    package var service: String
    package var environment: String
    package var status: RunStatus
    package var by: String
    package var submitted: Instant
    package var ended: Instant?
    /// What it is doing or waiting for, or why it ended; one sentence, may be empty.
    package var headline: String

    package init(
        run: String, pipeline: String, service: String, environment: String, status: RunStatus, by: String,
        submitted: Instant, ended: Instant? = nil, headline: String = ""
    ) {
        self.run = run
        self.pipeline = pipeline
        self.service = service
        self.environment = environment
        self.status = status
        self.by = by
        self.submitted = submitted
        self.ended = ended
        self.headline = headline
    }
}
