internal import TminusJudgement
internal import TminusModel

/// The burn alerts of one service's budget, and what they are measured from.
struct AlertBook {
    /// Without its steps: what is left says what to read and what the budget is.
    var plan: Plan
    var states: [AlertState] = []
    var loop: Task<Void, Never>?

    /// Nil for a plan with no budget that could be measured.
    init?(_ plan: Plan) {
        guard BudgetQuestion(plan) != nil else { return nil }
        self.plan = Self.cut(plan)
        cover()
    }

    /// A newer plan of the service; alerts of the same key go on.
    mutating func take(_ newer: Plan) {
        plan = Self.cut(newer)
        cover()
    }

    private mutating func cover() {
        let old = states
        states = pairs.map { pair in
            let key = AlertState.key(
                service: plan.service, environment: plan.environment, objective: plan.budget?.objective ?? "",
                alert: pair.name)
            return old.first { $0.key == key } ?? AlertState(key: key)
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

// MARK: As JSON

extension AlertBook {
    var json: JSON {
        .members(["plan": plan.json, "alerts": .array(states.map(\.json))])
    }

    /// Nil for what no engine has kept.
    init?(json: JSON) {
        guard let member = json["plan"], let plan = try? Plan(json: member) else { return nil }
        self.init(plan)
        let kept = (json["alerts"]?.elements ?? []).compactMap(AlertState.init(json:))
        states = states.map { state in kept.first { $0.key == state.key } ?? state }
    }
}

extension AlertState {
    fileprivate var json: JSON {
        .members([
            "key": .string(key), "state": .string(word),
            "sinceMilliseconds": since.map { .integer($0.millisecondsSinceEpoch) },
            "unmeasuredSinceMilliseconds": frozenSince.map { .integer($0.millisecondsSinceEpoch) },
        ])
    }

    fileprivate init?(json: JSON) {
        guard let key = json["key"]?.text, let word = json["state"]?.text else { return nil }
        let since = json["sinceMilliseconds"]?.integer.map(Instant.init(millisecondsSinceEpoch:))
        let phase: Phase
        switch (word, since) {
        case ("inactive", _): phase = .inactive
        case ("pending", let since?): phase = .pending(since: since)
        case ("firing", let since?): phase = .firing(since: since)
        case ("resolved", let at?): phase = .resolved(at: at)
        default: return nil
        }
        let frozen = json["unmeasuredSinceMilliseconds"]?.integer.map(Instant.init(millisecondsSinceEpoch:))
        self.init(key: key, phase: phase, frozenSince: frozen)
    }
}
