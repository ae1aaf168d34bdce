import TminusModel

extension RunState {
    /// The rollback: forward work is stopped first; then every step that may have had an effect is undone, each after
    /// all that built on it, in a scope that no abort reaches. One failing stops no other.
    func decideUndo(_ now: Instant) -> [Event.Body] {
        if liveForward > 0 {
            return live.filter { $0.id.role != .rollback && !$0.isStopping }
                .map { .attemptStopping($0.id, reason: rollback?.reason ?? "the run rolls back") }
        }
        if let overdue = live.first(where: { !$0.isStopping && isPastUndoTotal($0.id.step, now) }) {
            return [.attemptStopping(overdue.id, reason: "over its total limit")]
        }
        // Another run may be changing the target.
        if hasSlot, !isLockLost {
            if let step = undoRetrying.first(where: { (steps[$0].retryAt ?? now) <= now }) { return [undo(step)] }
            if let step = undoReady.first { return startUndo(step) }
        }
        guard isUndoSettled, live.isEmpty else { return [] }
        return endUndone()
    }

    /// Whether the total limit of undoing a step lies behind at `instant`.
    func isPastUndoTotal(_ step: StepIndex, _ instant: Instant) -> Bool {
        undoOver(step).map { $0 <= instant } ?? false
    }

    /// When the total limit of undoing a step ends; nil without one, or before it began.
    func undoOver(_ step: StepIndex) -> Instant? {
        guard let began = steps[step].undoStartedAt, let total = plan.rollbackWork(of: step)?.timeouts.total else {
            return nil
        }
        return began.advanced(by: total)
    }

    private func undo(_ step: StepIndex) -> Event.Body {
        .attemptStarting(AttemptID(step: step, role: .rollback, number: steps[step].undoNumber + 1))
    }

    private func startUndo(_ step: StepIndex) -> [Event.Body] {
        guard steps[step].hasBegun else {
            return [.stepRollbackSkipped(step: step, reason: "it never began")]
        }
        if plan.steps[step].kind.isMaintenance, let facts = leaveBracket(step) { return facts }
        if plan.rollbackWork(of: step) != nil { return [undo(step)] }
        let reason =
            switch plan.steps[step].rollback {
            case .noneNeeded(let reason): reason
            case .notDeclared, .command: "it declares no rollback"
            }
        return [.stepRollbackSkipped(step: step, reason: reason)]
    }

    /// Maintenance is a bracket: left on the way back, unless the data may be half-way between two versions.
    private func leaveBracket(_ step: StepIndex) -> [Event.Body]? {
        if let end = plan.steps.firstIndex(where: { $0.kind == .maintenanceEnd(opened: step) }),
            steps[end].status == .succeeded
        {
            return [.stepRollbackSkipped(step: step, reason: "maintenance was over already")]
        }
        guard !steps[step].isLifted, let migration = halfApplied else { return nil }
        let reason =
            "\(name(migration)) may be half applied, so \(name(step)) stays on: look at the database, then say "
            + "`tminus resolve \(run) \(name(step)) --lift` or `--keep`"
        return [.bracketKept(step: step, reason: reason)] + page("bracket/\(name(step))", reason)
    }

    /// A migration that stopped half-way, or may have.
    var halfApplied: StepIndex? {
        plan.steps.indices.first { index in
            guard case .migrate = plan.steps[index].kind else { return false }
            return steps[index].isHalfApplied || steps[index].status == .unknown
        }
    }

    private func endUndone() -> [Event.Body] {
        let reason = rollback?.reason ?? "rolled back"
        guard hasSomethingToUndo else {
            let outcome = rollback?.cause.outcomeWithoutUndo ?? .failed
            return [.runEnded(outcome: outcome, reason: "\(reason); \(nothingToUndo)")]
        }
        let left = plan.steps.indices.compactMap { index -> String? in
            switch steps[index].undo {
            case .failed(let why): return "\(name(index)): \(why)"
            case .skipped(let why):
                // A bracket that was closed already is skipped, and has nothing left open.
                let isOpen = plan.steps[index].rollback == .notDeclared && !plan.steps[index].kind.isMaintenance
                return steps[index].hasBegun && isOpen ? "\(name(index)): \(why)" : nil
            case .notAsked, .rollingBack, .unknown, .kept, .rolledBack: return nil
            }
        }
        let half = halfApplied.map { ["\(name($0)) may be half applied"] } ?? []
        let open = left + half
        guard open.isEmpty else {
            let sentence = "\(reason); not everything could be put back: \(open.joined(separator: "; "))"
            return page("rollbackIncomplete", sentence) + [.runEnded(outcome: .rollbackIncomplete, reason: sentence)]
        }
        return [.runEnded(outcome: .rolledBack, reason: reason)]
    }
}
