/// One try at one piece of a step's work; `run/step/attempt` made a value. It names the attempt's directory, its shim's
/// claim and the idempotency key the step is given.
package struct AttemptID: Hashable, Sendable {
    package enum Role: String, Sendable, CaseIterable {
        /// The step's own work.
        case forward
        /// Undoing it.
        case rollback
        /// Finding out whether an attempt of unknown end was done; read-only.
        case resolve
    }

    package var step: StepIndex
    package var role: Role
    /// From 1, per step and role.
    package var number: Int
    /// Position in the step's acts; 0 for steps of one act.
    package var act: Int

    package init(step: StepIndex, role: Role = .forward, number: Int = 1, act: Int = 0) {
        self.step = step
        self.role = role
        self.number = number
        self.act = act
    }
}

/// How an attempt ended, by the evidence its shim left.
package enum AttemptEnd: Hashable, Sendable {
    /// 0...255.
    case exited(Int32)
    case signalled(Int32)
    /// Killed at its time limit, and verified dead.
    case timedOut
    /// Killed because it was told to stop, and verified dead.
    case stopped
    /// Something of it could not be killed.
    case killFailed(String)
    /// Its command could not be executed (no such program, no such secret …).
    case notStarted(String)
    /// Nobody ever claimed it, and now nobody can: starting the step again is safe.
    case tombstoned
    /// It began, and left no result.
    case vanished(VanishCause)
}

/// Why an attempt left no result.
package enum VanishCause: String, Sendable, CaseIterable {
    /// The shim was killed.
    case shimLost
    /// The machine started anew in between.
    case rebooted
}

/// What is known of an attempt once it is over.
package struct AttemptResult: Hashable, Sendable {
    package var end: AttemptEnd
    /// What the step wrote to `TMINUS_OUTPUT`, sorted by name; at most 64 entries of 4 KiB.
    package var outputs: [Variable]
    /// One sentence about it: the output `reason`, or the last line on standard error; at most 400 bytes.
    package var note: String?
    /// From claim to end, by the shim's monotonic clock; nil when it never began or vanished.
    package var elapsed: Duration?

    package init(end: AttemptEnd, outputs: [Variable] = [], note: String? = nil, elapsed: Duration? = nil) {
        self.end = end
        self.outputs = outputs
        self.note = note
        self.elapsed = elapsed
    }
}
