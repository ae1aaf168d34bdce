import TminusModel

/// In production every step with an effect that can run before the point of no return says how it is undone.
enum Coverage {
    static let production = "production"

    static func check(_ plan: Plan, _ steps: StepDrafts, _ needs: Needs, _ decoding: inout Decoding) {
        guard plan.environment == production else { return }
        let isAfterPivot = needs.after(plan.steps.indices.filter { plan.steps[$0].isPivot }, steps)
        for (index, step) in plan.steps.enumerated() {
            guard step.hasEffect, !step.isPivot, !isAfterPivot[index], case .notDeclared = step.rollback else {
                continue
            }
            if case .maintenance = step.kind { continue }
            decoding.error(
                at: steps.drafts[index].key,
                "step '\(step.name)' has an effect in production and does not say how it is undone", fix: fix(step))
        }
    }

    private static func fix(_ step: Step) -> String {
        let other = "'effect: none' if it changes nothing, or 'pivot: true' for the point of no return"
        switch step.kind {
        case .migrate:
            return "add 'rollback: none-needed' (the old version works on the new schema), a command, or 'pivot: true'"
        case .canary(let canary):
            let program = canary.shift.argv.first ?? "./scripts/weight"
            return "add 'rollback: {run: [\(program), \"0\"]}'"
        default:
            return "add 'rollback: {run: [...]}', 'rollback: none-needed' with a 'reason', \(other)"
        }
    }
}
