extension RuleConduct: ReadFromJSON {
    private static let usual = RuleConduct()

    /// Nil when nothing was said.
    var jsonUnlessUsual: JSON? {
        self == Self.usual
            ? nil
            : .members([
                "isDryRun": .ifTrue(isDryRun), "warmUpMilliseconds": .milliseconds(warmUp, unless: .zero),
                "onNoData": onNoData == .hold ? nil : .string(onNoData.rawValue),
                "onNoTraffic": onNoTraffic == .hold ? nil : .string(onNoTraffic.rawValue),
                "onPartial": onPartial == .hold ? nil : .string(onPartial.rawValue),
                "inconclusiveLimit": inconclusiveLimit.map(JSON.integer),
                "successLimit": successLimit.map(JSON.integer), "tempering": tempering?.json,
                "burstiness": burstiness?.json,
            ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init()
        isDryRun = try fields.flag("isDryRun")
        warmUp = try fields.duration("warmUpMilliseconds", default: .zero)
        onNoData = try fields.optional("onNoData", Missing.init(word:)) ?? .hold
        onNoTraffic = try fields.optional("onNoTraffic", Missing.init(word:)) ?? .hold
        onPartial = try fields.optional("onPartial", Missing.init(word:)) ?? .hold
        inconclusiveLimit = try fields.optional("inconclusiveLimit")
        successLimit = try fields.optional("successLimit")
        tempering = try fields.optional("tempering")
        burstiness = try fields.optional("burstiness")
        try fields.finish()
    }
}

extension RuleConduct.Missing {
    fileprivate init(word json: JSON) throws(CodingFault) {
        let word = try String(json: json)
        guard let missing = Self(rawValue: word) else {
            throw CodingFault(reason: "\(CodingFault.quoted(word)) is no policy this version knows")
        }
        self = missing
    }
}
