import TminusJudgement
import TminusModel

/// What news from the world means as facts. News that came too late, or twice, means nothing.
extension RunState {
    func attemptRunning(_ id: AttemptID) -> [Event.Body] {
        live.contains { $0.id == id && !$0.isRunning } ? [.attemptRunning(id)] : []
    }

    func attemptEnded(_ id: AttemptID, _ result: AttemptResult) -> [Event.Body] {
        live.contains { $0.id == id } ? [.attemptEnded(id, result)] : []
    }

    func budgetMeasured(_ measurement: BudgetMeasurement, now: Instant) -> [Event.Body] {
        guard plan.budget != nil, outcome == nil, rollback == nil else { return [] }
        // What took too long to measure says nothing about now; it is asked for again.
        guard now.since(measurement.at) <= Self.gateFreshness else { return [] }
        return gated.filter { wantsBudget($0, now) }.compactMap { step in
            gate(of: step).map {
                .budgetJudged(step: step, measurement: measurement, judgement: $0.judge(measurement))
            }
        }
    }

    /// Two scrapes: a shorter lookback could not be told from nothing.
    package var budgetLookbackMin: Duration {
        .milliseconds(2 * (plan.metrics?.every.milliseconds ?? 10_000))
    }

    func ruleMeasured(
        _ rule: Int, _ measurement: Measurement, _ progress: inout RuleProgress
    ) -> [Event.Body] {
        guard rules[rule].status == .open, outcome == nil, rollback == nil else { return [] }
        guard measurement.to > rules[rule].measuredAt ?? .distantPast else { return [] }
        let judgement = progress.judgement(of: plan.rules[rule], rules[rule], measurement)
        return [.ruleJudged(rule: rule, measurement: measurement, judgement: judgement)]
    }

    func windowFound(_ phase: Int, opens: Instant, closes: Instant) -> [Event.Body] {
        guard phase == self.phase, outcome == nil, opens < closes else { return [] }
        if let (was, until) = windows[phase], was == opens, until == closes { return [] }
        return [.windowSet(phase: phase, opens: opens, closes: closes)]
    }
}
