extension Burstiness: ReadFromJSON {
    package var json: JSON {
        .members(["varianceThousandths": .integer(thousandths), "historyMilliseconds": .milliseconds(history)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let thousandths: Int64 = try fields.required("varianceThousandths")
        let history = try fields.duration("historyMilliseconds", default: .zero)
        guard thousandths >= 0, history > .zero else {
            throw CodingFault(reason: "a burstiness has a variance of at least 0 and a history longer than 0")
        }
        self.init(thousandths: thousandths, history: history)
        try fields.finish()
    }
}
