package import TminusModel

/// What a person's command means: facts, or a refusal that says what to do instead.
extension RunState {
    typealias Obedience = (facts: [Event.Body], answer: CommandAnswer)

    package func obey(
        _ command: PersonCommand, by person: Person, now: Instant
    ) -> (facts: [Event.Body], answer: CommandAnswer) {
        if let outcome {
            return refuse("\(run) has ended (\(outcome.rawValue)); see `tminus run show \(run)`")
        }
        if let refusal = forbidden(command, person) ?? frozen(command, now) { return refusal }
        switch command {
        case .approve(let name, let comment): return approve(name, comment, person, now)
        case .reject(let name, let reason): return reject(name, reason, person)
        case .go(let name, let reason): return go(name, reason, person)
        case .pause(let reason): return pauseNow(reason, person)
        case .resume:
            return resumeNow(person)
        case .retry(let name, let reason): return retry(name, reason, person)
        case .bypass(let name, let reason): return bypass(name, reason, person)
        case .resolve(let name, let isDone, let reason): return resolve(name, isDone, reason, person)
        case .lift(let name, let isLifted, let reason): return lift(name, isLifted, reason, person)
        case .abort(let reason, let keepsEffects): return abortNow(reason, keepsEffects, person)
        case .rollback(let reason, let isPastPivotAllowed): return rollBackNow(reason, isPastPivotAllowed, person)
        case .overrideFreeze(let freeze, let reason): return overrideFreeze(freeze, reason, person, now)
        }
    }

    func refuse(_ message: String) -> Obedience {
        ([], CommandAnswer(isAccepted: false, message: message))
    }

    func accept(_ facts: [Event.Body], _ message: String) -> Obedience {
        (facts, CommandAnswer(isAccepted: true, message: message))
    }

    /// The step of that name, or a refusal that names the ones there are.
    func find(_ name: String) -> Result<StepIndex, Refusal> {
        if let step = plan.step(named: name) { return .success(step) }
        let known = plan.steps.prefix(20).map(\.name).joined(separator: ", ")
        return .failure(Refusal(message: "\(run) has no step '\(name)'; it has \(known)"))
    }

    private func pauseNow(_ reason: String, _ person: Person) -> Obedience {
        if rollback != nil { return refuse("\(run) is rolling back, and that can't be paused") }
        if let pause { return refuse("\(run) is paused already, by \(pause.by): \(pause.reason)") }
        let live = live.map { name($0.id.step) }.joined(separator: ", ")
        let goesOn = live.isEmpty ? "nothing is running" : "\(live) goes on to its end, and is judged"
        return accept([.runPaused(by: person.name, reason: reason)], "\(run) starts nothing more; \(goesOn)")
    }

    private func resumeNow(_ person: Person) -> Obedience {
        guard pause != nil else { return refuse("\(run) is not paused") }
        if let lockLoss, !lockLoss.isBack {
            let holder = lockHolder.map { "; \($0) has it" } ?? ""
            return refuse(
                "\(lockLoss.by) broke the lock of \(run)\(holder). Resume it when it has the lock again, or drop it: "
                    + "`tminus abort \(run) --keep`")
        }
        return accept([.runResumed(by: person.name)], "\(run) goes on")
    }

    private func abortNow(_ reason: String, _ keepsEffects: Bool, _ person: Person) -> Obedience {
        if rollback != nil {
            return refuse("\(run) is rolling back already, and nothing cancels that")
        }
        if let abort { return refuse("\(run) is being aborted already, by \(abort.by)") }
        if startedAt == nil {
            let sentence = "aborted by \(person.name) before it started: \(reason)"
            return accept([.runEnded(outcome: .aborted, reason: sentence)], "\(run) is aborted; it had not started")
        }
        if !keepsEffects, let pivot = pivotPassed {
            return refuse(
                "\(pivot) was the point of no return: abort with --keep to stop here, or "
                    + "`tminus rollback \(run) --past-pivot` to go back all the same")
        }
        if !keepsEffects, let pivot = pivotInDoubt {
            return refuse(
                "\(doubt(pivot)): abort with --keep to stop here, or `tminus rollback \(run) --past-pivot` to go back "
                    + "all the same")
        }
        let what = keepsEffects ? "what it did stays as it is" : "what it did is rolled back"
        return accept(
            [.abortAsked(by: person.name, reason: reason, keepsEffects: keepsEffects)],
            "\(run) stops what is running; \(what)")
    }

    private func rollBackNow(_ reason: String, _ isPastPivotAllowed: Bool, _ person: Person) -> Obedience {
        if rollback != nil { return refuse("\(run) is rolling back already") }
        guard startedAt != nil else { return refuse("\(run) has not started; `tminus abort \(run)` drops it") }
        if let pivot = pivotPassed, !isPastPivotAllowed {
            return refuse(
                "\(pivot) was the point of no return: the old version may not work on what it left. "
                    + "If you are sure: `tminus rollback \(run) --past-pivot`")
        }
        if !isPastPivotAllowed, let pivot = pivotInDoubt {
            return refuse("\(doubt(pivot)). If you are sure: `tminus rollback \(run) --past-pivot`")
        }
        let sentence = "\(person.name) asked for it: \(reason)"
        let then = isLockLost ? " once it has its lock again" : ""
        return accept(turnBack(.asked(by: person.name), sentence), "\(run) rolls back\(then)")
    }

    private func doubt(_ pivot: StepIndex) -> String {
        live.contains { $0.id.step == pivot }
            ? "\(name(pivot)) is the point of no return, and it is running: ask again when it has ended"
            : "\(name(pivot)) is the point of no return, and may have been done: "
                + "look, and say `tminus resolve \(run) \(name(pivot)) --done` or `--not-done`"
    }
}

/// Why a command can't be obeyed; one sentence with what to do instead.
package struct Refusal: Error, Equatable, Sendable {
    package var message: String
}
