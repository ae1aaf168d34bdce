import TminusCore
import TminusModel

/// A release that the canary convicts: the journal that reports and frames are made from in these tests.
enum ExampleRelease {
    static let start = Instant(millisecondsSinceEpoch: 1_795_221_600_000)  // 2026-11-21 00:40:00 UTC

    static var plan: Plan {
        var steps = [
            Step(name: "backup-check", phase: 0, kind: .run(Command(argv: ["./scripts/backup"])), hasEffect: false),
            Step(
                name: "go", phase: 0, needs: [0], kind: .approve(ApprovalRule(from: ["group:leads"])),
                hasEffect: false),
            Step(
                name: "maintenance", phase: 1,
                kind: .maintenance(
                    MaintenanceBracket(
                        enter: Command(argv: ["./scripts/maintenance", "closed"]),
                        leave: Command(argv: ["./scripts/maintenance", "open"]), until: 3)),
                hasEffect: true),
            Step(name: "canary", phase: 1, needs: [2], kind: .canary(canary), hasEffect: true),
            Step(
                name: "promote", phase: 1, needs: [3], kind: .run(Command(argv: ["./scripts/promote"])), hasEffect: true
            ),
        ]
        steps[3].rollback = .command(
            Command(argv: ["./scripts/weight", "0"]), retry: .once, timeouts: .standard, isIdempotent: true)
        steps[4].rollback = .command(
            Command(argv: ["./scripts/promote", "--previous"]), retry: .once, timeouts: .standard, isIdempotent: false)
        var plan = Plan(
            pipeline: "checkout", service: "checkout", environment: "production", change: .normal, release: .minor,
            folder: "/srv/checkout",
            phases: [
                Phase(name: "T-1"),
                Phase(name: "T-0", window: Window(fromMinute: 120, untilMinute: 240, zone: "Asia/Tokyo")),
            ],
            steps: steps)
        plan.inputs = [PlanInput(name: "version", kind: .version, value: "v1.2.0")]
        plan.indicators = [
            Indicator(
                name: "availability", good: CounterSelector(metric: "good"), total: CounterSelector(metric: "all"))
        ]
        plan.metrics = MetricEndpoints(baseline: "http://127.0.0.1:1/metrics", candidate: "http://127.0.0.1:2/metrics")
        plan.budget = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
            window: .seconds(30 * 86_400))
        plan.rules = [
            JudgingRule(
                name: "errors", indicator: 0, subject: .candidate,
                trip: .ratioAbove(bound: Ratio(numerator: 15, denominator: 10), harmlessBelow: nil), during: [3])
        ]
        return plan
    }

    private static var canary: Canary {
        Canary(weights: [10, 50], every: .seconds(60), shift: Command(argv: ["./scripts/weight"]))
    }

    private static func counts(_ good: Int64, _ total: Int64) -> ArmReading {
        .counts(GoodTotal(good: good, total: total) ?? .none)
    }

    private static func gate(_ bad: Int64, _ total: Int64, _ at: Instant) -> BudgetMeasurement {
        BudgetMeasurement(at: at, window: counts(total - bad, total), observed: .seconds(7_200), lookbacks: [])
    }

    private static func cost(_ bad: Int64, _ total: Int64, from: Instant, to: Instant) -> Measurement {
        Measurement(from: from, to: to, subject: counts(total - bad, total))
    }

    private static let passed = Judgement(
        verdict: .pass, reason: "availability: 92.3% of the 30d budget left",
        figures: [
            Figure(name: "remaining", value: 0.923, text: "92.3%"),
            Figure(name: "fast burn rate 1h", value: 0.2, text: "0.2x"),
            Figure(name: "fast burn rate 5m", value: 0.1, text: "0.1x"),
        ])

    private static let convicted = Judgement(
        verdict: .fail, reason: "candidate fails 9.5x as often as baseline, more than the 1.5x allowed (p 0.0004)",
        figures: [
            Figure(name: "candidate bad", value: 19, text: "19 of 200 requests"),
            Figure(name: "baseline bad", value: 18, text: "18 of 1,800 requests"),
        ])

    /// What happened, second by second: (after the start, fact).
    private static var facts: [(Int64, Event.Body)] {
        let measurement = Measurement(
            from: start.advanced(by: .seconds(130)), to: start.advanced(by: .seconds(140)), subject: counts(181, 200),
            baseline: counts(1_782, 1_800))
        func at(_ seconds: Int64) -> Instant { start.advanced(by: .seconds(seconds)) }
        func forward(_ step: Int, act: Int = 0) -> AttemptID { AttemptID(step: step, act: act) }
        func undo(_ step: Int) -> AttemptID { AttemptID(step: step, role: .rollback) }
        let fine = AttemptResult(end: .exited(0), elapsed: .seconds(1))
        return [
            (
                0,
                .runSubmitted(
                    Submission(
                        run: "checkout-12", plan: plan, digest: String(repeating: "ab", count: 32), by: "anna",
                        reason: "the Friday release"))
            ),
            (0, .runStarted), (0, .phaseStarted(phase: 0)),
            (1, .budgetJudged(step: 0, measurement: gate(770, 1_000_000, at(1)), judgement: passed)),
            (1, .attemptStarting(forward(0))), (9, .attemptEnded(forward(0), fine)), (9, .stepSucceeded(step: 0)),
            (10, .budgetJudged(step: 1, measurement: gate(775, 1_001_000, at(10)), judgement: passed)),
            (10, .approvalAsked(step: 1, expires: nil)),
            (70, .approvalGiven(step: 1, by: "bert", comment: "dashboards are green")), (70, .stepSucceeded(step: 1)),
            (70, .phaseFinished(phase: 0)),
            (100, .windowSet(phase: 1, opens: at(100), closes: at(7_300))), (100, .phaseStarted(phase: 1)),
            (101, .budgetJudged(step: 2, measurement: gate(780, 1_010_000, at(101)), judgement: passed)),
            (101, .attemptStarting(forward(2))), (103, .attemptEnded(forward(2), fine)), (103, .stepSucceeded(step: 2)),
            (104, .costMeasured(step: 2, part: .during, measurement: cost(1, 400, from: at(101), to: at(104)))),
            (104, .budgetJudged(step: 3, measurement: gate(790, 1_011_000, at(104)), judgement: passed)),
            (104, .attemptStarting(forward(3))), (105, .attemptEnded(forward(3), fine)), (105, .ruleOpened(rule: 0)),
            (105, .holdStarted(step: 3, act: 1, until: at(165))),
            (140, .ruleJudged(rule: 0, measurement: measurement, judgement: convicted)),
            (140, .stepCancelled(step: 3, reason: "candidate fails 9.5x as often as baseline")),
            (140, .rollbackStarted(cause: .rule(0), reason: convicted.reason)),
            (141, .costMeasured(step: 3, part: .during, measurement: cost(37, 2_000, from: at(104), to: at(141)))),
            (141, .attemptStarting(undo(3))), (142, .attemptEnded(undo(3), fine)), (142, .stepRolledBack(step: 3)),
            (142, .attemptStarting(undo(2))), (143, .attemptEnded(undo(2), fine)), (143, .stepRolledBack(step: 2)),
            (143, .runEnded(outcome: .rolledBack, reason: "everything that had an effect was undone")),
        ]
    }

    static var events: [Event] {
        facts.enumerated().map { index, fact in
            Event(sequence: index + 1, at: start.advanced(by: .seconds(fact.0)), body: fact.1)
        }
    }

    /// The events up to a second after the start, and their fold.
    static func upTo(_ seconds: Int64) -> (state: RunState, events: [Event]) {
        let until = start.advanced(by: .seconds(seconds))
        let events = events.filter { $0.at <= until }
        guard let state = RunState(folding: events) else { preconditionFailure("the example is no journal") }
        return (state, events)
    }
}
