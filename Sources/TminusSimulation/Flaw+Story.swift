extension Flaw {
    /// Whose failure it is; or the invariant, or rule of release practice, that such failures led to.
    package var story: String {
        switch self {
        case .actBeforeRecord: "I2: an effect before its record is durable"
        case .unguardedUpdate: "Airflow #60330, River #1302: a write on a stale read"
        case .missingSync: "NATS 2.12.1: acknowledged before fsync"
        case .timedOutAppendRetried: "FoundationDB: commit_unknown_result ran twice"
        case .refusedAppendKept: "DBOS: a second executor goes on; the fold differs from the journal"
        case .backlogNeverCleared: "docker/for-linux #779: an exit was seen, and its report lost"
        case .wakeUpLost: "Temporal #771: a timer lost on reload"
        case .finishedBeforeDurable: "I20: an end is told before it is durable"
        case .rerunBecauseTimePassed: "Oban Lifeline, hexpm PR #1825: time-based rescue"
        case .tombstoneIgnored: "Argo Workflows #16294: what was over is started hours later"
        case .adoptedStartedAgain: "Airflow #23520: a restart starts a second copy"
        case .killedButRunning: "Rundeck #1444: killed executions go on and finish"
        case .lostResultIsSuccess: "I3: a result that is lost counts as a success"
        case .reportOfAnotherAttempt: "I3: the result of an earlier attempt counts anew"
        case .duplicateReportBelieved: "Airflow #64737: a callback delivered twice counts twice"
        case .nanPasses: "Argo Rollouts #180, Kayenta #377: NaN passes"
        case .emptyIsZero: "Argo Rollouts #1466: an empty answer is no errors"
        case .failedQueryPasses: "Argo Rollouts #4479: all measurements failed, Successful"
        case .staleAccepted: "I13: stale samples accepted"
        case .measuredOnce: "I13: a verdict is reused after its freshness"
        case .lockLostOnCrash: "etcd 3.4.3 (Jepsen): a lock that does not exclude"
        case .twoHolders: "Wolverine #2602: two leaders"
        case .lockKeptByDeadRun: "bike_index #4313, GreptimeDB #7670: lock never released"
        case .borrowedName: "release practice 6.4.12: who asked for it approves it"
        case .everybodyMay: "release practice 6.4.12: a click without the right counts"
        case .programIsPerson: "I15: a program approves"
        case .approvalOfAnotherRun: "I15: an approval is not bound to its run"
        case .freezeAtStartOnly: "GitLab #336354: freezes asked at the start only"
        case .freezeFailsOpen: "fail closed (I13): freezes that cannot be read are none"
        case .forwardRollback: "PipeCD: rollback in forward order"
        case .failedStepNotUndone: "release practice 6.4.9: the failed step is not undone"
        case .undoKnownAfterSuccess: "release practice 6.4.8: rollback registered after the effect"
        case .failingUndoStopsOthers: "pipe-cd #5765, Temporal sagas: one failure stops the rest"
        case .cancelSkipsUndo: "temporalio/sdk-java #305: a cancelled run skips compensation"
        case .halfAppliedForgotten: "h2o #2135: maintenance opened though half applied"
        case .retryPastMaximum: "release practice 6.4.10: a retry past the last"
        case .everyFailureRetried: "I1: a retry that no policy covers"
        case .everythingIdempotent: "Rundeck #1720: what was lost is run again"
        case .goesOnAfterLastRetry: "Octopus #2885: goes on after the last retry"
        case .needsForgotten: "I5: order of steps lost"
        case .limitIgnored: "I8: more at once than allowed"
        case .pivotForgotten: "Argo CD #6344, Flagger #1186: back across a migration"
        case .budgetForgotten: "I13: no budget is asked"
        case .budgetLetGoByAnybody: "release practice 6.4.12: an override without the right"
        case .judgementOnlyAdvises: "Argo Rollouts #459: inconclusive is treated as success"
        case .oneApprovalIsEnough: "I15: one person stands for two"
        case .changeForgottenOnRestart: "I15: a change gate is skipped after a restart"
        case .windowForgottenOnRestart: "release practice E: a window is ignored after a restart"
        case .pauseForgottenOnRestart: "I22: a pause is lost on a restart"
        case .pagesForgottenOnRestart: "I30: a page is raised again after a restart"
        case .sealNotLookedAt: "release practice: T-0 starts from what T-1 said days ago"
        }
    }

    /// The driver is given another plan or past than the journal's: its state differs from the fold by construction.
    var altersMemory: Bool {
        switch self {
        case .forwardRollback, .failedStepNotUndone, .undoKnownAfterSuccess, .failingUndoStopsOthers,
            .cancelSkipsUndo, .halfAppliedForgotten, .retryPastMaximum, .everyFailureRetried, .everythingIdempotent,
            .goesOnAfterLastRetry, .needsForgotten, .limitIgnored, .pivotForgotten, .budgetForgotten,
            .budgetLetGoByAnybody, .judgementOnlyAdvises, .oneApprovalIsEnough, .changeForgottenOnRestart,
            .windowForgottenOnRestart, .pauseForgottenOnRestart, .pagesForgottenOnRestart:
            true
        default: false
        }
    }
}
