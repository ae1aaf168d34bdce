/// The `type` words of events in the journal, on the wire and in documents. They never change and are never reused.
package enum EventType: String, Sendable, CaseIterable {
    case runSubmitted, lockWaited, runStarted, runPaused, runResumed, abortAsked, rollbackStarted, runEnded
    case freezesSet, freezeOverridden, changeApproved, changeRejected, changeExpired, orderRefused, lockBroken
    case windowSet, phaseStarted, phaseFinished, evidenceExpired, phaseSealed, sealChecked, sealRenewed
    case stepWaiting, budgetJudged, costMeasured, goGiven
    case approvalAsked, approvalGiven, approvalRejected, approvalExpired
    case attemptStarting, attemptRunning, attemptStopping, attemptEnded, retryScheduled, holdStarted, holdFinished
    case stepSucceeded, stepFailed, stepUnknown, stepResolved, stepCancelled, stepSkipped, stepBypassed, retryAsked
    case stepRolledBack, stepRollbackFailed, stepRollbackSkipped, bracketKept, bracketLifted
    case ruleOpened, ruleJudged, ruleClosed, ruleAccepted
    case pageRaised
}

extension Event.Body {
    package var type: EventType {
        switch self {
        case .runSubmitted: .runSubmitted
        case .lockWaited: .lockWaited
        case .runStarted: .runStarted
        case .runPaused: .runPaused
        case .runResumed: .runResumed
        case .abortAsked: .abortAsked
        case .rollbackStarted: .rollbackStarted
        case .runEnded: .runEnded
        case .freezesSet: .freezesSet
        case .freezeOverridden: .freezeOverridden
        case .changeApproved: .changeApproved
        case .changeRejected: .changeRejected
        case .changeExpired: .changeExpired
        case .orderRefused: .orderRefused
        case .lockBroken: .lockBroken
        case .windowSet: .windowSet
        case .phaseStarted: .phaseStarted
        case .phaseFinished: .phaseFinished
        case .evidenceExpired: .evidenceExpired
        case .phaseSealed: .phaseSealed
        case .sealChecked: .sealChecked
        case .sealRenewed: .sealRenewed
        case .stepWaiting: .stepWaiting
        case .budgetJudged: .budgetJudged
        case .costMeasured: .costMeasured
        case .goGiven: .goGiven
        case .approvalAsked: .approvalAsked
        case .approvalGiven: .approvalGiven
        case .approvalRejected: .approvalRejected
        case .approvalExpired: .approvalExpired
        case .attemptStarting: .attemptStarting
        case .attemptRunning: .attemptRunning
        case .attemptStopping: .attemptStopping
        case .attemptEnded: .attemptEnded
        case .retryScheduled: .retryScheduled
        case .holdStarted: .holdStarted
        case .holdFinished: .holdFinished
        case .stepSucceeded: .stepSucceeded
        case .stepFailed: .stepFailed
        case .stepUnknown: .stepUnknown
        case .stepResolved: .stepResolved
        case .stepCancelled: .stepCancelled
        case .stepSkipped: .stepSkipped
        case .stepBypassed: .stepBypassed
        case .retryAsked: .retryAsked
        case .stepRolledBack: .stepRolledBack
        case .stepRollbackFailed: .stepRollbackFailed
        case .stepRollbackSkipped: .stepRollbackSkipped
        case .bracketKept: .bracketKept
        case .bracketLifted: .bracketLifted
        case .ruleOpened: .ruleOpened
        case .ruleJudged: .ruleJudged
        case .ruleClosed: .ruleClosed
        case .ruleAccepted: .ruleAccepted
        case .pageRaised: .pageRaised
        }
    }
}
