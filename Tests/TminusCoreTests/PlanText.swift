import TminusModel

/// A plan written as text: `a; b <- a; c <- a b | d` is three steps, two of them building on others, and a second phase
/// of one step. Every step runs `do-NAME` and is undone by `undo-NAME`; there are no retries and no budget.
func plan(_ text: String, _ change: (inout Plan) -> Void = { _ in }) -> Plan {
    var steps: [Step] = []
    let phases = text.split(separator: "|")
    for (phase, part) in phases.enumerated() {
        for line in part.split(separator: ";") {
            let words = line.split(separator: " ").map(String.init)
            let work = Command(argv: ["do-\(words[0])"])
            var step = Step(name: words[0], phase: phase, kind: .run(work), hasEffect: true)
            step.needs = words.dropFirst(2).map { name in
                guard let need = steps.firstIndex(where: { $0.name == name }) else {
                    preconditionFailure("'\(name)' is needed by '\(words[0])' and stands nowhere before it")
                }
                return need
            }
            step.rollback = .command(
                Command(argv: ["undo-\(words[0])"]), retry: .once, timeouts: .standard, isIdempotent: false)
            steps.append(step)
        }
    }
    var plan = Plan(
        pipeline: "shop", service: "shop", environment: "production", change: .normal, release: .minor,
        folder: "/srv/shop", phases: phases.indices.map { Phase(name: "T-\(phases.count - 1 - $0)") }, steps: steps)
    change(&plan)
    return plan
}

extension Plan {
    /// The step of that name, to look at or to change.
    subscript(name: String) -> Step {
        get { steps[index(name)] }
        set { steps[index(name)] = newValue }
    }

    func index(_ name: String) -> StepIndex {
        guard let index = step(named: name) else { preconditionFailure("there is no step '\(name)'") }
        return index
    }

    /// Adds the budget gate: 99 % over a day, warn below half, stop below nothing, asked again every 15 s.
    mutating func askBudget() {
        indicators = [
            Indicator(
                name: "availability", good: CounterSelector(metric: "good"), total: CounterSelector(metric: "total"))
        ]
        metrics = MetricEndpoints(baseline: "http://old/metrics", candidate: "http://new/metrics")
        budget = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
            window: .seconds(86_400), warnBelow: Ratio(numerator: 5, denominator: 10), observedMin: .seconds(3_600))
    }

    /// Adds a rule that fails on the first measurement with less than 95 % good, measured every 10 s.
    mutating func judge(_ names: [String], after: Duration = .zero, samplesMin: Int64 = 1, errorLimit: Int = 2) {
        indicators = [
            Indicator(
                name: "availability", good: CounterSelector(metric: "good"), total: CounterSelector(metric: "total"))
        ]
        metrics = MetricEndpoints(baseline: "http://old/metrics", candidate: "http://new/metrics")
        rules.append(
            JudgingRule(
                name: "errors", indicator: 0, subject: .candidate,
                trip: .below(bound: Ratio(numerator: 95, denominator: 100), failAfter: 1),
                during: names.map(index), after: after, every: .seconds(10), samplesMin: samplesMin,
                errorLimit: errorLimit))
    }

    mutating func makeCanary(_ name: String, _ weights: [Int] = [5, 50], every: Duration = .seconds(60)) {
        self[name].kind = .canary(Canary(weights: weights, every: every, shift: Command(argv: ["shift"])))
    }

    mutating func makeApproval(_ name: String, from: [String] = [], count: Int = 1, expires: Duration? = nil) {
        self[name].kind = .approve(ApprovalRule(from: from, count: count, expires: expires))
        self[name].hasEffect = false
        self[name].rollback = .notDeclared
    }

    mutating func makeWait(_ name: String, _ duration: Duration) {
        self[name].kind = .wait(duration)
        self[name].hasEffect = false
        self[name].rollback = .notDeclared
    }

    mutating func makeMigration(_ name: String, _ kind: Migration.Kind = .expand) {
        self[name].kind = .migrate(Migration(tool: .sqlite(directory: "migrations", database: "shop.db"), kind: kind))
        self[name].rollback = .noneNeeded(reason: "the old version works on the new schema")
    }

    /// `open` opens the bracket and `close` leaves it, after `until`.
    mutating func makeBracket(_ open: String, _ close: String, until: String) {
        self[open].kind = .maintenance(
            MaintenanceBracket(
                enter: Command(argv: ["enter"]), leave: Command(argv: ["leave"]), until: index(until)))
        self[open].rollback = .notDeclared
        self[close].kind = .maintenanceEnd(opened: index(open))
        self[close].rollback = .notDeclared
    }
}
