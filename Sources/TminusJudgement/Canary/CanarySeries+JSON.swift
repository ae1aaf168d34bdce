import TminusModel

extension CanarySeries {
    /// Values that are read of one metric and one version.
    package static let valuesMax = 1_000_000

    /// Reads `{"metrics": {"errors": {"baseline": [0.1, null], "candidate": [0.2, "NaN"]}}}`, or Kayenta's list of
    /// metric set pairs, `[{"name": "errors", "values": {"control": [0.1], "experiment": [0.2]}}]`. Null and "NaN" are
    /// missing values.
    ///
    /// - Throws: the first thing wrong: no such shape, a side that is missing, what is no number, a name that stands
    ///   twice, more metrics or values than are read.
    package static func list(parsing text: String) throws(ConfigError) -> [CanarySeries] {
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw ConfigError(path: "", reason: error.description) }
        if json.elements != nil { return try pairs(ConfigPlace(json, "")) }
        let metrics = ConfigPlace(json, "").member("metrics")
        guard metrics.json != nil else {
            throw ConfigError(path: "", reason: "expected an object with “metrics”, or a list of metric set pairs")
        }
        var series: [CanarySeries] = []
        for metric in try metrics.members(atMost: CanaryConfig.metricsMax) {
            try metric.place.expectObject()
            let candidate = try metric.place.member("candidate").measurements(atMost: valuesMax)
            let baseline = try metric.place.member("baseline").measurements(atMost: valuesMax)
            series.append(CanarySeries(metric: metric.key, experiment: candidate, control: baseline))
        }
        return series
    }

    private static func pairs(_ root: ConfigPlace) throws(ConfigError) -> [CanarySeries] {
        var series: [CanarySeries] = []
        var names: Set<String> = []
        for pair in try root.list(atMost: CanaryConfig.metricsMax) {
            let name = try pair.member("name").text()
            guard names.insert(name).inserted else {
                throw pair.member("name").fail("another series has the same name; tags are not told apart")
            }
            let values = pair.member("values")
            series.append(
                CanarySeries(
                    metric: name, experiment: try values.member("experiment").measurements(atMost: valuesMax),
                    control: try values.member("control").measurements(atMost: valuesMax)))
        }
        return series
    }
}
