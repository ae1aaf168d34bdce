package import TminusModel

/// What became of a tag that somebody or something pointed at.
package enum TagOutcome: Equatable, Sendable {
    /// It made this run.
    case started(String)
    /// It had made this run before.
    case known(String)
    /// No trigger of the policy takes it.
    case unmatched(String)
    /// It is another object than the one that made a run: somebody has to find out why.
    case held(String)
    /// The tag, its pipeline or the policy stands against it; trying again does not help.
    case refused(String)
    /// It could not be asked now; try again.
    case retry(String)

    /// The stable word of control events and the API; for `.retry` the API's alone.
    package var word: String {
        switch self {
        case .started: "started"
        case .known: "known"
        case .unmatched: "unmatched"
        case .held: "held"
        case .refused: "refused"
        case .retry: "retry"
        }
    }

    package var run: String? {
        switch self {
        case .started(let run), .known(let run): run
        case .unmatched, .held, .refused, .retry: nil
        }
    }

    /// One sentence or more; empty where a run says it all.
    package var reason: String {
        switch self {
        case .started, .known: ""
        case .unmatched(let reason), .held(let reason), .refused(let reason), .retry(let reason): reason
        }
    }

    /// What one is told who asked while another's look was under way.
    var shared: TagOutcome {
        guard case .started(let run) = self else { return self }
        return .known(run)
    }
}

/// A tag to look at, and who says so.
package struct TagOrder: Hashable, Sendable {
    /// The name of a repository of the policy, or an address.
    package var repository: String
    package var tag: String
    /// The pipeline's path in the tree; nil for what the policy's triggers say.
    package var pipeline: String?
    /// Whoever asked, and starts the run; nil for a program of ours, which starts it as `tag:REPOSITORY`.
    package var person: Person?
    /// For the record: `webhook shop-github`, `poll`, `tminus trigger`.
    package var cause: String

    package init(repository: String, tag: String, pipeline: String? = nil, person: Person? = nil, cause: String) {
        self.repository = repository
        self.tag = tag
        self.pipeline = pipeline
        self.person = person
        self.cause = cause
    }
}

/// A plan that is ready to become a run.
package struct TaggedSubmission: Sendable {
    package var plan: TaggedPlan
    package var origin: TagOrigin
    package var person: Person
    /// What it brings beyond the last release, newest first.
    package var changes: [ChangelogEntry]
    package var reason: String
}

/// What the engine makes of a submission.
package enum TagSubmitted: Sendable {
    case run(String)
    /// Another was first.
    case duplicate
    /// The tag was another object when it made a run; the reason.
    case moved(String)
    case refused(String)
    /// Not now: the engine leaves, or the disk is full.
    case later(String)
}
