/// What the parts of a plan call each other by.
struct PlanNames {
    let steps: NameTable
    let phases: NameTable
    let indicators: NameTable

    init(_ plan: Plan) {
        steps = NameTable(plan.steps.map(\.name))
        phases = NameTable(plan.phases.map(\.name))
        indicators = NameTable(plan.indicators.map(\.name))
    }

    /// From a plan's JSON, before its steps can be read.
    init(steps: JSON, phases: [Phase], indicators: [Indicator]) throws(CodingFault) {
        let names: [String]
        do throws(CodingFault) {
            names = try steps.list { step throws(CodingFault) in
                var fields = try Fields(step)
                return try fields.text("name")
            }
        } catch {
            throw error.inside("steps")
        }
        self.steps = NameTable(names)
        self.phases = NameTable(phases.map(\.name))
        self.indicators = NameTable(indicators.map(\.name))
        let tables: [(NameTable, String)] = [
            (self.steps, "steps"), (self.phases, "phases"), (self.indicators, "indicators"),
        ]
        for (table, key) in tables {
            if let name = table.duplicate {
                throw CodingFault(path: key, reason: "the name \(CodingFault.quoted(name)) stands twice")
            }
        }
    }
}
