import TminusAPI
import TminusCore
import TminusModel
import TminusPipeline

/// Writes into a plan what only the engine knows of the past, before its digest is taken: how bursty the baseline has
/// been, and what the same steps cost.
enum KnownHistory {
    static func asksForBursts(_ plan: TminusModel.Plan) -> Bool {
        plan.rules.contains { rule in
            guard case .ratioAbove = rule.trip else { return false }
            return rule.conduct.tempering == nil
        }
    }

    static func asksForCosts(_ plan: TminusModel.Plan) -> Bool { plan.budget?.reserve != nil }

    /// Never throws: where the engine can't tell, rules learn while they watch, and forecasts are those written.
    static func added(to resolved: Resolved, by client: EngineClient) async -> Resolved {
        var plan = resolved.plan
        if asksForBursts(plan), let known = try? await client.burstiness(of: plan) { plan = known.written(into: plan) }
        if asksForCosts(plan), let known = try? await client.pastCosts(of: plan) { plan = plan.with(known.steps) }
        return plan == resolved.plan ? resolved : resolved.with(plan)
    }

    static func added(to resolved: Resolved, _ options: EngineOptions) async -> Resolved {
        guard asksForBursts(resolved.plan) || asksForCosts(resolved.plan) else { return resolved }
        do { return try await Connection.use(options) { await added(to: resolved, by: $0) } } catch {
            return resolved
        }
    }
}
