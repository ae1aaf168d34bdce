internal import TminusCore
package import TminusModel
internal import TminusPorts

extension Engine {
    /// The plan with what only the engine knows of the past: how bursty the baseline has been, and what the same steps
    /// cost. Never fails: where it can't tell, rules learn while they watch, and forecasts are those written.
    package nonisolated func withHistory(_ plan: Plan) async -> Plan {
        var plan = plan
        if plan.asksForBursts {
            for known in await burstiness(of: plan) {
                guard plan.rules.indices.contains(known.rule), plan.rules[known.rule].conduct.tempering == nil
                else { continue }
                plan.rules[known.rule].conduct.burstiness = known.burstiness
            }
        }
        if plan.asksForCosts { plan = plan.with(await pastCosts(of: plan)) }
        return plan
    }

    /// What each step of the plan cost in past runs of its pipeline, in the plan's order; nil where too few are known.
    /// Nothing is known of a plan that forecasts nothing. Never fails: a run that cannot be read is left out.
    package func pastCosts(of plan: Plan) async -> [StepBudget.PastCost?] {
        guard plan.budget?.reserve != nil else { return plan.steps.map { _ in nil } }
        let query = RunQuery(service: plan.service, environment: plan.environment, limit: 1_000)
        guard let summaries = try? await parts.journal.summaries(query) else { return plan.steps.map { _ in nil } }
        let past = summaries.filter { $0.pipeline == plan.pipeline && $0.status.isTerminal }
        var costs: [[String: Duration]] = []
        for summary in past.prefix(PastCosts.runsMax) {
            guard let state = try? await Self.fold(summary.run, from: parts.journal) else { continue }
            costs.append(PastCosts.costs(of: state, for: plan))
        }
        return PastCosts.known(costs, for: plan)
    }
}
