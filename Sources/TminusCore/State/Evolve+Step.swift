import TminusModel

extension RunState {
    mutating func applyGate(_ event: Event) {
        switch event.body {
        case .stepWaiting(let step, let reason):
            steps[step].status = .waiting(reason)
            switch reason {
            case .window, .budget, .freeze, .evidence:
                if reason != .budget { steps[step].heldSince = nil }
                // A canary that waits to be tried again goes on where it was; everything else asks its gates anew,
                // since what they said may be days old by then.
                if steps[step].act > 0 { return }
                leaveQueues(step)
                insertGated(step)
            case .approval, .judgement, .retry: break
            }
        case .budgetJudged(let step, let measurement, let judgement):
            lastBudget = measurement
            sinceGate = SinceGate(countedUntil: measurement.at)
            gateJudged(step, judgement, event.at)
        case .goGiven(let step, let by, let reason):
            steps[step].gate = .overridden
            steps[step].heldSince = nil
            steps[step].isLetGo = true
            steps[step].reason = "\(by) said go: \(reason)"
        case .approvalAsked(let step, let expires):
            leaveQueues(step)
            approving.append(step)
            noteOrder(of: step, event)
            steps[step].number += 1
            steps[step].status = .waiting(.approval)
            steps[step].approvalAskedAt = event.at
            steps[step].approvalExpires = expires
            steps[step].approvals = []
        case .approvalGiven(let step, let by, let comment):
            steps[step].approvals.append(ApprovalMark(by: by, at: event.at, comment: comment))
        case .approvalRejected, .approvalExpired: break
        default: preconditionFailure("\(event.body) is no fact about a gate")
        }
    }

    private mutating func gateJudged(_ step: StepIndex, _ judgement: Judgement, _ at: Instant) {
        steps[step].reason = judgement.reason
        steps[step].judgedAt = at
        if judgement.verdict.passes {
            steps[step].gate = .passed(judgement, at: at)
            steps[step].heldSince = nil
            return
        }
        if steps[step].heldSince == nil { steps[step].heldSince = at }
        var again = at.advanced(by: plan.budget?.every ?? .seconds(15))
        // At the end of its limit it is asked once more, and what is said then counts.
        if let over = holdOver(step), over > at, over < again { again = over }
        steps[step].gate = .held(judgement, askAgainAt: again)
    }

    private mutating func insertGated(_ step: StepIndex) {
        var low = 0
        var high = gated.count
        while low < high {
            let middle = (low + high) / 2
            if gated[middle] < step { low = middle + 1 } else { high = middle }
        }
        if low < gated.count, gated[low] == step { return }
        gated.insert(step, at: low)
    }

    mutating func applyStep(_ event: Event) {
        switch event.body {
        case .stepSucceeded(let step):
            leaveQueues(step)
            forgetConclusion(step, .forward)
            close(step, .succeeded, "", event)
            steps[step].isHalfApplied = false
            accept(step)
        case .stepFailed(let step, let cause, let reason):
            leaveQueues(step)
            forgetConclusion(step, .forward)
            holds.removeAll { $0.step == step }
            close(step, .failed(cause), reason, event)
            if cause == .halfApplied { steps[step].isHalfApplied = true }
            if plan.steps[step].onFailure == .continue {
                accept(step)
            } else {
                failing.append(step)
            }
        case .stepUnknown(let step, let role, let reason): becomeUnknown(step, role, reason, event)
        case .stepResolved(let step, let role, let isDone, _, let reason):
            resolved(step, role, isDone: isDone, reason, event)
        case .stepCancelled(let step, let reason):
            leaveQueues(step)
            forgetConclusion(step, .forward)
            unknown.removeAll { $0 == step }
            holds.removeAll { $0.step == step }
            close(step, .cancelled, reason, event)
        case .stepSkipped(let step, let reason):
            leaveQueues(step)
            close(step, .skipped, reason, event)
            accept(step)
        case .stepBypassed(let step, let by, let reason):
            let wasAccepted = steps[step].status.isAccepted(plan.steps[step].onFailure)
            leaveQueues(step)
            failing.removeAll { $0 == step }
            unknown.removeAll { $0 == step }
            holds.removeAll { $0.step == step }
            close(step, .bypassed, "bypassed by \(by): \(reason)", event)
            if !wasAccepted { accept(step) }
        case .retryAsked(let step, _, _): restart(step)
        default: preconditionFailure("\(event.body) is no fact about a step")
        }
    }

    private mutating func close(_ step: StepIndex, _ status: StepStatus, _ reason: String, _ event: Event) {
        steps[step].status = status
        steps[step].endedAt = event.at
        steps[step].heldSince = nil
        closeCost(step, at: event.at)
        steps[step].retryAt = nil
        if !reason.isEmpty || status == .succeeded { steps[step].reason = reason }
    }

    private mutating func becomeUnknown(
        _ step: StepIndex, _ role: AttemptID.Role, _ reason: String, _ event: Event
    ) {
        forgetConclusion(step, role)
        forgetConclusion(step, .resolve)
        if !unknown.contains(step) { unknown.append(step) }
        if role == .rollback {
            steps[step].undo = .unknown
            steps[step].reason = reason
        } else {
            steps[step].status = .unknown
            steps[step].reason = reason
            closeCost(step, at: event.at)
        }
    }

    private mutating func resolved(
        _ step: StepIndex, _ role: AttemptID.Role, isDone: Bool, _ reason: String, _ event: Event
    ) {
        unknown.removeAll { $0 == step }
        forgetConclusion(step, .resolve)
        if role == .forward { steps[step].isInDoubt = false }
        if role == .rollback {
            if isDone {
                steps[step].undoEndedAt = event.at
                settle(step, .rolledBack)
            } else {
                steps[step].undo = .rollingBack
                undoRetrying.append(step)
                steps[step].retryAt = event.at
            }
        } else if isDone {
            close(step, .succeeded, reason, event)
            steps[step].isHalfApplied = false
            if rollback == nil { accept(step) }
        } else {
            // It did nothing, and that is known: as if it had never been started.
            steps[step].hasBegun = steps[step].hadBegun
            restart(step)
        }
    }

    /// Back to the start line, asking its gates anew.
    private mutating func restart(_ step: StepIndex) {
        failing.removeAll { $0 == step }
        unknown.removeAll { $0 == step }
        leaveQueues(step)
        steps[step].status = .pending
        steps[step].act = 0
        steps[step].gate = .notAsked
        steps[step].heldSince = nil
        steps[step].endedAt = nil
        steps[step].retryAt = nil
        steps[step].uncounted = steps[step].number
        steps[step].totalFrom = nil
        if rollback == nil, steps[step].blockers == 0, isPhaseStarted || plan.steps[step].phase < phase {
            makeReady(step)
        }
    }
}
