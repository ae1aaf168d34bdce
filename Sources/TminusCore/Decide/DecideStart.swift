package import TminusModel

extension RunState {
    /// The next step, or act of a step, that may start; nil when none may.
    func startSomething(_ now: Instant) -> [Event.Body]? {
        if let facts = goOn(now) { return facts }
        if let facts = tryAgain(now) { return facts }
        if let facts = startGated(now) { return facts }
        if let step = ready.aside.first, let facts = startAside(step, now) { return facts }
        if let step = ready.plain.first, hasSlot, !isTooEarly(step) {
            guard let hindrance = hindrance(step, now) else {
                return begin(step, act: 0, number: steps[step].number + 1, now)
            }
            if mayWaitAtGate(step) { return [.stepWaiting(step: step, for: hindrance)] }
        }
        // Gates are asked for no more steps than could start, so that a wide plan asks as it goes.
        guard let step = ready.asking.first, mayWaitAtGate(step), !isTooEarly(step) else { return nil }
        return [.stepWaiting(step: step, for: hindrance(step, now) ?? .budget)]
    }

    /// A step whose time to be tried again has come. One that is kept from it says by what.
    private func tryAgain(_ now: Instant) -> [Event.Body]? {
        for step in retrying
        where steps[step].blockers == 0 && (steps[step].retryAt ?? now) <= now && !isTooEarly(step) {
            if let hindrance = hindrance(step, now) {
                if steps[step].status != .waiting(hindrance) { return [.stepWaiting(step: step, for: hindrance)] }
            } else if hasSlot {
                return begin(step, act: steps[step].act, number: steps[step].number + 1, now)
            }
        }
        return nil
    }

    /// The next act of a step under way.
    private func goOn(_ now: Instant) -> [Event.Body]? {
        for step in continuing {
            let act = steps[step].act
            if act >= plan.actCount(of: step) { return [.stepSucceeded(step: step)] }
            if hasSlot || !isProcess(step, act: act) { return begin(step, act: act, number: steps[step].number, now) }
        }
        return nil
    }

    /// Steps at their gate: what each waits for is said anew when it changes, so that people know what to do about it.
    private func startGated(_ now: Instant) -> [Event.Body]? {
        for step in gated where !isTooEarly(step) {
            let isGateOpen = !needsGate(step) || isGatePassed(step, now)
            if let reason = hindrance(step, now) ?? (isGateOpen ? nil : .budget) {
                if steps[step].status != .waiting(reason) { return [.stepWaiting(step: step, for: reason)] }
                continue
            }
            if hasSlot || !isProcess(step, act: 0) {
                return begin(step, act: 0, number: steps[step].number + 1, now)
            }
        }
        return nil
    }

    private func startAside(_ step: StepIndex, _ now: Instant) -> [Event.Body]? {
        if isTooEarly(step) { return nil }
        if case .approve(let rule) = plan.steps[step].kind {
            return [.approvalAsked(step: step, expires: rule.expires.map { now.advanced(by: $0) })]
        }
        if let hindrance = hindrance(step, now) { return [.stepWaiting(step: step, for: hindrance)] }
        guard hasSlot || !isProcess(step, act: 0) else { return nil }
        return begin(step, act: 0, number: steps[step].number + 1, now)
    }

    /// Evidence that grew too old is asked for again in the order of its phases, as it was at first.
    private func isTooEarly(_ step: StepIndex) -> Bool {
        let own = plan.steps[step].phase
        return own < phase && unaccepted[..<own].contains { $0 > 0 }
    }

    var hasSlot: Bool { live.count < plan.attemptsAtOnceMax }

    /// Steps of a later phase don't stand in the way of evidence that they wait for.
    private func mayWaitAtGate(_ step: StepIndex) -> Bool {
        let own = plan.steps[step].phase
        let before = own < phase ? gated.count { plan.steps[$0].phase <= own } : gated.count
        return before + live.count < plan.attemptsAtOnceMax
    }

    private func isProcess(_ step: StepIndex, act: Int) -> Bool {
        switch plan.steps[step].kind {
        case .approve, .wait: false
        case .canary: act % 2 == 0
        case .run, .http, .smoke, .backup, .maintenance, .maintenanceEnd, .migrate: true
        }
    }

    /// What keeps a step from starting: a freeze, its phase's window, or the seal of the phase before, until the first
    /// of the phase has begun. Leaving maintenance waits for none of them.
    func hindrance(_ step: StepIndex, _ now: Instant) -> WaitReason? {
        if case .maintenanceEnd = plan.steps[step].kind { return nil }
        if freezeHolding(step, now) != nil { return .freeze }
        if plan.steps[step].phase < phase {
            // Evidence that is asked for again: within the window of the phase that wants to build on it.
            guard phase < plan.phases.count, unaccepted[phase] > 0 else { return nil }
            return isOpen(phase, now) ? nil : .window
        }
        guard isOpen(plan.steps[step].phase, now) else { return .window }
        return needsSeal && (!isSealSound(now) || staleEvidence(now) != nil) ? .evidence : nil
    }

    /// Every step that does something asks the budget; waiting and leaving maintenance don't.
    func needsGate(_ step: StepIndex) -> Bool {
        guard plan.budget != nil, plan.steps[step].budget?.isSkipped != true else { return false }
        if requirement?.isBudgetExempt == true { return false }
        switch plan.steps[step].kind {
        case .approve, .wait, .maintenanceEnd: return false
        case .run, .http, .smoke, .backup, .maintenance, .migrate, .canary: return true
        }
    }

    /// How long a passed gate counts for a step that found no slot.
    static let gateFreshness: Duration = .seconds(30)

    func isGatePassed(_ step: StepIndex, _ now: Instant) -> Bool {
        switch steps[step].gate {
        case .overridden: true
        case .passed(_, let at): now <= at.advanced(by: Self.gateFreshness)
        case .notAsked, .held: false
        }
    }

    /// Whether the budget must be measured for some step now.
    package func wantsBudget(now: Instant) -> Bool {
        guard outcome == nil, rollback == nil, abort == nil, pause == nil else { return false }
        return gated.contains { wantsBudget($0, now) }
    }

    func wantsBudget(_ step: StepIndex, _ now: Instant) -> Bool {
        guard needsGate(step), hindrance(step, now) == nil else { return false }
        return switch steps[step].gate {
        case .notAsked: true
        case .held(_, let again): again <= now
        case .passed: !isGatePassed(step, now)
        case .overridden: false
        }
    }

    /// Records that an act begins, and with the first of a step the rules that watch it.
    private func begin(_ step: StepIndex, act: Int, number: Int, _ now: Instant) -> [Event.Body] {
        var facts: [Event.Body] = []
        for (index, rule) in plan.rules.enumerated() where rules[index].status == .unopened {
            if rule.during.contains(step) { facts.append(.ruleOpened(rule: index)) }
        }
        switch plan.acts(of: step)[act] {
        case .process: facts.append(.attemptStarting(AttemptID(step: step, number: number, act: act)))
        case .hold(let duration):
            facts.append(.holdStarted(step: step, act: act, until: now.advanced(by: duration)))
        case .approval: preconditionFailure("\(name(step)) asks for approval and begins nothing")
        }
        return facts
    }
}
