/// One fact of a run, recorded before anything depends on it.
package struct Event: Equatable, Sendable {
    /// From 1, without gaps.
    package var sequence: Int
    package var at: Instant
    package var body: Body

    package init(sequence: Int, at: Instant, body: Body) {
        self.sequence = sequence
        self.at = at
        self.body = body
    }

    /// What happened. Names are past tense and stable: they are the journal's `type` field.
    package enum Body: Equatable, Sendable {
        // The run.
        case runSubmitted(Submission)
        /// Another run has the (service, environment) lock.
        case lockWaited(holder: String)
        /// It has the lock and may start steps; once more when it has a lock again that was broken.
        case runStarted
        case runPaused(by: String, reason: String)
        case runResumed(by: String)
        case abortAsked(by: String, reason: String, keepsEffects: Bool)
        case rollbackStarted(cause: RollbackCause, reason: String)
        case runEnded(outcome: RunOutcome, reason: String)

        // Change control.
        /// The freezes that the run obeys from here on, in place of those it knew.
        case freezesSet([FreezeSpan])
        /// A person goes on although the spans of this name hold, for as long as they do.
        case freezeOverridden(freeze: String, by: String, reason: String)
        /// One of the people whom the change's requirement asks for said yes. `entries` are the positions of the
        /// approvals that they may stand for, ascending: they count for one of them.
        case changeApproved(by: String, entries: [Int], comment: String)
        case changeRejected(by: String, reason: String)
        /// The approvals were not all there in time: counts as rejected.
        case changeExpired
        /// A person or a program tried what it may not.
        case orderRefused(by: String, order: String, reason: String)
        /// The run was made to give up its (service, environment): it starts nothing until it has it again, and then
        /// only when a person resumes it.
        case lockBroken(by: String, reason: String)

        // Phases.
        case windowSet(phase: Int, opens: Instant, closes: Instant)
        case phaseStarted(phase: Int)
        case phaseFinished(phase: Int)
        /// Evidence of an earlier phase is older than the pipeline allows; the step is asked again.
        case evidenceExpired(step: StepIndex)
        /// What stood when the phase was done is kept, signed; `digest` is the SHA-256 of that file's content. Once
        /// more when evidence had to be asked for again, or a person had it renewed.
        case phaseSealed(phase: Int, digest: String)
        /// The seal of a phase was looked at, so that the next one may start: `digest` is what was found, nil when
        /// nothing could be read. With faults, a sentence each, nothing of the next phase starts.
        case sealChecked(phase: Int, digest: String?, faults: [String])
        /// A person has the phase sealed anew, from the journal.
        case sealRenewed(phase: Int, by: String, reason: String)

        // Gates.
        /// A step could start but for this; it holds no process while it waits.
        case stepWaiting(step: StepIndex, for: WaitReason)
        case budgetJudged(step: StepIndex, measurement: BudgetMeasurement, judgement: Judgement)
        /// A person said go although the budget warned or held.
        case goGiven(step: StepIndex, by: String, reason: String)
        /// What all users got of the budget's indicator while a step ran, or in the watch after it, over `(from, to]`:
        /// the step's cost. Intervals of one step follow each other.
        case costMeasured(step: StepIndex, part: CostPart, measurement: Measurement)
        case approvalAsked(step: StepIndex, expires: Instant?)
        case approvalGiven(step: StepIndex, by: String, comment: String)
        case approvalRejected(step: StepIndex, by: String, reason: String)
        case approvalExpired(step: StepIndex)

        // Attempts.
        case attemptStarting(AttemptID)
        case attemptRunning(AttemptID)
        case attemptStopping(AttemptID, reason: String)
        case attemptEnded(AttemptID, AttemptResult)
        case retryScheduled(step: StepIndex, role: AttemptID.Role, at: Instant)
        /// A timed act (a canary's watch at a weight, a wait) began.
        case holdStarted(step: StepIndex, act: Int, until: Instant)
        case holdFinished(step: StepIndex, act: Int)

        // Steps.
        case stepSucceeded(step: StepIndex)
        case stepFailed(step: StepIndex, cause: FailureCause, reason: String)
        case stepUnknown(step: StepIndex, role: AttemptID.Role, reason: String)
        case stepResolved(step: StepIndex, role: AttemptID.Role, isDone: Bool, by: String, reason: String)
        case stepCancelled(step: StepIndex, reason: String)
        case stepSkipped(step: StepIndex, reason: String)
        case stepBypassed(step: StepIndex, by: String, reason: String)
        case retryAsked(step: StepIndex, by: String, reason: String)
        case stepRolledBack(step: StepIndex)
        case stepRollbackFailed(step: StepIndex, reason: String)
        case stepRollbackSkipped(step: StepIndex, reason: String)
        /// A bracket stays closed until a person decides.
        case bracketKept(step: StepIndex, reason: String)
        case bracketLifted(step: StepIndex, by: String, reason: String)

        // Judgement.
        case ruleOpened(rule: Int)
        case ruleJudged(rule: Int, measurement: Measurement, judgement: Judgement)
        case ruleClosed(rule: Int, judgement: Judgement)

        /// A person accepted a rule that could not conclude.
        case ruleAccepted(rule: Int, by: String, reason: String)

        // People.
        /// A person is needed. The store puts it into the outbox in the same transaction; `key` is stable, so that the
        /// same need is raised once. Delivery is the outbox's affair: it may outlive the run.
        case pageRaised(key: String, reason: String)
    }
}

/// The first event: the plan and how it came.
package struct Submission: Equatable, Sendable {
    /// Unique in the data directory, such as `checkout-12`.
    package var run: String
    package var plan: Plan
    /// SHA-256 of the plan's canonical JSON, lower-case hexadecimal.
    package var digest: String
    package var by: String
    package var reason: String?
    /// The run pauses when this phase is done; nil goes on to the end.
    package var pausesAfter: Int?
    /// The run ends, successfully, when this phase is done and sealed; nil goes on.
    package var endsAfter: Int?
    /// Set when phases were done by another run, whose seal this one starts from.
    package var sealed: SealedStart?
    /// What the policy demands of this change; nil where no policy is in force.
    package var requirement: ChangeRequirement?
    package var lineage: Lineage?
    /// A program started it, not a person: freezes may tell the two apart.
    package var isAutomated = false
    /// The commits since the last release on this environment, newest first, at most `changesMax`.
    package var changes: [ChangelogEntry] = []

    package static let changesMax = 200

    package init(run: String, plan: Plan, digest: String, by: String, reason: String? = nil, pausesAfter: Int? = nil) {
        self.run = run
        self.plan = plan
        self.digest = digest
        self.by = by
        self.reason = reason
        self.pausesAfter = pausesAfter
    }
}

/// Whether a cost was counted while its step was under way, or in the watch after its end.
package enum CostPart: String, Hashable, Sendable, CaseIterable { case during, after }

/// What a step that could otherwise start, or go on, is waiting for.
package enum WaitReason: String, Hashable, Sendable, CaseIterable {
    case window, budget, approval, judgement, retry, freeze
    /// The seal of the phase before, which is being looked at or made anew.
    case evidence
}

/// Final states of a run. `rolledBack` is neither success nor plain failure.
package enum RunOutcome: String, Sendable, CaseIterable {
    case succeeded, failed, rolledBack, rollbackIncomplete, aborted
}

/// Why a step failed; the reason in words travels beside it.
package enum FailureCause: Hashable, Sendable {
    /// The command said no.
    case exit(Int32)
    case signal(Int32)
    case attemptTimeout
    case totalTimeout
    /// The command could not be started.
    case notStarted
    case killFailed
    case rejected
    case approvalExpired
    /// A migration stopped half-way: both versions may be broken until a person looks.
    case halfApplied
}

/// What turned a run around.
package enum RollbackCause: Hashable, Sendable {
    case stepFailed(StepIndex)
    case rule(Int)
    case deadline
    /// Its gate held this step for longer than the pipeline allows.
    case held(StepIndex)
    /// The change was rejected, or not approved in time.
    case change
    case asked(by: String)
    case aborted(by: String)
}
