extension Event {
    /// Sequence, time, `type`, then what the type brings; steps, rules and phases by name.
    ///
    /// Precondition: `names` come from the plan of the event's run.
    package func json(_ names: StepNames) -> JSON {
        let start = [
            JSON.Member("sequence", .integer(sequence)), JSON.Member("atMilliseconds", .milliseconds(at)),
            JSON.Member("type", .string(body.type.rawValue)),
        ]
        guard case .object(let members) = body.members(names) else { return .object(start) }
        return .object(start + members)
    }
}

extension Event.Body {
    /// The members of this type of event, in the order they are written.
    fileprivate func members(_ names: StepNames) -> JSON {
        switch self {
        case .runSubmitted(let submission): submission.json(names)
        case .lockWaited(let holder): .members(["holder": .string(holder)])
        case .runStarted: .object([])
        case .runPaused(let by, let reason): .members(["by": .string(by), "reason": .string(reason)])
        case .runResumed(let by): .members(["by": .string(by)])
        case .abortAsked(let by, let reason, let keepsEffects):
            .members(["by": .string(by), "reason": .string(reason), "keepsEffects": .bool(keepsEffects)])
        case .rollbackStarted(let cause, let reason):
            .members(["cause": cause.json(names), "reason": .string(reason)])
        case .runEnded(let outcome, let reason):
            .members(["outcome": .string(outcome.rawValue), "reason": .string(reason)])
        case .freezesSet, .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused,
            .lockBroken:
            controlMembers
        case .windowSet(let phase, let opens, let closes):
            .members([
                "phase": names.phases.json(phase), "opensMilliseconds": .milliseconds(opens),
                "closesMilliseconds": .milliseconds(closes),
            ])
        case .phaseStarted(let phase), .phaseFinished(let phase): .members(["phase": names.phases.json(phase)])
        case .phaseSealed(let phase, let digest):
            .members(["phase": names.phases.json(phase), "digest": .string(digest)])
        case .sealChecked(let phase, let digest, let faults):
            .members(["phase": names.phases.json(phase), "digest": .text(digest), "faults": .unlessEmpty(faults)])
        case .sealRenewed(let phase, let by, let reason):
            .members(["phase": names.phases.json(phase), "by": .string(by), "reason": .string(reason)])
        case .ruleOpened(let rule): .members(["rule": names.rules.json(rule)])
        case .ruleJudged(let rule, let measurement, let judgement):
            .members([
                "rule": names.rules.json(rule), "measurement": measurement.json, "judgement": judgement.json,
            ])
        case .ruleClosed(let rule, let judgement):
            .members(["rule": names.rules.json(rule), "judgement": judgement.json])
        case .ruleAccepted(let rule, let by, let reason):
            .members(["rule": names.rules.json(rule), "by": .string(by), "reason": .string(reason)])
        case .pageRaised(let key, let reason): .members(["key": .string(key), "reason": .string(reason)])
        case .attemptStarting(let attempt), .attemptRunning(let attempt): attempt.json(names)
        case .attemptStopping(let attempt, let reason): attempt.json(names, ("reason", .string(reason)))
        case .attemptEnded(let attempt, let result): attempt.json(names, ("result", result.json))
        case .stepWaiting, .budgetJudged, .costMeasured, .goGiven, .approvalAsked, .approvalGiven, .approvalRejected,
            .approvalExpired, .evidenceExpired, .retryScheduled, .holdStarted, .holdFinished, .stepSucceeded,
            .stepFailed, .stepUnknown,
            .stepResolved, .stepCancelled, .stepSkipped, .stepBypassed, .retryAsked, .stepRolledBack,
            .stepRollbackFailed, .stepRollbackSkipped, .bracketKept, .bracketLifted:
            stepMembers(names)
        }
    }

    /// The same for the types of change control.
    private var controlMembers: JSON {
        switch self {
        case .freezesSet(let spans): .members(["freezes": .array(spans.map(\.json))])
        case .freezeOverridden(let freeze, let by, let reason):
            .members(["freeze": .string(freeze), "by": .string(by), "reason": .string(reason)])
        case .changeApproved(let by, let entries, let comment):
            .members([
                "by": .string(by), "entries": .array(entries.map { .integer($0) }), "comment": .string(comment),
            ])
        case .changeRejected(let by, let reason), .lockBroken(let by, let reason):
            .members(["by": .string(by), "reason": .string(reason)])
        case .orderRefused(let by, let order, let reason):
            .members(["by": .string(by), "order": .string(order), "reason": .string(reason)])
        default: .object([])
        }
    }

    /// The same for the types that are about one step.
    private func stepMembers(_ names: StepNames) -> JSON {
        switch self {
        case .evidenceExpired(let step), .approvalExpired(let step), .stepSucceeded(let step),
            .stepRolledBack(let step):
            .members(["step": names.steps.json(step)])
        case .stepCancelled(let step, let reason), .stepSkipped(let step, let reason),
            .stepRollbackFailed(let step, let reason), .stepRollbackSkipped(let step, let reason),
            .bracketKept(let step, let reason):
            .members(["step": names.steps.json(step), "reason": .string(reason)])
        case .goGiven(let step, let by, let reason), .approvalRejected(let step, let by, let reason),
            .stepBypassed(let step, let by, let reason), .retryAsked(let step, let by, let reason),
            .bracketLifted(let step, let by, let reason):
            .members(["step": names.steps.json(step), "by": .string(by), "reason": .string(reason)])
        case .stepWaiting(let step, let reason):
            .members(["step": names.steps.json(step), "for": .string(reason.rawValue)])
        case .budgetJudged(let step, let measurement, let judgement):
            .members([
                "step": names.steps.json(step), "measurement": measurement.json, "judgement": judgement.json,
            ])
        case .costMeasured(let step, let part, let measurement):
            .members([
                "step": names.steps.json(step), "part": .string(part.rawValue), "measurement": measurement.json,
            ])
        case .approvalAsked(let step, let expires):
            .members(["step": names.steps.json(step), "expiresMilliseconds": .milliseconds(expires)])
        case .approvalGiven(let step, let by, let comment):
            .members(["step": names.steps.json(step), "by": .string(by), "comment": .string(comment)])
        case .retryScheduled(let step, let role, let at):
            .members([
                "step": names.steps.json(step), "role": .string(role.rawValue),
                "againAtMilliseconds": .milliseconds(at),
            ])
        case .holdStarted(let step, let act, let until):
            .members([
                "step": names.steps.json(step), "act": .integer(act), "untilMilliseconds": .milliseconds(until),
            ])
        case .holdFinished(let step, let act):
            .members(["step": names.steps.json(step), "act": .integer(act)])
        case .stepFailed(let step, let cause, let reason):
            .members(["step": names.steps.json(step), "cause": cause.json, "reason": .string(reason)])
        case .stepUnknown(let step, let role, let reason):
            .members([
                "step": names.steps.json(step), "role": .string(role.rawValue), "reason": .string(reason),
            ])
        case .stepResolved(let step, let role, let isDone, let by, let reason):
            .members([
                "step": names.steps.json(step), "role": .string(role.rawValue), "isDone": .bool(isDone),
                "by": .string(by), "reason": .string(reason),
            ])
        case .runSubmitted, .lockWaited, .runStarted, .runPaused, .runResumed, .abortAsked, .rollbackStarted,
            .runEnded, .windowSet, .phaseStarted, .phaseFinished, .attemptStarting, .attemptRunning,
            .attemptStopping, .attemptEnded, .ruleOpened, .ruleJudged, .ruleClosed, .ruleAccepted, .pageRaised,
            .freezesSet, .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused,
            .lockBroken, .phaseSealed, .sealChecked, .sealRenewed:
            preconditionFailure("\(type) is not about one step alone")
        }
    }
}

extension Submission {
    fileprivate func json(_ names: StepNames) -> JSON {
        .members([
            "run": .string(run), "by": .string(by), "reason": .text(reason),
            "pausesAfter": pausesAfter.map(names.phases.json), "endsAfter": endsAfter.map(names.phases.json),
            "sealed": sealed?.json(names.phases), "requirement": requirement?.json,
            "lineage": lineage?.json, "isAutomated": .ifTrue(isAutomated),
            "changes": .unlessEmpty(changes.map(\.json)), "digest": .string(digest), "plan": plan.json,
        ])
    }
}

extension AttemptID {
    /// The attempt's own members, and one more.
    fileprivate func json(_ names: StepNames, _ more: (String, JSON)? = nil) -> JSON {
        let members = JSON.members([
            "step": names.steps.json(step), "role": .string(role.rawValue), "number": .integer(number),
            "act": .integer(act, unless: 0),
        ])
        guard let more, case .object(var all) = members else { return members }
        all.append(JSON.Member(more.0, more.1))
        return .object(all)
    }
}
