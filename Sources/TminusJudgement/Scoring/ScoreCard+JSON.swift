package import TminusModel

extension ScoreCard {
    package static let objectivesMax = 1_000
    package static let criteriaMax = 100
    package static let previousMax = 10_000

    /// Reads the members of Keptn's `slo.yaml` that score: `objectives` with `sli`, `pass` and `warning` (lists of
    /// `criteria`), `weight` and `key_sli`; `total_score`; `comparison`. Of our own are `firstRelease` and `onNoData`.
    /// Other members are passed over.
    ///
    /// - Throws: the first thing wrong, and where.
    package init(json: JSON, name: String) throws(ConfigError) {
        let root = ConfigPlace(json, "")
        try root.expectObject()
        let list = try root.member("objectives").list(atMost: Self.objectivesMax)
        guard !list.isEmpty else { throw root.member("objectives").fail("there is no objective to score") }
        var objectives: [ScoredObjective] = []
        var names: Set<String> = []
        for place in list {
            let objective = try ScoredObjective(place)
            guard names.insert(objective.name).inserted else {
                throw place.member("sli").fail("another objective has the same name")
            }
            objectives.append(objective)
        }
        self.init(name: name, objectives: objectives)
        let total = root.member("total_score")
        passPercent = try total.member("pass").percent() ?? passPercent
        warningPercent = try total.member("warning").percent() ?? min(warningPercent, passPercent)
        guard warningPercent <= passPercent else { throw total.fail("warning must not be above pass") }
        let comparison = root.member("comparison")
        switch try comparison.member("aggregate_function").word() as KeptnAggregate? {
        case nil, .avg: aggregate = .mean
        case .p50: aggregate = .median
        case .p90: aggregate = .p90
        case .p95: aggregate = .p95
        }
        let several: KeptnComparison? = try comparison.member("compare_with").word()
        let count = try comparison.member("number_of_comparison_results").optionalNumber(in: 1...1_000)
        guard count.map({ $0 == $0.rounded() }) ?? true else {
            throw comparison.member("number_of_comparison_results").fail("expected a whole number")
        }
        previousMax = several == .several ? Int(count ?? 3) : 1
        firstRelease = try root.member("firstRelease").word() ?? firstRelease
        onNoData = try root.member("onNoData").word() ?? onNoData
    }

    private enum KeptnAggregate: String, CaseIterable {
        case avg, p50, p90, p95
    }

    private enum KeptnComparison: String, CaseIterable {
        case single = "single_result"
        case several = "several_results"
    }
}

extension ScoredObjective {
    fileprivate init(_ place: ConfigPlace) throws(ConfigError) {
        try place.expectObject()
        let weight = try place.member("weight").optionalNumber(in: 0...1_000_000) ?? 1
        guard weight == weight.rounded() else { throw place.member("weight").fail("expected a whole number") }
        self.init(
            name: try place.member("sli").text(), pass: try place.member("pass").criteria(),
            warning: try place.member("warning").criteria(), weight: Int(weight),
            isKey: try place.member("key_sli").flag())
    }
}

extension ScoredValue {
    /// Reads `{"values": {"latency": {"value": 250, "previous": [240, 244]}, "errors": 0.1}}`, the oldest previous
    /// value first. Null and "NaN" were not measured.
    ///
    /// - Throws: the first thing wrong, and where.
    package static func list(json: JSON) throws(ConfigError) -> [ScoredValue] {
        let root = ConfigPlace(json, "")
        try root.expectObject()
        let values = root.member("values")
        guard values.json != nil else { throw values.fail("is missing") }
        var list: [ScoredValue] = []
        for named in try values.members(atMost: ScoreCard.objectivesMax) {
            guard named.place.json?.members != nil else {
                list.append(ScoredValue(name: named.key, value: try named.place.measured()))
                continue
            }
            let previous = named.place.member("previous")
            list.append(
                ScoredValue(
                    name: named.key, value: try named.place.member("value").measured(),
                    previous: previous.json == nil
                        ? [] : try previous.measurements(atMost: ScoreCard.previousMax).compactMap { $0 }))
        }
        return list
    }
}

extension ConfigPlace {
    /// Nil, a number, or Keptn's text with a percent sign; 0…100.
    fileprivate func percent() throws(ConfigError) -> Double? {
        guard let text = json?.text else { return try optionalNumber(in: 0...100) }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let number = Double(String(digits)), (0...100).contains(number) else {
            throw fail("expected a percentage from 0% to 100%")
        }
        return number
    }

    /// Alternatives, each a list of criteria that all have to hold.
    fileprivate func criteria() throws(ConfigError) -> [[Criterion]] {
        var alternatives: [[Criterion]] = []
        for place in try list(atMost: ScoreCard.criteriaMax) {
            let list = place.member("criteria")
            var criteria: [Criterion] = []
            for place in try list.list(atMost: ScoreCard.criteriaMax) {
                guard let criterion = Criterion(text: try place.text()) else {
                    throw place.fail("expected a criterion such as “<=+10%”, “<600” or “>=-5”")
                }
                criteria.append(criterion)
            }
            // Nothing to hold would hold always.
            guard !criteria.isEmpty else { throw list.fail("is missing or empty") }
            alternatives.append(criteria)
        }
        return alternatives
    }
}
