extension Flaw {
    /// The check that this flaw is meant to fail. A broken engine may break more than one thing; a seed in which
    /// another shows first doesn't count as having found it.
    package var check: String {
        switch self {
        case .actBeforeRecord:
            "I2"
        case .unguardedUpdate, .timedOutAppendRetried:
            "I4"
        case .missingSync, .refusedAppendKept:
            "I22"
        case .backlogNeverCleared, .wakeUpLost:
            "I31"
        case .finishedBeforeDurable:
            "I20"
        case .rerunBecauseTimePassed, .tombstoneIgnored, .adoptedStartedAgain, .everyFailureRetried,
            .everythingIdempotent:
            "I1"
        case .killedButRunning, .reportOfAnotherAttempt, .duplicateReportBelieved:
            "I7"
        case .lostResultIsSuccess:
            "I3"
        case .nanPasses, .emptyIsZero, .failedQueryPasses, .staleAccepted, .measuredOnce, .budgetForgotten,
            .judgementOnlyAdvises:
            "I13"
        case .lockLostOnCrash, .twoHolders, .limitIgnored:
            "I8"
        case .lockKeptByDeadRun:
            "I17"
        case .borrowedName, .everybodyMay, .programIsPerson, .approvalOfAnotherRun, .oneApprovalIsEnough:
            "I15"
        case .freezeAtStartOnly, .freezeFailsOpen:
            "freeze"
        case .forwardRollback, .failedStepNotUndone, .undoKnownAfterSuccess, .failingUndoStopsOthers,
            .cancelSkipsUndo:
            "I9"
        case .halfAppliedForgotten:
            "maintenance"
        case .retryPastMaximum:
            "retry"
        case .goesOnAfterLastRetry, .needsForgotten:
            "I5"
        case .pivotForgotten:
            "pivot"
        case .budgetLetGoByAnybody:
            "override"
        case .changeForgottenOnRestart:
            "change"
        case .windowForgottenOnRestart:
            "window"
        case .pauseForgottenOnRestart:
            "paused"
        case .pagesForgottenOnRestart:
            "I30"
        case .sealNotLookedAt:
            "seal"
        }
    }
}
