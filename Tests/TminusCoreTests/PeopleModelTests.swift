import Testing
import TminusCore
import TminusModel

enum People {
    static let all = [
        Person(name: "amy", groups: ["cab"], rights: [.start]),
        Person(name: "bob", groups: ["ops"], rights: [.rollback, .start]),
        Person(name: "cat", groups: ["cab"], rights: []),
        Person(name: "dan", groups: ["cab", "ops"]),
        Person(name: "eve", rights: [.overrideFreeze]),
        Person(name: "tim", groups: ["cab", "ops"]),
        Person(name: "ci", groups: ["cab"], rights: [.start], isAutomation: true),
        Person(name: "wes", rights: []),
    ]
}

/// A run that many people work on at once, in any order, twice, and too late: what it accepts is what a second, much
/// smaller account of the rules says. T16 of the reliability reference.
@Suite struct PeopleModelTests {
    static let actions = 100_000

    @Test func whateverPeopleDoOnlyWhatTheyMayIsAccepted() {
        var game = PeopleGame(seed: 1)
        var seed: UInt64 = 1
        var accepted = 0
        var refused = 0
        var actions = 0
        while actions < Self.actions {
            game = PeopleGame(seed: seed)
            let fault = game.play(150)
            actions += game.actions
            accepted += game.accepted
            refused += game.refused
            if let fault {
                Issue.record("seed \(seed): \(fault)\n\(game.story.suffix(40).joined(separator: "\n"))")
                return
            }
            seed += 1
        }
        // A model that refuses everything would agree with a core that does.
        #expect(accepted > Self.actions / 10)
        #expect(refused > Self.actions / 10)
        print("\(actions) actions of \(seed - 1) runs: \(accepted) accepted, \(refused) refused")
    }
}

/// One run, its driver, its store, and everybody who tells it something.
struct PeopleGame {
    private struct Asked {
        var token: Int
        var command: PersonCommand
        var person: Person
        /// Nothing else was on its way: it was decided on at once.
        var isAlone: Bool
    }

    private struct Batch {
        var asked: [Asked]
        var states: [PeopleModel]
        var events: [Event]
        var at: Instant
    }

    private var random: Dice
    private var driver: Driver
    private var model: PeopleModel
    private var journal: [Event] = []
    private var now: Instant
    private var live: [AttemptID] = []
    private var isSlow = false
    private var unconfirmed: [Event]?
    /// Commands that the driver has not decided on, in order.
    private var seals: [Input] = []
    private var asked: [Asked] = []
    /// Those decided on together, with what the model was before and after each event that came of it.
    private var batches: [Batch] = []
    private var answers: [Int: Bool] = [:]
    private var tokens = 0
    private var fault: String?
    private(set) var actions = 0
    private(set) var accepted = 0
    private(set) var refused = 0
    private(set) var story: [String] = []

    init(seed: UInt64) {
        random = Dice(state: seed)
        now = Instant(millisecondsSinceEpoch: 1_000_000)
        let submission = Self.draw(&random, now)
        journal = [Event(sequence: 1, at: now, body: .runSubmitted(submission))]
        driver = Driver(state: RunState(submission, at: now))
        model = PeopleModel(submission)
        send(.tookUp)
        if random.chance(800) { send(.lockGranted) }
    }

    mutating func play(_ turns: Int) -> String? {
        var late = 0
        for _ in 0..<turns where fault == nil && late < 5 {
            actions += 1
            turn()
            if model.isEnded { late += 1 }
        }
        confirm()
        return fault ?? model.faults.first
    }

    fileprivate static func draw(_ random: inout Dice, _ now: Instant) -> Submission {
        let plan = plan("build; go <- build; check <- build | migrate; canary <- migrate | clean") { plan in
            plan.makeApproval("go", from: random.pick([[], ["group:cab", "bob"], ["amy", "tim", "group:ops"]]))
            if case .approve(var rule) = plan["go"].kind {
                rule.count = 1 + random.below(2)
                plan["go"].kind = .approve(rule)
            }
            plan.makeCanary("canary", [10, 50])
            plan["migrate"].isPivot = random.chance(400)
            for name in ["build", "check", "migrate", "canary", "clean"] {
                plan[name].onFailure = random.pick([.hold, .hold, .rollback, .continue, .fail])
                if random.chance(300) { plan[name].retry = RetryPolicy(attempts: 2, initialInterval: .seconds(5)) }
            }
        }
        var submission = Submission(run: "shop-1", plan: plan, digest: "d", by: "amy")
        if random.chance(100) { submission.lineage = .rollback(of: "shop-0", restores: nil) }
        guard random.chance(700) else { return submission }
        var requirement = ChangeRequirement(change: .normal, phase: random.below(4), policyDigest: "p")
        requirement.approvals = random.pick([
            [.init(role: "CAB", from: ["group:cab"], count: 2)],
            [.init(role: "owner", from: ["bob", "dan"]), .init(role: "CAB", from: ["group:cab", "bob"])],
            [.init(role: "any", from: ["amy", "bob", "cat", "tim", "ci"])], [],
        ])
        requirement.barred = ["amy", "tim"]
        if random.chance(200) { requirement.notBefore = now.advanced(by: .seconds(60)) }
        if random.chance(200) { requirement.expires = now.advanced(by: .seconds(300)) }
        requirement.isFreezeExempt = random.chance(150)
        submission.requirement = requirement
        return submission
    }

    // MARK: Turns

    private mutating func turn() {
        if random.chance(300) { confirm() }
        switch random.below(100) {
        case 0..<55: order()
        case 55..<78: endSomething()
        case 78..<86: pass()
        case 86..<90: freeze()
        case 90..<96: lock()
        case 96: restart()
        default:
            isSlow = random.chance(400)
            if !isSlow { confirm() }
        }
    }

    private mutating func order() {
        var command = command()
        var person = random.pick(People.all)
        // Half of all people know what they are doing.
        if random.chance(500) {
            for _ in 0..<6 where !model.accepts(command, person, now) {
                command = self.command()
                person = random.pick(People.all)
            }
        }
        ask(command, person)
        // A double click, and somebody else who thought of the same.
        if random.chance(100) { ask(command, person) }
        if random.chance(50) { ask(command, random.pick(People.all)) }
    }

    private mutating func command() -> PersonCommand {
        let step = random.pick(["build", "go", "check", "migrate", "canary", "clean", "none"])
        switch random.below(24) {
        case 0...4: return .approve(step: random.pick([nil, nil, "change", "go", step]), comment: "")
        case 5: return .reject(step: random.pick([nil, "change", "go"]), reason: "no")
        case 6: return .pause(reason: "lunch")
        case 7...9: return .resume
        case 10...13: return .retry(step: step, reason: "again")
        case 14: return .bypass(step: step, reason: "by hand")
        case 15...18: return .resolve(step: step, isDone: random.chance(500), reason: "looked")
        case 19: return random.chance(300) ? .abort(reason: "stop", keepsEffects: random.chance(500)) : .resume
        case 20:
            return random.chance(400) ? .rollback(reason: "back", isPastPivotAllowed: random.chance(500)) : .resume
        default:
            return .overrideFreeze(freeze: random.pick(["night", "line", "none"]), reason: random.pick(["INC", " "]))
        }
    }

    private mutating func endSomething() {
        guard !live.isEmpty else { return order() }
        let id = live.remove(at: random.below(live.count))
        let end: AttemptEnd =
            switch random.below(20) {
            case 0, 1: .exited(1)
            case 2: .vanished(.shimLost)
            case 3: .tombstoned
            case 4: .stopped
            default: .exited(0)
            }
        send(.attemptEnded(id, AttemptResult(end: end)))
    }

    private mutating func pass() {
        now = now.advanced(by: .seconds(random.pick([1, 5, 30, 120])))
        send(.wokeUp)
    }

    private mutating func freeze() {
        var spans: [FreezeSpan] = []
        for name in ["night", "line"] where random.chance(400) {
            let from = now.advanced(by: .seconds(random.pick([-10, 0, 20])))
            spans.append(
                FreezeSpan(
                    name: name, reason: "", from: from,
                    until: random.chance(300) ? .distantFuture : from.advanced(by: .seconds(60)),
                    actions: random.pick([
                        [.start, .advance, .retry], FreezeSpan.Action.allCases, [.bypass, .approve],
                    ]),
                    isOverridable: random.chance(700)))
        }
        send(.freezes(spans))
    }

    private mutating func lock() {
        switch random.below(6) {
        case 0: send(.lockHeld(by: "shop-0"))
        case 1: send(.lockBroken(by: "dan", reason: "it hangs"))
        default: send(.lockGranted)
        }
    }

    /// What was not kept is forgotten; commands that wait for an answer get none.
    private mutating func restart() {
        unconfirmed = nil
        isSlow = false
        asked = []
        batches = []
        guard case .runSubmitted(let submission) = journal[0].body, let state = RunState(folding: journal) else {
            return
        }
        model = PeopleModel(submission)
        for event in journal.dropFirst() { model.apply(event) }
        driver = Driver(state: state)
        live = []
        seals = []
        story.append("restart at \(journal.count)")
        send(.tookUp)
    }

    // MARK: The pump

    private mutating func ask(_ command: PersonCommand, _ person: Person) {
        tokens += 1
        asked.append(
            Asked(token: tokens, command: command, person: person, isAlone: unconfirmed == nil && asked.isEmpty))
        story.append("\(person.name) (\(tokens)): \(command)")
        send(.command(command, by: person, token: tokens))
    }

    private mutating func send(_ input: Input) {
        perform(driver.handle(input, now: now))
    }

    private mutating func confirm() {
        guard let events = unconfirmed else { return }
        unconfirmed = nil
        journal.append(contentsOf: events)
        perform(driver.handle(.appended, now: now))
    }

    private mutating func perform(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .append(let events, _, _):
                var states = [model]
                for event in events {
                    model.apply(event)
                    states.append(model)
                    story.append("  \(event.sequence) \(event.body)")
                }
                batches.append(Batch(asked: asked, states: states, events: events, at: now))
                asked = []
                unconfirmed = events
            case .answer(let answer, let token): answers[token] = answer.isAccepted
            case .start(let id), .adopt(let id): live.append(id)
            case .keepSeal(let phase, let since):
                seals.append(.sealKept(phase: phase, digest: "seal-\(since)", since: since))
            case .checkSeal(let phase, let digest):
                seals.append(.sealChecked(phase: phase, digest: digest, faults: []))
            case .stop, .measureBudget, .measureRule, .measureCost, .findWindow, .wakeUp, .finished: break
            }
        }
        if asked.contains(where: { answers[$0.token] != nil }) {
            batches.append(Batch(asked: asked, states: [model], events: [], at: now))
            asked = []
        }
        settle()
        if !isSlow { confirm() }
        // The disk answers at once, and never with anything wrong: that is the simulator's affair.
        while !seals.isEmpty { send(seals.removeFirst()) }
    }

    // MARK: Judging

    /// Compares each answer with what the model says of the moment it was given at.
    private mutating func settle() {
        while let batch = batches.first, batch.asked.allSatisfy({ answers[$0.token] != nil }) {
            batches.removeFirst()
            check(batch)
        }
        if model.refusals > RunState.refusalsMax { fault = "more refused orders are kept than may be" }
    }

    /// Commands that waited together were decided on one after the other: each answer must fit a moment no earlier
    /// than the one before it, and an accepted one its own fact.
    private mutating func check(_ batch: Batch) {
        var moment = 0
        for ask in batch.asked {
            guard let isAccepted = answers.removeValue(forKey: ask.token) else { continue }
            if isAccepted { accepted += 1 } else { refused += 1 }
            let latest = ask.isAlone ? 0 : batch.states.count - 1
            let fitting = (moment...max(moment, latest)).first { place in
                batch.states[place].accepts(ask.command, ask.person, batch.at) == isAccepted
                    && (!isAccepted || ask.command.isSaid(by: batch.events.dropFirst(place).first?.body))
            }
            guard let fitting else {
                let word = isAccepted ? "accepted" : "refused"
                fault = "\(ask.token), \(ask.command) by \(ask.person.name), is \(word), and the model disagrees"
                return
            }
            moment = isAccepted ? min(fitting + 1, batch.states.count - 1) : fitting
        }
    }
}

extension PersonCommand {
    /// Whether this is the fact that the command leads to.
    fileprivate func isSaid(by body: Event.Body?) -> Bool {
        guard let type = body?.type else { return false }
        return switch self {
        case .approve: type == .approvalGiven || type == .changeApproved
        case .reject: type == .approvalRejected || type == .changeRejected
        case .pause: type == .runPaused
        case .resume: type == .runResumed
        case .retry: type == .retryAsked
        case .bypass: type == .stepBypassed
        case .resolve: type == .stepResolved
        case .abort: type == .abortAsked || type == .runEnded
        case .rollback: type == .rollbackStarted || type == .runEnded || type == .stepCancelled
        case .overrideFreeze: type == .freezeOverridden
        case .go: type == .goGiven
        case .lift: type == .bracketLifted
        }
    }
}

/// SplitMix64: the same seed gives the same game.
private struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
    mutating func chance(_ perMille: Int) -> Bool { below(1_000) < perMille }
    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
