package import TminusModel

/// A run: the fold of its events, and nothing else.
///
/// Worklists (`ready`, `undoReady`, `unconcluded` …) are part of the fold, so that deciding never walks the graph:
/// a step costs the same in a plan of ten and of ten thousand.
package struct RunState: Equatable, Sendable {
    package let run: String
    package let plan: Plan
    package let digest: String
    package let by: String
    package let reason: String?
    package let submittedAt: Instant
    package let pausesAfter: Int?
    package let endsAfter: Int?
    /// The seal of another run that this one starts from.
    package let sealed: SealedStart?
    package let requirement: ChangeRequirement?
    package let lineage: Lineage?
    package let isAutomated: Bool
    package let changes: [ChangelogEntry]

    /// The last event's number; 0 before the first.
    package internal(set) var sequence = 0
    package internal(set) var lastAt: Instant
    package internal(set) var steps: [StepState]
    package internal(set) var rules: [RuleState]
    package internal(set) var live: [LiveAttempt] = []
    /// How many of `live` are not undoing.
    var liveForward = 0
    package internal(set) var holds: [Hold] = []

    package internal(set) var startedAt: Instant?
    /// Since when it has its lock; nil before its start and while it was made to give it up.
    package internal(set) var lockedAt: Instant?
    package internal(set) var endedAt: Instant?
    package internal(set) var outcome: RunOutcome?
    /// Why it ended, or what it is held by; may be empty.
    package internal(set) var headline = ""
    package internal(set) var lockHolder: String?
    package internal(set) var pause: (by: String, reason: String)?
    package internal(set) var lockLoss: LockLoss?
    package internal(set) var abort: (by: String, reason: String, keepsEffects: Bool)?
    package internal(set) var rollback: (cause: RollbackCause, reason: String, at: Instant)?
    /// The phase that is on, or next; `plan.phases.count` when all are finished.
    package internal(set) var phase = 0
    package internal(set) var isPhaseStarted = false
    package internal(set) var seal = SealStanding()
    /// The last phase of which some step has begun.
    var begunPhase = 0
    package internal(set) var windows: [(opens: Instant, closes: Instant)?]
    package internal(set) var pagedKeys: [String] = []
    /// The freezes it was told of last; ascending by start.
    package internal(set) var freezes: [FreezeSpan] = []
    package internal(set) var overrides: [FreezeOverride] = []
    package internal(set) var change = ChangeStanding()
    var refusals = RefusedOrders()
    /// The step whose work began first, asking for approval not counted.
    var firstStep: StepIndex?
    /// What the gate judged last.
    package internal(set) var lastBudget: BudgetMeasurement?
    /// What was counted after it.
    var sinceGate = SinceGate()
    /// Steps whose cost is being counted, oldest first.
    var costs: [CostWatch] = []

    // Worklists.
    var ready = ReadySteps()
    var undoReady = IndexHeap()
    /// Ready steps that ask the budget gate, are held by it, or wait for a window, ascending.
    var gated: [StepIndex] = []
    /// Steps whose next act is to be started: a canary between two weights.
    var continuing: [StepIndex] = []
    /// Steps that wait for approval.
    var approving: [StepIndex] = []
    /// Steps whose retry is due at some instant.
    var retrying: [StepIndex] = []
    var undoRetrying: [StepIndex] = []
    /// Ended attempts from which no conclusion was drawn yet.
    var unconcluded: [EndedAttempt] = []
    /// Steps of unknown end, forward or undoing.
    var unknown: [StepIndex] = []
    /// Failed steps that nobody has reacted to yet.
    var failing: [StepIndex] = []
    /// Brackets that stay closed until a person decides.
    var kept: [StepIndex] = []
    /// Steps not yet accepted, by phase; steps whose undoing is not settled, by phase.
    var unaccepted: [Int]
    var undoUnsettled: [Int]
    var undoPhase = 0
    let children: Adjacency
    /// The steps that are, or may turn out to be, points of no return; ascending, nearly always at most one.
    let pivots: [StepIndex]
    /// Whether any step has a total limit: without one, nobody looks for attempts past theirs.
    let hasTotals: Bool
    /// Steps that wrote outputs, ascending.
    var writers: [StepIndex] = []

    /// The state after a run's first event.
    ///
    /// Precondition: the plan keeps the promises of its documentation; decoding and resolving check them.
    package init(_ submission: Submission, at instant: Instant) {
        run = submission.run
        plan = submission.plan
        digest = submission.digest
        by = submission.by
        reason = submission.reason
        submittedAt = instant
        lastAt = instant
        pausesAfter = submission.pausesAfter
        endsAfter = submission.endsAfter
        sealed = submission.sealed
        requirement = submission.requirement
        lineage = submission.lineage
        isAutomated = submission.isAutomated
        changes = submission.changes
        steps = plan.steps.map { step in
            var state = StepState()
            state.blockers = step.needs.count
            return state
        }
        rules = Array(repeating: RuleState(), count: plan.rules.count)
        windows = Array(repeating: nil, count: plan.phases.count)
        unaccepted = Array(repeating: 0, count: plan.phases.count)
        undoUnsettled = unaccepted
        for step in plan.steps { unaccepted[step.phase] += 1 }
        children = Adjacency(plan: plan)
        pivots = submission.plan.steps.indices.filter { submission.plan.steps[$0].isPointOfNoReturn }
        hasTotals = submission.plan.steps.contains { $0.timeouts.total != nil }
        sequence = 1
        if let sealed { takeOver(sealed) }
    }

    /// The fold of a journal, oldest event first. Nil when there is no first event of the right kind.
    package init?(folding events: some Sequence<Event>) {
        var iterator = events.makeIterator()
        guard let first = iterator.next(), first.sequence == 1, case .runSubmitted(let submission) = first.body else {
            return nil
        }
        self.init(submission, at: first.at)
        while let event = iterator.next() { apply(event) }
    }

    /// A step's name, for messages.
    func name(_ step: StepIndex) -> String { plan.steps[step].name }

    func isLive(_ id: AttemptID) -> Bool { live.contains { $0.id == id } }

    /// Whether a point of no return lies behind: the name of the last such step.
    package var pivotPassed: String? {
        pivots.last { steps[$0].status == .succeeded || steps[$0].status == .bypassed }.map(name)
    }

    /// A point of no return that may lie behind: it is under way, or what became of it is not known.
    var pivotInDoubt: StepIndex? {
        pivots.first { step in
            steps[step].status == .unknown || steps[step].isInDoubt
                || live.contains { $0.id.step == step && $0.id.role == .forward }
        }
    }
}

extension RunState {
    package static func == (left: RunState, right: RunState) -> Bool {
        left.run == right.run && left.digest == right.digest && left.by == right.by && left.reason == right.reason
            && left.submittedAt == right.submittedAt && left.pausesAfter == right.pausesAfter
            && left.endsAfter == right.endsAfter && left.sealed == right.sealed
            && left.isFactsEqual(to: right) && left.isControlEqual(to: right) && left.isWorkEqual(to: right)
            && left.plan == right.plan
    }

    private func isFactsEqual(to other: RunState) -> Bool {
        sequence == other.sequence && lastAt == other.lastAt && steps == other.steps && rules == other.rules
            && live == other.live && holds == other.holds && startedAt == other.startedAt
            && endedAt == other.endedAt && outcome == other.outcome && headline == other.headline
            && lockHolder == other.lockHolder && pause?.by == other.pause?.by && pause?.reason == other.pause?.reason
            && abort?.by == other.abort?.by && abort?.reason == other.abort?.reason
            && abort?.keepsEffects == other.abort?.keepsEffects && rollback?.cause == other.rollback?.cause
            && rollback?.reason == other.rollback?.reason && rollback?.at == other.rollback?.at
            && lastBudget == other.lastBudget && sinceGate == other.sinceGate
            && costs == other.costs && phase == other.phase
            && isPhaseStarted == other.isPhaseStarted && seal == other.seal && begunPhase == other.begunPhase
            && pagedKeys == other.pagedKeys
            && windows.map { $0?.opens } == other.windows.map { $0?.opens }
            && windows.map { $0?.closes } == other.windows.map { $0?.closes }
    }

    private func isControlEqual(to other: RunState) -> Bool {
        requirement == other.requirement && lineage == other.lineage && changes == other.changes
            && freezes == other.freezes && overrides == other.overrides && change == other.change
            && refusals == other.refusals && firstStep == other.firstStep && lockLoss == other.lockLoss
            && lockedAt == other.lockedAt
    }

    private func isWorkEqual(to other: RunState) -> Bool {
        ready == other.ready && undoReady == other.undoReady && gated == other.gated
            && continuing == other.continuing && approving == other.approving && retrying == other.retrying
            && undoRetrying == other.undoRetrying && unconcluded == other.unconcluded && unknown == other.unknown
            && failing == other.failing && kept == other.kept && unaccepted == other.unaccepted
            && undoUnsettled == other.undoUnsettled && undoPhase == other.undoPhase && writers == other.writers
    }
}

extension Step {
    /// Nothing is rolled back by itself once this has been done: it says so, or takes away what the old version needs.
    var isPointOfNoReturn: Bool {
        if isPivot { return true }
        if case .migrate(let migration) = kind { return migration.kind == .contract }
        return false
    }
}
