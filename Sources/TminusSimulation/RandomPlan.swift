import TminusModel

/// Draws plans: every step kind, phases, needs and policies, small enough that a seed takes milliseconds.
struct RandomPlan {
    var random: SeededGenerator
    private var steps: [Step] = []
    private var canaries: [StepIndex] = []

    init(_ random: SeededGenerator) {
        self.random = random
    }

    mutating func draw() -> Plan {
        let phases = 1 + (random.chance(400) ? 1 : 0) + (random.chance(150) ? 1 : 0)
        for phase in 0..<phases {
            let count = 1 + random.below(phases == 1 ? 6 : 3)
            for _ in 0..<count { add(phase) }
            if random.chance(200) { bracket(phase) }
        }
        var plan = Plan(
            pipeline: "shop", service: "shop", environment: "production", change: .normal, release: .minor,
            folder: "/srv", phases: (0..<phases).map { Phase(name: "T-\(phases - 1 - $0)") }, steps: steps)
        plan.attemptsAtOnceMax = 1 + random.below(4)
        if random.chance(150) { plan.deadline = .seconds(Int(random.between(60, 3_600))) }
        measured(&plan)
        for phase in 0..<phases where random.chance(60) {
            let from = random.below(1_200)
            plan.phases[phase].window = Window(
                fromMinute: from, untilMinute: from + 30 + random.below(200), zone: "UTC")
            // A day of waiting is no reason for a day of measurements.
            for rule in plan.rules.indices { plan.rules[rule].every = .seconds(600) }
        }
        return plan
    }

    private mutating func add(_ phase: Int) {
        var step = Step(
            name: "s\(steps.count)", phase: phase, needs: needs(phase),
            kind: .run(Command(argv: ["work"])), hasEffect: random.chance(800))
        kind(&step)
        policies(&step)
        if case .canary = step.kind { canaries.append(steps.count) }
        steps.append(step)
    }

    private mutating func needs(_ phase: Int) -> [StepIndex] {
        guard !steps.isEmpty else { return [] }
        let last = steps.count - 1
        if random.chance(400) { return [last] }
        return steps.indices.suffix(4).filter { _ in random.chance(350) }
    }

    private mutating func kind(_ step: inout Step) {
        switch random.below(20) {
        case 0, 1:
            step.kind = .approve(
                ApprovalRule(
                    from: random.pick([[], ["cat", "group:leads"], ["amy"]]), count: 1,
                    expires: random.chance(300) ? .seconds(Int(random.between(60, 7_200))) : nil))
            if random.chance(500), case .approve(var rule) = step.kind, rule.from.isEmpty {
                rule.count = 2
                step.kind = .approve(rule)
                step.validFor = .seconds(7_200)
            }
            step.hasEffect = false
        case 2:
            step.kind = .wait(.seconds(Int(random.between(1, 600))))
            step.hasEffect = false
        case 3, 4, 5:
            let weights = random.pick([[10], [5, 50], [1, 10, 50]])
            step.kind = .canary(
                Canary(
                    weights: weights, every: .seconds(Int(random.between(10, 120))),
                    shift: Command(argv: ["shift"])))
            step.hasEffect = true
        case 6, 7:
            let kind = random.pick([Migration.Kind.expand, .expand, .data, .contract])
            step.kind = .migrate(Migration(tool: .sqlite(directory: "m", database: "d"), kind: kind))
            step.hasEffect = true
        case 8:
            var check = BackupCheck(tool: .attestation(file: "a"))
            if random.chance(500) { check.validFor = .seconds(7_200) }
            step.kind = .backup(check)
            step.hasEffect = false
        case 9:
            step.kind = .smoke(SmokeCheck(urls: ["http://shop"]))
            step.hasEffect = false
        case 10: step.kind = .http(HTTPCall(method: "POST", url: "http://shop"))
        default: break
        }
    }

    private mutating func policies(_ step: inout Step) {
        step.isPivot = step.hasEffect && random.chance(40)
        step.isIdempotent = random.chance(150)
        if random.chance(200) { step.resolve = Command(argv: ["probe"]) }
        step.onFailure = random.pick([.rollback, .rollback, .rollback, .hold, .continue, .fail])
        if random.chance(300) { step.retry = retry() }
        step.timeouts.attempt = .seconds(random.pick([20, 120, 3_600]))
        if random.chance(100) { step.timeouts.total = .seconds(Int(random.between(10, 300))) }
        switch random.below(10) {
        case 0: step.rollback = .notDeclared
        case 1: step.rollback = .noneNeeded(reason: "nothing to undo")
        default:
            if step.hasEffect {
                var timeouts = Timeouts(attempt: .seconds(120))
                if random.chance(50) { timeouts.total = .seconds(200) }
                step.rollback = .command(
                    Command(argv: ["undo"]), retry: random.chance(300) ? retry() : .once, timeouts: timeouts,
                    isIdempotent: random.chance(300))
            }
        }
    }

    private mutating func retry() -> RetryPolicy {
        RetryPolicy(
            attempts: 2 + random.below(3), initialInterval: .seconds(random.pick([0, 1, 10])),
            maximumInterval: .seconds(30), retryOn: random.chance(300) ? [1] : [])
    }

    /// Opens maintenance, does something under it, and leaves it.
    private mutating func bracket(_ phase: Int) {
        let opened = steps.count
        var enter = Step(
            name: "s\(opened)", phase: phase, needs: needs(phase),
            kind: .maintenance(
                MaintenanceBracket(
                    enter: Command(argv: ["enter"]), leave: Command(argv: ["leave"]), until: opened + 1)),
            hasEffect: true)
        enter.timeouts.attempt = .seconds(120)
        steps.append(enter)
        add(phase)
        steps[opened + 1].needs = [opened]
        var leave = Step(
            name: "s\(opened)-end", phase: phase, needs: [opened + 1], kind: .maintenanceEnd(opened: opened),
            hasEffect: true)
        leave.timeouts.attempt = .seconds(120)
        leave.onFailure = random.pick([.rollback, .hold])
        steps.append(leave)
    }

    private mutating func measured(_ plan: inout Plan) {
        let isBudgeted = random.chance(400)
        let isJudged = random.chance(400)
        guard isBudgeted || isJudged else { return }
        plan.metrics = MetricEndpoints(baseline: "http://old", candidate: "http://new")
        plan.indicators = [
            Indicator(
                name: "availability", good: CounterSelector(metric: "good"), total: CounterSelector(metric: "total"))
        ]
        if isBudgeted {
            plan.budget = BudgetPolicy(
                objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
                window: .seconds(86_400), warnBelow: Ratio(numerator: 5, denominator: 10),
                observedMin: .seconds(3_600), every: .seconds(15))
            if random.chance(250) {
                plan.budget?.holdLimit = HoldLimit(
                    after: .seconds(Int(random.between(20, 3_600))), then: random.pick([.rollback, .fail, .page]))
            }
            if random.chance(300) { plan.budget?.overriders = ["cat", "group:leads"] }
            for index in plan.steps.indices where random.chance(100) {
                plan.steps[index].budget = StepBudget(isSkipped: true, reason: "it only reads")
            }
        }
        guard isJudged else { return }
        var during = canaries.isEmpty || random.chance(200) ? [random.below(plan.steps.count)] : [canaries[0]]
        if random.chance(300) { during.append(plan.steps.count - 1) }
        during.sort()
        if during.count == 2, during[0] == during[1] { during.removeLast() }
        let bound = Ratio(numerator: 95, denominator: 100)
        let trip: JudgingRule.Trip =
            random.chance(600)
            ? .below(bound: bound, failAfter: 1 + random.below(2))
            : .ratioAbove(bound: Ratio(numerator: 15, denominator: 10), harmlessBelow: nil)
        plan.rules = [
            JudgingRule(
                name: "errors", indicator: 0, subject: .candidate, trip: trip, during: during,
                after: .seconds(random.pick([0, 30, 300])), every: .seconds(random.pick([10, 30])),
                samplesMin: random.pick([1, 50, 5_000]), errorLimit: random.below(4))
        ]
        plan.rules[0].conduct.isDryRun = random.chance(100)
        if random.chance(150) { plan.rules[0].conduct.warmUp = .seconds(30) }
        if random.chance(150) { plan.rules[0].conduct.inconclusiveLimit = random.below(5) }
    }
}
