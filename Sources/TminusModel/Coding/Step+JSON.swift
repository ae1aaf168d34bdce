extension Step {
    func json(_ names: PlanNames) -> JSON {
        .members([
            "name": .string(name), "phase": phase == 0 ? nil : names.phases.json(phase),
            "needs": .unlessEmpty(needs.map(names.steps.json)), "kind": kind.json(names),
            "hasEffect": hasEffect == kind.usuallyHasEffect ? nil : .bool(hasEffect),
            "rollback": rollback.jsonIfDeclared, "isPivot": .ifTrue(isPivot), "retry": retry.jsonUnlessOnce,
            "timeouts": timeouts.jsonUnlessStandard,
            "onFailure": onFailure == .rollback ? nil : .string(onFailure.rawValue),
            "isIdempotent": .ifTrue(isIdempotent), "resolve": resolve?.json,
            "environment": .unlessEmpty(environment.map(\.json)), "secrets": .unlessEmpty(secrets.map(\.json)),
            "validForMilliseconds": .milliseconds(validFor), "budget": budget?.json,
        ])
    }

    init(json: JSON, names: PlanNames) throws(CodingFault) {
        var fields = try Fields(json)
        let name = try fields.text("name")
        let phase = try fields.optional("phase") { json throws(CodingFault) in
            try names.phases.position(json, "phase")
        }
        let needs = try fields.optional("needs") { json throws(CodingFault) in
            try names.steps.positions(json, "step")
        }
        let kind = try fields.required("kind") { json throws(CodingFault) in try Kind(json: json, names: names) }
        self.init(
            name: name, phase: phase ?? 0, needs: needs ?? [], kind: kind,
            hasEffect: try fields.optional("hasEffect") ?? kind.usuallyHasEffect)
        rollback = try fields.optional("rollback") ?? .notDeclared
        isPivot = try fields.flag("isPivot")
        retry = try fields.optional("retry") ?? .once
        timeouts = try fields.optional("timeouts") ?? .standard
        onFailure = try fields.optional("onFailure", OnFailure.init(word:)) ?? .rollback
        isIdempotent = try fields.flag("isIdempotent")
        resolve = try fields.optional("resolve")
        environment = try fields.list("environment")
        secrets = try fields.list("secrets")
        validFor = try fields.optionalDuration("validForMilliseconds", atLeast: 1)
        guard validFor == nil || !hasEffect else {
            throw CodingFault(path: "validForMilliseconds", reason: "has an effect, and would be done again")
        }
        budget = try fields.optional("budget")
        try fields.finish()
    }
}

extension Step.Kind {
    /// What is left unsaid about a step of this kind.
    fileprivate var usuallyHasEffect: Bool {
        switch self {
        case .run, .http, .maintenance, .maintenanceEnd, .migrate, .canary: true
        case .smoke, .backup, .approve, .wait: false
        }
    }

    fileprivate func json(_ names: PlanNames) -> JSON {
        switch self {
        case .run(let command): .members(["type": .string("run"), "command": command.json])
        case .http(let call): .members(["type": .string("http"), "call": call.json])
        case .smoke(let check): .members(["type": .string("smoke"), "check": check.json])
        case .backup(let check): .members(["type": .string("backup"), "check": check.json])
        case .maintenance(let bracket):
            .members([
                "type": .string("maintenance"), "enter": bracket.enter.json, "leave": bracket.leave.json,
                "until": names.steps.json(bracket.until),
            ])
        case .maintenanceEnd(let opened):
            .members(["type": .string("maintenanceEnd"), "opened": names.steps.json(opened)])
        case .migrate(let migration): .members(["type": .string("migrate"), "migration": migration.json])
        case .canary(let canary):
            .members([
                "type": .string("canary"), "weights": .array(canary.weights.map(JSON.integer)),
                "everyMilliseconds": .milliseconds(canary.every), "shift": canary.shift.json,
            ])
        case .approve(let rule):
            .members([
                "type": .string("approve"), "from": .unlessEmpty(rule.from), "count": .integer(rule.count),
                "expiresMilliseconds": .milliseconds(rule.expires),
            ])
        case .wait(let duration): .members(["type": .string("wait"), "forMilliseconds": .milliseconds(duration)])
        }
    }

    fileprivate init(json: JSON, names: PlanNames) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        let step = { (json: JSON) throws(CodingFault) in try names.steps.position(json, "step") }
        switch type {
        case "run": self = .run(try fields.required("command"))
        case "http": self = .http(try fields.required("call"))
        case "smoke": self = .smoke(try fields.required("check"))
        case "backup": self = .backup(try fields.required("check"))
        case "maintenance":
            self = .maintenance(
                MaintenanceBracket(
                    enter: try fields.required("enter"), leave: try fields.required("leave"),
                    until: try fields.required("until", step)))
        case "maintenanceEnd": self = .maintenanceEnd(opened: try fields.required("opened", step))
        case "migrate": self = .migrate(try fields.required("migration"))
        case "canary":
            self = .canary(
                Canary(
                    weights: try fields.required("weights", Canary.weights),
                    every: try fields.duration("everyMilliseconds"), shift: try fields.required("shift")))
        case "approve":
            self = .approve(
                ApprovalRule(
                    from: try fields.list("from"), count: try fields.integer("count", in: 1...1000),
                    expires: try fields.optionalDuration("expiresMilliseconds", atLeast: 1)))
        case "wait": self = .wait(try fields.duration("forMilliseconds"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension Canary {
    fileprivate static func weights(_ json: JSON) throws(CodingFault) -> [Int] {
        var last = 0
        let weights = try json.list { json throws(CodingFault) in
            let weight = try Int(json: json)
            guard weight > last, weight <= 100 else {
                throw CodingFault(reason: "weights rise and are 1 to 100, which \(weight) breaks")
            }
            last = weight
            return weight
        }
        guard !weights.isEmpty else { throw CodingFault(reason: "a canary has at least one weight") }
        return weights
    }
}

extension Step.OnFailure {
    fileprivate init(word json: JSON) throws(CodingFault) {
        let word = try String(json: json)
        guard let value = Self(rawValue: word) else {
            throw CodingFault(reason: "\(CodingFault.quoted(word)) is no word this version knows")
        }
        self = value
    }
}

extension Step.Rollback: ReadFromJSON {
    /// Nil when nothing was declared.
    fileprivate var jsonIfDeclared: JSON? {
        switch self {
        case .notDeclared: nil
        case .noneNeeded(let reason): .members(["type": .string("noneNeeded"), "reason": .string(reason)])
        case .command(let command, let retry, let timeouts, let isIdempotent):
            .members([
                "type": .string("command"), "command": command.json, "retry": retry.jsonUnlessOnce,
                "timeouts": timeouts.jsonUnlessStandard, "isIdempotent": .ifTrue(isIdempotent),
            ])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "noneNeeded": self = .noneNeeded(reason: try fields.text("reason"))
        case "command":
            self = .command(
                try fields.required("command"), retry: try fields.optional("retry") ?? .once,
                timeouts: try fields.optional("timeouts") ?? .standard,
                isIdempotent: try fields.flag("isIdempotent"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension StepBudget: ReadFromJSON {
    fileprivate var json: JSON {
        .members([
            "isSkipped": .ifTrue(isSkipped), "warnBelow": warnBelow?.json, "stopBelow": stopBelow?.json,
            "reason": .string(reason), "forecast": forecast?.json, "pastCost": pastCost?.json,
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            isSkipped: try fields.flag("isSkipped"), warnBelow: try fields.optional("warnBelow"),
            stopBelow: try fields.optional("stopBelow"), reason: try fields.text("reason"))
        forecast = try fields.optional("forecast")
        pastCost = try fields.optional("pastCost")
        try fields.finish()
    }
}

extension StepBudget.PastCost: ReadFromJSON {
    package var json: JSON { .members(["runs": .integer(runs), "outageMilliseconds": .milliseconds(outage)]) }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            runs: try fields.integer("runs", in: Self.runsMin...Int.max),
            outage: try fields.duration("outageMilliseconds"))
        try fields.finish()
    }
}
