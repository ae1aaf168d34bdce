import TminusCore
import TminusModel

/// The checkers: every durable event, every command that begins, and every end is held against the invariants of
/// docs/internals/simulation.md.
extension World {
    /// One event has become durable.
    mutating func check(_ event: Event, _ run: Int) {
        guard event.sequence == runs[run].ledger.count + 1 else {
            violate("I4", "event \(event.sequence) was written over what had been acknowledged")
            return
        }
        if runs[run].outcome != nil {
            violate("I4", "\(event.body) after the run had ended")
            return
        }
        runs[run].ledger.count += 1
        if case .runSubmitted(let submission) = event.body {
            runs[run].ledger.control.submission = submission
            runs[run].folded = RunState(submission, at: event.at)
            return
        }
        checkTurned(event.body, run)
        checkRun(event, run)
        checkAttempt(event, run)
        checkStep(event, run)
        checkGate(event, run)
        checkControl(event, run)
        checkPolicy(event, run)
        checkSealing(event, run)
        if report.violation == nil { runs[run].folded?.apply(event) }
        if case .runEnded(let outcome, _) = event.body {
            runs[run].outcome = outcome
            checkEnd(outcome, event.at, run)
        }
    }

    /// Nothing cancels a rollback, and nothing goes forward in one.
    private mutating func checkTurned(_ body: Event.Body, _ run: Int) {
        guard runs[run].ledger.rollback != nil else { return }
        switch body {
        case .attemptStarting(let id) where id.role != .rollback:
            violate("rollback", "\(id) is started in a run that rolls back")
        case .holdStarted, .approvalAsked, .runPaused, .abortAsked, .stepBypassed, .retryAsked, .phaseStarted,
            .rollbackStarted, .goGiven, .evidenceExpired, .sealRenewed:
            violate("rollback", "\(body) in a run that rolls back")
        case .attemptStopping(let id, _) where id.role == .rollback:
            if runs[run].plan.rollbackWork(of: id.step)?.timeouts.total == nil {
                violate("rollback", "\(id) is stopped")
            }
        default: break
        }
    }

    private mutating func checkRun(_ event: Event, _ run: Int) {
        switch event.body {
        case .runStarted:
            runs[run].ledger.isStarted = true
            runs[run].ledger.control.isLockLost = false
            for other in runs.indices where other != run && runs[other].holdsLock {
                violate("I8", "\(runs[run].name) starts while \(runs[other].name) holds the service")
            }
        case .runPaused: runs[run].ledger.isPaused = true
        case .runResumed:
            runs[run].ledger.isPaused = false
            runs[run].ledger.control.isLockBroken = false
        case .abortAsked(_, _, let keeps): runs[run].ledger.abortKeeps = keeps
        case .rollbackStarted(let cause, _):
            if let text = causeViolation(cause, event.at, run) { violate("cause", text) }
            runs[run].ledger.rollback = cause
            checkPivot(cause, run)
        case .phaseStarted(let phase):
            runs[run].ledger.phase = phase
            runs[run].ledger.isPhaseStarted = true
            runs[run].ledger.isPhaseFinished = false
        case .phaseFinished: runs[run].ledger.isPhaseFinished = true
        case .pageRaised(let key, _):
            if runs[run].ledger.pages.contains(key) { violate("I30", "the page \(key) is raised twice") }
            runs[run].ledger.pages.append(key)
        case .runEnded:
            if let id = runs[run].ledger.live.first { violate("I17", "the run ends while \(id) is live") }
        default: break
        }
    }

    /// A hold ends in a rollback only where the pipeline says so, and not before its time; what is judged as a trial
    /// turns nothing.
    func causeViolation(_ cause: RollbackCause, _ at: Instant, _ run: Int) -> String? {
        let ledger = runs[run].ledger
        if case .rule(let rule) = cause, ledger.plan.rules[rule].conduct.isDryRun {
            return "a dry run of \(ledger.plan.rules[rule].name) rolls back"
        }
        guard case .held(let step) = cause else { return nil }
        guard let limit = ledger.plan.budget?.holdLimit, limit.then == .rollback else {
            return "a hold rolls back that may last"
        }
        guard let since = ledger.steps[step].heldSince, at.since(since) >= limit.after else {
            return "\(ledger.plan.steps[step].name) rolls back before its hold was over"
        }
        return nil
    }

    /// A rollback that nobody decided does not cross a point of no return, not even one under way.
    private mutating func checkPivot(_ cause: RollbackCause, _ run: Int) {
        let ledger = runs[run].ledger
        switch cause {
        case .asked, .aborted: if ledger.isPastPivotAsked { return }
        case .stepFailed, .rule, .deadline, .held, .change: break
        }
        for step in ledger.plan.steps.indices where ledger.isPivot(step) {
            let name = ledger.plan.steps[step].name
            if ledger.steps[step].isDone {
                violate("pivot", "it rolls back across \(name), which is done")
            }
            if ledger.steps[step].isUnknown { violate("pivot", "it rolls back although \(name) may be done") }
            if ledger.live.contains(where: { $0.step == step && $0.role == .forward }) {
                violate("pivot", "it rolls back while \(name) is under way")
            }
        }
    }

    private mutating func checkAttempt(_ event: Event, _ run: Int) {
        switch event.body {
        case .attemptStarting(let id):
            if runs[run].ledger.live.contains(where: { $0.step == id.step }) {
                violate("I1", "\(id) starts while another attempt of its step is live")
            }
            runs[run].ledger.live.append(id)
            if runs[run].ledger.control.isLockLost { violate("lock", "\(id) starts although the lock was broken") }
            if runs[run].ledger.live.count > runs[run].plan.attemptsAtOnceMax {
                violate("I8", "\(runs[run].ledger.live.count) attempts at once")
            }
            switch id.role {
            case .forward: checkForward(id.step, act: id.act, event, run)
            case .rollback: checkUndo(id.step, run)
            case .resolve: break
            }
        case .holdStarted(let step, let act, _):
            runs[run].ledger.steps[step].holdSince = event.at
            runs[run].ledger.steps[step].isJudgementLetGo = false
            checkForward(step, act: act, event, run)
        case .holdFinished(let step, let act):
            runs[run].ledger.steps[step].lastHoldFinished = act
            checkWatch(step, run)
        case .attemptEnded(let id, let result):
            if runs[run].ledger.ended.contains(id) { violate("I3", "\(id) has ended twice") }
            if !runs[run].ledger.live.contains(id) { violate("I3", "\(id) has ended and had not started") }
            runs[run].ledger.live.removeAll { $0 == id }
            runs[run].ledger.ended.append(id)
            checkResult(id, result, run)
        default: break
        }
    }

    /// The journal says what is true.
    private mutating func checkResult(_ id: AttemptID, _ result: AttemptResult, _ run: Int) {
        guard let index = record(run, id) else {
            violate("I3", "\(id) has ended and no trace of it is anywhere")
            return
        }
        switch records[index].state {
        case .over(let truth):
            if truth != result { violate("I3", "\(id) ended with \(truth.end), and the journal says \(result.end)") }
        case .tombstone:
            if result.end != .tombstoned { violate("I3", "\(id) never began, and the journal says \(result.end)") }
        case .running, .unclaimed:
            if flaw != .rerunBecauseTimePassed { violate("I7", "\(id) is said to be over, and is not") }
        }
        guard id.role == .forward else { return }
        runs[run].ledger.steps[id.step].lastEnd = (id, result.end)
    }

    /// A step starts when all it needs is accepted, its phase has come, and its gate lets it.
    private mutating func checkForward(_ step: StepIndex, act: Int, _ event: Event, _ run: Int) {
        checkFrozen(step, act: act, event, run)
        let ledger = runs[run].ledger
        let plan = ledger.plan
        let name = plan.steps[step].name
        if !ledger.isStarted { violate("I5", "\(name) starts before the run does") }
        if ledger.isPaused { violate("paused", "\(name) starts in a paused run") }
        if ledger.abortKeeps != nil { violate("aborted", "\(name) starts in an aborted run") }
        for need in plan.steps[step].needs where !ledger.steps[need].isAccepted {
            violate("I5", "\(name) starts before \(plan.steps[need].name) is accepted")
        }
        if plan.steps[step].phase > ledger.phase || !ledger.isPhaseStarted {
            violate("I5", "\(name) starts before its phase")
        }
        for earlier in plan.steps.indices where plan.steps[earlier].phase < plan.steps[step].phase {
            if !ledger.steps[earlier].isAccepted { violate("I5", "\(name) starts before an earlier phase is done") }
        }
        if ledger.steps[step].isAccepted { violate("I4", "\(name) is accepted and starts again") }
        if act == 0, ledger.asksBudget(step) { checkPassed(step, event.at, run) }
        runs[run].ledger.steps[step].hasStarted = true
        runs[run].ledger.steps[step].isUnknown = false
    }
}
