/// The names that events use for a plan's steps, rules and phases. Made once for a plan; lookups take constant time
/// both ways.
package struct StepNames: Sendable {
    let steps: NameTable
    let rules: NameTable
    let phases: NameTable
    /// How many acts each step has.
    let actCounts: [Int]

    package init(_ plan: Plan) {
        steps = NameTable(plan.steps.map(\.name))
        rules = NameTable(plan.rules.map(\.name))
        phases = NameTable(plan.phases.map(\.name))
        actCounts = plan.steps.map(\.kind.actCount)
    }

    package var stepCount: Int { steps.names.count }
}

extension Step.Kind {
    /// How many acts `Plan.acts(of:)` gives a step of this kind; ≥ 1.
    var actCount: Int {
        switch self {
        case .canary(let canary): 2 * canary.weights.count
        case .run, .http, .smoke, .backup, .maintenance, .maintenanceEnd, .migrate, .approve, .wait: 1
        }
    }
}
