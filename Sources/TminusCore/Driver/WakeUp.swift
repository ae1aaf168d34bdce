package import TminusModel

/// What must be under way besides attempts, and when to look again.
extension RunState {
    /// Rules that must be measured now, with the instant their measurement begins at.
    package func rulesDue(now: Instant) -> [(rule: Int, from: Instant)] {
        guard outcome == nil, rollback == nil, abort == nil else { return [] }
        return rules.indices.compactMap { index in
            guard let due = measureAt(index), due.at <= now else { return nil }
            return (index, due.from)
        }
    }

    /// When an open rule is next measured, and from when: at its interval, and once more when its watch is over.
    private func measureAt(_ index: Int) -> (at: Instant, from: Instant)? {
        guard rules[index].status == .open, let opened = rules[index].openedAt else { return nil }
        let from = rules[index].measuredAt ?? opened
        var at = from.advanced(by: plan.rules[index].every)
        if let over = watchEnds(index), over > from, over < at { at = over }
        return (at, from)
    }

    /// The phase whose window must be found; nil when it is known and not over.
    package func windowWanted(now: Instant) -> Int? {
        guard outcome == nil, rollback == nil, abort == nil, startedAt != nil, phase < plan.phases.count,
            plan.phases[phase].window != nil
        else { return nil }
        if let (_, closes) = windows[phase], now < closes { return nil }
        return unaccepted[phase] > 0 ? phase : nil
    }

    /// The next instant at which deciding could come out differently though nothing happened; nil when only news can
    /// change anything. Always after `now`.
    package func wakeUp(now: Instant) -> Instant? {
        guard outcome == nil else { return nil }
        var next: Instant?
        func look(_ instant: Instant?) {
            if let instant, instant > now, instant < next ?? .distantFuture { next = instant }
        }
        for step in undoRetrying { look(steps[step].retryAt) }
        for watch in costs { look(costAt(watch)) }
        if rollback != nil {
            for attempt in live where attempt.id.role == .rollback { look(undoOver(attempt.id.step)) }
            return next
        }
        for span in holdingFreezes(now) where span.until != .distantFuture { look(span.until) }
        if isChangeAhead {
            look(requirement?.notBefore)
            if approvalsMissing > 0 { look(requirement?.expires) }
        }
        if let deadline = plan.deadline { look(startedAt?.advanced(by: deadline)) }
        for step in retrying { look(steps[step].retryAt) }
        if hasTotals {
            for attempt in live where attempt.id.role == .forward { look(totalOver(attempt.id.step)) }
        }
        for hold in holds {
            look(hold.until)
            look(totalOver(hold.step))
            look(hold.until.advanced(by: max(hold.until.since(hold.since), .seconds(60))))
        }
        for step in gated {
            if case .held(_, let again) = steps[step].gate { look(again) }
            if case .passed(_, let at) = steps[step].gate {
                look(at.advanced(by: Self.gateFreshness).advanced(by: .milliseconds(1)))
            }
        }
        for step in approving { look(steps[step].approvalExpires) }
        for index in rules.indices {
            look(measureAt(index)?.at)
            if rules[index].status == .open, let over = watchEnds(index) {
                look(over)
                look(over.advanced(by: max(plan.rules[index].after, .seconds(60))))
            }
        }
        if needsSeal { look(seal.checkedAt?.advanced(by: Self.sealFreshness).advanced(by: .milliseconds(1))) }
        if phase < plan.phases.count, let (opens, closes) = windows[phase] {
            look(opens)
            look(closes)
        }
        return next
    }
}
