package import TminusJudgement
package import TminusModel

/// Steps that their budget gate holds: what wants to pass it, and what becomes of one that is held for too long.
extension RunState {
    /// The gate of one step, with the step's own limits and its worst case.
    package func gate(of step: StepIndex) -> BudgetGate? {
        guard var policy = plan.budget else { return nil }
        if let own = plan.steps[step].budget {
            policy.warnBelow = own.warnBelow ?? policy.warnBelow
            policy.stopBelow = own.stopBelow ?? policy.stopBelow
        }
        return BudgetGate(policy: policy, lookbackMin: budgetLookbackMin, subject: plan.gateSubject(of: step))
    }

    /// What the cost of this run's steps is reckoned with.
    package func stepCost(_ policy: BudgetPolicy) -> StepCost? {
        StepCost(policy, gate: lastBudget, since: sinceGate.requests)
    }

    /// A step in the watch after its end is counted for as long as the fast alert's short lookback: what it broke shows
    /// there first.
    var costWatchLength: Duration {
        guard let policy = plan.budget else { return .zero }
        return BurnPair(.fast, window: policy.window, lookbackMin: budgetLookbackMin).short
    }

    /// When a step's hold limit is over; nil when it is not held, or may be for ever.
    func holdOver(_ step: StepIndex) -> Instant? {
        guard let limit = plan.budget?.holdLimit, let since = steps[step].heldSince else { return nil }
        return since.advanced(by: limit.after)
    }

    /// The first step that its gate still holds at the end of the limit: only a judgement made then counts, so that
    /// neither a pause nor a closed window runs the time out unasked.
    func faceHeld() -> [Event.Body]? {
        guard let limit = plan.budget?.holdLimit else { return nil }
        for step in gated where steps[step].status == .waiting(.budget) {
            guard case .held(let judgement, _) = steps[step].gate, let over = holdOver(step),
                let judged = steps[step].judgedAt, judged >= over, let since = steps[step].heldSince
            else { continue }
            let reason =
                "\(name(step)) was held for \(limit.after.releaseText), the longest the pipeline allows: "
                + judgement.reason
            switch limit.then {
            case .rollback: return turnBack(.held(step), reason)
            case .fail:
                return stopLive(because: reason)
                    ?? cancelHeld(because: reason) + [.runEnded(outcome: .failed, reason: reason)]
            case .page:
                let facts = page("held/\(name(step))/\(since.millisecondsSinceEpoch)", reason)
                if !facts.isEmpty { return facts }
            }
        }
        return nil
    }

    /// Why this person may not override a hold of the gate; nil when they may.
    func overrideRefusal(_ person: Person) -> String? {
        guard let policy = plan.budget, !policy.overriders.isEmpty else { return nil }
        if policy.overriders.contains(person.name) { return nil }
        if person.groups.contains(where: { policy.overriders.contains("group:\($0)") }) { return nil }
        return "\(person.name) may not override the error budget of \(plan.service); "
            + "\(policy.overriders.joined(separator: ", ")) may"
    }
}

extension Plan {
    /// What a step is to its gate.
    package func gateSubject(of step: StepIndex) -> GateSubject {
        var subject = GateSubject(
            change: change, kind: steps[step].kind.word, forecast: steps[step].budget?.forecast)
        if subject.forecast == nil, budget?.reserve != nil, let derived = canaryForecast(step) {
            subject.forecast = derived.forecast
            subject.forecastSource = derived.source
        }
        if budget?.reserve != nil, let past = steps[step].budget?.pastCost {
            // All of the traffic failing for so long: the same share of the budget.
            let seen = StepForecast(
                share: Ratio(numerator: 1, denominator: 1), errorRatio: Ratio(numerator: 1, denominator: 1),
                duration: past.outage)
            if subject.forecast.map({ $0.isLess(than: seen) }) ?? true {
                subject.forecast = seen
                subject.forecastSource = "what it cost at the 90th percentile of \(past.runs) past runs"
            }
        }
        return subject
    }

    /// What rolling a canary back is reckoned to take at most, where its own limit is longer.
    package static let rollbackAllowance: Duration = .seconds(300)

    /// The worst of a canary that forecasts nothing itself: all of its largest share fails until a rule has seen it,
    /// and until it is rolled back. Without a rule that watches it nobody sees it before its end.
    private func canaryForecast(_ step: StepIndex) -> (forecast: StepForecast, source: String)? {
        guard case .canary(let canary) = steps[step].kind, let share = canary.weights.max() else { return nil }
        let whole = Duration.milliseconds(
            canary.every.milliseconds.multipliedReportingOverflow(by: Int64(canary.weights.count)).partialValue)
        let watching = rules.filter { $0.during.contains(step) && !$0.conduct.isDryRun }
        let seen = watching.compactMap { rule in
            rule.looksToConvict.map { Duration.milliseconds(rule.every.milliseconds * Int64($0)) }
        }.min()
        let undo: Duration =
            if case .command(_, _, let timeouts, _) = steps[step].rollback {
                min(timeouts.attempt ?? Self.rollbackAllowance, Self.rollbackAllowance)
            } else {
                .zero
            }
        let detected = min(seen ?? whole, max(whole, .milliseconds(1)))
        let source =
            (seen == nil ? "no rule watches it" : "seen in \(detected.releaseText)")
            + (undo > .zero ? ", rolled back in \(undo.releaseText)" : "")
        return (
            StepForecast(
                share: Ratio(numerator: Int64(share), denominator: 100),
                errorRatio: Ratio(numerator: 1, denominator: 1), duration: detected + undo),
            source
        )
    }
}

extension Step.Kind {
    /// As a pipeline writes it.
    package var word: String {
        switch self {
        case .run: "run"
        case .http: "http"
        case .smoke: "smoke"
        case .backup: "backup"
        case .maintenance, .maintenanceEnd: "maintenance"
        case .migrate: "migrate"
        case .canary: "canary"
        case .approve: "approve"
        case .wait: "wait"
        }
    }
}
