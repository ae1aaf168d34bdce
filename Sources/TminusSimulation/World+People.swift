import TminusCore
import TminusModel

/// People: at first they do anything at any time; when faults have stopped they do what the run says it needs.
extension World {
    static let people = [
        Person(name: "amy", rights: [.start]), Person(name: "bob", rights: [.overrideBudget, .rollback, .start]),
        Person(name: "cat", rights: []), Person(name: "eve", groups: ["leads"]),
        Person(name: "ci", groups: ["leads"], rights: [.start], isAutomation: true),
    ]

    mutating func personActs() {
        if isCalm { return }
        agenda.put(.personActs, at: time + random.between(500, 60_000))
        guard random.chance(knobs.peopleAct), let pump = pumps.first(where: { !$0.isFinished }) else { return }
        report.faults[.personActed] += 1
        let plan = runs[pump.run].plan
        let step = plan.steps[random.below(plan.steps.count)].name
        let command = draw(step, pump)
        changeControl()
        let person = random.pick(Self.people)
        order(command, person, pump.incarnation)
        if random.chance(100) {
            report.faults[.doubleClick] += 1
            order(command, person, pump.incarnation)
        }
    }

    private mutating func draw(_ step: String, _ pump: Pump) -> PersonCommand {
        let run = pump.run
        switch random.below(20) {
        case 0, 1, 2: return .approve(step: random.chance(500) ? nil : step, comment: "")
        case 3: return .reject(step: nil, reason: "no")
        case 4: return .pause(reason: "lunch")
        case 5, 6: return .resume
        case 7: return .go(step: random.chance(200) ? "errors" : step, reason: "known")
        case 8: return .retry(step: step, reason: "again")
        case 9: return .bypass(step: step, reason: "by hand")
        case 10: return .resolve(step: step, isDone: truth(run, step, pump.driver.state), reason: "looked")
        case 11: return .lift(step: step, isLifted: random.chance(500), reason: "repaired")
        case 12: return .abort(reason: "stop", keepsEffects: random.chance(500))
        case 13: return .rollback(reason: "back", isPastPivotAllowed: random.chance(300))
        case 14: return .overrideFreeze(freeze: random.pick(["night", "line", "none"]), reason: "it can't wait")
        case 15: return .approve(step: "change", comment: "")
        case 16: return .reject(step: "change", reason: "no")
        default: return .approve(step: step, comment: "")
        }
    }

    mutating func order(_ command: PersonCommand, _ person: Person, _ incarnation: Int) {
        tokens += 1
        if case .rollback(_, true) = command, let place = place(of: incarnation) {
            runs[pumps[place].run].ledger.isPastPivotAsked = true
        }
        if case .approve = command, let place = place(of: incarnation) {
            runs[pumps[place].run].ledger.orderedApprovals.append(person.name)
            if flaw == .approvalOfAnotherRun {
                for pump in pumps where !pump.isFinished && pump.run != pumps[place].run {
                    tell(pump.incarnation, .command(command, by: person, token: tokens))
                }
            }
        }
        tell(incarnation, .command(command, by: loggedIn(person), token: tokens))
    }

    /// Whom the engine takes somebody for.
    private func loggedIn(_ person: Person) -> Person {
        var person = person
        if flaw == .programIsPerson { person.isAutomation = false }
        if flaw == .everybodyMay {
            person.groups = ["leads"]
            person.rights = Right.allCases.sorted()
        }
        return person
    }

    /// What somebody who looks would find: whether the step's last attempt, or its rollback's, had its effect.
    private func truth(_ run: Int, _ name: String, _ state: RunState) -> Bool {
        guard let step = runs[run].plan.step(named: name) else { return false }
        let role: AttemptID.Role = state.steps[step].undo == .unknown ? .rollback : .forward
        let last = records.last { $0.run == run && $0.id.step == step && $0.id.role == role && $0.didBegin }
        return last?.isEffectDone == true
    }

    /// Now and then somebody looks what each run needs, and does it.
    mutating func help() {
        guard !isOverForHelpers else { return }
        if metrics != .good { changeMetrics() }
        if !isEngineAlive.contains(true) { agenda.put(.startEngine(0), at: time + 10) }
        if random.chance(500) || !isThawed { thaw() }
        var isBusy = false
        for pump in pumps where !pump.isFinished {
            let needs = pump.driver.state.needs(now: now)
            checkWait(pump.run, needs)
            for need in needs {
                if need.needsPerson { isBusy = true }
                answer(need, pump)
            }
        }
        helpersDelay = isBusy ? 60_000 : min(helpersDelay * 2, 3_600_000)
        agenda.put(.helpersLook, at: time + helpersDelay)
    }

    /// An approval that was asked for again is given at once: who answers only when a window has closed could go on so
    /// for ever. What nobody is asked for stays as it is, so that a run that nothing wakes is still found.
    mutating func approve() {
        for pump in pumps where !pump.isFinished {
            for need in pump.driver.state.needs(now: now) where need.kind == .approval { answer(need, pump) }
        }
    }

    var isOverForHelpers: Bool { !runs.indices.contains { runs[$0].outcome == nil } }

    private func sealedPhase(_ pump: Pump) -> String {
        let state = pump.driver.state
        return state.phase > 0 ? state.plan.phases[state.phase - 1].name : ""
    }

    private mutating func answer(_ need: Need, _ pump: Pump) {
        let incarnation = pump.incarnation
        let step = need.step ?? ""
        let dan = Self.people[1]
        switch need.kind {
        case .lock:
            if need.needsPerson { order(.abort(reason: "stop", keepsEffects: true), dan, incarnation) }
        case .window: return
        case .seal: order(.go(step: sealedPhase(pump), reason: "the journal is whole"), dan, incarnation)
        case .freeze:
            // Eve leads: the others may override nothing.
            guard need.needsPerson || random.chance(300) else { return }
            for span in pump.driver.state.holdingFreezes(now) where span.isOverridable {
                order(.overrideFreeze(freeze: span.name, reason: "it can't wait"), Self.people[3], incarnation)
            }
        case .change:
            if need.commands.first?.hasPrefix("tminus approve") == true {
                for person in Self.people { order(.approve(step: nil, comment: ""), person, incarnation) }
            } else if need.needsPerson {
                order(.abort(reason: "stop here", keepsEffects: true), dan, incarnation)
            }
        case .approval:
            for person in Self.people { order(.approve(step: step, comment: ""), person, incarnation) }
            // Whom the pipeline names may be whom the policy bars.
            if random.chance(100) { order(.bypass(step: step, reason: "nobody may"), dan, incarnation) }
        case .budget:
            // Dan tries; Eve leads, and may override where overriding is somebody's right.
            if need.needsPerson {
                order(.go(step: step, reason: "known"), dan, incarnation)
                order(.go(step: step, reason: "known"), Self.people[3], incarnation)
            }
        case .judgement:
            if need.needsPerson || random.chance(300) {
                order(.go(step: need.step ?? "errors", reason: "known"), dan, incarnation)
            }
        case .failure:
            // Nobody tries for ever what can't be done.
            switch random.below(6) {
            case 0: order(.bypass(step: step, reason: "by hand"), dan, incarnation)
            case 1: order(.abort(reason: "stop", keepsEffects: random.chance(500)), dan, incarnation)
            case 2: order(.rollback(reason: "back", isPastPivotAllowed: random.chance(500)), dan, incarnation)
            default: order(.retry(step: step, reason: "again"), dan, incarnation)
            }
        case .unknown:
            let isDone = truth(pump.run, step, pump.driver.state)
            order(.resolve(step: step, isDone: isDone, reason: "looked"), dan, incarnation)
        case .bracket: order(.lift(step: step, isLifted: random.chance(500), reason: "repaired"), dan, incarnation)
        case .pause: order(.resume, dan, incarnation)
        case .pivot:
            if random.chance(500) {
                order(.rollback(reason: "back", isPastPivotAllowed: true), dan, incarnation)
            } else if need.step == nil {
                order(.abort(reason: "stop here", keepsEffects: true), dan, incarnation)
            } else {
                order(.bypass(step: step, reason: "by hand"), dan, incarnation)
            }
        }
    }
}
