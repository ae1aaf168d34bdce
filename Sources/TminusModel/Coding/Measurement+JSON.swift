extension Measurement: ReadFromJSON {
    package var json: JSON {
        .members([
            "fromMilliseconds": .milliseconds(from), "toMilliseconds": .milliseconds(to), "subject": subject.json,
            "baseline": baseline?.json,
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            from: try fields.instant("fromMilliseconds"), to: try fields.instant("toMilliseconds"),
            subject: try fields.required("subject"), baseline: try fields.optional("baseline"))
        try fields.finish()
    }
}

extension BudgetMeasurement: ReadFromJSON {
    package var json: JSON {
        .members([
            "atMilliseconds": .milliseconds(at), "window": window.json,
            "observedMilliseconds": .milliseconds(observed), "lookbacks": .unlessEmpty(lookbacks.map(\.json)),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            at: try fields.instant("atMilliseconds"), window: try fields.required("window"),
            observed: try fields.duration("observedMilliseconds"), lookbacks: try fields.list("lookbacks"))
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

extension ArmReading: ReadFromJSON {
    var json: JSON {
        switch self {
        case .counts(let counts):
            .members(["type": .string("counts"), "good": .integer(counts.good), "total": .integer(counts.total)])
        case .noData(let reason): .members(["type": .string("noData"), "reason": .string(reason)])
        case .error(let reason): .members(["type": .string("error"), "reason": .string(reason)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "counts":
            let good: Int64 = try fields.required("good")
            let total: Int64 = try fields.required("total")
            guard let counts = GoodTotal(good: good, total: total) else {
                throw CodingFault(reason: "\(good) good of \(total) makes no sense")
            }
            self = .counts(counts)
        case "noData": self = .noData(try fields.text("reason"))
        case "error": self = .error(try fields.text("reason"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}
