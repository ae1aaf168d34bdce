import TminusCore
import TminusJudgement
import TminusModel

/// What a budget policy says beyond its bounds: tiers, reserve, hold limit, overriders, and the worst of each step.
enum PolicyLines {
    /// Tiers from the lowest bound up, without those that are plain bounds.
    static func tiers(_ policy: BudgetPolicy) -> [String] {
        policy.tiers.map { tier in
            let does = tier.action == .hold ? "steps hold" : "a person must say go"
            let passing = tier.allowedChanges.map(\.rawValue) + tier.allowedKinds.map { "\($0) steps" }
            let except = passing.isEmpty ? "" : ", except \(passing.joined(separator: ", "))"
            return "below \(tier.below.percentText) \(does)\(except)"
        }
    }

    static func conduct(_ policy: BudgetPolicy) -> [String] {
        var lines: [String] = []
        if let reserve = policy.reserve {
            lines.append("reserve \(reserve.percentText): no step's worst case may touch it")
        }
        if policy.alertAfter > .zero {
            lines.append("burn alerts fire after \(policy.alertAfter.releaseText); steps hold at once")
        }
        if let limit = policy.holdLimit {
            lines.append("held for \(limit.after.releaseText), \(then(limit.then))")
        }
        if !policy.overriders.isEmpty {
            lines.append("\(policy.overriders.joined(separator: " or ")) may override")
        }
        return lines
    }

    static func then(_ choice: HoldLimit.Choice) -> String {
        switch choice {
        case .rollback: "the run rolls back"
        case .fail: "the run fails"
        case .page: "somebody is paged"
        }
    }

    /// The worst case of each step that has one, in plan order; empty without a reserve.
    static func forecasts(_ plan: Plan) -> [String] {
        guard let policy = plan.budget, policy.reserve != nil,
            let budget = try? ErrorBudget(target: policy.target, window: policy.window)
        else { return [] }
        return plan.steps.indices.compactMap { step in
            let subject = plan.gateSubject(of: step)
            guard let forecast = subject.forecast else { return nil }
            let source = subject.forecastSource.map { " (\($0))" } ?? ""
            return "\(plan.steps[step].name): at the worst \(BudgetForecast.text(forecast, budget))\(source)"
        }
    }
}
