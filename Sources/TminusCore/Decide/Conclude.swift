package import TminusModel

extension RunState {
    /// What an ended attempt means.
    func conclude(_ ended: EndedAttempt, _ now: Instant) -> [Event.Body] {
        switch ended.id.role {
        case .forward: concludeForward(ended, now)
        case .resolve: concludeResolve(ended.id, ended.result, now)
        case .rollback: concludeRollback(ended.id, ended.result, now)
        }
    }

    private var isTurned: Bool { rollback != nil || abort != nil }

    private func concludeForward(_ ended: EndedAttempt, _ now: Instant) -> [Event.Body] {
        let (id, result) = (ended.id, ended.result)
        let step = id.step
        let reason = sentence(result)
        switch result.end {
        case .exited(0):
            if id.act + 1 < plan.actCount(of: step) {
                return [.stepCancelled(step: step, reason: "the run turned back after part of it")]
            }
            return [.stepSucceeded(step: step)]
        case .tombstoned:
            if isTurned { return [.stepCancelled(step: step, reason: "it never began")] }
            return [.retryScheduled(step: step, role: .forward, at: now)]
        case .vanished(let cause):
            return [.stepUnknown(step: step, role: .forward, reason: cause.sentence)]
        case .killFailed(let why):
            return [.stepUnknown(step: step, role: .forward, reason: "something of it could not be killed: \(why)")]
                + page(
                    "kill-failed/\(name(step))/\(id.number)",
                    "something of \(name(step)) could not be killed and may be running: \(why)")
        case .stopped:
            if isTurned { return [.stepCancelled(step: step, reason: reason)] }
            // By the journal's time: a clock set back must not make an overdue step look as if it had time left.
            if isPastTotal(step, max(now, lastAt)) {
                return [.stepFailed(step: step, cause: .totalTimeout, reason: reason)]
            }
            if let failed = failing.first(where: { plan.steps[$0].onFailure == .fail }) {
                return [.stepCancelled(step: step, reason: "\(name(failed)) failed")]
            }
            return failOrRetry(ended, .signal(15), reason, now)
        case .exited(let code):
            if code == 20, case .migrate = plan.steps[step].kind {
                return [.stepFailed(step: step, cause: .halfApplied, reason: reason)]
            }
            if code == 30, case .http = plan.steps[step].kind {
                return [.stepUnknown(step: step, role: .forward, reason: reason)]
            }
            return failOrRetry(ended, .exit(code), reason, now)
        case .signalled(let signal): return failOrRetry(ended, .signal(signal), reason, now)
        case .timedOut: return failOrRetry(ended, .attemptTimeout, reason, now)
        case .notStarted: return failOrRetry(ended, .notStarted, reason, now)
        }
    }

    private func failOrRetry(
        _ ended: EndedAttempt, _ cause: FailureCause, _ reason: String, _ now: Instant
    ) -> [Event.Body] {
        let step = ended.id.step
        if isTurned {
            return [
                steps[step].hasBegun
                    ? .stepFailed(step: step, cause: cause, reason: reason)
                    : .stepCancelled(step: step, reason: reason)
            ]
        }
        let tried = steps[step].number - steps[step].uncounted
        // What was told to stop is not started again.
        if !ended.wasStopping, let at = nextTry(plan.steps[step].retry, cause, tried: tried, now),
            !isPastTotal(step, at)
        {
            return [.retryScheduled(step: step, role: .forward, at: at)]
        }
        return [.stepFailed(step: step, cause: cause, reason: reason)]
    }

    /// When to try again; nil when the policy is exhausted or does not cover this failure.
    private func nextTry(_ retry: RetryPolicy, _ cause: FailureCause, tried: Int, _ now: Instant) -> Instant? {
        guard tried < retry.attempts else { return nil }
        if !retry.retryOn.isEmpty {
            guard case .exit(let code) = cause, retry.retryOn.contains(code) else { return nil }
        }
        return now.advanced(by: retry.delay(afterTry: max(tried, 1)))
    }

    /// Whether the step's total limit lies behind at `instant`.
    func isPastTotal(_ step: StepIndex, _ instant: Instant) -> Bool {
        totalOver(step).map { $0 <= instant } ?? false
    }

    /// When the step's total limit ends; nil without one, or before it began.
    func totalOver(_ step: StepIndex) -> Instant? {
        guard let total = plan.steps[step].timeouts.total, let from = steps[step].totalFrom else { return nil }
        return from.advanced(by: total)
    }

    private func concludeResolve(_ id: AttemptID, _ result: AttemptResult, _ now: Instant) -> [Event.Body] {
        let step = id.step
        let role: AttemptID.Role = steps[step].undo == .unknown ? .rollback : .forward
        switch result.end {
        case .exited(0):
            return [.stepResolved(step: step, role: role, isDone: true, by: "resolve", reason: "its probe said done")]
        case .exited(10):
            return [
                .stepResolved(step: step, role: role, isDone: false, by: "resolve", reason: "its probe said not done")
            ]
        case .tombstoned, .vanished:
            return [.retryScheduled(step: step, role: .resolve, at: now)]
        case .exited, .signalled, .timedOut, .stopped, .killFailed, .notStarted:
            return [.stepUnknown(step: step, role: role, reason: "its probe could not tell: \(sentence(result))")]
        }
    }

    private func concludeRollback(_ id: AttemptID, _ result: AttemptResult, _ now: Instant) -> [Event.Body] {
        let step = id.step
        let reason = sentence(result)
        switch result.end {
        case .exited(0): return [.stepRolledBack(step: step)]
        case .tombstoned: return [.retryScheduled(step: step, role: .rollback, at: now)]
        case .vanished(let cause):
            if case .command(_, let retry, _, true) = plan.steps[step].rollback,
                steps[step].undoNumber - steps[step].undoUncounted < retry.attempts + Self.idempotentRetriesMax
            {
                return [.retryScheduled(step: step, role: .rollback, at: now)]
            }
            return [.stepUnknown(step: step, role: .rollback, reason: cause.sentence)]
        case .exited, .signalled, .timedOut, .stopped, .notStarted:
            let tried = steps[step].undoNumber - steps[step].undoUncounted
            let cause: FailureCause = if case .exited(let code) = result.end { .exit(code) } else { .attemptTimeout }
            let retry = plan.rollbackWork(of: step)?.retry ?? .once
            if let at = nextTry(retry, cause, tried: tried, now), !isPastUndoTotal(step, at) {
                return [.retryScheduled(step: step, role: .rollback, at: at)]
            }
            return [.stepRollbackFailed(step: step, reason: reason)]
        case .killFailed(let why):
            return [.stepRollbackFailed(step: step, reason: "something of it could not be killed: \(why)")]
        }
    }

    /// How an attempt ended, with what it said about it.
    func sentence(_ result: AttemptResult) -> String {
        let note = result.note.map { ": \($0)" } ?? ""
        return switch result.end {
        case .exited(let code): "exit \(code)\(note)"
        case .signalled(let signal): "killed by signal \(signal)\(note)"
        case .timedOut: "over its time limit, and killed\(note)"
        case .stopped: "stopped\(note)"
        case .killFailed(let why): "could not be killed: \(why)"
        case .notStarted(let why): "could not be started: \(why)"
        case .tombstoned: "never began"
        case .vanished(let cause): cause.sentence
        }
    }
}

extension VanishCause {
    var sentence: String {
        switch self {
        case .shimLost: "it began, but what supervised it was killed before it recorded a result"
        case .rebooted: "it began, but the machine was started anew before it recorded a result"
        }
    }
}

extension RetryPolicy {
    /// The delay before try `tried + 1`: `initialInterval` times the coefficient to the power `tried - 1`, at most
    /// `maximumInterval`.
    package func delay(afterTry tried: Int) -> Duration {
        var milliseconds = initialInterval.milliseconds
        let most = maximumInterval.milliseconds
        for _ in 1..<max(tried, 1) where milliseconds < most {
            let (scaled, overflow) = milliseconds.multipliedReportingOverflow(by: Int64(backoffPerMille))
            if overflow { return maximumInterval }
            milliseconds = scaled / 1_000
        }
        return .milliseconds(min(milliseconds, most))
    }
}
