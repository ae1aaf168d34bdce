import TminusJudgement
package import TminusModel

extension RunState {
    /// Takes one recorded fact. Total: any sequence the driver can record is accepted, and nothing is computed here
    /// that could come out differently another day (verdicts, schedules and choices are in the events).
    package mutating func apply(_ event: Event) {
        precondition(event.sequence == sequence + 1, "event \(event.sequence) does not follow \(sequence) in \(run)")
        sequence = event.sequence
        lastAt = max(lastAt, event.at)
        switch event.body {
        case .runSubmitted: preconditionFailure("\(run) was submitted twice")
        case .lockWaited(let holder): lockHolder = holder
        case .runStarted:
            if startedAt == nil { startedAt = event.at }
            lockedAt = event.at
            lockLoss?.isBack = true
            lockHolder = nil
        case .runPaused(let by, let reason): pause = (by, reason)
        case .runResumed:
            pause = nil
            lockLoss = nil
        case .abortAsked(let by, let reason, let keepsEffects): abort = (by, reason, keepsEffects)
        case .rollbackStarted(let cause, let reason):
            rollback = (cause, reason, event.at)
            headline = reason
            beginUndo()
        case .runEnded(let outcome, let reason): end(outcome, reason, at: event.at)
        case .windowSet(let phase, let opens, let closes): windows[phase] = (opens, closes)
        case .phaseStarted: startPhase()
        case .phaseFinished:
            phase += 1
            isPhaseStarted = false
            resetSeal(event)
        case .evidenceExpired(let step):
            expireEvidence(of: step)
            resetSeal(event)
        case .phaseSealed(_, let digest): seal.digest = digest
        case .sealChecked(_, _, let faults):
            seal.faults = faults
            seal.checkedAt = event.at
        case .sealRenewed: resetSeal(event)
        case .pageRaised(let key, _): pagedKeys.append(key)
        case .ruleOpened(let rule):
            rules[rule].status = .open
            rules[rule].openedAt = event.at
        case .ruleJudged(let rule, let measurement, let judgement): judge(rule, measurement, judgement)
        case .ruleClosed(let rule, _): rules[rule].status = .closed
        case .ruleAccepted(let rule, _, _): rules[rule].isAccepted = true
        case .attemptStarting, .attemptRunning, .attemptStopping, .attemptEnded, .retryScheduled, .holdStarted,
            .holdFinished:
            applyAttempt(event)
        case .costMeasured(let step, let part, let measurement): applyCost(step, part, measurement)
        case .freezesSet, .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused,
            .lockBroken:
            applyControl(event)
        case .stepWaiting, .budgetJudged, .goGiven, .approvalAsked, .approvalGiven, .approvalRejected,
            .approvalExpired:
            applyGate(event)
        case .stepSucceeded, .stepFailed, .stepUnknown, .stepResolved, .stepCancelled, .stepSkipped, .stepBypassed,
            .retryAsked:
            applyStep(event)
        case .stepRolledBack, .stepRollbackFailed, .stepRollbackSkipped, .bracketKept, .bracketLifted:
            applyUndo(event)
        }
        dropGone()
    }

    /// Takes steps that were bypassed, or wait for another again, off the front of their lanes.
    private mutating func dropGone() {
        var lanes = ReadySteps()
        swap(&lanes, &ready)
        lanes.drop { steps[$0].status != .pending || steps[$0].blockers > 0 }
        swap(&lanes, &ready)
    }

    private mutating func end(_ outcome: RunOutcome, _ reason: String, at instant: Instant) {
        self.outcome = outcome
        endedAt = instant
        headline = reason
        pause = nil
        clearForward()
        retireWaiting()
    }

    private mutating func startPhase() {
        isPhaseStarted = true
        for index in plan.steps.indices where plan.steps[index].phase == phase {
            if steps[index].blockers == 0, steps[index].status == .pending { makeReady(index) }
        }
    }

    private mutating func resetSeal(_ event: Event) {
        seal = SealStanding()
        seal.since = event.sequence
    }

    private mutating func expireEvidence(of step: StepIndex) {
        unaccepted[plan.steps[step].phase] += 1
        steps[step].status = .pending
        steps[step].startedAt = nil
        steps[step].endedAt = nil
        steps[step].act = 0
        steps[step].gate = .notAsked
        steps[step].uncounted = steps[step].number
        steps[step].totalFrom = nil
        // What builds on it waits for it anew.
        for child in children[step] {
            steps[child].blockers += 1
            // Evidence that grew too old before: it stood at its gate already.
            if case .waiting = steps[child].status, gated.contains(child) {
                gated.removeAll { $0 == child }
                steps[child].status = .pending
            }
        }
        if steps[step].blockers == 0 { makeReady(step) }
    }

    private mutating func judge(_ rule: Int, _ measurement: Measurement, _ judgement: Judgement) {
        // In place: a watch of a day is thousands of measurements, and a copy of them for each would show.
        rules[rule].history.append(measurement)
        rules[rule].measurements += 1
        if rules[rule].history.count > RuleState.historyMax { rules[rule].history.removeFirst() }
        rules[rule].judgement = judgement
        rules[rule].measuredAt = measurement.to
        let conduct = plan.rules[rule].conduct
        if case .silent = conduct.sighting(of: measurement, opened: rules[rule].openedAt ?? measurement.from) {
            rules[rule].silent += 1
        }
        rules[rule].passesInARow = judgement.verdict.passes ? rules[rule].passesInARow + 1 : 0
        rules[rule].errorsInARow = measurement.isError ? rules[rule].errorsInARow + 1 : 0
    }

    /// Forgets everything that was about to go forward.
    mutating func clearForward() {
        gated.removeAll()
        continuing.removeAll()
        approving.removeAll()
        retrying.removeAll()
        holds.removeAll()
        failing.removeAll()
    }

    /// A step that waited when the run turned back has not started, whatever it waited for.
    mutating func retireWaiting() {
        for index in steps.indices {
            if case .waiting = steps[index].status {
                steps[index].status = steps[index].hasBegun ? .cancelled : .pending
                steps[index].reason = "the run turned back before it could go on"
            }
        }
    }

    /// The step no longer keeps others from starting.
    mutating func accept(_ step: StepIndex) {
        unaccepted[plan.steps[step].phase] -= 1
        for child in children[step] {
            steps[child].blockers -= 1
            // Of an earlier phase only evidence that grew too old is pending.
            let isItsTime = plan.steps[child].phase < phase || isPhaseStarted && plan.steps[child].phase == phase
            if steps[child].blockers == 0, isItsTime, steps[child].status == .pending {
                makeReady(child)
            }
        }
    }
}

extension Measurement {
    /// Whether some arm could not be read.
    var isError: Bool {
        if case .error = subject { return true }
        if case .error = baseline { return true }
        return false
    }
}
