import TminusModel

extension RunState {
    /// Turns the run around: from now on only undoing is started.
    mutating func beginUndo() {
        pause = nil
        clearForward()
        retireWaiting()
        undoUnsettled = Array(repeating: 0, count: plan.phases.count)
        for index in plan.steps.indices {
            steps[index].undoBlockers = children.count(of: index)
            undoUnsettled[plan.steps[index].phase] += 1
        }
        undoPhase = plan.phases.count
        enterEarlierPhase()
    }

    mutating func applyUndo(_ event: Event) {
        switch event.body {
        case .stepRolledBack(let step):
            forgetConclusion(step, .rollback)
            steps[step].undoEndedAt = event.at
            settle(step, .rolledBack)
        case .stepRollbackFailed(let step, let reason):
            forgetConclusion(step, .rollback)
            steps[step].undoEndedAt = event.at
            kept.removeAll { $0 == step }
            undoReady.pop(ifFirst: step)
            settle(step, .failed(reason: reason))
        case .stepRollbackSkipped(let step, let reason):
            undoReady.pop(ifFirst: step)
            settle(step, .skipped(reason: reason))
        case .bracketKept(let step, let reason):
            undoReady.pop(ifFirst: step)
            steps[step].undo = .kept
            steps[step].reason = reason
            kept.append(step)
        case .bracketLifted(let step, _, _):
            kept.removeAll { $0 == step }
            steps[step].undo = .notAsked
            steps[step].isLifted = true
            undoReady.insert(step)
        default: preconditionFailure("\(event.body) is no fact about undoing")
        }
    }

    /// The step's undoing is over, one way or another: what it needed may be undone now.
    mutating func settle(_ step: StepIndex, _ status: UndoStatus) {
        steps[step].undo = status
        settle([step])
    }

    /// Works with a stack of its own: a chain of 10,000 steps must not be a call depth of 10,000.
    private mutating func settle(_ first: [StepIndex]) {
        var settled = first
        while let step = settled.popLast() {
            undoUnsettled[plan.steps[step].phase] -= 1
            for need in plan.steps[step].needs {
                steps[need].undoBlockers -= 1
                if steps[need].undoBlockers == 0, plan.steps[need].phase == undoPhase, !arrive(need) {
                    settled.append(need)
                }
            }
        }
        if undoPhase >= 0, undoPhase < plan.phases.count, undoUnsettled[undoPhase] == 0 { enterEarlierPhase() }
    }

    /// A phase is undone only when every later one is.
    private mutating func enterEarlierPhase() {
        undoPhase -= 1
        while undoPhase >= 0 {
            var settled: [StepIndex] = []
            for index in plan.steps.indices where plan.steps[index].phase == undoPhase {
                if steps[index].undoBlockers == 0, !arrive(index) { settled.append(index) }
            }
            if settled.isEmpty, undoUnsettled[undoPhase] > 0 { return }
            let entered = undoPhase
            settle(settled)
            // `settle` enters earlier phases itself once this one is done.
            if undoPhase != entered || undoUnsettled[entered] > 0 { return }
            undoPhase -= 1
        }
    }

    /// The step's turn to be undone has come. False when there is nothing to do, without a word in the journal: it
    /// never started, or changes nothing.
    private mutating func arrive(_ step: StepIndex) -> Bool {
        guard plan.steps[step].hasEffect, steps[step].startedSequence != nil else { return false }
        // Closing a bracket is undone by nothing; opening it is.
        if case .maintenanceEnd = plan.steps[step].kind { return false }
        undoReady.insert(step)
        return true
    }

    /// Whether everything that had to be undone is settled.
    var isUndoSettled: Bool { undoPhase < 0 }
}
