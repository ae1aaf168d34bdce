internal import TminusPorts

/// Why the engine refused, or could not do, what a client asked. `description` says what to do.
package struct EngineError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The plan, its digest or its files are not what they say they are.
        case badPlan
        case unknownRun
        /// The engine is leaving, or has as much to do as it may have.
        case unavailable
        /// The policy, or whoever asks, does not allow it; says who may, when, or how.
        case refused
        /// The tag has made a run already.
        case duplicate
        /// The tag was another object when it made a run.
        case moved
        /// The journal could not be read or written.
        case store
        /// The run's files could not be kept.
        case files
    }

    package var code: Code
    /// One sentence or two; no secrets.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Of a run whose first event the journal did not take.
    init(refusing error: StoreError) {
        switch error.code {
        case .duplicate: self.init(.duplicate, "the run was not submitted: \(error)")
        case .moved: self.init(.moved, error.description)
        default: self.init(.store, "the run was not submitted: \(error)")
        }
    }

    static func unknown(_ run: String) -> EngineError {
        EngineError(.unknownRun, "there is no run '\(run.prefix(80))'; `tminus run list` shows those there are")
    }

    static let leaving = EngineError(.unavailable, "the engine is shutting down; ask again when it is back")
}
