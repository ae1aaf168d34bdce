import TminusCore
import TminusModel

/// Something that happens in the simulated world. A driver is named by its incarnation: news for one that is gone with
/// its engine reaches nobody.
enum Happening {
    case submit(run: Int)
    case commit(incarnation: Int)
    case appended(incarnation: Int)
    case appendFailed(incarnation: Int)
    case told(incarnation: Int, Input)
    case woke(incarnation: Int, wake: Int)
    /// A spawned shim tries to claim its attempt.
    case claim(record: Int)
    case running(record: Int)
    /// The command ends, unless what was to happen to it has changed since.
    case exit(record: Int, turn: Int)
    case shimKilled(record: Int)
    case rescued(record: Int)
    case startEngine(Int)
    case takeUp(run: Int, engine: Int)
    case metricsChange
    case personActs
    case fault
    case helpersLook
    case helpersApprove
}

/// What is true of one attempt, whatever the journal says.
struct ShimRecord {
    enum State: Equatable {
        /// Nobody has claimed it.
        case unclaimed
        case running
        case over(AttemptResult)
        case tombstone
    }

    let run: Int
    let id: AttemptID
    var state = State.unclaimed
    /// Incarnations of drivers to tell.
    var watchers: [Int] = []
    var isStopAsked = false
    /// Its command ran.
    var didBegin = false
    /// Its command had its effect; meaningful once it is over.
    var isEffectDone = false
    /// Somebody looked, or a probe, and found that it had done nothing.
    var isFoundUndone = false
    /// An exit record lies in its directory.
    var hasExit = false
    var plannedEnd = AttemptResult(end: .exited(0))
    /// Counts what was planned for it: an exit of an earlier plan does not come.
    var turn = 0
}

/// One engine's hold on one run.
struct Pump {
    let incarnation: Int
    let engine: Int
    let run: Int
    var driver: Driver
    var isFinished = false
    /// Counts the wake-ups asked for: each replaces the one before.
    var wake = 0
    /// The append under way, until the store has taken or lost it.
    var order: CommitOrder?
    var isCommitted = false
}

struct CommitOrder {
    var events: [Event]
    var expected: Int
}

/// What a metrics endpoint is like for a while.
enum MetricsMode: Equatable {
    case good, warning, bad, notANumber, empty, error, stale
}

/// A broken invariant: its name in docs/internals/simulation.md, and what was seen.
package struct Violation: Equatable, Sendable {
    package var invariant: String
    package var sentence: String
}
