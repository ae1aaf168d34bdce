internal import TminusJudgement
package import TminusModel

/// What the steps of past runs cost, for the forecasts of the next.
package enum PastCosts {
    /// Runs that are looked at, newest first.
    package static let runsMax = 30

    /// Each step's cost in a run that has ended, by its name, as time of full outage; empty for a run that was held
    /// against another budget, whose costs are no measure.
    package static func costs(of run: RunState, for plan: Plan) -> [String: Duration] {
        guard let own = run.plan.budget, let budget = plan.budget, own.objective == budget.objective,
            own.target == budget.target, own.window == budget.window, own.method == budget.method,
            own.period == budget.period, let reckoning = run.stepCost(own)
        else { return [:] }
        var costs: [String: Duration] = [:]
        for (step, state) in zip(run.plan.steps, run.steps) {
            let cost = state.cost
            let counts = cost.during.adding(cost.after)
            guard counts.total > 0, cost.missed == 0 else { continue }
            let summed = [cost.duringShare, cost.afterShare].compactMap { $0 }.reduce(0, +)
            guard let share = reckoning.share(of: counts, summed: summed), share.isFinite, share >= 0 else { continue }
            let milliseconds = (share * reckoning.allowedSeconds * 1_000).rounded(.up)
            costs[step.name] = .milliseconds(Int64(min(milliseconds, Double(Duration.longestMilliseconds))))
        }
        return costs
    }

    /// For each step of the plan, in its order, the 90th percentile (nearest rank) of what it cost; nil when fewer
    /// than five runs know. From five to nine it is the highest.
    package static func known(_ past: [[String: Duration]], for plan: Plan) -> [StepBudget.PastCost?] {
        plan.steps.map { step in
            let costs = past.compactMap { $0[step.name] }.sorted()
            guard costs.count >= StepBudget.PastCost.runsMin else { return nil }
            let rank = (costs.count * 9 + 9) / 10
            return StepBudget.PastCost(runs: costs.count, outage: costs[min(max(rank, 1), costs.count) - 1])
        }
    }
}

extension Plan {
    /// The plan with what its steps cost before; a step whose gate is skipped needs none.
    package func with(_ known: [StepBudget.PastCost?]) -> Plan {
        var plan = self
        for (index, cost) in known.enumerated() where plan.steps.indices.contains(index) {
            guard plan.steps[index].budget?.isSkipped != true else { continue }
            guard let cost else {
                plan.steps[index].budget?.pastCost = nil
                continue
            }
            var own = plan.steps[index].budget ?? StepBudget(reason: "")
            own.pastCost = cost
            plan.steps[index].budget = own
        }
        return plan
    }
}
