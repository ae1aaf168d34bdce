package import TminusModel

/// Where a step stands going forward.
package enum StepStatus: Hashable, Sendable {
    /// Can transition to: waiting, starting, skipped, bypassed, cancelled.
    case pending
    /// Holds no process. Can transition to: pending, starting, running (a canary's watch), succeeded (an approval),
    /// failed (rejected, expired), bypassed, cancelled.
    case waiting(WaitReason)
    /// The intent is durable; nobody has said that it runs. Can transition to: running, succeeded, failed, unknown,
    /// cancelled, pending (never claimed, or to be retried). A crash leaves it here; adopting finds out.
    case starting
    /// Can transition to: the same as `starting`, and waiting (a canary's watch). A crash leaves it here.
    case running
    /// Can transition to: pending (evidence expired).
    case succeeded
    /// Can transition to: pending (a person retries), bypassed.
    case failed(FailureCause)
    /// It may or may not have had its effect. Can transition to: succeeded, pending, bypassed.
    case unknown
    /// Final.
    case cancelled
    /// Final.
    case skipped
    /// Final.
    case bypassed

    /// Whether what needs this step may start, given what the step says about failure.
    package func isAccepted(_ onFailure: Step.OnFailure) -> Bool {
        switch self {
        case .succeeded, .skipped, .bypassed: true
        case .failed: onFailure == .continue
        case .pending, .waiting, .starting, .running, .unknown, .cancelled: false
        }
    }

    /// The word on the screen and in the API.
    package var word: String {
        switch self {
        case .pending: "pending"
        case .waiting: "waiting"
        case .starting: "starting"
        case .running: "running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .unknown: "unknown"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        case .bypassed: "bypassed"
        }
    }
}

/// Where undoing a step stands, once the run rolls back.
package enum UndoStatus: Hashable, Sendable {
    /// The run is not rolling back, or this step's turn has not come.
    case notAsked
    /// Its turn has come, or an attempt is live.
    case rollingBack
    /// What became of the undoing is not known.
    case unknown
    /// A maintenance bracket that stays closed until a person decides.
    case kept
    case rolledBack
    case failed(reason: String)
    case skipped(reason: String)

    package var isSettled: Bool {
        switch self {
        case .rolledBack, .failed, .skipped: true
        case .notAsked, .rollingBack, .unknown, .kept: false
        }
    }
}

/// One approval of one step.
package struct ApprovalMark: Equatable, Sendable {
    package var by: String
    package var at: Instant
    package var comment: String
}

/// The budget gate of one step.
package enum GateState: Equatable, Sendable {
    case notAsked
    /// Held by this judgement; asked again at that instant.
    case held(Judgement, askAgainAt: Instant)
    case passed(Judgement, at: Instant)
    /// A person said go.
    case overridden
}

/// What is known of a step.
package struct StepState: Equatable, Sendable {
    package internal(set) var status: StepStatus = .pending
    /// Forward attempts started so far, and the act the last one reached.
    package internal(set) var number = 0
    package internal(set) var act = 0
    /// Forward attempts that ended, or were not kept, through no fault of the step: not counted as tries.
    var uncounted = 0
    package internal(set) var resolveNumber = 0
    /// Probes that never began, or left no result through no fault of their own.
    var resolveUncounted = 0
    package internal(set) var undo: UndoStatus = .notAsked
    package internal(set) var undoNumber = 0
    var undoUncounted = 0
    /// Sequence of its first intent: the order of start.
    package internal(set) var startedSequence: Int?
    package internal(set) var startedAt: Instant?
    package internal(set) var endedAt: Instant?
    var undoStartedAt: Instant?
    package internal(set) var undoEndedAt: Instant?
    package internal(set) var retryAt: Instant?
    package internal(set) var gate: GateState = .notAsked
    /// Since when its gate has held it without a break; nil when it does not.
    package internal(set) var heldSince: Instant?
    /// When its gate last judged.
    var judgedAt: Instant?
    package internal(set) var cost = CostSoFar()
    package internal(set) var approvals: [ApprovalMark] = []
    package internal(set) var approvalAskedAt: Instant?
    package internal(set) var approvalExpires: Instant?
    package internal(set) var outputs: [Variable] = []
    /// Why it stands where it stands: one sentence, may be empty.
    package internal(set) var reason = ""
    /// Steps that still have to be accepted before this one.
    var blockers = 0
    /// Steps whose undoing must settle before this one's.
    var undoBlockers = 0
    /// A person let it pass its open judgement.
    var isLetGo = false
    /// Since when the total limit counts: the first attempt since a person last asked for it.
    var totalFrom: Instant?
    /// Its last attempt that may have begun left no result, and none since has.
    var isInDoubt = false
    /// Something of its last attempt may be alive still: nothing of it is tried again unasked.
    var isKillFailed = false
    package internal(set) var isHalfApplied = false
    /// Some forward attempt really began: its command may have done something.
    package internal(set) var hasBegun = false
    /// The same, before the last forward attempt.
    var hadBegun = false
    /// A person opened the bracket's way out.
    var isLifted = false

    package init() {}
}

/// An attempt that must be running.
package struct LiveAttempt: Equatable, Sendable {
    package internal(set) var id: AttemptID
    package internal(set) var since: Instant
    package internal(set) var isRunning = false
    package internal(set) var isStopping = false
}

/// An attempt that is over, and from which no conclusion was drawn yet.
struct EndedAttempt: Equatable, Sendable {
    var id: AttemptID
    var result: AttemptResult
    /// It had been told to stop.
    var wasStopping: Bool
}

/// A timed act that is under way.
package struct Hold: Equatable, Sendable {
    package internal(set) var step: StepIndex
    package internal(set) var act: Int
    package internal(set) var since: Instant
    package internal(set) var until: Instant
}
