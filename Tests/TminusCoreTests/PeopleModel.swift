import TminusCore
import TminusModel

/// What may be accepted from whom, and when: a second account of a run, made from its events one by one and from
/// nothing of the core.
struct PeopleModel {
    enum Standing { case idle, asking, busy, failed, unknown, done, over }

    struct Entry {
        var standing = Standing.idle
        var live = 0
        var isUndoUnknown = false
        /// Its last attempt that may have begun left no result.
        var isInDoubt = false
        var approvers: [String] = []
    }

    let submission: Submission
    var steps: [Entry]
    var isStarted = false
    var isEnded = false
    var isRollingBack = false
    var isAborted = false
    var isPaused = false
    /// Nil while its lock is its own; else whether it has it again.
    var brokenLockIsBack: Bool?
    var phase = 0
    var isPhaseStarted = false
    var approvers: [String] = []
    var isRejected = false
    var spans: [FreezeSpan] = []
    var overridden: [FreezeSpan] = []
    var refusals = 0
    /// What the journal should not say.
    var faults: [String] = []

    init(_ submission: Submission) {
        self.submission = submission
        steps = Array(repeating: Entry(), count: submission.plan.steps.count)
    }

    // MARK: What the plan and the policy say

    private var plan: Plan { submission.plan }

    private var isUndoingRelease: Bool {
        if case .rollback? = submission.lineage { true } else { false }
    }

    private var requirement: ChangeRequirement? { isUndoingRelease ? nil : submission.requirement }
    private var isExempt: Bool { isUndoingRelease || submission.requirement?.isFreezeExempt == true }

    private var isAhead: Bool {
        guard let requirement else { return false }
        let guarded = min(requirement.phase, plan.phases.count - 1)
        return phase < guarded || phase == guarded && !isPhaseStarted
    }

    private var seats: [Int] {
        guard let approvals = requirement?.approvals else { return [] }
        return approvals.indices.flatMap { Array(repeating: $0, count: approvals[$0].count) }
    }

    private var isOpen: Bool { isAhead && !isRejected && approvers.count < seats.count }

    private func holding(_ now: Instant) -> [FreezeSpan] {
        isExempt
            ? []
            : spans.filter { span in
                span.holds(now)
                    && !(span.isOverridable
                        && overridden.contains { $0.name == span.name && $0.from == span.from })
            }
    }

    private func forbids(_ action: FreezeSpan.Action, _ now: Instant) -> Bool {
        holding(now).contains { $0.actions.contains(action) }
    }

    private func pivots(_ isSo: (Entry) -> Bool) -> Bool {
        plan.steps.indices.contains { plan.steps[$0].isPivot && isSo(steps[$0]) }
    }

    private var isPivotPassed: Bool { pivots { $0.standing == .done } }
    private var isPivotInDoubt: Bool {
        pivots { $0.standing == .unknown || $0.isInDoubt || $0.standing == .busy && $0.live > 0 }
    }

    // MARK: What is to be accepted

    func accepts(_ command: PersonCommand, _ person: Person, _ now: Instant) -> Bool {
        if isEnded { return false }
        switch command {
        case .approve(let step, _):
            if isRollingBack || isAborted || forbids(.approve, now) { return false }
            return isAboutChange(step, isOpen) ? approves(person) : answers(step, person, isApproval: true)
        case .reject(let step, _):
            if isRollingBack || isAborted { return false }
            let asking = steps.contains { $0.standing == .asking }
            return isAboutChange(step, isOpen || isAhead && !asking)
                ? isAhead && !isRejected && mayApprove(person) != nil : answers(step, person, isApproval: false)
        case .pause: return person.may(.start) && !isRollingBack && !isPaused
        case .resume: return person.may(.start) && isPaused && brokenLockIsBack != false
        case .retry(let step, _):
            return person.may(.start) && !isRollingBack && !forbids(.retry, now) && !endsRun(step)
                && entry(step).map { ($0.standing == .failed || $0.standing == .unknown) && $0.live == 0 } == true
        case .bypass(let step, _):
            return person.may(.start) && !isRollingBack && !forbids(.bypass, now) && !endsRun(step)
                && entry(step).map { [.idle, .asking, .failed, .unknown].contains($0.standing) && $0.live == 0 } == true
        case .resolve(let step, _, _):
            return person.may(.start)
                && entry(step).map { ($0.isUndoUnknown || $0.standing == .unknown) && $0.live == 0 } == true
        case .abort(_, let keepsEffects):
            let isAllowed = !isStarted || keepsEffects || !isPivotPassed && !isPivotInDoubt
            return person.may(.start) && !isRollingBack && !isAborted && isAllowed
        case .rollback(_, let isPast):
            return person.may(.rollback) && !isRollingBack && isStarted && (isPast || !isPivotPassed && !isPivotInDoubt)
        case .overrideFreeze(let name, let reason):
            let isHeld = holding(now).contains { $0.name == name && $0.isOverridable }
            return isHeld && !isRollingBack && person.may(.overrideFreeze) && reason != " "
        case .go, .lift: return false
        }
    }

    /// It failed, and the pipeline wants the run to end there.
    private func endsRun(_ name: String) -> Bool {
        plan.step(named: name).map { steps[$0].standing == .failed && plan.steps[$0].onFailure == .fail } == true
    }

    private func entry(_ name: String) -> Entry? { plan.step(named: name).map { steps[$0] } }

    private func isAboutChange(_ name: String?, _ otherwise: Bool) -> Bool {
        name == nil ? otherwise : name == "change" && requirement != nil
    }

    /// The approvals a person may stand for; nil when they may say nothing to the change.
    private func mayApprove(_ person: Person) -> [Int]? {
        guard let requirement, !person.isAutomation, person.name != submission.by,
            !requirement.barred.contains(person.name)
        else { return nil }
        let own = requirement.approvals.indices.filter { isNamed(person, requirement.approvals[$0].from) }
        return own.isEmpty ? nil : own
    }

    private func isNamed(_ person: Person, _ from: [String]) -> Bool {
        from.contains(person.name) || person.groups.contains { from.contains("group:\($0)") }
    }

    /// Every way of seating the people is tried: all of them must find a seat.
    private func areSeated(_ people: [String], _ seats: [Int]) -> Bool {
        guard let first = people.first, let person = People.all.first(where: { $0.name == first }) else { return true }
        return (mayApprove(person) ?? []).contains { entry in
            guard let seat = seats.firstIndex(of: entry) else { return false }
            var left = seats
            left.remove(at: seat)
            return areSeated(Array(people.dropFirst()), left)
        }
    }

    private func approves(_ person: Person) -> Bool {
        isOpen && mayApprove(person) != nil && !approvers.contains(person.name)
            && areSeated(approvers + [person.name], seats)
    }

    private func answers(_ name: String?, _ person: Person, isApproval: Bool) -> Bool {
        let asking = steps.indices.filter { steps[$0].standing == .asking }
        guard let step = name.flatMap({ plan.step(named: $0) }) ?? (asking.count == 1 ? asking[0] : nil),
            asking.contains(step), name == nil || plan.step(named: name ?? "") != nil,
            case .approve(let rule) = plan.steps[step].kind
        else { return false }
        if person.isAutomation || isApproval && steps[step].approvers.contains(person.name) { return false }
        let isBarred = person.name == submission.by || submission.requirement?.barred.contains(person.name) == true
        if submission.requirement != nil, isBarred { return false }
        if rule.from.isEmpty || rule.from.contains(person.name) { return true }
        return isNamed(person, rule.from) && person.name != submission.by
    }
}

extension PeopleModel {
    mutating func apply(_ event: Event) {
        if isEnded { faults.append("\(event.body) after the end") }
        switch event.body {
        case .runStarted:
            isStarted = true
            if brokenLockIsBack == false { brokenLockIsBack = true }
        case .runEnded(let outcome, _):
            isEnded = true
            if outcome == .succeeded, isRejected || isAborted || isRollingBack { faults.append("it succeeded") }
        case .runPaused: isPaused = true
        case .runResumed: (isPaused, brokenLockIsBack) = (false, nil)
        case .abortAsked: isAborted = true
        case .rollbackStarted:
            (isRollingBack, isPaused) = (true, false)
            for step in steps.indices where steps[step].standing == .asking { steps[step].standing = .idle }
        case .phaseStarted(let started): start(started, event.at)
        case .phaseFinished: (phase, isPhaseStarted) = (phase + 1, false)
        case .freezesSet(let told): spans = told
        case .freezeOverridden(let name, _, _): overridden += spans.filter { $0.name == name && $0.holds(event.at) }
        case .changeApproved(let by, _, _): approvers.append(by)
        case .changeRejected, .changeExpired: isRejected = true
        case .orderRefused: refusals += 1
        case .lockBroken:
            brokenLockIsBack = false
            if !isRollingBack { isPaused = true }
        default: applyStep(event)
        }
    }

    private mutating func start(_ started: Int, _ at: Instant) {
        isPhaseStarted = true
        guard let requirement, started >= min(requirement.phase, plan.phases.count - 1) else { return }
        if isRejected { faults.append("a rejected change starts") }
        if approvers.count != seats.count { faults.append("a change starts without its approvals") }
        if let notBefore = requirement.notBefore, at < notBefore { faults.append("a change starts before its time") }
    }

    private mutating func applyStep(_ event: Event) {
        switch event.body {
        case .attemptStarting(let id):
            steps[id.step].live += 1
            if brokenLockIsBack == false { faults.append("\(id) starts without the lock") }
            guard id.role == .forward else { return }
            steps[id.step].standing = .busy
            if isPaused || isAborted || isRollingBack { faults.append("\(id) starts in a run that is held") }
            let isCanary = if case .canary = plan.steps[id.step].kind { true } else { false }
            if !isCanary, holding(event.at).contains(where: { $0.actions.isSuperset(of: [.start, .advance]) }) {
                faults.append("\(id) starts in a freeze")
            }
        case .attemptEnded(let id, let result):
            steps[id.step].live -= 1
            guard id.role == .forward else { return }
            switch result.end {
            case .vanished, .killFailed: steps[id.step].isInDoubt = true
            case .exited, .signalled, .timedOut, .stopped: steps[id.step].isInDoubt = false
            case .tombstoned, .notStarted: break
            }
        case .approvalAsked(let step, _):
            steps[step].standing = .asking
            steps[step].approvers = []
        case .approvalGiven(let step, let by, _): steps[step].approvers.append(by)
        case .holdStarted(let step, _, _): steps[step].standing = .busy
        case .retryScheduled(let step, .forward, _), .retryAsked(let step, _, _): steps[step].standing = .idle
        case .stepSucceeded(let step), .stepBypassed(let step, _, _): steps[step].standing = .done
        case .stepFailed(let step, _, _):
            steps[step].standing = plan.steps[step].onFailure == .continue ? .over : .failed
        case .stepUnknown(let step, let role, _):
            if role == .rollback { steps[step].isUndoUnknown = true } else { steps[step].standing = .unknown }
        case .stepResolved(let step, .rollback, _, _, _): steps[step].isUndoUnknown = false
        case .stepResolved(let step, _, let isDone, _, _):
            steps[step].isInDoubt = false
            steps[step].standing = isDone ? .done : .idle
        case .stepCancelled(let step, _): steps[step].standing = .over
        default: return
        }
    }
}

extension [FreezeSpan.Action] {
    fileprivate func isSuperset(of other: [FreezeSpan.Action]) -> Bool { other.allSatisfy(contains) }
}
