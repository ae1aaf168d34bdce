/// A bug that other orchestrators had, planted into the simulated world to prove that the checkers see it.
///
/// Flaws live in the world around the driver: its pump, store, source, runner, people and locks, or in what it is given
/// for its plan and its past. Never in the product's core, and so no build flag is needed.
package enum Flaw: String, Sendable, CaseIterable {
    /// The pump starts attempts when it is told to append their intent, not when that is durable.
    case actBeforeRecord
    /// The store keeps what any engine says, whatever it last knew.
    case unguardedUpdate
    /// A crash loses the last append, although it was acknowledged.
    case missingSync
    /// An append that was kept and reported as timed out is written once more.
    case timedOutAppendRetried
    /// An engine whose append was refused goes on as if it had been kept.
    case refusedAppendKept
    /// Reports that come while the engine writes reach nobody.
    case backlogNeverCleared
    /// A run's wake-ups never come.
    case wakeUpLost
    /// A run is called over as soon as its end is decided.
    case finishedBeforeDurable
    /// A rescuer takes an attempt that has been running for a while for one that never began.
    case rerunBecauseTimePassed
    /// A shim that comes late begins although its attempt was given up.
    case tombstoneIgnored
    /// An attempt that is found running after a restart is started once more.
    case adoptedStartedAgain
    /// A stop is reported as done when it is asked for.
    case killedButRunning
    /// A shim that vanished is reported as a success.
    case lostResultIsSuccess
    /// A retry is answered with the result of the attempt before it.
    case reportOfAnotherAttempt
    /// A result that is reported twice counts for whatever else is running.
    case duplicateReportBelieved
    /// The metric source takes NaN for good counts.
    case nanPasses
    /// The metric source takes an empty answer for no errors.
    case emptyIsZero
    /// The metric source takes an error for good counts.
    case failedQueryPasses
    /// The metric source answers with samples of long ago.
    case staleAccepted
    /// The metric source answers from a cache that is never emptied, and says that it measured now.
    case measuredOnce
    /// Who holds a lock is kept in memory alone: after a crash the next to ask gets it.
    case lockLostOnCrash
    /// Everybody who asks is given the lock.
    case twoHolders
    /// The lock of a run that is over is never free again.
    case lockKeptByDeadRun
    /// Runs are submitted in the name of a service's account: whoever asked for one may approve it.
    case borrowedName
    /// The login grants everybody all groups and rights.
    case everybodyMay
    /// The login takes programs for people.
    case programIsPerson
    /// An approval of one run counts for every run that waits.
    case approvalOfAnotherRun
    /// Freezes are asked when a run is taken up, and those that begin later reach nobody.
    case freezeAtStartOnly
    /// An engine that starts again finds no freezes.
    case freezeFailsOpen
    /// Rollback runs on a plan whose needs are reversed: first done is first undone.
    case forwardRollback
    /// Rollback leaves out steps that failed.
    case failedStepNotUndone
    /// Rollback knows of those steps alone whose success or failure was seen.
    case undoKnownAfterSuccess
    /// After one failing rollback nothing else is undone.
    case failingUndoStopsOthers
    /// A run that is aborted undoes nothing.
    case cancelSkipsUndo
    /// A migration that stopped half-way is taken for one that did nothing.
    case halfAppliedForgotten
    /// Whatever may be tried twice is tried a hundred times.
    case retryPastMaximum
    /// Exit codes that say not to try again are tried again.
    case everyFailureRetried
    /// What may have been done is started again, as if that did no harm.
    case everythingIdempotent
    /// A step that failed for good lets the next one start.
    case goesOnAfterLastRetry
    /// Steps start without what they need.
    case needsForgotten
    /// As many attempts start as could.
    case limitIgnored
    /// A rollback that nobody asked for crosses a point of no return.
    case pivotForgotten
    /// Steps start without asking the budget.
    case budgetForgotten
    /// Whoever may let something go may let it go against the budget.
    case budgetLetGoByAnybody
    /// Rules are measured, and nothing comes of it.
    case judgementOnlyAdvises
    /// Every approval step is content with one person.
    case oneApprovalIsEnough
    /// An engine that starts again knows of no change that must be approved.
    case changeForgottenOnRestart
    /// An engine that starts again knows of no windows.
    case windowForgottenOnRestart
    /// An engine that starts again goes on with a run that was paused.
    case pauseForgottenOnRestart
    /// An engine that starts again does not know whom it paged.
    case pagesForgottenOnRestart
    /// The pump says of every seal that it is sound.
    case sealNotLookedAt
}
