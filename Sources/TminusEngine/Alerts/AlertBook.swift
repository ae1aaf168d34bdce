internal import TminusJudgement
internal import TminusModel

/// Whose alerts: one objective of a service. Another objective of the same service has a book of its own.
struct AlertBookName: Hashable {
    var lock: LockName
    var objective: String

    /// Nil for a plan with no budget that could be measured.
    init?(_ plan: Plan) {
        guard let objective = plan.budget?.objective, BudgetQuestion(plan) != nil else { return nil }
        lock = LockName(plan)
        self.objective = objective
    }
}

/// The burn alerts of one objective, and what they are measured from.
struct AlertBook {
    /// Whose plan says what to read and what the budget is: the journal has it, so that no address is kept twice.
    private(set) var run: String
    /// Without its steps.
    private(set) var plan: Plan
    var states: [AlertState] = []
    var loop: Task<Void, Never>?

    /// States of the same keys go on from `kept`.
    init(_ plan: Plan, of run: String, kept: [AlertState]) {
        self.run = run
        self.plan = Self.cut(plan)
        cover(kept)
    }

    /// A newer plan with the same objective; alerts of the same key go on.
    mutating func take(_ newer: Plan, of run: String) {
        self.run = run
        plan = Self.cut(newer)
        cover(states)
    }

    private mutating func cover(_ old: [AlertState]) {
        let holdFor = plan.budget?.alertAfter ?? .zero
        states = pairs.map { pair in
            let key = AlertState.key(
                service: plan.service, environment: plan.environment, objective: plan.budget?.objective ?? "",
                alert: pair.name)
            guard let state = old.first(where: { $0.key == key }) else { return AlertState(key: key, holdFor: holdFor) }
            return AlertState(key: key, holdFor: holdFor, phase: state.phase, frozenSince: state.frozenSince)
        }
    }

    var pairs: [BurnPair] {
        guard let policy = plan.budget, let question = BudgetQuestion(plan) else { return [] }
        return BurnPair.watched(window: policy.window, lookbackMin: question.lookbackMin)
    }

    /// The budget's `every`, within 1 s and 1 min; an origin is not asked more often than the plan says.
    var every: Duration {
        let asked = min(max(plan.budget?.every ?? .seconds(60), .seconds(1)), .seconds(60))
        guard let metrics = plan.metrics, metrics.origin != .pages else { return asked }
        return max(asked, metrics.every)
    }

    /// Each alert's one look at the lookbacks.
    func sightings(_ lookbacks: [BudgetMeasurement.Lookback]) -> [AlertState.Sighting] {
        guard let policy = plan.budget, let budget = try? ErrorBudget(target: policy.target, window: policy.window)
        else { return states.map { _ in .unmeasured("the objective is not usable") } }
        func reading(_ length: Duration) -> ArmReading {
            lookbacks.first { $0.length == length }?.reading ?? .error("not read")
        }
        return pairs.map { $0.sighting(long: reading($0.long), short: reading($0.short), budget) }
    }

    var standings: [AlertStanding] {
        zip(pairs, states).map { pair, state in
            AlertStanding(
                service: plan.service, environment: plan.environment, objective: plan.budget?.objective ?? "",
                name: pair.name, state: state)
        }
    }

    private static func cut(_ plan: Plan) -> Plan {
        var cut = Plan(
            pipeline: plan.pipeline, service: plan.service, environment: plan.environment, change: plan.change,
            release: plan.release, folder: plan.folder, phases: [Phase(name: "T-0")],
            steps: [Step(name: "watch", phase: 0, kind: .run(Command(argv: ["/bin/true"])), hasEffect: false)])
        cut.indicators = plan.indicators
        cut.metrics = plan.metrics
        cut.budget = plan.budget
        return cut
    }
}
