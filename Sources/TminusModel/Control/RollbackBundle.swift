/// What a release left behind so that it can be taken back with nothing but this: the plan that undoes it, and what
/// it was. The files of the plan travel beside it.
package struct RollbackBundle: Equatable, Sendable {
    package struct Inverse: Equatable, Sendable {
        package var plan: Plan
        /// SHA-256 of the plan's canonical JSON.
        package var digest: String
        package var lines: [RollbackLine]
        package var pivots: [String]

        package init(plan: Plan, digest: String, lines: [RollbackLine], pivots: [String]) {
            self.plan = plan
            self.digest = digest
            self.lines = lines
            self.pivots = pivots
        }
    }

    package static let format = 1

    package var record: ReleaseRecord
    /// Who released it.
    package var by: String
    /// Nil when nothing of it can be undone, and `refusal` says why.
    package var inverse: Inverse?
    package var refusal: String?

    package init(record: ReleaseRecord, by: String, inverse: Inverse?, refusal: String? = nil) {
        self.record = record
        self.by = by
        self.inverse = inverse
        self.refusal = refusal
    }
}

extension RollbackBundle.Inverse: ReadFromJSON {
    package var json: JSON {
        .members([
            "plan": plan.json, "digest": .string(digest), "lines": .array(lines.map(\.json)),
            "pivots": .unlessEmpty(pivots),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            plan: try fields.required("plan"), digest: try fields.text("digest"), lines: try fields.list("lines"),
            pivots: try fields.list("pivots"))
        try fields.finish()
    }
}

extension RollbackBundle: ReadFromJSON {
    package var json: JSON {
        .members([
            "format": .integer(Self.format), "record": record.json, "by": .string(by), "inverse": inverse?.json,
            "refusal": .text(refusal),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        _ = try fields.integer("format", in: Self.format...Self.format)
        self.init(
            record: try fields.required("record"), by: try fields.text("by"), inverse: try fields.optional("inverse"),
            refusal: try fields.optional("refusal"))
        try fields.finish()
    }
}

extension Plan {
    /// The same without the commands that `names` says are done; what built on them builds on what they built on.
    package func without(_ names: [String]) -> Plan {
        var plan = self
        var places: [Int?] = []
        plan.steps = []
        for step in steps {
            var isLeftOut = false
            if case .run = step.kind { isLeftOut = names.contains(step.name) }
            places.append(isLeftOut ? nil : plan.steps.count)
            if !isLeftOut { plan.steps.append(step) }
        }
        for (index, place) in places.enumerated() {
            guard let place else { continue }
            plan.steps[place].needs = needs(of: index, kept: places)
            switch steps[index].kind {
            case .maintenance(var bracket):
                bracket.until = places[bracket.until] ?? place
                plan.steps[place].kind = .maintenance(bracket)
            case .maintenanceEnd(let opened): plan.steps[place].kind = .maintenanceEnd(opened: places[opened] ?? 0)
            default: break
            }
        }
        return plan
    }

    private func needs(of step: StepIndex, kept places: [Int?]) -> [StepIndex] {
        var found: Set<Int> = []
        var seen: Set<Int> = []
        var open = steps[step].needs
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            if let place = places[next] { found.insert(place) } else { open += steps[next].needs }
        }
        return found.sorted()
    }
}
