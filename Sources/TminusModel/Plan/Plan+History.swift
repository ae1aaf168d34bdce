/// What an engine writes into a plan of what it knows of the past.
extension Plan {
    /// Whether a rule leaves its tempering to what the engine knows of the baseline.
    package var asksForBursts: Bool {
        rules.contains { rule in
            guard case .ratioAbove = rule.trip else { return false }
            return rule.conduct.tempering == nil
        }
    }

    /// Whether forecasts want to know what the same steps cost before.
    package var asksForCosts: Bool { budget?.reserve != nil }

    /// The plan as its pipeline says it, without what an engine has written in of the past.
    package var withoutHistory: Plan {
        var plan = self
        for index in plan.rules.indices where plan.rules[index].conduct.tempering == nil {
            plan.rules[index].conduct.burstiness = nil
        }
        for index in plan.steps.indices {
            plan.steps[index].budget?.pastCost = nil
            if plan.steps[index].budget == StepBudget(reason: "") { plan.steps[index].budget = nil }
        }
        return plan
    }
}
