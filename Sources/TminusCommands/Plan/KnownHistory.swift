import TminusAPI
import TminusCore
import TminusModel
import TminusPipeline

/// Writes into a plan what only the engine knows of the past, before its digest is taken: how bursty the baseline has
/// been, and what the same steps cost.
enum KnownHistory {
    /// Never throws: where the engine can't tell, rules learn while they watch, and forecasts are those written.
    static func added(to resolved: Resolved, by client: EngineClient) async -> Resolved {
        var plan = resolved.plan
        if plan.asksForBursts, let known = try? await client.burstiness(of: plan) { plan = known.written(into: plan) }
        if plan.asksForCosts, let known = try? await client.pastCosts(of: plan) { plan = plan.with(known.steps) }
        return plan == resolved.plan ? resolved : resolved.with(plan)
    }

    static func added(to resolved: Resolved, _ options: EngineOptions) async -> Resolved {
        guard resolved.plan.asksForBursts || resolved.plan.asksForCosts else { return resolved }
        do { return try await Connection.use(options) { await added(to: resolved, by: $0) } } catch {
            return resolved
        }
    }
}
