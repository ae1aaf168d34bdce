package import TminusModel

extension PlanReport {
    /// The same for programs. Durations are milliseconds, instants milliseconds since 1970.
    package var json: JSON {
        let inverse = InversePlan(plan)
        return .members([
            "pipeline": .string(plan.pipeline), "service": .string(plan.service),
            "environment": .string(plan.environment), "digest": .string(digest),
            "inputs": .object(plan.inputs.map { JSON.Member($0.name, .string($0.value)) }),
            "source": plan.source?.json, "changes": changes?.json,
            "phases": .array(plan.phases.indices.map(phaseJSON)),
            "gate": gateJSON, "judges": .strings(plan.rules.map(\.name)),
            "inverse": .array(
                inverse.entries.map { entry in
                    .members([
                        "step": .string(plan.steps[entry.step].name), "command": entry.command.map(JSON.strings),
                        "reason": entry.reason.map(JSON.string),
                    ])
                }),
            "pointsOfNoReturn": .strings(inverse.pointsOfNoReturn.map { plan.steps[$0].name }),
            "pinnedFiles": .integer(plan.files.count),
            "deadlineMilliseconds": plan.deadline.map { .integer($0.milliseconds) },
            "plan": plan.json,
        ])
    }

    private func phaseJSON(_ phase: Int) -> JSON {
        let waves = Waves.of(plan).first { $0.phase == phase }?.waves ?? []
        let window = windows.indices.contains(phase) ? windows[phase] : nil
        return .members([
            "name": .string(plan.phases[phase].name),
            "window": plan.phases[phase].window.map { .string(WindowText.daily($0)) },
            "opensMilliseconds": window.map { .integer($0.opens.millisecondsSinceEpoch) },
            "closesMilliseconds": window.map { .integer($0.closes.millisecondsSinceEpoch) },
            "waves": .array(waves.map { .strings($0.map { plan.steps[$0].name }) }),
            "approvals": .array(
                plan.steps.filter { $0.phase == phase }.compactMap { step in
                    guard case .approve(let rule) = step.kind else { return nil }
                    return .members([
                        "step": .string(step.name), "from": .strings(rule.from), "count": .integer(rule.count),
                    ])
                }),
        ])
    }

    private var gateJSON: JSON? {
        guard let policy = plan.budget else { return nil }
        return .members([
            "policy": .string(BudgetText.policy(policy)), "now": budget.map(\.json),
            "unknown": budget == nil ? .string(budgetUnknown ?? "it was not asked") : nil,
        ])
    }
}
