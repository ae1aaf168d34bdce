extension MetricEndpoints: ReadFromJSON {
    private static let usual = MetricEndpoints(baseline: "")

    var json: JSON {
        .members([
            "origin": origin.jsonUnlessPages, "baseline": .string(baseline), "candidate": .text(candidate),
            "everyMilliseconds": .milliseconds(every, unless: Self.usual.every),
            "timeoutMilliseconds": .milliseconds(timeout, unless: Self.usual.timeout),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            baseline: try fields.text("baseline"), candidate: try fields.optional("candidate"),
            every: try fields.duration("everyMilliseconds", atLeast: 1, default: Self.usual.every),
            timeout: try fields.duration("timeoutMilliseconds", atLeast: 1, default: Self.usual.timeout))
        origin = try fields.optional("origin") ?? .pages
        try fields.finish()
    }
}

extension Indicator: ReadFromJSON {
    var json: JSON {
        let members = [("name", JSON.string(name))] + counting.members
        return .object(members.compactMap { key, value in value.map { JSON.Member(key, $0) } })
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(name: try fields.text("name"), counting: try Counting(&fields))
        try fields.finish()
    }
}

extension CounterSelector: ReadFromJSON {
    package var json: JSON {
        .members(["metric": .string(metric), "labels": .unlessEmpty(labels.map(\.json))])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(metric: try fields.text("metric"), labels: try fields.list("labels"))
        try fields.finish()
    }
}

extension BudgetPolicy {
    /// The defaults are written too: a gate's limits are worth reading in the journal.
    func json(_ names: PlanNames) -> JSON {
        .members([
            "objective": .string(objective), "indicator": names.indicators.json(indicator), "target": target.json,
            "windowMilliseconds": .milliseconds(window), "warnBelow": warnBelow.json, "stopBelow": stopBelow.json,
            "burning": .strings(burning.map(\.rawValue)),
            "observedMinMilliseconds": .milliseconds(observedMin), "everyMilliseconds": .milliseconds(every),
            "method": method.jsonUnlessOccurrences, "period": period?.json, "tiers": .unlessEmpty(tiers.map(\.json)),
            "reserve": reserve?.json, "holdLimit": holdLimit?.json, "overriders": .unlessEmpty(overriders),
            "alertAfterMilliseconds": .milliseconds(alertAfter, unless: .zero),
        ])
    }

    init(json: JSON, names: PlanNames) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            objective: try fields.text("objective"),
            indicator: try fields.required("indicator") { json throws(CodingFault) in
                try names.indicators.position(json, "indicator")
            },
            target: try fields.required("target"), window: try fields.duration("windowMilliseconds", atLeast: 1),
            warnBelow: try fields.required("warnBelow"), stopBelow: try fields.required("stopBelow"),
            burning: try fields.list("burning", BurnAlert.init(word:)),
            observedMin: try fields.duration("observedMinMilliseconds"),
            every: try fields.duration("everyMilliseconds", atLeast: 1))
        method = try fields.optional("method") ?? .occurrences
        period = try fields.optional("period")
        tiers = try fields.list("tiers")
        reserve = try fields.optional("reserve")
        holdLimit = try fields.optional("holdLimit")
        overriders = try fields.list("overriders")
        alertAfter = try fields.duration("alertAfterMilliseconds", default: .zero)
        guard target.numerator >= 0, target.numerator < target.denominator else {
            throw CodingFault(path: "target", reason: "\(target.decimalText) is not from 0 to below 1")
        }
        try fields.finish()
    }
}

extension BurnAlert {
    fileprivate init(word json: JSON) throws(CodingFault) {
        let word = try String(json: json)
        guard let alert = BurnAlert(rawValue: word) else {
            throw CodingFault(reason: "\(CodingFault.quoted(word)) is no burn alert this version knows")
        }
        self = alert
    }
}

extension JudgingRule {
    func json(_ names: PlanNames) -> JSON {
        .members([
            "name": .string(name), "indicator": names.indicators.json(indicator),
            "subject": .string(subject.rawValue), "trip": trip.json,
            "during": .array(during.map(names.steps.json)), "afterMilliseconds": .milliseconds(after),
            "everyMilliseconds": .milliseconds(every), "samplesMin": .integer(samplesMin),
            "errorLimit": .integer(errorLimit), "conduct": conduct.jsonUnlessUsual,
        ])
    }

    init(json: JSON, names: PlanNames) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"),
            indicator: try fields.required("indicator") { json throws(CodingFault) in
                try names.indicators.position(json, "indicator")
            },
            subject: try fields.word("subject"), trip: try fields.required("trip"),
            during: try fields.required("during") { json throws(CodingFault) in
                try names.steps.positions(json, "step")
            },
            after: try fields.duration("afterMilliseconds"),
            every: try fields.duration("everyMilliseconds", atLeast: 1),
            samplesMin: Int64(try fields.integer("samplesMin", in: 1...Int.max)),
            errorLimit: try fields.integer("errorLimit"))
        conduct = try fields.optional("conduct") ?? RuleConduct()
        try fields.finish()
        guard !during.isEmpty else { throw CodingFault(path: "during", reason: "names no step") }
        for (position, (earlier, later)) in zip(during, during.dropFirst()).enumerated() where earlier >= later {
            throw CodingFault(path: "during[\(position + 1)]", reason: "is not in plan order, or repeats")
        }
    }
}

extension JudgingRule.Trip: ReadFromJSON {
    var json: JSON {
        switch self {
        case .below(let bound, let failAfter):
            .members(["type": .string("below"), "bound": bound.json, "failAfter": .integer(failAfter)])
        case .ratioAbove(let bound, let harmlessBelow):
            .members(["type": .string("ratioAbove"), "bound": bound.json, "harmlessBelow": harmlessBelow?.json])
        case .planned(let looks):
            .object(
                ([("type", .string("plannedLooks"))] + looks.members).compactMap { key, value in
                    value.map { JSON.Member(key, $0) }
                })
        case .slowerAbove(let bound, let harmlessBelow):
            .members(["type": .string("slowerAbove"), "bound": bound.json, "harmlessBelow": harmlessBelow?.json])
        case .meanAbove(let tolerated):
            .members(["type": .string("meanAbove"), "toleratedMilliseconds": .milliseconds(tolerated)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "below":
            self = .below(
                bound: try fields.required("bound"), failAfter: try fields.integer("failAfter", in: 1...Int.max))
        case "ratioAbove":
            self = .ratioAbove(bound: try fields.required("bound"), harmlessBelow: try fields.optional("harmlessBelow"))
        case "plannedLooks": self = .planned(try PlannedLooks(&fields))
        case "slowerAbove":
            self = .slowerAbove(
                bound: try fields.required("bound"), harmlessBelow: try fields.optional("harmlessBelow"))
        case "meanAbove": self = .meanAbove(tolerated: try fields.duration("toleratedMilliseconds"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}
