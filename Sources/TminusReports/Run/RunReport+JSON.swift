import TminusCore
package import TminusModel

extension RunReport {
    /// The same for programs. Instants are milliseconds since 1970.
    package var json: JSON {
        let plan = state.plan
        let cost = BudgetCost(state, events)
        let costs = cost.sentences
        let steps: [JSON] = plan.steps.indices.map { index in
            let own = state.steps[index]
            return .members([
                "step": .string(plan.steps[index].name), "phase": .string(plan.phases[plan.steps[index].phase].name),
                "status": .string(own.status.word), "reason": own.reason.isEmpty ? nil : .string(own.reason),
                "attempts": .integer(own.number),
                "startedMilliseconds": own.startedAt.map { .integer($0.millisecondsSinceEpoch) },
                "endedMilliseconds": own.endedAt.map { .integer($0.millisecondsSinceEpoch) },
                "cost": costs[index].map(JSON.string),
                "outputs": own.outputs.isEmpty
                    ? nil : .object(own.outputs.map { JSON.Member($0.name, .string($0.value)) }),
            ])
        }
        let rules: [JSON] = plan.rules.indices.map { index in
            let own = state.rules[index]
            return .members([
                "rule": .string(plan.rules[index].name), "measurements": .integer(own.history.count),
                "judgement": own.judgement.map(\.json),
            ])
        }
        return .members([
            "summary": state.summary(now: state.lastAt).json, "digest": .string(state.digest),
            "why": state.rollback.map { .string($0.cause.words(plan, because: $0.reason)) },
            "reason": .string(state.rollback?.reason ?? state.headline), "steps": .array(steps),
            "rules": .array(rules), "rollbackOrder": .strings(rollbackOrder.map { plan.steps[$0].name }),
            "source": plan.source?.json, "changes": state.changes.isEmpty ? nil : changeReport.json,
            "cost": cost.whole.map(JSON.string), "pages": .strings(state.pagedKeys),
        ])
    }
}
