import TminusCore
import TminusModel

/// What the checkers know of a run's change control.
struct ControlLedger {
    var submission: Submission?
    var spans: [FreezeSpan] = []
    var overridden: [FreezeSpan] = []
    /// Who approved the change.
    var approvers: [String] = []
    var isRejected = false
    /// The guarded phase was started, rightly.
    var isChangeMade = false
    var isLockLost = false
    /// Its lock was broken, and nobody has resumed it since.
    var isLockBroken = false
    /// The first step whose work began.
    var first: StepIndex?

    /// Freezes and approvals are nothing to a run that undoes a release.
    var isRollback: Bool {
        if case .rollback? = submission?.lineage { true } else { false }
    }

    var guarded: Int? {
        guard let submission, let requirement = submission.requirement, !isRollback else { return nil }
        return min(requirement.phase, submission.plan.phases.count - 1)
    }
}

/// Freezes, approvals of changes, and broken locks, reckoned from the events alone.
extension World {
    mutating func checkControl(_ event: Event, _ run: Int) {
        switch event.body {
        case .freezesSet(let spans): runs[run].ledger.control.spans = spans
        case .freezeOverridden(let name, let by, _): checkOverridden(name, by, event.at, run)
        case .changeApproved(let by, _, _): checkChangeApproval(by, run)
        case .changeRejected(let by, _):
            report.faults[.changeRejected] += 1
            if mayApprove(by, run) == nil { violate("I15", "\(by) rejects the change and may not") }
            runs[run].ledger.control.isRejected = true
        case .changeExpired:
            report.faults[.changeExpired] += 1
            runs[run].ledger.control.isRejected = true
        case .orderRefused: report.faults[.orderRefused] += 1
        case .lockBroken:
            report.faults[.lockBroken] += 1
            runs[run].ledger.control.isLockLost = true
            runs[run].ledger.control.isLockBroken = true
            if runs[run].ledger.rollback == nil { runs[run].ledger.isPaused = true }
        case .rollbackStarted(let cause, _): checkTurnedByPerson(cause, run)
        case .phaseStarted(let phase): checkGuard(phase, event.at, run)
        case .stepWaiting(_, .freeze): report.faults[.freezeHeld] += 1
        case .attemptRunning(let id) where id.role == .forward:
            runs[run].ledger.steps[id.step].mayHaveBegun = true
        case .attemptEnded(let id, let result) where id.role == .forward:
            if result.end != .tombstoned { runs[run].ledger.steps[id.step].mayHaveBegun = true }
        case .attemptStarting(let id) where id.role == .rollback:
            if holding(event.at, run).contains(where: { $0.actions.contains(.advance) }) {
                report.faults[.undoneInFreeze] += 1
            }
        default: break
        }
    }

    private func holding(_ at: Instant, _ run: Int) -> [FreezeSpan] {
        let control = runs[run].ledger.control
        if control.isRollback || control.submission?.requirement?.isFreezeExempt == true { return [] }
        let known = control.spans + runs[run].announced
        return known.filter { span in
            span.holds(at)
                && !(span.isOverridable
                    && control.overridden.contains { $0.name == span.name && $0.from == span.from })
        }
    }

    /// Nothing is begun while a freeze forbids it: neither one that the journal knows, nor one announced beforehand.
    mutating func checkFrozen(_ step: StepIndex, act: Int, _ event: Event, _ run: Int) {
        let isFirst = runs[run].ledger.control.first.map { $0 == step } ?? true
        if runs[run].ledger.control.first == nil { runs[run].ledger.control.first = step }
        let name = runs[run].plan.steps[step].name
        if runs[run].ledger.control.isLockBroken { violate("lock", "\(name) starts after its lock was broken") }
        checkMade(step, run)
        let entry = runs[run].ledger.steps[step]
        var asked: [FreezeSpan.Action] = entry.mayHaveBegun ? [.advance] : [isFirst ? .start : .advance]
        switch runs[run].plan.steps[step].kind {
        case .maintenanceEnd: return
        case .canary where act > 0: return
        case .run, .http, .smoke, .backup, .maintenance, .migrate, .canary, .approve, .wait: break
        }
        switch entry.lastEnd?.end {
        case .exited?, .signalled?, .timedOut?: asked.append(.retry)
        // It may have been found to have done nothing: then it starts as if for the first time.
        default: if isFirst, entry.mayHaveBegun { return }
        }
        for span in holding(event.at, run) where asked.contains(where: span.actions.contains) {
            violate("freeze", "\(name) starts, and \(span.name) holds")
        }
    }

    private mutating func checkOverridden(_ name: String, _ by: String, _ at: Instant, _ run: Int) {
        report.faults[.freezeOverridden] += 1
        if Self.people.first(where: { $0.name == by })?.may(.overrideFreeze) != true {
            violate("freeze", "\(by) overrides \(name) and may not")
        }
        let spans = runs[run].ledger.control.spans.filter { $0.name == name && $0.holds(at) }
        if !spans.contains(where: \.isOverridable) {
            violate("freeze", "\(name) is overridden, and does not hold or may not be")
        }
        runs[run].ledger.control.overridden += spans
    }

    /// The approvals this person may stand for; nil when they may approve nothing. Amy starts every run.
    private func mayApprove(_ name: String, _ run: Int) -> [Int]? {
        guard let person = Self.people.first(where: { $0.name == name }), !person.isAutomation, name != "amy",
            let approvals = runs[run].ledger.control.submission?.requirement?.approvals
        else { return nil }
        let own = approvals.indices.filter { index in
            approvals[index].from.contains(name)
                || person.groups.contains { approvals[index].from.contains("group:\($0)") }
        }
        return own.isEmpty ? nil : own
    }

    private mutating func checkChangeApproval(_ by: String, _ run: Int) {
        report.faults[.changeApproved] += 1
        checkAddressed(by, run)
        let control = runs[run].ledger.control
        if control.approvers.contains(by) { violate("I15", "\(by) approves the change twice") }
        if mayApprove(by, run) == nil { violate("I15", "\(by) approves the change and may not") }
        if control.isRejected { violate("I15", "\(by) approves a change that was rejected") }
        if control.isChangeMade { violate("I15", "\(by) approves a change that is under way") }
        runs[run].ledger.control.approvers.append(by)
    }

    /// The guarded phase starts with all its people, at its time, and not after a rejection.
    private mutating func checkGuard(_ phase: Int, _ at: Instant, _ run: Int) {
        let control = runs[run].ledger.control
        guard let guarded = control.guarded, phase >= guarded, !control.isChangeMade,
            let requirement = control.submission?.requirement
        else { return }
        runs[run].ledger.control.isChangeMade = true
        if let notBefore = requirement.notBefore, at < notBefore {
            violate("change", "it starts before its lead time is over")
        }
        if control.isRejected { violate("change", "it starts although it was rejected") }
        let seats = requirement.approvals.indices.flatMap { index in
            Array(repeating: index, count: requirement.approvals[index].count)
        }
        if !areSeated(seats[...], control.approvers, run) { violate("change", "it starts without all its approvals") }
    }

    /// Whether different people can be found for all seats: every way is tried.
    private func areSeated(_ seats: ArraySlice<Int>, _ people: [String], _ run: Int) -> Bool {
        guard let seat = seats.first else { return true }
        return people.contains { person in
            mayApprove(person, run)?.contains(seat) == true
                && areSeated(seats.dropFirst(), people.filter { $0 != person }, run)
        }
    }

    private mutating func checkMade(_ step: StepIndex, _ run: Int) {
        let control = runs[run].ledger.control
        guard let guarded = control.guarded, runs[run].plan.steps[step].phase >= guarded else { return }
        let name = runs[run].plan.steps[step].name
        if !control.isChangeMade { violate("change", "\(name) starts before its change may") }
    }

    /// Nothing turns a run back by itself while another may be changing its target.
    private mutating func checkTurnedByPerson(_ cause: RollbackCause, _ run: Int) {
        guard runs[run].ledger.control.isLockBroken else { return }
        switch cause {
        case .asked, .aborted: return
        case .stepFailed, .rule, .deadline, .held, .change:
            violate("lock", "it turns back by itself after its lock was broken")
        }
    }
}
