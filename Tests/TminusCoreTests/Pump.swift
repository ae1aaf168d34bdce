import Testing
import TminusCore
import TminusJudgement
import TminusModel

/// Plays the engine by hand: appends at once, lets time pass when told, and ends attempts as the test says.
///
/// Attempts are named `a` (forward), `a.2` (its second), `a@2` (its act 2), `~a` (its rollback), `?a` (its probe).
/// After every append, the fold of the journal must be the driver's state.
struct Pump {
    private(set) var driver: Driver
    private var folded: RunState
    private(set) var journal: [Event]
    private(set) var now = Instant(millisecondsSinceEpoch: 1_000_000)
    /// Started, adopted or stopping, and not ended.
    private(set) var live: [AttemptID] = []
    /// All starts and adoptions so far.
    private(set) var started: [String] = []
    private(set) var stopped: [String] = []
    private(set) var finished: RunOutcome?
    private(set) var wakeUp: Instant?
    private(set) var answers: [CommandAnswer] = []
    /// What the budget shows, and what rules read, from now on.
    var budget = Reading.good
    var reading = Reading.good
    /// What looking at a seal finds wrong, from now on; and how often it was looked at.
    var sealFaults: [String] = []
    private(set) var sealChecks = 0
    /// Confirms no append until `confirm()`.
    var isStoreSlow = false
    private var unconfirmed: [Event]?
    /// What came up while actions were being performed: the driver hears of it when they all are.
    private var inputs: [Input] = []
    private var isPumping = false

    enum Reading { case good, warning, bad, noData, error }

    init(
        _ plan: Plan, pausesAfter: Int? = nil, isLocked: Bool = false, requirement: ChangeRequirement? = nil,
        lineage: Lineage? = nil
    ) {
        var submission = Submission(
            run: "shop-1", plan: plan, digest: "d", by: "amy", pausesAfter: pausesAfter)
        submission.requirement = requirement
        submission.lineage = lineage
        journal = [Event(sequence: 1, at: now, body: .runSubmitted(submission))]
        folded = RunState(submission, at: now)
        driver = Driver(state: folded)
        send(.tookUp)
        if !isLocked { send(.lockGranted) }
    }

    /// A new engine takes up the first `count` events; what was live is adopted.
    init(takingUp events: [Event], at instant: Instant) {
        guard let state = RunState(folding: events) else { preconditionFailure("no journal") }
        journal = events
        folded = state
        driver = Driver(state: state)
        now = instant
        send(.tookUp)
        if state.startedAt == nil { send(.lockGranted) }
    }

    var state: RunState { driver.state }
    var plan: Plan { driver.state.plan }

    // MARK: What the test says

    mutating func send(_ input: Input) {
        inputs.append(input)
        if isPumping { return }
        isPumping = true
        while !inputs.isEmpty { perform(driver.handle(inputs.removeFirst(), now: now)) }
        isPumping = false
    }

    mutating func confirm() {
        guard let events = unconfirmed else { return }
        unconfirmed = nil
        keep(events)
        send(.appended)
    }

    /// Ends live attempts, named as in `started`; several names separated by spaces.
    mutating func end(_ names: String, _ end: AttemptEnd = .exited(0), outputs: [Variable] = []) {
        for name in names.split(separator: " ") {
            guard let index = live.firstIndex(where: { text($0) == name }) else {
                Issue.record("\(name) is not live; \(running) is")
                return
            }
            let id = live.remove(at: index)
            send(.attemptEnded(id, AttemptResult(end: end, outputs: outputs)))
        }
    }

    @discardableResult
    mutating func tell(_ command: PersonCommand, by name: String = "bob", groups: [String] = []) -> CommandAnswer {
        tell(command, by: Person(name: name, groups: groups))
    }

    @discardableResult
    mutating func tell(_ command: PersonCommand, by person: Person) -> CommandAnswer {
        let before = answers.count
        send(.command(command, by: person, token: before))
        guard answers.count > before, let answer = answers.last else {
            return CommandAnswer(isAccepted: false, message: "no answer yet")
        }
        return answer
    }

    /// Lets time pass, waking the driver whenever it asked to be woken.
    mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        var wakes = 0
        while let instant = wakeUp, instant <= end {
            wakes += 1
            if wakes > 10_000 {
                Issue.record("the driver asks to be woken without end")
                return
            }
            now = max(now, instant)
            wakeUp = nil
            send(.wokeUp)
        }
        now = end
    }

    // MARK: What the test sees

    /// The live attempts, in the order started.
    var running: String { live.map(text).joined(separator: " ") }
    var outcome: RunOutcome? { state.outcome }
    func status(_ name: String) -> StepStatus { state.steps[plan.index(name)].status }
    func undo(_ name: String) -> UndoStatus { state.steps[plan.index(name)].undo }
    var pages: [String] { state.pagedKeys }
    var needs: [Need] { state.needs(now: now) }
    func bodies() -> [Event.Body] { journal.map(\.body) }

    func text(_ id: AttemptID) -> String {
        let sign =
            switch id.role {
            case .forward: ""
            case .rollback: "~"
            case .resolve: "?"
            }
        let act = id.act > 0 ? "@\(id.act)" : ""
        return sign + plan.steps[id.step].name + (id.number > 1 ? ".\(id.number)" : "") + act
    }
}

extension Pump {
    private mutating func perform(_ actions: [Action]) {
        for action in actions {
            if case .answer = action {} else { #expect(finished == nil, "\(action) after the run was finished") }
            switch action {
            case .append(let events, let expected, _):
                #expect(expected == journal.count)
                if isStoreSlow {
                    unconfirmed = events
                } else {
                    keep(events)
                    send(.appended)
                }
            case .start(let id), .adopt(let id):
                #expect(!live.contains(id), "\(text(id)) is started twice")
                live.append(id)
                started.append(text(id))
            case .stop(let id):
                #expect(live.contains(id), "\(text(id)) is not live and is stopped")
                stopped.append(text(id))
            case .measureBudget: send(.budgetMeasured(budgetMeasurement()))
            case .measureRule(let rule, let from):
                send(.ruleMeasured(rule: rule, Measurement(from: from, to: now, subject: arm(reading))))
            case .measureCost(let step, let from):
                send(.costMeasured(step: step, Measurement(from: from, to: now, subject: arm(reading))))
            case .findWindow: break
            case .keepSeal(let phase, let since):
                send(.sealKept(phase: phase, digest: "seal-\(since)", since: since))
            case .checkSeal(let phase, let digest):
                sealChecks += 1
                send(.sealChecked(phase: phase, digest: digest, faults: sealFaults))
            case .wakeUp(let instant):
                #expect(instant > now)
                wakeUp = instant
            case .answer(let answer, _): answers.append(answer)
            case .finished(let outcome): finished = outcome
            }
        }
    }

    private mutating func keep(_ events: [Event]) {
        journal.append(contentsOf: events)
        for event in events { folded.apply(event) }
        #expect(folded == driver.state)
    }

    private func arm(_ reading: Reading) -> ArmReading {
        switch reading {
        case .good: GoodTotal(good: 1_000, total: 1_000).map(ArmReading.counts) ?? .noData("")
        // 60 % of a budget of 1 % is spent.
        case .warning: GoodTotal(good: 9_940, total: 10_000).map(ArmReading.counts) ?? .noData("")
        case .bad: GoodTotal(good: 500, total: 1_000).map(ArmReading.counts) ?? .noData("")
        case .noData: .noData("no series")
        case .error: .error("connection refused")
        }
    }

    private func budgetMeasurement() -> BudgetMeasurement {
        let lengths = BurnPair.lookbacks(
            window: plan.budget?.window ?? .zero, lookbackMin: state.budgetLookbackMin)
        let calm = budget == .warning ? Reading.good : budget
        return BudgetMeasurement(
            at: now, window: arm(budget), observed: .seconds(86_400),
            lookbacks: lengths.map { BudgetMeasurement.Lookback(length: $0, reading: arm(calm)) })
    }
}
