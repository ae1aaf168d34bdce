extension Judgement: ReadFromJSON {
    package var json: JSON {
        .members([
            "verdict": .string(verdict.rawValue), "reason": .string(reason),
            "figures": .unlessEmpty(figures.map(\.json)),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            verdict: try fields.word("verdict"), reason: try fields.text("reason"),
            figures: try fields.list("figures"))
        try fields.finish()
    }
}

extension Figure: ReadFromJSON {
    var json: JSON {
        .members(["name": .string(name), "value": value.map(JSON.double), "text": .string(text)])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), value: try fields.optional("value"), text: try fields.text("text"))
        try fields.finish()
    }
}
