package import TminusModel

/// `POST /v1/costs {plan}`: what each step cost in past runs, in the plan's order.
package struct PastCostReply: Equatable, Sendable {
    /// Nil for a step of which too little is known.
    package var steps: [StepBudget.PastCost?]

    package init(steps: [StepBudget.PastCost?]) {
        self.steps = steps
    }

    package var json: JSON {
        .members(["steps": .array(steps.map { $0.map(\.json) ?? .null })])
    }

    package init(json: JSON) throws(APIError) {
        steps = []
        for element in try WireReader(json).elements("steps") {
            guard element != .null else {
                steps.append(nil)
                continue
            }
            do { steps.append(try StepBudget.PastCost(json: element)) } catch {
                throw APIError(.malformed, "steps: \(error)")
            }
        }
    }
}
