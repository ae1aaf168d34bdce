package import TminusModel

extension RunState {
    /// The next facts to record at `now`, or none when there is nothing to decide until something happens or
    /// `wakeUp(now:)` comes. Record them and ask again: one call settles one thing, so every call is cheap.
    ///
    /// In this order: what ended is concluded; what a person or a limit demands; undoing, when the run rolls back; and
    /// else what may go forward.
    package func decide(now: Instant) -> [Event.Body] {
        if outcome != nil { return [] }
        if let ended = unconcluded.first { return conclude(ended, now) }
        if let step = unknown.first(where: isToFace) { return faceUnknown(step, now) }
        if rollback != nil { return decideUndo(now) }
        if let abort { return decideAbort(abort.by, abort.reason, keepsEffects: abort.keepsEffects) }
        guard let startedAt else { return faceChange(now) ?? [] }
        if lockLoss != nil { return decideForward(now, isHeld: true) }
        return switch decideTurning(startedAt, now) {
        case .record(let facts): facts
        case .hold: decideForward(now, isHeld: true)
        case .goOn: decideForward(now, isHeld: pause != nil)
        }
    }

    private enum Turning {
        case goOn
        /// Something is wrong that a person must decide, or that is still being stopped: nothing more is started.
        case hold
        case record([Event.Body])
    }

    /// Whether the run can go on as it is: no deadline, tripped rule or failed step speaks against it.
    private func decideTurning(_ startedAt: Instant, _ now: Instant) -> Turning {
        var turning = Turning.goOn
        if let facts = faceChange(now) {
            if !facts.isEmpty { return .record(facts) }
            turning = .hold
        }
        for (index, state) in rules.enumerated()
        where state.status == .open && !plan.rules[index].conduct.isDryRun {
            if state.judgement?.verdict == .fail {
                let facts = turnBack(.rule(index), state.judgement?.reason ?? plan.rules[index].name)
                if !facts.isEmpty { return .record(facts) }
                turning = .hold
            }
            if state.errorsInARow > plan.rules[index].errorLimit, !state.isAccepted {
                let name = plan.rules[index].name
                let opened = state.openedAt?.millisecondsSinceEpoch ?? 0
                let facts = page("judgement-blind/\(name)/\(opened)", state.judgement?.reason ?? "\(name) is blind")
                if !facts.isEmpty { return .record(facts) }
            }
        }
        for index in rules.indices {
            let facts = faceSilence(index)
            if !facts.isEmpty { return .record(facts) }
        }
        for step in failing {
            let facts = faceFailure(step)
            if !facts.isEmpty { return .record(facts) }
            turning = .hold
        }
        if let deadline = plan.deadline, startedAt.advanced(by: deadline) <= now {
            let facts = turnBack(.deadline, "the run's deadline of \(deadline.releaseText) has passed")
            if !facts.isEmpty { return .record(facts) }
            // Past the point of no return, coming to the end late is better than not at all.
            if pivotPassed == nil { turning = .hold }
        }
        return turning
    }

    private func faceFailure(_ step: StepIndex) -> [Event.Body] {
        let sentence = "\(name(step)) failed: \(steps[step].reason)"
        switch plan.steps[step].onFailure {
        case .rollback: return turnBack(.stepFailed(step), sentence)
        case .hold:
            return page(
                "hold/\(name(step))/\(steps[step].number)",
                "\(sentence). It holds the run: retry it, bypass it, roll back or abort")
        case .continue: return []
        case .fail:
            return stopLive(because: sentence)
                ?? cancelHeld(because: sentence) + [.runEnded(outcome: .failed, reason: sentence)]
        }
    }

    /// The facts that turn the run around, or that end it when there is nothing to undo. A cause that nobody decided
    /// stops at a point of no return: a page where it lies behind, and where it is under way, stopping it to find out.
    /// Empty when there is nothing to do but wait for that.
    func turnBack(_ cause: RollbackCause, _ reason: String) -> [Event.Body] {
        if !cause.isAsked {
            if let pivot = pivotPassed {
                return page(
                    "pivot/\(cause.key(self))",
                    "\(reason). \(pivot) was the point of no return, so nothing is rolled back by itself: "
                        + "retry, bypass, or roll back past it by hand")
            }
            if let pivot = pivotInDoubt { return findOut(pivot, cause, reason) }
        }
        guard hasSomethingToUndo || !live.isEmpty else {
            return cancelHeld(because: reason)
                + [.runEnded(outcome: cause.outcomeWithoutUndo, reason: "\(reason); \(nothingToUndo)")]
        }
        return cancelHeld(because: reason) + [.rollbackStarted(cause: cause, reason: reason)]
    }

    private func findOut(_ pivot: StepIndex, _ cause: RollbackCause, _ reason: String) -> [Event.Body] {
        if let on = live.first(where: { $0.id.step == pivot }) {
            return on.isStopping || on.id.role != .forward ? [] : [.attemptStopping(on.id, reason: reason)]
        }
        return page(
            "pivot-in-doubt/\(cause.key(self))",
            "\(reason). \(name(pivot)) is the point of no return and may have been done, so nothing is rolled back by "
                + "itself: look, then resolve it, bypass it, or roll back past it by hand")
    }

    /// Why nothing is undone, as the end of a sentence.
    var nothingToUndo: String {
        let left = plan.steps.indices.first { index in
            plan.steps[index].hasEffect && steps[index].hasBegun && plan.steps[index].rollback == .notDeclared
        }
        return left.map { "\(name($0)) declares no rollback, and neither does anything else that began" }
            ?? "there was nothing to roll back"
    }

    /// A canary between two weights, a watch: nothing of it is live, but it had begun.
    func cancelHeld(because reason: String) -> [Event.Body] {
        (holds.map(\.step) + continuing).map { .stepCancelled(step: $0, reason: reason) }
    }

    /// Whether some step that may have had an effect says how to undo it.
    var hasSomethingToUndo: Bool {
        if halfApplied != nil { return true }
        return plan.steps.indices.contains { index in
            guard plan.steps[index].hasEffect, mayHaveHadEffect(index) else { return false }
            return plan.rollbackWork(of: index) != nil || plan.steps[index].kind.isMaintenance
        }
    }

    /// Whether a rollback must assume that the step did something.
    package func mayHaveHadEffect(_ step: StepIndex) -> Bool {
        steps[step].hasBegun || live.contains { $0.id.step == step && $0.id.role == .forward }
    }

    /// Stops what is live, or nil when nothing is. Empty while it is stopping.
    func stopLive(because reason: String) -> [Event.Body]? {
        if live.isEmpty { return nil }
        return live.filter { !$0.isStopping && $0.id.role != .rollback }.map { .attemptStopping($0.id, reason: reason) }
    }

    /// A page with a stable key, once.
    func page(_ key: String, _ reason: String) -> [Event.Body] {
        pagedKeys.contains(key) ? [] : [.pageRaised(key: key, reason: reason)]
    }

    private func decideAbort(_ by: String, _ reason: String, keepsEffects: Bool) -> [Event.Body] {
        let sentence = "aborted by \(by): \(reason)"
        if keepsEffects {
            if let stopping = stopLive(because: sentence) { return stopping }
            return cancelHeld(because: sentence)
                + [.runEnded(outcome: .aborted, reason: "\(sentence); effects were kept")]
        }
        return turnBack(.aborted(by: by), sentence)
    }
}

extension Step.Kind {
    var isMaintenance: Bool {
        if case .maintenance = self { true } else { false }
    }
}

extension RollbackCause {
    /// Whether a person decided it: then it may cross a point of no return, as they were told.
    var isAsked: Bool {
        switch self {
        case .asked, .aborted: true
        case .stepFailed, .rule, .deadline, .held, .change: false
        }
    }

    var outcomeWithoutUndo: RunOutcome {
        switch self {
        case .aborted: .aborted
        case .asked, .stepFailed, .rule, .deadline, .held, .change: .failed
        }
    }

    func key(_ state: RunState) -> String {
        switch self {
        case .stepFailed(let step): "\(state.name(step))/\(state.steps[step].number)"
        case .rule(let rule): state.plan.rules[rule].name
        case .deadline: "deadline"
        case .change: "change"
        case .held(let step): "held/\(state.name(step))"
        case .asked(let by), .aborted(let by): by
        }
    }
}
