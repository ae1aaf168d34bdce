internal import TminusCore
internal import TminusModel

/// A run that has not ended, as the engine holds it. Lives in the engine's isolation only.
final class LiveRun {
    let run: String
    let lock: LockName
    let submitted: Instant
    /// Nil until its journal could be read.
    var plan: Plan?
    /// Paths of the plan's pinned files, sorted.
    var pinned: [String] = []
    /// The freezes it was last told of; nil before the first time.
    var freezesTold: [FreezeSpan]?
    /// Nil while the journal has the only word: before it is folded, and again after it refused an append.
    var driver: Driver?
    /// The last sequence known to be in the journal, and the run as of then.
    var durable: Int
    var summary: RunSummary
    var feed = EventFeed()
    var answers: [Int: CheckedContinuation<Result<CommandAnswer, EngineError>, Never>] = [:]
    /// Who waits for the run's lock to be broken.
    var breakers: [CheckedContinuation<EngineError?, Never>] = []
    /// It undoes a release: it goes before those that wait and don't.
    var isRollback = false
    /// Its lock was broken, and is not its own again.
    var isLockLost = false
    var reason: String?
    let lane = Lane()
    var wakeAt: Instant?
    /// When to fold it again; nil while it is driven.
    var takeUpAt: Instant?
    /// Times in a row that the journal refused.
    var setbacks = 0

    init(_ summary: RunSummary, durable: Int) {
        run = summary.run
        lock = LockName(summary)
        submitted = summary.submitted
        self.summary = summary
        self.durable = durable
    }

    func know(_ plan: Plan) {
        self.plan = plan
        pinned = plan.files.map(\.path)
    }

    /// Keeps what its place in the queue depends on.
    func note(_ state: RunState) {
        if case .rollback? = state.lineage { isRollback = true }
        isLockLost = state.isLockLost
        reason = state.reason
    }

    /// Answers everybody who breaks its lock; nil for done.
    func answerBreakers(_ failure: EngineError?) {
        let waiting = breakers
        breakers.removeAll()
        for continuation in waiting { continuation.resume(returning: failure) }
    }

    /// Answers everybody who waits for a command with the same refusal.
    func refuseAnswers(_ error: EngineError) {
        let waiting = answers
        answers.removeAll()
        for (_, continuation) in waiting { continuation.resume(returning: .failure(error)) }
    }
}
