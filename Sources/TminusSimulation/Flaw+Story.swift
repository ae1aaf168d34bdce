extension Flaw {
    /// Whose failure it is, or the rule that such failures led to; docs/internals/simulation.md says where to read of it.
    package var story: String {
        switch self {
        case .actBeforeRecord: "Restate, Jenkins: an effect before its record"
        case .unguardedUpdate: "Airflow #60330, River #1302: a write on a stale read"
        case .missingSync: "NATS 2.12.1: acknowledged before fsync"
        case .timedOutAppendRetried: "FoundationDB: commit_unknown_result ran twice"
        case .refusedAppendKept: "DBOS: a zombie goes on; fold differs from journal"
        case .backlogNeverCleared: "River #1318: what waits behind a full batch is lost"
        case .wakeUpLost: "Temporal #771: a timer lost on reload"
        case .finishedBeforeDurable: "docker #779: told before it was kept"
        case .rerunBecauseTimePassed: "Oban Lifeline, hexpm #1825: time-based rescue"
        case .tombstoneIgnored: "Argo Workflows #16294: a late start of what was over"
        case .adoptedStartedAgain: "Airflow #23520: a restart starts a second copy"
        case .killedButRunning: "Rundeck #1444: killed executions go on and finish"
        case .lostResultIsSuccess: "Argo Rollouts #4479, Jenkins: no result is taken for one"
        case .reportOfAnotherAttempt: "Spinnaker #7921, stale state: an old result counts anew"
        case .duplicateReportBelieved: "Airflow #64737: a callback delivered twice counts twice"
        case .nanPasses: "Argo Rollouts #180, Kayenta #377: NaN passes"
        case .emptyIsZero: "Argo Rollouts #1466: an empty answer is no errors"
        case .failedQueryPasses: "Argo Rollouts #4479: all measurements failed, Successful"
        case .staleAccepted: "I13: stale samples accepted"
        case .measuredOnce: "Temporal, caches: a verdict reused after its freshness"
        case .lockLostOnCrash: "etcd 3.4.3, Wolverine #2602: a lock lost on crash"
        case .twoHolders: "Wolverine #2602: two leaders"
        case .lockKeptByDeadRun: "bike_index #4313, GreptimeDB #7670: lock never released"
        case .borrowedName: "Spinnaker: who started it may approve"
        case .everybodyMay: "release practice F: override without right"
        case .programIsPerson: "release practice F: a program approves"
        case .approvalOfAnotherRun: "Spinnaker: approval is not bound to the run"
        case .freezeAtStartOnly: "GitLab #336354: freezes asked at the start only"
        case .freezeFailsOpen: "GitLab #198403: an unreachable calendar is no freeze"
        case .forwardRollback: "PipeCD: rollback in forward order"
        case .failedStepNotUndone: "release practice 6.4.8: rollback skips the failed step"
        case .undoKnownAfterSuccess: "release practice 6.4.8: rollback registered after the effect"
        case .failingUndoStopsOthers: "pipe-cd #5765, Temporal sagas: one failure stops the rest"
        case .cancelSkipsUndo: "temporalio/sdk-java #305: a cancelled run skips compensation"
        case .halfAppliedForgotten: "h2o #2135: maintenance opened though half applied"
        case .retryPastMaximum: "Octopus #2885: retried past the maximum"
        case .everyFailureRetried: "River #1105: what must not be retried is"
        case .everythingIdempotent: "Rundeck #1720: what was lost is run again"
        case .goesOnAfterLastRetry: "Octopus #2885: goes on after the last retry"
        case .needsForgotten: "I5: order of steps lost"
        case .limitIgnored: "Argo Workflows #14833: more at once than allowed"
        case .pivotForgotten: "Argo CD #6344, Flagger #1186: back across a migration"
        case .budgetForgotten: "release practice H: no budget asked"
        case .budgetLetGoByAnybody: "release practice F: anybody overrides"
        case .judgementOnlyAdvises: "Argo Rollouts: a dry run of everything"
        case .oneApprovalIsEnough: "Spinnaker: one approval for two"
        case .changeForgottenOnRestart: "Spinnaker #6140: a gate skipped after restart"
        case .windowForgottenOnRestart: "Kargo #1328, Devtron #3389: window ignored"
        case .pauseForgottenOnRestart: "Temporal #3006: pause lost on restart"
        case .pagesForgottenOnRestart: "Airflow #64737: raised once more after restart"
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
