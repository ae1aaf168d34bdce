package import TminusModel

/// A judging rule as its run knows it.
package struct RuleState: Equatable, Sendable {
    package enum Status: Equatable, Sendable {
        /// None of its steps has started.
        case unopened
        case open
        case closed
    }

    package internal(set) var status: Status = .unopened
    package internal(set) var openedAt: Instant?
    /// Oldest first; at most `historyMax`, older ones are dropped after their counts went into `judge`.
    package internal(set) var history: [Measurement] = []
    /// All measurements so far, those dropped from `history` included.
    var measurements = 0
    /// The last judgement; nil before the first measurement.
    package internal(set) var judgement: Judgement?
    package internal(set) var measuredAt: Instant?
    package internal(set) var errorsInARow = 0
    /// Measurements that said nothing, in all.
    package internal(set) var silent = 0
    /// Passing judgements since the last that did not pass.
    package internal(set) var passesInARow = 0
    /// A person accepted it as it is.
    package internal(set) var isAccepted = false

    /// A day of measurements at the default interval: more is never needed to judge one release step.
    static let historyMax = 8_640
}
