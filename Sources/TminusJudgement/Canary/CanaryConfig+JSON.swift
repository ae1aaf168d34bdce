package import TminusModel

extension CanaryConfig {
    /// Reads the JSON of a Kayenta canary config; members that don't concern judging are passed over.
    ///
    /// - Throws: `CanaryConfigError` with the first thing wrong: text over `textMax` bytes, more metrics or groups than
    ///   allowed, unknown words, numbers out of range, a name that stands twice, a metric without a group.
    package init(parsing text: String) throws(CanaryConfigError) {
        guard text.utf8.count <= Self.textMax else {
            throw CanaryConfigError(path: "", reason: "longer than \(Self.textMax) bytes")
        }
        let json: JSON
        do { json = try JSON(parsing: text) } catch {
            throw CanaryConfigError(path: "", reason: error.description)
        }
        try self.init(json: json)
    }

    package init(json: JSON) throws(CanaryConfigError) {
        let root = ConfigPlace(json, "")
        try root.expectObject()
        let list = try root.member("metrics").list(atMost: Self.metricsMax)
        guard !list.isEmpty else {
            throw CanaryConfigError(path: "metrics", reason: "there is no metric to judge by")
        }
        var metrics: [CanaryMetric] = []
        var names: Set<String> = []
        for place in list {
            let metric = try CanaryMetric(place)
            guard names.insert(metric.name).inserted else {
                throw CanaryConfigError(path: place.path + ".name", reason: "another metric has the same name")
            }
            metrics.append(metric)
        }
        let classifier = root.member("classifier")
        let weights = try classifier.member("groupWeights").members(atMost: Self.groupsMax)
        var groupWeights: [GroupWeight] = []
        for place in weights {
            let weight = try place.place.number(in: 0...1_000_000)
            groupWeights.append(GroupWeight(group: place.key, weight: weight))
        }
        let thresholds = classifier.member("scoreThresholds")
        let pass = try thresholds.member("pass").optionalNumber(in: 0...100)
        let marginal = try thresholds.member("marginal").optionalNumber(in: 0...100)
        if let pass, let marginal, marginal > pass {
            throw CanaryConfigError(
                path: "classifier.scoreThresholds", reason: "marginal must not be above pass")
        }
        self.init(
            name: try root.member("name").optionalText() ?? "", metrics: metrics, groupWeights: groupWeights,
            pass: pass, marginal: marginal)
    }
}

extension CanaryMetric {
    fileprivate init(_ place: ConfigPlace) throws(CanaryConfigError) {
        try place.expectObject()
        let name = try place.member("name").text()
        var groups: [String] = []
        for group in try place.member("groups").list(atMost: CanaryConfig.groupsMax) { groups.append(try group.text()) }
        guard !groups.isEmpty else {
            throw CanaryConfigError(
                path: place.path + ".groups", reason: "a metric in no group is never scored; name one")
        }
        self.init(name: name, groups: groups)
        let canary = place.member("analysisConfigurations").member("canary")
        direction = try canary.member("direction").word() ?? .either
        isCritical = try canary.member("critical").flag()
        missing = try canary.member("nanStrategy").word() ?? .remove
        mustHaveData = try canary.member("mustHaveData").flag()
        isMuted = try canary.member("mute").flag()
        let outliers = canary.member("outliers")
        if let strategy: Outliers = try outliers.member("strategy").word(), strategy == .remove {
            outlierFactor = try outliers.member("outlierFactor").optionalNumber(in: 0...1_000_000) ?? 3
        }
        let size = canary.member("effectSize")
        effect = Effect(neutral: try size.member("measure").word() ?? .meanRatio)
        let range = 0.0...1_000_000
        effect.allowedIncrease = try size.member("allowedIncrease").optionalNumber(in: range) ?? effect.allowedIncrease
        effect.allowedDecrease = try size.member("allowedDecrease").optionalNumber(in: range) ?? effect.allowedDecrease
        effect.criticalIncrease =
            try size.member("criticalIncrease").optionalNumber(in: range) ?? effect.criticalIncrease
        effect.criticalDecrease =
            try size.member("criticalDecrease").optionalNumber(in: range) ?? effect.criticalDecrease
    }

    private enum Outliers: String, CaseIterable {
        case keep, remove
    }
}

/// A value of the config, and where it stands; one that is missing keeps its place for the error.
private struct ConfigPlace {
    let json: JSON?
    let path: String

    init(_ json: JSON?, _ path: String) {
        self.json = json == .null ? nil : json
        self.path = path
    }

    struct Named {
        let key: String
        let place: ConfigPlace
    }

    private func fail(_ reason: String) -> CanaryConfigError { CanaryConfigError(path: path, reason: reason) }

    func expectObject() throws(CanaryConfigError) {
        guard json?.members != nil else { throw fail("expected an object") }
    }

    /// Missing members, and members of what is no object, are missing.
    func member(_ key: String) -> ConfigPlace {
        ConfigPlace(json?[key], path.isEmpty ? key : "\(path).\(key)")
    }

    func list(atMost limit: Int) throws(CanaryConfigError) -> [ConfigPlace] {
        guard let json else { return [] }
        guard let elements = json.elements else { throw fail("expected an array") }
        guard elements.count <= limit else { throw fail("has \(elements.count) elements, at most \(limit) are read") }
        return elements.enumerated().map { ConfigPlace($0.element, "\(path)[\($0.offset)]") }
    }

    func members(atMost limit: Int) throws(CanaryConfigError) -> [Named] {
        guard let json else { return [] }
        guard let members = json.members else { throw fail("expected an object") }
        guard members.count <= limit else { throw fail("has \(members.count) members, at most \(limit) are read") }
        return members.map { Named(key: $0.key, place: member($0.key)) }
    }

    func optionalText() throws(CanaryConfigError) -> String? {
        guard let json else { return nil }
        guard let text = json.text else { throw fail("expected text") }
        guard text.utf8.count <= CanaryConfig.nameMax else { throw fail("longer than \(CanaryConfig.nameMax) bytes") }
        return text
    }

    func text() throws(CanaryConfigError) -> String {
        guard let text = try optionalText(), !text.isEmpty else { throw fail("is missing or empty") }
        return text
    }

    func flag() throws(CanaryConfigError) -> Bool {
        guard let json else { return false }
        guard let flag = json.bool else { throw fail("expected true or false") }
        return flag
    }

    func optionalNumber(in range: ClosedRange<Double>) throws(CanaryConfigError) -> Double? {
        guard let json else { return nil }
        guard let number = json.number, range.contains(number) else {
            let limits = "\(Wording.decimal(range.lowerBound)) to \(Wording.decimal(range.upperBound))"
            throw fail("expected a number from \(limits)")
        }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(CanaryConfigError) -> Double {
        guard let number = try optionalNumber(in: range) else { throw fail("is missing") }
        return number
    }

    /// One of the words of an enum, in any case of letters; nil when missing.
    func word<Word: RawRepresentable<String> & CaseIterable>() throws(CanaryConfigError) -> Word? {
        guard let text = try optionalText() else { return nil }
        let wanted = text.lowercased()
        guard let word = Word.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else {
            let words = Word.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
            throw fail("expected one of \(words)")
        }
        return word
    }
}
