import TminusModel

extension RunState {
    /// Tries that a step of unknown end, declared idempotent, gets beyond its policy.
    static let idempotentRetriesMax = 10
    /// Probes of one step that may get lost before a person is asked.
    static let probesLostMax = 10

    /// Whether something is to be done about a step of unknown end, now.
    func isToFace(_ step: StepIndex) -> Bool {
        if isUnknownSettled(step) { return false }
        // Looking takes a slot, and starts nothing while the run is paused.
        return !canFace(step) || plan.steps[step].isIdempotent || (hasSlot && pause == nil)
    }

    /// Whether nothing more can be found out by ourselves: a person was asked.
    func isUnknownSettled(_ step: StepIndex) -> Bool {
        if rollback != nil, steps[step].undo != .unknown, !canFace(step) { return true }
        return pagedKeys.contains(unknownKey(step)) && !canFace(step)
    }

    private func unknownKey(_ step: StepIndex) -> String {
        let side = steps[step].undo == .unknown ? "rollback-\(steps[step].undoNumber)" : "\(steps[step].number)"
        return "unknown/\(name(step))/\(side)"
    }

    /// Whether evidence can still be had, or a repeat is declared safe.
    private func canFace(_ step: StepIndex) -> Bool {
        if steps[step].undo == .unknown { return false }
        if rollback != nil || abort != nil || steps[step].isKillFailed { return false }
        if plan.steps[step].isIdempotent {
            let tried = steps[step].number - steps[step].uncounted
            return tried < plan.steps[step].retry.attempts + Self.idempotentRetriesMax
        }
        guard plan.resolveWork(of: step) != nil, steps[step].resolveUncounted < Self.probesLostMax else { return false }
        return steps[step].resolveNumber - steps[step].resolveUncounted < steps[step].number
            && !live.contains { $0.id.step == step }
    }

    /// An end that is not known is never guessed: repeat if that was declared safe, else look, else ask.
    func faceUnknown(_ step: StepIndex, _ now: Instant) -> [Event.Body] {
        guard canFace(step) else {
            let what = steps[step].undo == .unknown ? "the rollback of \(name(step))" : name(step)
            return page(
                unknownKey(step),
                "\(what) may or may not have been done: \(steps[step].reason). "
                    + "Look, then say `tminus resolve \(run) \(name(step)) --done` or `--not-done`")
        }
        if plan.steps[step].isIdempotent {
            return [.retryScheduled(step: step, role: .forward, at: now)]
        }
        return [.attemptStarting(AttemptID(step: step, role: .resolve, number: steps[step].resolveNumber + 1))]
    }
}
