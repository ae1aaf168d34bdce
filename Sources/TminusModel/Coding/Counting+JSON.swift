extension Counting {
    /// Members of the indicator that holds it: the first form is written as it always was.
    var members: [(String, JSON?)] {
        switch self {
        case .counters(let good, let total): [("good", good.json), ("total", total.json)]
        case .failures(let bad, let total): [("bad", bad.json), ("total", total.json)]
        case .latency(let histogram, let threshold):
            [("histogram", histogram.json), ("thresholdMilliseconds", .milliseconds(threshold))]
        case .promQL(let good, let total): [("promQLGood", .string(good)), ("promQLTotal", .string(total))]
        case .sql(let text): [("sql", .string(text))]
        case .requestLogs(let logs): [("requestLogs", logs.json)]
        case .journey(let journey): [("journey", journey.json)]
        case .document(let good, let total): [("documentGood", .string(good)), ("documentTotal", .string(total))]
        case .asked: [("asked", .bool(true))]
        }
    }

    init(_ fields: inout Fields) throws(CodingFault) {
        if let histogram: CounterSelector = try fields.optional("histogram") {
            self = .latency(
                histogram: histogram, threshold: try fields.duration("thresholdMilliseconds", atLeast: 1))
        } else if let bad: CounterSelector = try fields.optional("bad") {
            self = .failures(bad: bad, total: try fields.required("total"))
        } else if let good: String = try fields.optional("promQLGood") {
            self = .promQL(good: good, total: try fields.text("promQLTotal"))
        } else if let text: String = try fields.optional("sql") {
            self = .sql(text)
        } else if let logs: RequestLogs = try fields.optional("requestLogs") {
            self = .requestLogs(logs)
        } else if let journey: Journey = try fields.optional("journey") {
            self = .journey(journey)
        } else if let good: String = try fields.optional("documentGood") {
            self = .document(good: good, total: try fields.text("documentTotal"))
        } else if try fields.flag("asked") {
            self = .asked
        } else {
            self = .counters(good: try fields.required("good"), total: try fields.required("total"))
        }
    }
}

extension Counting.RequestLogs: ReadFromJSON {
    var json: JSON {
        .members([
            "thresholdMilliseconds": .milliseconds(threshold), "countsFailures": .bool(countsFailures),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            threshold: try fields.optionalDuration("thresholdMilliseconds", atLeast: 1),
            countsFailures: try fields.flag("countsFailures"))
        try fields.finish()
    }
}

extension Counting.Journey: ReadFromJSON {
    var json: JSON {
        .members([
            "name": .string(name), "steps": .array(steps.map(\.json)), "withinMilliseconds": .milliseconds(within),
            "abandoned": .string(abandoned.rawValue), "abandonedAfterMilliseconds": .milliseconds(abandonedAfter),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), steps: try fields.list("steps"),
            within: try fields.optionalDuration("withinMilliseconds", atLeast: 1),
            abandoned: try fields.word("abandoned"),
            abandonedAfter: try fields.duration("abandonedAfterMilliseconds", atLeast: 1))
        guard !steps.isEmpty else { throw CodingFault(path: "steps", reason: "names no step") }
        try fields.finish()
    }
}

extension Counting.Journey.Step: ReadFromJSON {
    var json: JSON { .members(["name": .string(name), "withinMilliseconds": .milliseconds(within)]) }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), within: try fields.optionalDuration("withinMilliseconds", atLeast: 1))
        try fields.finish()
    }
}
