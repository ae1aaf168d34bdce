import TminusCore
import TminusModel

/// Flaws of what an engine remembers: the driver is made from another plan or past than the journal's. The checkers
/// hold what it does against the true ones.
extension World {
    /// The journal as an engine with this flaw reads it. One event stays one event, in its place.
    func remembered(_ run: Int) -> [Event] {
        var events = runs[run].journal
        guard let flaw, flaw.altersMemory, case .runSubmitted(var submission) = events[0].body else { return events }
        submission.plan = misread(submission.plan, events)
        if flaw == .changeForgottenOnRestart, events.count > 1 { submission.requirement = nil }
        events[0].body = .runSubmitted(submission)
        for index in events.indices { events[index].body = misread(events[index].body) }
        return events
    }

    /// An event of which nothing is remembered becomes one that does nothing.
    private func misread(_ body: Event.Body) -> Event.Body {
        let nothing = Event.Body.orderRefused(by: "nobody", order: "none", reason: "forgotten")
        switch (flaw, body) {
        case (.halfAppliedForgotten, .stepFailed(let step, .halfApplied, let reason)):
            return .stepFailed(step: step, cause: .exit(20), reason: reason)
        case (.pauseForgottenOnRestart, .runPaused), (.pagesForgottenOnRestart, .pageRaised): return nothing
        default: return body
        }
    }

    private func misread(_ plan: Plan, _ events: [Event]) -> Plan {
        var plan = plan
        switch flaw {
        case .needsForgotten: for step in plan.steps.indices { plan.steps[step].needs = [] }
        case .limitIgnored: plan.attemptsAtOnceMax = 100
        case .budgetForgotten: plan.budget = nil
        case .budgetLetGoByAnybody: plan.budget?.overriders = []
        case .judgementOnlyAdvises: for rule in plan.rules.indices { plan.rules[rule].conduct.isDryRun = true }
        case .windowForgottenOnRestart where events.count > 1:
            for phase in plan.phases.indices { plan.phases[phase].window = nil }
        default: for step in plan.steps.indices { misread(&plan.steps[step]) }
        }
        if events.contains(where: { $0.body.type == .rollbackStarted }) { misreadUndo(&plan, events) }
        return plan
    }

    private func misread(_ step: inout Step) {
        switch flaw {
        case .retryPastMaximum: if step.retry.attempts > 1 { step.retry.attempts = 100 }
        case .everyFailureRetried: step.retry.retryOn = []
        case .everythingIdempotent: step.isIdempotent = true
        case .goesOnAfterLastRetry: step.onFailure = .continue
        case .pivotForgotten:
            step.isPivot = false
            if case .migrate(var migration) = step.kind {
                migration.kind = .expand
                step.kind = .migrate(migration)
            }
        case .oneApprovalIsEnough:
            if case .approve(var rule) = step.kind {
                rule.count = 1
                step.kind = .approve(rule)
            }
        default: break
        }
    }

    /// What an engine with this flaw makes of the plan once the run has turned round.
    private func misreadUndo(_ plan: inout Plan, _ events: [Event]) {
        let asWritten = plan
        for step in plan.steps.indices {
            if flaw == .forwardRollback {
                plan.steps[step].needs = asWritten.steps.indices.filter { asWritten.steps[$0].needs.contains(step) }
            } else if isUndoForgotten(step, events) {
                plan.steps[step].rollback = .noneNeeded(reason: "nobody knows of any")
            }
        }
    }

    private func isUndoForgotten(_ step: StepIndex, _ events: [Event]) -> Bool {
        func isRecorded(_ matches: (Event.Body) -> Bool) -> Bool { events.contains { matches($0.body) } }
        let hasFailed = isRecorded { if case .stepFailed(step, _, _) = $0 { true } else { false } }
        switch flaw {
        case .failedStepNotUndone: return hasFailed
        case .undoKnownAfterSuccess: return !hasFailed && !isRecorded { $0 == .stepSucceeded(step: step) }
        case .failingUndoStopsOthers: return isRecorded { $0.type == .stepRollbackFailed }
        case .cancelSkipsUndo: return isRecorded { $0.type == .abortAsked }
        default: return false
        }
    }

    /// What an engine with this flaw misreads, it misreads at once where that depends on what has just happened: it
    /// is made anew from what it remembers.
    mutating func misrememberAtOnce(_ incarnation: Int, _ events: [Event]) {
        guard let flaw, flaw.altersMemory, let place = place(of: incarnation), pumps[place].order == nil else { return }
        switch flaw {
        case .forwardRollback, .failedStepNotUndone, .undoKnownAfterSuccess, .failingUndoStopsOthers,
            .cancelSkipsUndo:
            guard case .runSubmitted(let submission)? = remembered(pumps[place].run).first?.body,
                submission.plan != pumps[place].driver.state.plan
            else { return }
        case .halfAppliedForgotten: guard events.contains(where: { misread($0.body) != $0.body }) else { return }
        default: return
        }
        let pump = pumps.remove(at: place)
        takeUp(pump.run, pump.engine)
    }
}
