import TminusCore
import TminusJudgement
import TminusModel

/// A release that the product's own driver runs against a made-up service: nothing in its journal is written by hand.
///
/// 6,000 requests a minute fail at 0.2 % for the baseline; the candidate fails `ratio` times as often. The migration
/// breaks every other request for its 4 minutes. The canary gets 5 % and then 20 % for 20 minutes each, read every
/// minute.
struct JudgedRelease {
    private(set) var driver: Driver
    private(set) var events: [Event]
    private var now = Instant(millisecondsSinceEpoch: 1_795_221_600_000)
    private var wake: Instant?
    private var live: [(id: AttemptID, until: Instant)] = []
    private var inputs: [Input] = []
    private let ratio: Int64

    static func run(ratio: Int64, _ change: (inout Plan) -> Void = { _ in }) -> (state: RunState, events: [Event]) {
        var plan = plan
        change(&plan)
        var release = JudgedRelease(plan, ratio: ratio)
        release.send(.tookUp)
        release.send(.lockGranted)
        for _ in 0..<10_000 where release.driver.state.outcome == nil { release.step() }
        guard let state = RunState(folding: release.events) else { preconditionFailure("no journal") }
        return (state, release.events)
    }

    static var plan: Plan {
        var plan = ExampleRelease.plan
        plan.phases = [Phase(name: "T-0")]
        var canary = Step(
            name: "canary", phase: 0, needs: [0],
            kind: .canary(
                Canary(weights: [5, 20], every: .seconds(1_200), shift: Command(argv: ["./scripts/weight"]))),
            hasEffect: true)
        canary.rollback = .command(
            Command(argv: ["./scripts/weight", "0"]), retry: .once, timeouts: .standard, isIdempotent: true)
        var migrate = Step(
            name: "migrate", phase: 0, kind: .run(Command(argv: ["./scripts/migrate"])), hasEffect: true)
        migrate.rollback = .noneNeeded(reason: "the old version works on the new schema")
        plan.steps = [migrate, canary]
        plan.budget = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 999, denominator: 1_000),
            window: .seconds(30 * 86_400))
        plan.rules = [
            JudgingRule(
                name: "errors", indicator: 0, subject: .candidate,
                trip: .ratioAbove(bound: Ratio(numerator: 15, denominator: 10), harmlessBelow: nil), during: [1],
                after: .seconds(60), every: .seconds(60))
        ]
        return plan
    }

    private init(_ plan: Plan, ratio: Int64) {
        let submission = Submission(
            run: "checkout-7", plan: plan, digest: String(repeating: "c", count: 64), by: "anna")
        events = [Event(sequence: 1, at: now, body: .runSubmitted(submission))]
        driver = Driver(state: RunState(submission, at: now))
        self.ratio = ratio
    }

    private mutating func step() {
        let next = ([wake].compactMap { $0 } + live.map(\.until)).min() ?? now.advanced(by: .seconds(1))
        now = max(now, next)
        if let index = live.firstIndex(where: { $0.until <= now }) {
            let id = live.remove(at: index).id
            send(.attemptEnded(id, AttemptResult(end: .exited(0), elapsed: .seconds(30))))
        } else {
            wake = nil
            send(.wokeUp)
        }
    }

    private mutating func send(_ input: Input) {
        inputs.append(input)
        while !inputs.isEmpty {
            for action in driver.handle(inputs.removeFirst(), now: now) { perform(action) }
        }
    }

    private mutating func perform(_ action: Action) {
        switch action {
        case .append(let new, _, _):
            events += new
            inputs.append(.appended)
        case .start(let id), .adopt(let id):
            live.append((id, now.advanced(by: .seconds(id.step == 0 ? 240 : 5))))
        case .stop(let id): inputs.append(.attemptEnded(id, AttemptResult(end: .stopped)))
        case .measureBudget: inputs.append(.budgetMeasured(budget()))
        case .measureRule(let rule, let from):
            let minutes = max(now.since(from).milliseconds, 1)
            let share = weight
            inputs.append(
                .ruleMeasured(
                    rule: rule,
                    Measurement(
                        from: from, to: now, subject: arm(6_000 * share / 100 * minutes / 60_000, ratio),
                        baseline: arm(6_000 * (100 - share) / 100 * minutes / 60_000, 1))))
        case .measureCost(let step, let from):
            let length = now.since(from)
            let total = 100 * length.milliseconds / 1_000
            inputs.append(
                .costMeasured(
                    step: step,
                    Measurement(from: from, to: now, subject: Self.counts(total * 2 / 1_000 + broken(length), total))))
        case .wakeUp(let instant): wake = instant
        case .keepSeal(let phase, let since):
            inputs.append(.sealKept(phase: phase, digest: "", since: since))
        case .checkSeal(let phase, let digest):
            inputs.append(.sealChecked(phase: phase, digest: digest, faults: []))
        case .findWindow, .answer, .finished: break
        }
    }

    private var weight: Int64 { driver.state.holds.first.map { $0.act > 1 ? 20 : 5 } ?? 20 }

    /// 0.2 % bad times `factor`, by whole requests; the fraction is carried by the time of day.
    private func arm(_ total: Int64, _ factor: Int64) -> ArmReading {
        let wobble = now.millisecondsSinceEpoch / 60_000 % 3 - 1
        return Self.counts(max((total * 2 * factor + 500) / 1_000 + (total > 1_000 ? wobble : 0), 0), total)
    }

    private static func counts(_ bad: Int64, _ total: Int64) -> ArmReading {
        GoodTotal(good: max(total - bad, 0), total: total).map(ArmReading.counts) ?? .error("impossible")
    }

    /// What the migration broke within the last `length`: every other request while it ran.
    private func broken(_ length: Duration) -> Int64 {
        guard let began = driver.state.steps[0].startedAt else { return 0 }
        let from = max(began, now.advanced(by: .zero - length))
        let until = min(driver.state.steps[0].endedAt ?? now, now)
        return max(until.since(from).milliseconds, 0) * 50 / 1_000
    }

    private func budget() -> BudgetMeasurement {
        let window = driver.state.plan.budget?.window ?? .zero
        let lengths = BurnPair.lookbacks(window: window, lookbackMin: driver.state.budgetLookbackMin)
        let total: Int64 = 6_000 * 60 * 24 * 30
        return BudgetMeasurement(
            at: now, window: Self.counts(total * 4 / 10_000 + broken(window), total), observed: .seconds(30 * 86_400),
            lookbacks: lengths.map { length in
                let total = 100 * length.milliseconds / 1_000
                return .init(length: length, reading: Self.counts(total * 2 / 1_000 + broken(length), total))
            })
    }
}
