import TminusCore
import TminusModel

extension World {
    /// A command begins: its intent is durable, and no earlier attempt at the same thing speaks against it.
    mutating func checkStart(_ index: Int) {
        let run = records[index].run
        let id = records[index].id
        guard let intent = runs[run].journal.lastIndex(where: { $0.body == .attemptStarting(id) }) else {
            violate("I2", "the command of \(id) begins, and its intent is not durable")
            return
        }
        if runs[run].ledger.ended.contains(id) { violate("I1", "\(id) begins, and the journal says that it is over") }
        if runs[run].outcome != nil { violate("I17", "\(id) begins after the run has ended") }
        let others = records.count { $0.run == run && $0.state == .running }
        if others >= runs[run].plan.attemptsAtOnceMax, flaw != .rerunBecauseTimePassed {
            violate("I8", "\(others + 1) commands run at once")
        }
        if let alive = records.last(where: {
            $0.run == run && $0.id.step == id.step && $0.id.role == id.role && $0.state == .running
        }) {
            violate("I1", "\(id) begins while \(alive.id) is running")
            return
        }
        if id.role == .resolve { return }
        let before = records.last {
            $0.run == run && $0.id.step == id.step && $0.id.role == id.role && $0.id.act == id.act && $0.id != id
                && $0.didBegin && $0.id.number < id.number
        }
        if let before { checkLicence(id, before, intent, run) }
        if id.role == .rollback { checkUndo(id.step, run) }
    }

    /// What allows a second start of what has begun once, between its first intent and its second.
    private mutating func checkLicence(_ id: AttemptID, _ before: ShimRecord, _ intent: Int, _ run: Int) {
        let journal = runs[run].journal
        guard let first = journal.lastIndex(where: { $0.body == .attemptStarting(before.id) }) else { return }
        var isAsked = false
        var isScheduled = false
        var isFoundUndone = false
        var isExpired = false
        for event in journal[first..<intent] {
            switch event.body {
            case .retryAsked(let step, _, _) where step == id.step: isAsked = true
            case .retryScheduled(let step, let role, _) where step == id.step && role == id.role: isScheduled = true
            case .stepResolved(let step, let role, false, _, _) where step == id.step && role == id.role:
                isFoundUndone = true
            case .evidenceExpired(let step) where step == id.step: isExpired = true
            default: break
            }
        }
        if isAsked || isFoundUndone || isExpired { return }
        guard case .over(let result) = before.state else { return }
        let (retry, isIdempotent) = policy(id, run)
        switch result.end {
        case .vanished:
            if !isIdempotent { violate("I1", "\(id) begins, and what became of \(before.id) is not known") }
        case .killFailed: violate("I1", "\(id) begins, and \(before.id) may be alive")
        case .exited(0): violate("I1", "\(id) begins, and \(before.id) was done")
        case .exited(let code):
            let isCovered = retry.retryOn.isEmpty || retry.retryOn.contains(code)
            if !isScheduled || retry.attempts < 2 || !isCovered {
                violate("I1", "\(id) begins after a failure that nothing says to try again")
            }
        case .signalled, .timedOut, .stopped, .notStarted, .tombstoned:
            if !isScheduled || retry.attempts < 2 || !retry.retryOn.isEmpty {
                violate("I1", "\(id) begins after a failure that nothing says to try again")
            }
        }
    }

    private func policy(_ id: AttemptID, _ run: Int) -> (RetryPolicy, isIdempotent: Bool) {
        let step = runs[run].plan.steps[id.step]
        if id.role == .forward { return (step.retry, step.isIdempotent) }
        if case .command(_, let retry, _, let isIdempotent) = step.rollback { return (retry, isIdempotent) }
        return (.once, false)
    }
}
