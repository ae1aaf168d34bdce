import TminusCore
import TminusModel

/// What the checkers know of a run: each event once, as it became durable. Written without the core's own fold, which
/// it is checked against.
struct Ledger {
    struct StepEntry {
        var isAccepted = false
        var isUnknown = false
        /// It succeeded, by evidence or by a person's word.
        var isDone = false
        /// A forward attempt, watch or approval was begun at some time.
        var hasStarted = false
        /// What the gate last allowed: nil when it must be asked.
        var passed: (measurement: BudgetMeasurement, at: Instant)?
        var isLetGo = false
        /// Since when its gate has held it without a break.
        var heldSince: Instant?
        var isJudgementLetGo = false
        var approvers: [String] = []
        /// The last forward attempt's end, nil while it is live.
        var lastEnd: (id: AttemptID, end: AttemptEnd)?
        var lastHoldFinished: Int?
        var holdSince: Instant?
        var undo: UndoEnd?
        var undoStarts = 0
        var isHalfApplied = false
        /// When it was last said to have succeeded.
        var succeededAt: Instant?
        /// Some forward attempt may have begun.
        var mayHaveBegun = false
    }

    enum UndoEnd { case rolledBack, failed, skipped }

    struct RuleEntry {
        var isOpen = false
        var isAccepted = false
        var last: (measurement: Measurement, verdict: Verdict)?
    }

    let plan: Plan
    var count = 0
    var steps: [StepEntry]
    var rules: [RuleEntry]
    var live: [AttemptID] = []
    var ended: [AttemptID] = []
    var isStarted = false
    var isPaused = false
    var control = ControlLedger()
    var phase = 0
    var isPhaseStarted = false
    /// The phase was finished, and the next has not started: evidence that grew too old is asked for anew.
    var isPhaseFinished = false
    /// Steps whose evidence grew too old, and which belong to a later phase since.
    var renewed: [StepIndex] = []
    var rollback: RollbackCause?
    var abortKeeps: Bool?
    var pages: [String] = []
    /// The last look at the seal found it sound, and nothing has been asked for again since.
    var isSealSound = false
    var sealDigest: String?
    /// The last phase of which some step has begun.
    var begunPhase = 0
    /// Who told this run, and no other, that something is approved.
    var orderedApprovals: [String] = []
    /// Looks in a row at which it waited for a lock that nobody had.
    var looksAtFreeLock = 0
    /// Retries scheduled by policy, by step and role, since a person or a probe last spoke, or another act began.
    var retries: [(step: StepIndex, role: AttemptID.Role, count: Int)] = []
    /// Brackets that a person has decided to lift.
    var lifted: [StepIndex] = []
    /// Somebody asked to roll back past the point of no return.
    var isPastPivotAsked = false

    init(plan: Plan) {
        self.plan = plan
        steps = Array(repeating: StepEntry(), count: plan.steps.count)
        rules = Array(repeating: RuleEntry(), count: plan.rules.count)
    }

    func isPivot(_ step: StepIndex) -> Bool {
        if plan.steps[step].isPivot { return true }
        if case .migrate(let migration) = plan.steps[step].kind { return migration.kind == .contract }
        return false
    }

    /// Whether `later` must be undone before `earlier`: it needs it, through others or not, or stands in a later phase.
    func builds(_ later: StepIndex, on earlier: StepIndex) -> Bool {
        if plan.steps[later].phase != plan.steps[earlier].phase {
            return plan.steps[later].phase > plan.steps[earlier].phase
        }
        return plan.steps[later].needs.contains { $0 == earlier || ($0 > earlier && builds($0, on: earlier)) }
    }

    func asksBudget(_ step: StepIndex) -> Bool {
        guard plan.budget != nil, plan.steps[step].budget == nil else { return false }
        switch plan.steps[step].kind {
        case .approve, .wait, .maintenanceEnd: return false
        case .run, .http, .smoke, .backup, .maintenance, .migrate, .canary: return true
        }
    }
}
