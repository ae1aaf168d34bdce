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

    static func unknown(_ run: String) -> EngineError {
        EngineError(.unknownRun, "there is no run '\(run.prefix(80))'; `tminus run list` shows those there are")
    }

    static let leaving = EngineError(.unavailable, "the engine is shutting down; ask again when it is back")
}
