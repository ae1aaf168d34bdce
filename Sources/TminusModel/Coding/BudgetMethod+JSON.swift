extension BudgetMethod: ReadFromJSON {
    /// Nil for occurrences.
    var jsonUnlessOccurrences: JSON? {
        switch self {
        case .occurrences: nil
        case .timeslices(let slice, let target):
            .members([
                "type": .string("timeslices"), "sliceMilliseconds": .milliseconds(slice), "target": target.json,
            ])
        case .ratioTimeslices(let slice):
            .members(["type": .string("ratioTimeslices"), "sliceMilliseconds": .milliseconds(slice)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        let slice = try fields.duration("sliceMilliseconds", atLeast: 1)
        switch type {
        case "timeslices": self = .timeslices(slice: slice, target: try fields.required("target"))
        case "ratioTimeslices": self = .ratioTimeslices(slice: slice)
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension CalendarPeriod: ReadFromJSON {
    var json: JSON {
        .members([
            "count": .integer(count), "unit": .string(unit.rawValue), "start": .string(start), "zone": .string(zone),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            count: try fields.integer("count", in: 1...10_000), unit: try fields.word("unit"),
            start: try fields.text("start"), zone: try fields.text("zone"))
        try fields.finish()
    }
}

extension BudgetTier: ReadFromJSON {
    var json: JSON {
        .members([
            "below": below.json, "action": .string(action.rawValue),
            "allowedChanges": .unlessEmpty(allowedChanges.map(\.rawValue)),
            "allowedKinds": .unlessEmpty(allowedKinds),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            below: try fields.required("below"), action: try fields.word("action"),
            allowedChanges: try fields.list("allowedChanges") { json throws(CodingFault) in
                let word = try String(json: json)
                guard let change = ChangeClass(rawValue: word) else {
                    throw CodingFault(reason: "\(CodingFault.quoted(word)) is no change class this version knows")
                }
                return change
            },
            allowedKinds: try fields.list("allowedKinds"))
        try fields.finish()
    }
}

extension HoldLimit: ReadFromJSON {
    var json: JSON {
        .members(["afterMilliseconds": .milliseconds(after), "then": .string(then.rawValue)])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(after: try fields.duration("afterMilliseconds", atLeast: 1), then: try fields.word("then"))
        try fields.finish()
    }
}

extension StepForecast: ReadFromJSON {
    var json: JSON {
        .members([
            "share": share.json, "errorRatio": errorRatio.json, "durationMilliseconds": .milliseconds(duration),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            share: try fields.required("share"), errorRatio: try fields.required("errorRatio"),
            duration: try fields.duration("durationMilliseconds", atLeast: 1))
        try fields.finish()
    }
}

extension SliceSummary: ReadFromJSON {
    var json: JSON {
        .members([
            "slices": .integer(slices), "measured": .integer(measured), "bad": .integer(bad),
            "badBillionths": .integer(badBillionths),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let slices: Int64 = try fields.required("slices")
        let measured: Int64 = try fields.required("measured")
        let bad: Int64 = try fields.required("bad")
        guard
            let summary = SliceSummary(
                slices: slices, measured: measured, bad: bad, badBillionths: try fields.required("badBillionths"))
        else { throw CodingFault(reason: "\(bad) bad of \(measured) measured of \(slices) slices makes no sense") }
        self = summary
        try fields.finish()
    }
}
