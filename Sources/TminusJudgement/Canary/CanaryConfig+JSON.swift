package import TminusModel

extension CanaryConfig {
    /// Reads the JSON of a Kayenta canary config; members that don't concern judging are passed over.
    ///
    /// - Throws: `ConfigError` with the first thing wrong: text over `textMax` bytes, more metrics or groups than
    ///   allowed, unknown words, numbers out of range, a name that stands twice, a metric without a group.
    package init(parsing text: String) throws(ConfigError) {
        guard text.utf8.count <= Self.textMax else {
            throw ConfigError(path: "", reason: "longer than \(Self.textMax) bytes")
        }
        let json: JSON
        do { json = try JSON(parsing: text) } catch {
            throw ConfigError(path: "", reason: error.description)
        }
        try self.init(json: json)
    }

    package init(json: JSON) throws(ConfigError) {
        let root = ConfigPlace(json, "")
        try root.expectObject()
        let list = try root.member("metrics").list(atMost: Self.metricsMax)
        guard !list.isEmpty else {
            throw ConfigError(path: "metrics", reason: "there is no metric to judge by")
        }
        var metrics: [CanaryMetric] = []
        var names: Set<String> = []
        for place in list {
            let metric = try CanaryMetric(place)
            guard names.insert(metric.name).inserted else {
                throw ConfigError(path: place.path + ".name", reason: "another metric has the same name")
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
            throw ConfigError(
                path: "classifier.scoreThresholds", reason: "marginal must not be above pass")
        }
        self.init(
            name: try root.member("name").optionalText() ?? "", metrics: metrics, groupWeights: groupWeights,
            pass: pass, marginal: marginal)
    }
}

extension CanaryMetric {
    fileprivate init(_ place: ConfigPlace) throws(ConfigError) {
        try place.expectObject()
        let name = try place.member("name").text()
        var groups: [String] = []
        for group in try place.member("groups").list(atMost: CanaryConfig.groupsMax) { groups.append(try group.text()) }
        guard !groups.isEmpty else {
            throw ConfigError(
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
