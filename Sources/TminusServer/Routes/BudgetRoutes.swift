import Hummingbird
import TminusAPI
import TminusEngine
import TminusJudgement
import TminusModel

/// `/v1/budget`: what a plan's gate would say now. `/v1/burstiness`: what its comparing rules should know beforehand.
/// `/v1/costs`: what its steps cost before.
struct BudgetRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.post("/v1/budget") { request, _ in
            let plan = try Self.plan(try await request.json(bytesMax: RunOrder.bytesMax))
            guard let policy = plan.budget, let metrics = plan.metrics, let question = BudgetQuestion(plan)
            else { throw APIError(.badRequest, "the plan has no error budget: it says no slo, budget or metrics") }
            let measurement = await parts.engine.measureBudget(question)
            let lookbackMin = Duration.milliseconds(2 * min(metrics.every.milliseconds, Duration.longestMilliseconds))
            let judgement = BudgetGate(policy: policy, lookbackMin: lookbackMin).judge(measurement)
            var reply = BudgetReply(at: measurement.at, judgement: judgement, measurement: measurement)
            reply.alerts = await parts.engine.alerts(of: plan).map { alert in
                BudgetAlert(
                    key: alert.state.key, name: alert.name, state: alert.state.word, since: alert.state.since,
                    unmeasuredSince: alert.state.frozenSince)
            }
            return Answers.json(reply.json)
        }
        router.post("/v1/burstiness") { request, _ in
            let plan = try Self.plan(try await request.json(bytesMax: RunOrder.bytesMax))
            let histories = await parts.engine.burstiness(of: plan)
            return Answers.json(
                BurstinessReply(
                    rules: histories.map { .init(rule: $0.rule, burstiness: $0.burstiness, unknown: $0.unknown) }
                ).json)
        }
        router.post("/v1/costs") { request, _ in
            let plan = try Self.plan(try await request.json(bytesMax: RunOrder.bytesMax))
            return Answers.json(PastCostReply(steps: await parts.engine.pastCosts(of: plan)).json)
        }
    }

    private static func plan(_ json: JSON) throws(APIError) -> Plan {
        guard let member = json["plan"] else { throw APIError(.badRequest, "member 'plan' is missing") }
        do { return try Plan(json: member) } catch { throw APIError(.badRequest, "plan: \(error)") }
    }
}
