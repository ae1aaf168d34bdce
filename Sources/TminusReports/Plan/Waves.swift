package import TminusModel

/// Which steps of a plan can go at the same time.
package enum Waves {
    /// Steps by phase and then by the longest way of needs that leads to them; each wave in plan order, none empty.
    package static func of(_ plan: Plan) -> [(phase: Int, waves: [[StepIndex]])] {
        var depth = [Int](repeating: 0, count: plan.steps.count)
        // Needs come before what needs them in every order that works, but plan order is the order written: relax until
        // nothing moves, at most once for each step of the longest chain.
        var isChanged = true
        var rounds = 0
        while isChanged, rounds <= plan.steps.count {
            isChanged = false
            rounds += 1
            for (index, step) in plan.steps.enumerated() {
                for need in step.needs where plan.steps[need].phase == step.phase && depth[index] <= depth[need] {
                    depth[index] = depth[need] + 1
                    isChanged = true
                }
            }
        }
        return plan.phases.indices.map { phase in
            let steps = plan.steps.indices.filter { plan.steps[$0].phase == phase }
            let deepest = steps.map { depth[$0] }.max() ?? -1
            var waves = [[StepIndex]](repeating: [], count: deepest + 1)
            for step in steps { waves[depth[step]].append(step) }
            return (phase, waves.filter { !$0.isEmpty })
        }
    }
}
