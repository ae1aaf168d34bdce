extension Measurement: ReadFromJSON {
    package var json: JSON {
        .members([
            "fromMilliseconds": .milliseconds(from), "toMilliseconds": .milliseconds(to), "subject": subject.json,
            "baseline": baseline?.json, "subjectDurations": subjectDurations?.json,
            "baselineDurations": baselineDurations?.json,
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            from: try fields.instant("fromMilliseconds"), to: try fields.instant("toMilliseconds"),
            subject: try fields.required("subject"), baseline: try fields.optional("baseline"))
        subjectDurations = try fields.optional("subjectDurations")
        baselineDurations = try fields.optional("baselineDurations")
        try fields.finish()
    }
}

extension BudgetMeasurement: ReadFromJSON {
    package var json: JSON {
        .members([
            "atMilliseconds": .milliseconds(at), "window": window.json,
            "observedMilliseconds": .milliseconds(observed), "lookbacks": .unlessEmpty(lookbacks.map(\.json)),
            "slices": slices?.json, "period": period?.json,
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            at: try fields.instant("atMilliseconds"), window: try fields.required("window"),
            observed: try fields.duration("observedMilliseconds"), lookbacks: try fields.list("lookbacks"))
        slices = try fields.optional("slices")
        period = try fields.optional("period")
        try fields.finish()
    }
}

extension BudgetMeasurement.Lookback: ReadFromJSON {
    var json: JSON {
        .members(["lengthMilliseconds": .milliseconds(length), "reading": reading.json])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(length: try fields.duration("lengthMilliseconds"), reading: try fields.required("reading"))
        try fields.finish()
    }
}

extension BudgetMeasurement.Period: ReadFromJSON {
    var json: JSON { .members(["fromMilliseconds": .milliseconds(from), "untilMilliseconds": .milliseconds(until)]) }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(from: try fields.instant("fromMilliseconds"), until: try fields.instant("untilMilliseconds"))
        guard until > from else { throw CodingFault(reason: "a period that ends before it begins") }
        try fields.finish()
    }
}

extension ArmReading: ReadFromJSON {
    var json: JSON {
        switch self {
        case .counts(let counts):
            .members(["type": .string("counts"), "good": .integer(counts.good), "total": .integer(counts.total)])
        case .partial(let counts, let reason):
            .members([
                "type": .string("partial"), "good": .integer(counts.good), "total": .integer(counts.total),
                "reason": .string(reason),
            ])
        case .noData(let reason): .members(["type": .string("noData"), "reason": .string(reason)])
        case .error(let reason): .members(["type": .string("error"), "reason": .string(reason)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "counts": self = .counts(try Self.counts(&fields))
        case "partial": self = .partial(try Self.counts(&fields), try fields.text("reason"))
        case "noData": self = .noData(try fields.text("reason"))
        case "error": self = .error(try fields.text("reason"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }

    private static func counts(_ fields: inout Fields) throws(CodingFault) -> GoodTotal {
        let good: Int64 = try fields.required("good")
        let total: Int64 = try fields.required("total")
        guard let counts = GoodTotal(good: good, total: total) else {
            throw CodingFault(reason: "\(good) good of \(total) makes no sense")
        }
        return counts
    }
}
