import TminusAPI
import TminusModel
import TminusPipeline

/// Writes into a plan how bursty the baseline has been, before its digest is taken.
enum KnownBursts {
    static func isAsked(_ plan: TminusModel.Plan) -> Bool {
        plan.rules.contains { rule in
            guard case .ratioAbove = rule.trip else { return false }
            return rule.conduct.tempering == nil
        }
    }

    /// Never throws: where the engine can't tell, rules learn while they watch, as they did without it.
    static func added(to resolved: Resolved, by client: EngineClient) async -> Resolved {
        guard isAsked(resolved.plan) else { return resolved }
        do {
            let plan = try await client.burstiness(of: resolved.plan).written(into: resolved.plan)
            return plan == resolved.plan ? resolved : resolved.with(plan)
        } catch {
            return resolved
        }
    }

    static func added(to resolved: Resolved, _ options: EngineOptions) async -> Resolved {
        guard isAsked(resolved.plan) else { return resolved }
        do { return try await Connection.use(options) { await added(to: resolved, by: $0) } } catch {
            return resolved
        }
    }
}
