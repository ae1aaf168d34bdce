extension Plan: ReadFromJSON {
    /// The canonical JSON: the same plan always gives the same bytes. Parts name each other by name; what has its
    /// default value is left out.
    package var json: JSON {
        let names = PlanNames(self)
        return .members([
            "pipeline": .string(pipeline), "service": .string(service), "environment": .string(environment),
            "change": .string(change.rawValue), "release": .string(release.rawValue), "folder": .string(folder),
            "inputs": .unlessEmpty(inputs.map(\.json)), "contacts": .unlessEmpty(contacts.map(\.json)),
            "indicators": .unlessEmpty(indicators.map(\.json)), "metrics": metrics?.json,
            "budget": budget?.json(names), "rules": .unlessEmpty(rules.map { $0.json(names) }),
            "deadlineMilliseconds": .milliseconds(deadline),
            "attemptsAtOnceMax": .integer(attemptsAtOnceMax, unless: Self.attemptsAtOnceUsual),
            "onPage": onPage?.json, "phases": .array(phases.map(\.json)),
            "steps": .array(steps.map { $0.json(names) }), "files": .unlessEmpty(files.map(\.json)),
            "source": source?.json,
        ])
    }

    private static let attemptsAtOnceUsual = 8

    /// Reads a plan and checks all that its types promise, so that no plan from outside can trip the engine.
    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            pipeline: try fields.text("pipeline"), service: try fields.text("service"),
            environment: try fields.text("environment"), change: try fields.word("change"),
            release: try fields.word("release"), folder: try fields.text("folder"), phases: [], steps: [])
        inputs = try fields.list("inputs")
        contacts = try fields.list("contacts")
        indicators = try fields.list("indicators")
        metrics = try fields.optional("metrics")
        let budget = fields.take("budget")
        let rules = fields.take("rules")
        deadline = try fields.optionalDuration("deadlineMilliseconds", atLeast: 1)
        attemptsAtOnceMax = try fields.integer(
            "attemptsAtOnceMax", in: 1...1000, default: Self.attemptsAtOnceUsual)
        onPage = try fields.optional("onPage")
        phases = try fields.list("phases")
        let steps = fields.take("steps") ?? .array([])
        files = try fields.list("files")
        source = try fields.optional("source")
        try fields.finish()
        try readParts(budget: budget, rules: rules, steps: steps)
        try check()
    }

    /// The parts that refer to other parts by name.
    private mutating func readParts(budget: JSON?, rules: JSON?, steps: JSON) throws(CodingFault) {
        let names = try PlanNames(steps: steps, phases: phases, indicators: indicators)
        var key = "steps"
        do throws(CodingFault) {
            self.steps = try steps.list { step throws(CodingFault) in try Step(json: step, names: names) }
            key = "budget"
            if let budget { self.budget = try BudgetPolicy(json: budget, names: names) }
            key = "rules"
            self.rules =
                try rules?.list { rule throws(CodingFault) in try JudgingRule(json: rule, names: names) } ?? []
        } catch {
            throw error.inside(key)
        }
    }
}

extension Phase: ReadFromJSON {
    var json: JSON { .members(["name": .string(name), "window": window?.json]) }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(name: try fields.text("name"), window: try fields.optional("window"))
        try fields.finish()
    }
}

extension Window: ReadFromJSON {
    var json: JSON {
        .members(["fromMinute": .integer(fromMinute), "untilMinute": .integer(untilMinute), "zone": .string(zone)])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let from = try fields.integer("fromMinute", in: 0...1439)
        let until = try fields.integer("untilMinute", in: 0...1440)
        guard until > from else { throw CodingFault(path: "untilMinute", reason: "the window ends before it starts") }
        self.init(fromMinute: from, untilMinute: until, zone: try fields.text("zone"))
        try fields.finish()
    }
}

extension Contact: ReadFromJSON {
    var json: JSON { .members(["role": .string(role), "name": .string(name), "reach": .string(reach)]) }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(role: try fields.text("role"), name: try fields.text("name"), reach: try fields.text("reach"))
        try fields.finish()
    }
}

extension PlanInput: ReadFromJSON {
    var json: JSON {
        .members([
            "name": .string(name), "kind": .string(kind.rawValue), "value": .string(value), "pin": pin?.json,
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), kind: try fields.word("kind"), value: try fields.text("value"),
            pin: try fields.optional("pin"))
        try fields.finish()
    }
}

extension TagPin: ReadFromJSON {
    var json: JSON { .members(["object": .string(object), "commit": .string(commit)]) }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(object: try fields.text("object"), commit: try fields.text("commit"))
        try fields.finish()
    }
}

extension PinnedFile: ReadFromJSON {
    var json: JSON {
        .members([
            "path": .string(path), "digest": .string(digest), "size": .integer(size),
            "isExecutable": .ifTrue(isExecutable),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            path: try fields.text("path"), digest: try fields.text("digest"), size: try fields.required("size"),
            isExecutable: try fields.flag("isExecutable"))
        try fields.finish()
    }
}
