import TminusCore
import TminusModel

/// Engines: they pump the product's driver, crash at any action, and start again from the journal.
extension World {
    mutating func submit(_ run: Int) {
        let submission = submission(of: run)
        keep([Event(sequence: 1, at: now, body: .runSubmitted(submission))], run)
        for engine in isEngineAlive.indices where isEngineAlive[engine] { takeUp(run, engine) }
    }

    mutating func startEngine(_ engine: Int) {
        guard !isEngineAlive[engine] else { return }
        note("engine \(engine) starts")
        isEngineAlive[engine] = true
        report.faults[.engineStarted] += 1
        for run in runs.indices where !runs[run].journal.isEmpty && runs[run].outcome == nil {
            takeUp(run, engine)
        }
    }

    /// The engine makes a driver of what the store holds, and nothing else.
    mutating func takeUp(_ run: Int, _ engine: Int) {
        guard isEngineAlive[engine], !pumps.contains(where: { $0.run == run && $0.engine == engine }) else { return }
        guard let state = RunState(folding: remembered(run)) else {
            violate("I22", "the journal of \(runs[run].name) does not begin with its submission")
            return
        }
        if flaw?.altersMemory != true, state != runs[run].folded {
            violate("I22", "the fold of the journal is not what was recorded event by event")
        }
        incarnations += 1
        let incarnation = incarnations
        note("engine \(engine) takes up \(runs[run].name) at \(state.sequence) as \(incarnation)")
        pumps.append(Pump(incarnation: incarnation, engine: engine, run: run, driver: Driver(state: state)))
        tellFreezes(incarnation, run)
        drive(incarnation, .tookUp)
        if !state.holdsLock, state.outcome == nil { askForLock(run, incarnation) }
    }

    mutating func askForLock(_ run: Int, _ incarnation: Int) {
        let holder = lockHolder(for: run)
        if let holder, holder != run {
            tell(incarnation, .lockHeld(by: runs[holder].name))
        } else {
            lockGranted = run
            tell(incarnation, .lockGranted)
        }
    }

    /// Whom the locks' keeper takes for the holder, other than this run.
    private func lockHolder(for run: Int) -> Int? {
        switch flaw {
        case .twoHolders: return nil
        case .lockLostOnCrash where isLockForgotten: return lockGranted
        case .lockKeptByDeadRun:
            if let dead = runs.indices.first(where: { $0 != run && runs[$0].ledger.isStarted }) { return dead }
        default: break
        }
        return runs.indices.first { $0 != run && runs[$0].holdsLock } ?? lockGranted
    }

    /// Nothing of it is left but its shims, and whatever of its last write reached the disk.
    mutating func crash(_ engine: Int) {
        guard isEngineAlive[engine] else { return }
        note("engine \(engine) crashes")
        isEngineAlive[engine] = false
        lockGranted = nil
        isLockForgotten = true
        if flaw == .missingSync { loseUnsynced(engine) }
        for pump in pumps where pump.engine == engine {
            guard pump.order != nil, !pump.isCommitted else { continue }
            if random.chance(500) { commit(pump.incarnation) }
        }
        pumps.removeAll { $0.engine == engine }
        if !isEngineAlive.contains(true) { agenda.put(.startEngine(engine), at: time + random.between(50, 20_000)) }
    }

    /// The flaw: the last append was acknowledged, and had not reached the disk.
    private mutating func loseUnsynced(_ engine: Int) {
        for pump in pumps where pump.engine == engine && runs[pump.run].outcome == nil && runs[pump.run].synced > 0 {
            if pump.order?.expected == runs[pump.run].synced { continue }
            runs[pump.run].journal.removeLast(max(runs[pump.run].journal.count - runs[pump.run].synced, 0))
        }
    }

    func place(of incarnation: Int) -> Int? { pumps.indices.first { pumps[$0].incarnation == incarnation } }

    mutating func tell(_ incarnation: Int, _ input: Input, after delay: Int64 = 0) {
        agenda.put(.told(incarnation: incarnation, input), at: time + delay)
    }

    mutating func drive(_ incarnation: Int, _ input: Input) {
        guard let place = place(of: incarnation), !isDropped(input, place) else { return }
        if !pumps[place].isFinished || input.isCommand { note("\(incarnation) <- \(input.brief)") }
        let engine = pumps[place].engine
        let actions = pumps[place].driver.handle(input, now: now)
        for action in actions {
            if strikes(knobs.engineCrash, .engineCrashed) {
                crash(engine)
                return
            }
            perform(action, incarnation)
            if report.violation != nil || self.place(of: incarnation) == nil { return }
        }
    }

    /// The flaws of a pump that loses what it is told.
    private func isDropped(_ input: Input, _ place: Int) -> Bool {
        switch (flaw, input) {
        case (.backlogNeverCleared, .attemptEnded): pumps[place].order != nil
        case (.wakeUpLost, .wokeUp): true
        default: false
        }
    }

    private mutating func perform(_ action: Action, _ incarnation: Int) {
        guard let place = place(of: incarnation) else { return }
        let run = pumps[place].run
        note("\(incarnation) -> \(action.brief)")
        if pumps[place].isFinished {
            if case .answer = action { return }
            violate("finished", "after the run was over, its driver asked for \(action.brief)")
        }
        switch action {
        case .append(let events, let expected, _):
            append(events, expected, place)
            if flaw == .finishedBeforeDurable, case .runEnded(let outcome, _)? = events.last?.body {
                finish(outcome, run, place)
            }
        case .start(let id): start(run, id, incarnation)
        case .adopt(let id): adopt(run, id, incarnation)
        case .stop(let id): stop(run, id)
        case .measureBudget: measureBudget(run, incarnation)
        case .measureCost(let step, let from): measureCost(step, run, from: from, incarnation)
        case .measureRule(let rule, let from): measureRule(rule, run, from: from, incarnation)
        case .findWindow(let phase): findWindow(phase, run, incarnation)
        case .keepSeal(let phase, let since): keepSeal(phase, since: since, run, incarnation)
        case .checkSeal(let phase, _): checkSeal(phase, run, incarnation)
        case .wakeUp(let instant):
            let delay = max(instant.since(now).milliseconds, 0)
            pumps[place].wake += 1
            let wake = pumps[place].wake
            agenda.put(.woke(incarnation: incarnation, wake: wake), at: time + delay + random.between(0, 20))
        case .answer: break
        case .finished(let outcome): finish(outcome, run, place)
        }
    }

    private mutating func finish(_ outcome: RunOutcome, _ run: Int, _ place: Int) {
        pumps[place].isFinished = true
        if runs[run].outcome != outcome {
            violate("I20", "the run was called \(outcome.rawValue) before that was durable")
        }
        freeLock(run)
    }

    private mutating func freeLock(_ run: Int) {
        if lockGranted == run { lockGranted = nil }
        for pump in pumps where !pump.isFinished && pump.run != run && !runs[pump.run].holdsLock {
            if lockGranted == nil { askForLock(pump.run, pump.incarnation) }
        }
    }

    /// The next daily opening that is not over.
    private mutating func findWindow(_ phase: Int, _ run: Int, _ incarnation: Int) {
        guard let window = runs[run].plan.phases[phase].window else { return }
        let day: Int64 = 86_400_000
        let midnight = now.millisecondsSinceEpoch / day * day
        for days in 0...2 {
            let opens = midnight + Int64(days) * day + Int64(window.fromMinute) * 60_000
            let closes = midnight + Int64(days) * day + Int64(window.untilMinute) * 60_000
            if closes <= now.millisecondsSinceEpoch { continue }
            tell(
                incarnation,
                .windowFound(
                    phase: phase, opens: Instant(millisecondsSinceEpoch: opens),
                    closes: Instant(millisecondsSinceEpoch: closes)), after: 1)
            return
        }
    }
}

extension Input {
    var isCommand: Bool {
        if case .command = self { true } else { false }
    }

    /// One line for the trace.
    var brief: String {
        switch self {
        case .budgetMeasured: "budgetMeasured"
        case .costMeasured(let step, let measurement): "costMeasured \(step) \(measurement.subject)"
        case .ruleMeasured(let rule, let measurement): "ruleMeasured \(rule) \(measurement.subject)"
        case .freezes(let spans): "freezes \(spans.count)"
        case .tookUp, .appended, .wokeUp, .lockGranted, .lockHeld, .lockBroken,
            .attemptRunning, .attemptEnded, .windowFound, .sealKept, .sealChecked,
            .command:
            "\(self)"
        }
    }
}

extension Action {
    var brief: String {
        if case .append(let events, let expected, _) = self {
            return "append after \(expected): " + events.map { "\($0.body)".prefix(700) }.joined(separator: " | ")
        }
        return "\(self)"
    }
}
