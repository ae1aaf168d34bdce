import TminusCore
import TminusModel

extension World {
    mutating func checkStep(_ event: Event, _ run: Int) {
        switch event.body {
        case .stepSucceeded(let step):
            checkSuccess(step, run)
            accept(step, run)
            runs[run].ledger.steps[step].isDone = true
            runs[run].ledger.steps[step].isHalfApplied = false
        case .stepFailed(let step, let cause, _):
            if cause == .halfApplied { runs[run].ledger.steps[step].isHalfApplied = true }
            if runs[run].plan.steps[step].onFailure == .continue { accept(step, run) }
        case .stepSkipped(let step, _): accept(step, run)
        case .stepBypassed(let step, _, _):
            accept(step, run)
            runs[run].ledger.steps[step].isDone = true
        case .stepUnknown(let step, .forward, _):
            if runs[run].ledger.steps[step].isAccepted { violate("I6", "an accepted step becomes unknown") }
            runs[run].ledger.steps[step].isUnknown = true
        case .stepResolved(let step, .forward, let isDone, _, _):
            if !runs[run].ledger.steps[step].isUnknown { violate("I6", "what was known is resolved") }
            runs[run].ledger.steps[step].isUnknown = false
            if !isDone { findUndone(step, run) }
            if isDone {
                runs[run].ledger.steps[step].isHalfApplied = false
                runs[run].ledger.steps[step].isDone = true
                accept(step, run)
            } else {
                reset(step, run)
            }
        case .retryAsked(let step, _, _):
            runs[run].ledger.steps[step].isUnknown = false
            reset(step, run)
        case .evidenceExpired(let step):
            runs[run].ledger.steps[step].isAccepted = false
            reset(step, run)
        case .stepRolledBack(let step): settle(step, .rolledBack, run)
        case .stepRollbackFailed(let step, _): settle(step, .failed, run)
        case .stepRollbackSkipped(let step, _): settle(step, .skipped, run)
        case .stepResolved(let step, .rollback, true, _, _): settle(step, .rolledBack, run)
        default: break
        }
    }

    private mutating func accept(_ step: StepIndex, _ run: Int) {
        if runs[run].ledger.steps[step].isAccepted { violate("I4", "step \(step) is accepted twice") }
        runs[run].ledger.steps[step].isAccepted = true
        runs[run].ledger.steps[step].isUnknown = false
    }

    private mutating func reset(_ step: StepIndex, _ run: Int) {
        runs[run].ledger.steps[step].passed = nil
        runs[run].ledger.steps[step].isLetGo = false
        runs[run].ledger.steps[step].approvers = []
    }

    /// Nothing succeeds but by its last act's evidence.
    private mutating func checkSuccess(_ step: StepIndex, _ run: Int) {
        let entry = runs[run].ledger.steps[step]
        let plan = runs[run].plan
        let name = plan.steps[step].name
        if entry.isUnknown { violate("I6", "\(name) was unknown, and succeeds") }
        switch plan.steps[step].kind {
        case .approve(let rule):
            if entry.approvers.count < rule.count { violate("I15", "\(name) has \(entry.approvers.count) approvals") }
        case .wait:
            if entry.lastHoldFinished != 0 { violate("I6", "\(name) succeeds before its time") }
        case .canary(let canary):
            if entry.lastHoldFinished != 2 * canary.weights.count - 1 {
                violate("I6", "\(name) succeeds before its last watch is over")
            }
        case .run, .http, .smoke, .backup, .maintenance, .maintenanceEnd, .migrate:
            guard let (_, end) = entry.lastEnd, end == .exited(0) else {
                violate("I6", "\(name) succeeds without having done so")
                return
            }
        }
    }

    private mutating func settle(_ step: StepIndex, _ end: Ledger.UndoEnd, _ run: Int) {
        if runs[run].ledger.rollback == nil { violate("I9", "something is undone in a run that does not roll back") }
        runs[run].ledger.steps[step].undo = end
    }

    /// A step's undoing starts when everything that builds on it is settled, and nothing goes forward any more.
    mutating func checkUndo(_ step: StepIndex, _ run: Int) {
        let ledger = runs[run].ledger
        if ledger.live.contains(where: { $0.role == .forward }) {
            violate("I9", "undoing starts while something still goes forward")
        }
        for later in ledger.plan.steps.indices
        where later != step && needsUndoing(later, run) && ledger.builds(later, on: step) {
            guard ledger.steps[later].undo == nil else { continue }
            violate(
                "I9",
                "\(ledger.plan.steps[step].name) is undone before \(ledger.plan.steps[later].name), which needs it")
        }
    }

    /// Whether, in truth, some forward command of the step ran and may have left something to undo.
    func needsUndoing(_ step: StepIndex, _ run: Int) -> Bool {
        let plan = runs[run].plan
        guard plan.steps[step].hasEffect else { return false }
        if case .maintenanceEnd = plan.steps[step].kind { return false }
        return records.contains { record in
            record.run == run && record.id.step == step && record.id.role == .forward && record.didBegin
                && !record.isFoundUndone
        }
    }

    /// What was found to have done nothing leaves nothing to undo.
    private mutating func findUndone(_ step: StepIndex, _ run: Int) {
        let last = records.lastIndex {
            $0.run == run && $0.id.step == step && $0.id.role == .forward && $0.didBegin
        }
        if let last { records[last].isFoundUndone = true }
    }

    // MARK: Ends

    mutating func checkEnd(_ outcome: RunOutcome, _ at: Instant, _ run: Int) {
        let ledger = runs[run].ledger
        let plan = ledger.plan
        switch outcome {
        case .succeeded:
            if let open = plan.steps.indices.first(where: { !ledger.steps[$0].isAccepted }) {
                violate("I6", "it succeeded, and \(plan.steps[open].name) is not accepted")
            }
            if ledger.rules.contains(where: \.isOpen) { violate("I13", "it succeeded, and a rule is still open") }
            if ledger.rollback != nil || ledger.abortKeeps != nil { violate("I6", "it turned back, and succeeded") }
        case .rolledBack:
            for step in plan.steps.indices where needsUndoing(step, run) { checkUndone(step, run) }
            if ledger.rollback == nil { violate("I9", "it is rolled back without having begun to") }
        case .rollbackIncomplete:
            if !ledger.pages.contains("rollbackIncomplete") { violate("I9", "nobody is told that it is incomplete") }
            // A run that undoes another goes forward to do so, and may end like this without having turned.
            if ledger.rollback == nil { return }
            for step in plan.steps.indices where needsUndoing(step, run) { checkTried(step, run) }
        case .failed, .aborted:
            let isKept = ledger.abortKeeps == true || plan.steps.contains { $0.onFailure == .fail }
            if isKept || ledger.isHeldToItsEnd(at) { return }
            for step in plan.steps.indices where needsUndoing(step, run) {
                if plan.rollbackWork(of: step) != nil, ledger.steps[step].undo == nil {
                    violate("I9", "\(plan.steps[step].name) could have been undone, and was not")
                }
            }
        }
    }

    private mutating func checkUndone(_ step: StepIndex, _ run: Int) {
        let ledger = runs[run].ledger
        let name = ledger.plan.steps[step].name
        if ledger.steps[step].isHalfApplied { violate("I9", "\(name) is half applied, and the run is rolled back") }
        switch ledger.plan.steps[step].rollback {
        case .noneNeeded: return
        case .command:
            if ledger.steps[step].undo != .rolledBack { violate("I9", "\(name) is not undone, and the run is") }
        case .notDeclared:
            guard case .maintenance = ledger.plan.steps[step].kind else {
                violate("I9", "\(name) says nothing of undoing, and the run is rolled back")
                return
            }
            let end = ledger.plan.steps.firstIndex { $0.kind == .maintenanceEnd(opened: step) }
            let isOver = end.map { ledger.steps[$0].isAccepted } ?? false
            if !isOver, ledger.steps[step].undo != .rolledBack { violate("I9", "\(name) is still on") }
        }
    }

    /// When everything is over: no exit record without its event.
    mutating func checkEnds() {
        for record in records where record.hasExit && runs[record.run].outcome != nil {
            if !runs[record.run].ledger.ended.contains(record.id) {
                violate("I3", "the result of \(record.id) is in its directory, and not in the journal")
            }
        }
        for run in runs.indices {
            guard let folded = runs[run].folded else { continue }
            if RunState(folding: runs[run].journal) != folded { violate("I22", "the journal folds to something else") }
            for status in folded.steps.map(\.status) where status == .running || status == .starting {
                violate("I17", "the run has ended, and a step is still \(status.word)")
            }
        }
    }
}

extension Ledger {
    /// Whether a step was held for so long that the pipeline ends the run, and leaves what it did as it is.
    fileprivate func isHeldToItsEnd(_ at: Instant) -> Bool {
        guard let limit = plan.budget?.holdLimit, limit.then == .fail else { return false }
        return steps.contains { step in step.heldSince.map { at.since($0) >= limit.after } ?? false }
    }
}
