import TminusCore
import TminusModel

/// Retries, windows, brackets, locks and failing rollbacks, held against the true plan.
extension World {
    mutating func checkPolicy(_ event: Event, _ run: Int) {
        switch event.body {
        case .retryScheduled(let step, let role, _): countRetry(step, role, run)
        case .retryAsked(let step, _, _), .evidenceExpired(let step), .holdStarted(let step, _, _):
            runs[run].ledger.retries.removeAll { $0.step == step }
            if case .evidenceExpired = event.body { runs[run].ledger.renewed.append(step) }
        case .stepResolved(let step, let role, _, _, _):
            runs[run].ledger.retries.removeAll { $0.step == step && $0.role == role }
        case .bracketLifted(let step, _, _): runs[run].ledger.lifted.append(step)
        case .attemptStarting(let id) where id.role == .forward && id.act == 0:
            checkWindow(id.step, event.at, run)
        case .attemptStarting(let id) where id.role == .rollback: checkBracket(id.step, run)
        default: break
        }
    }

    /// A policy's retries are counted, and end. What never began, or may be done twice, is started anew without one.
    private mutating func countRetry(_ step: StepIndex, _ role: AttemptID.Role, _ run: Int) {
        let last = runs[run].ledger.ended.last { $0.step == step && $0.role == role }
        guard let last, let record = record(run, last), case .over(let result) = records[record].state else { return }
        if case .vanished = result.end { return }
        var place = runs[run].ledger.retries.firstIndex { $0.step == step && $0.role == role }
        if place == nil {
            runs[run].ledger.retries.append((step, role, 0))
            place = runs[run].ledger.retries.count - 1
        }
        guard let place else { return }
        runs[run].ledger.retries[place].count += 1
        var most = runs[run].plan.steps[step].retry.attempts - 1
        if role == .rollback { most = (runs[run].plan.rollbackWork(of: step)?.retry.attempts ?? 1) - 1 }
        if role != .resolve, runs[run].ledger.retries[place].count > max(most, 0) {
            violate("retry", "\(runs[run].plan.steps[step].name) is tried more often than its policy says")
        }
    }

    /// A step of the phase that is under way starts within its window; one whose evidence grew too old, within that of
    /// the phase that wants to build on it.
    private mutating func checkWindow(_ step: StepIndex, _ at: Instant, _ run: Int) {
        let plan = runs[run].plan
        if case .maintenanceEnd = plan.steps[step].kind { return }
        let ledger = runs[run].ledger
        let next = ledger.phase + 1
        let underWay = ledger.isPhaseFinished && next < plan.phases.count ? next : ledger.phase
        let phase = ledger.renewed.contains(step) ? underWay : plan.steps[step].phase
        guard phase == underWay, let window = plan.phases[phase].window else { return }
        let minute = at.millisecondsSinceEpoch / 60_000 % 1_440
        if minute < Int64(window.fromMinute) || minute >= Int64(window.untilMinute) {
            violate("window", "\(plan.steps[step].name) starts outside its phase's window")
        }
    }

    /// Nobody is let in over a migration that stopped half-way, unless a person says so.
    private mutating func checkBracket(_ step: StepIndex, _ run: Int) {
        let plan = runs[run].plan
        guard case .maintenance = plan.steps[step].kind, !runs[run].ledger.lifted.contains(step) else { return }
        if let half = plan.steps.indices.first(where: { runs[run].ledger.steps[$0].isHalfApplied }) {
            violate("maintenance", "\(plan.steps[step].name) is left, and \(plan.steps[half].name) is half applied")
        }
    }

    /// What could not be put back was tried: one failing rollback stops no other.
    mutating func checkTried(_ step: StepIndex, _ run: Int) {
        guard case .command = runs[run].plan.steps[step].rollback else { return }
        switch runs[run].ledger.steps[step].undo {
        case .rolledBack, .failed: return
        case .skipped, nil: violate("I9", "nobody tried to undo \(runs[run].plan.steps[step].name)")
        }
    }

    /// No lock outlives its run: who waits at two looks waits for somebody.
    mutating func checkWait(_ run: Int, _ needs: [Need]) {
        let isTaken = runs.indices.contains { $0 != run && runs[$0].holdsLock } || lockGranted != nil
        guard needs.contains(where: { $0.kind == .lock }), !isTaken else {
            runs[run].ledger.looksAtFreeLock = 0
            return
        }
        runs[run].ledger.looksAtFreeLock += 1
        if runs[run].ledger.looksAtFreeLock > 1 { violate("I17", "a run waits for a lock that nobody holds") }
    }
}
