package import TminusModel

/// What would be undone, in which order, if the run turned back after everything had been done.
package struct InversePlan: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var step: StepIndex
        /// What undoes it; nil when nothing does.
        package var command: [String]?
        /// Why nothing undoes it; nil when something does.
        package var reason: String?
    }

    /// The first to be undone first.
    package let entries: [Entry]
    /// Names of the steps after whose success nothing is rolled back by itself, in plan order.
    package let pointsOfNoReturn: [StepIndex]

    package init(_ plan: Plan) {
        entries = plan.steps.indices.reversed().compactMap { Self.entry(of: $0, plan) }
        pointsOfNoReturn = plan.steps.indices.filter { index in
            if plan.steps[index].isPivot { return true }
            if case .migrate(let migration) = plan.steps[index].kind { return migration.kind == .contract }
            return false
        }
    }

    private static func entry(of index: StepIndex, _ plan: Plan) -> Entry? {
        let step = plan.steps[index]
        if case .maintenanceEnd = step.kind { return nil }
        if let (work, _, _) = plan.rollbackWork(of: index) {
            if case .command(let command, _) = work { return Entry(step: index, command: command.argv, reason: nil) }
            return Entry(step: index, command: ["tminus", "perform"], reason: nil)
        }
        guard step.hasEffect else { return nil }
        switch step.rollback {
        case .noneNeeded(let reason): return Entry(step: index, command: nil, reason: reason)
        case .notDeclared, .command:
            return Entry(
                step: index, command: nil, reason: step.isPivot ? "point of no return" : "declares no rollback")
        }
    }
}
