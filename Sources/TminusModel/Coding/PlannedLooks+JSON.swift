extension PlannedLooks {
    /// Beside `type`.
    var members: [(String, JSON?)] {
        [
            ("bound", bound.json), ("looks", .integer(looks)), ("toFind", toFind.json),
            ("spending", .string(spending.rawValue)), ("informationThousandths", .integer(informationThousandths)),
        ]
    }

    init(_ fields: inout Fields) throws(CodingFault) {
        self.init(
            bound: try fields.required("bound"), looks: try fields.integer("looks", in: 1...100),
            toFind: try fields.required("toFind"), spending: try fields.word("spending"),
            informationThousandths: Int64(try fields.integer("informationThousandths", in: 1...Int.max)))
    }
}

extension DurationGrowth: ReadFromJSON {
    var json: JSON {
        .members([
            "boundaries": boundaries.isEmpty ? nil : .array(boundaries.map(JSON.double)),
            "atMost": atMost.isEmpty ? nil : .array(atMost.map { JSON.integer($0) }),
            "seconds": seconds.map(JSON.double),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let boundaries = try fields.list("boundaries") { json throws(CodingFault) in try Self.number(json) }
        let atMost = try fields.list("atMost") { json throws(CodingFault) in try Int64(json: json) }
        let seconds = try fields.optional("seconds") { json throws(CodingFault) in try Self.number(json) }
        guard let growth = Self(boundaries: boundaries, atMost: atMost, seconds: seconds) else {
            throw CodingFault(reason: "durations that make no sense")
        }
        self = growth
        try fields.finish()
    }

    private static func number(_ json: JSON) throws(CodingFault) -> Double {
        guard let number = json.number else { throw CodingFault(reason: "expected a number") }
        return number
    }
}
