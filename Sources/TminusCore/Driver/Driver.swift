package import TminusModel

/// Drives one run without doing anything itself: facts in, actions out. The engine and the simulator pump this struct.
///
/// While an append is under way nothing is decided; inputs queue up, and what they lead to goes into the next append.
/// So the journal's write is the only thing to wait for, and it batches by itself. An action that depends on a fact is
/// handed out only after that fact is durable.
///
/// Recovery needs no code of its own: fold the journal, make a driver, say `tookUp`.
package struct Driver: Sendable {
    package private(set) var state: RunState
    /// Attempts to start, and to stop, once the facts that say so are durable.
    private var toStart: [AttemptID] = []
    private var toStop: [AttemptID] = []
    private var rulesBeingMeasured: [Int] = []
    private var progress: [RuleProgress]
    private var isBudgetBeingMeasured = false
    private var costsBeingMeasured: [StepIndex] = []
    private var windowBeingFound: Int?
    private var sealBeingSeen = false
    /// What was last asked for about a seal, and when: the same is asked for again after a while.
    private var sealAsked: (wish: SealWish, at: Instant)?
    private var queue: [Input] = []
    private var isAppending = false
    private var isTakenUp = false
    private var isFinishedTold = false
    private var answers: [Action] = []
    private var wakeUpSet: Instant?

    package init(state: RunState) {
        self.state = state
        progress = Array(repeating: RuleProgress(), count: state.plan.rules.count)
    }

    /// Takes one input at `now`, and returns what to do, in order.
    package mutating func handle(_ input: Input, now: Instant) -> [Action] {
        if case .appended = input {
            precondition(isAppending, "an append was confirmed that nobody asked for")
            isAppending = false
            var actions = release(now)
            actions.append(contentsOf: decideAndAppend(now))
            return actions
        }
        queue.append(input)
        if isAppending { return [] }
        return decideAndAppend(now)
    }

    /// Takes inputs that arrived together, none of them `appended`: what they lead to goes into one append.
    package mutating func handle(_ inputs: [Input], now: Instant) -> [Action] {
        queue.append(contentsOf: inputs)
        if isAppending { return [] }
        return decideAndAppend(now)
    }
}

extension Driver {
    /// Decides after each input, as if it had come alone: two that come together mean what they would mean apart.
    private mutating func decideAndAppend(_ now: Instant) -> [Action] {
        let expected = state.sequence
        var events: [Event] = []
        var inputs: [Input] = []
        swap(&inputs, &queue)
        for input in inputs {
            record(react(to: input, now: now), into: &events, now)
            decideAll(into: &events, now)
        }
        // Time alone may have brought something since the last decision.
        if inputs.isEmpty { decideAll(into: &events, now) }
        guard events.isEmpty else {
            isAppending = true
            return [.append(events, expected: expected, summary: state.summary(now: now))]
        }
        return release(now)
    }

    private mutating func decideAll(into events: inout [Event], _ now: Instant) {
        while true {
            let facts = state.decide(now: now)
            if facts.isEmpty { return }
            record(facts, into: &events, now)
        }
    }

    private mutating func record(_ facts: [Event.Body], into events: inout [Event], _ now: Instant) {
        for body in facts {
            let event = Event(sequence: state.sequence + 1, at: now, body: body)
            state.apply(event)
            events.append(event)
            switch body {
            case .attemptStarting(let id): toStart.append(id)
            case .attemptStopping(let id, _): toStop.append(id)
            default: break
            }
        }
    }

    /// Everything that must be under way and isn't, now that all decided facts are durable.
    private mutating func release(_ now: Instant) -> [Action] {
        var actions = answers
        answers.removeAll(keepingCapacity: true)
        guard isTakenUp else { return actions }
        if case .ended(let outcome) = state.status {
            // Whoever asked something meanwhile gets an answer first.
            if !isFinishedTold, queue.isEmpty {
                actions.append(.finished(outcome))
                isFinishedTold = true
            }
            return actions
        }
        actions.append(contentsOf: toStart.map { .start($0) })
        toStart.removeAll(keepingCapacity: true)
        for id in toStop where state.isLive(id) { actions.append(.stop(id)) }
        toStop.removeAll(keepingCapacity: true)
        if !isBudgetBeingMeasured, state.wantsBudget(now: now) {
            isBudgetBeingMeasured = true
            actions.append(.measureBudget)
        }
        for (rule, from) in state.rulesDue(now: now) where !rulesBeingMeasured.contains(rule) {
            rulesBeingMeasured.append(rule)
            actions.append(.measureRule(rule, from: from))
        }
        for (step, from) in state.costsDue(now: now) where !costsBeingMeasured.contains(step) {
            costsBeingMeasured.append(step)
            actions.append(.measureCost(step, from: from))
        }
        if let phase = state.windowWanted(now: now), windowBeingFound != phase {
            windowBeingFound = phase
            actions.append(.findWindow(phase: phase))
        }
        let lookAgain = askAboutSeal(now, &actions)
        let next = [state.wakeUp(now: now), lookAgain].compactMap { $0 }.min()
        if let next, next != wakeUpSet {
            wakeUpSet = next
            actions.append(.wakeUp(at: next))
        }
        return actions
    }

    /// Asks for what the seal needs; returns when to look again, if it was asked for a moment ago.
    private mutating func askAboutSeal(_ now: Instant, _ actions: inout [Action]) -> Instant? {
        guard !sealBeingSeen, let wish = state.sealWish(now: now) else { return nil }
        if let (asked, at) = sealAsked, asked == wish, now < at.advanced(by: RunState.sealPatience) {
            // A clock that was set back must not keep it waiting.
            return at <= now ? at.advanced(by: RunState.sealPatience) : now.advanced(by: RunState.sealPatience)
        }
        sealAsked = (wish, now)
        sealBeingSeen = true
        switch wish {
        case .keep(let phase, let since): actions.append(.keepSeal(phase: phase, since: since))
        case .check(let phase, let digest): actions.append(.checkSeal(phase: phase, digest: digest))
        }
        return nil
    }

    /// What an input means as facts; forgets what the pump is no longer doing.
    private mutating func react(to input: Input, now: Instant) -> [Event.Body] {
        switch input {
        case .appended: return []
        case .tookUp:
            if !isTakenUp { adoptAll() }
            isTakenUp = true
            return []
        case .wokeUp:
            wakeUpSet = nil
            return []
        case .lockGranted: return state.lockGranted()
        case .lockHeld(let holder): return state.lockHeld(by: holder)
        case .lockBroken(let person, let reason): return state.lockTaken(by: person, reason)
        case .freezes(let spans): return state.freezesToldAnew(spans)
        case .attemptRunning(let id): return state.attemptRunning(id)
        case .attemptEnded(let id, let result): return state.attemptEnded(id, result)
        case .budgetMeasured(let measurement):
            isBudgetBeingMeasured = false
            return state.budgetMeasured(measurement, now: now)
        case .ruleMeasured(let rule, let measurement):
            rulesBeingMeasured.removeAll { $0 == rule }
            return state.ruleMeasured(rule, measurement, &progress[rule])
        case .costMeasured(let step, let measurement):
            costsBeingMeasured.removeAll { $0 == step }
            return state.costMeasured(step, measurement)
        case .windowFound(let phase, let opens, let closes):
            windowBeingFound = nil
            return state.windowFound(phase, opens: opens, closes: closes)
        case .sealKept(let phase, let digest, let since):
            sealBeingSeen = false
            return state.sealKept(phase, digest: digest, since: since)
        case .sealChecked(let phase, let digest, let faults):
            sealBeingSeen = false
            return state.sealChecked(phase, digest: digest, faults: faults)
        case .command(let command, let person, let token):
            let (facts, answer) = state.obey(command, by: person, now: now)
            answers.append(.answer(answer, token: token))
            return facts
        }
    }

    /// Attempts that the journal knows as live when a pump takes the run up were started by an earlier one, if at all.
    private mutating func adoptAll() {
        for live in state.live where !toStart.contains(live.id) {
            answers.append(.adopt(live.id))
            if live.isStopping { toStop.append(live.id) }
        }
    }
}
