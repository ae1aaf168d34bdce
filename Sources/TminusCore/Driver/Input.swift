package import TminusModel

/// What reaches a run's driver from the world.
package enum Input: Equatable, Sendable {
    /// The pump has taken up this run: nothing of it is running on the pump's side yet.
    case tookUp
    /// The events of the last `append` are durable.
    case appended
    /// The instant of the last `wakeUp`, or a later one, has come.
    case wokeUp
    /// The (service, environment) lock is ours; stays so until the run ends or somebody breaks it.
    case lockGranted
    case lockHeld(by: String)
    /// A person gave the lock to somebody else.
    case lockBroken(by: String, reason: String)
    /// The freezes that apply to this run, by now or later, in place of those told before; ascending by `from`. A
    /// span keeps its name and its `from` from one list to the next: by these an override finds it.
    case freezes([FreezeSpan])
    case attemptRunning(AttemptID)
    case attemptEnded(AttemptID, AttemptResult)
    /// The answer to `measureBudget`.
    case budgetMeasured(BudgetMeasurement)
    /// The answer to `measureRule`.
    case ruleMeasured(rule: Int, Measurement)
    /// The answer to `measureCost`.
    case costMeasured(step: StepIndex, Measurement)
    /// The answer to `findWindow`: the first opening that is not over at the time of asking.
    case windowFound(phase: Int, opens: Instant, closes: Instant)
    /// The answer to `keepSeal`; `since` is what that said.
    case sealKept(phase: Int, digest: String, since: Int)
    /// The answer to `checkSeal`, and to a `keepSeal` that failed: what was found, nil for nothing that could be read,
    /// and what is wrong, a sentence each.
    case sealChecked(phase: Int, digest: String?, faults: [String])
    /// A person's command; `token` comes back with the answer.
    case command(PersonCommand, by: Person, token: Int)
}

/// What a person can tell a run. Steps are named; the driver answers with what was wrong when it refuses.
package enum PersonCommand: Equatable, Sendable {
    /// Without a name: the change while it waits, else the one step that does. `change` names the change.
    case approve(step: String?, comment: String)
    case reject(step: String?, reason: String)
    /// Lets a step start although the budget warns or holds it, a canary go on although its judgement is open, or
    /// accepts a judging rule (by its name) that could not conclude.
    case go(step: String, reason: String)
    case pause(reason: String)
    case resume
    /// Tries a failed step again.
    case retry(step: String, reason: String)
    /// Takes a step as done by other means.
    case bypass(step: String, reason: String)
    /// Says what became of a step (or of its rollback) of unknown end.
    case resolve(step: String, isDone: Bool, reason: String)
    /// Decides about a maintenance bracket that was kept closed.
    case lift(step: String, isLifted: Bool, reason: String)
    case abort(reason: String, keepsEffects: Bool)
    case rollback(reason: String, isPastPivotAllowed: Bool)
    /// Goes on although the freeze of this name holds.
    case overrideFreeze(freeze: String, reason: String)
}

/// What a person hears back: durable before it is said.
package struct CommandAnswer: Equatable, Sendable {
    package var isAccepted: Bool
    /// One sentence: what happens now, or why not and what to do instead.
    package var message: String

    package init(isAccepted: Bool, message: String) {
        self.isAccepted = isAccepted
        self.message = message
    }
}

/// What a driver asks of its pump.
package enum Action: Equatable, Sendable {
    /// Make these durable, then say `appended`. No other append follows before that.
    case append([Event], expected: Int, summary: RunSummary)
    /// The attempt's intent is durable: start it.
    case start(AttemptID)
    /// An earlier engine may have started it: find out.
    case adopt(AttemptID)
    case stop(AttemptID)
    case measureBudget
    /// Read the rule's counters over `(from, now]`.
    case measureRule(Int, from: Instant)
    /// Read what all users got of the budget's indicator over `(from, now]`.
    case measureCost(StepIndex, from: Instant)
    case findWindow(phase: Int)
    /// Sign and keep what stood when the phase was done; nothing of the next one starts before.
    case keepSeal(phase: Int, since: Int)
    /// Look whether the seal is the one that was kept, and what it binds is as it was.
    case checkSeal(phase: Int, digest: String)
    /// Say `wokeUp` at this instant; replaces the last one.
    case wakeUp(at: Instant)
    case answer(CommandAnswer, token: Int)
    /// The run is over and its last event durable: drop the driver, free the lock.
    case finished(RunOutcome)
}
