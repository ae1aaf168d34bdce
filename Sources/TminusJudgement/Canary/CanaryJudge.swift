import TminusModel

/// Judges a canary as Kayenta's NetflixACAJudge-v1.0 does, with the shift's interval from order statistics instead of a
/// root finder, no random noise on constants, and Brunner-Munzel's test where at least half of all values are equal.
///
/// Its promise is that of one look at independent values; it is offered for configs that exist. For a canary that is
/// watched, judge counts with `RateRatioRule`.
package struct CanaryJudge: Equatable, Sendable {
    package var config: CanaryConfig
    /// Kayenta's; in (0, 1).
    package var confidence: Double
    /// Of the estimated shift, that the whole interval must be beyond; Kayenta's.
    package var tolerance: Double
    /// Used where the config has none.
    package var pass: Double
    package var marginal: Double

    package init(
        config: CanaryConfig, confidence: Double = 0.98, tolerance: Double = 0.25, pass: Double = 95,
        marginal: Double = 75
    ) {
        self.config = config
        self.confidence = confidence
        self.tolerance = tolerance
        self.pass = config.pass ?? pass
        self.marginal = config.marginal ?? marginal
    }

    /// Of several series with one name the first counts; a metric without one has no values.
    package func judge(_ series: [CanarySeries]) -> CanaryResult {
        let metrics = config.metrics.map { metric in
            MetricComparison(
                metric, series.first { $0.metric == metric.name }, confidence: confidence, tolerance: tolerance
            ).result
        }
        let groups = groups(metrics)
        let score = summary(metrics, groups)
        let label: CanaryResult.Label = score >= pass ? .pass : score >= marginal ? .marginal : .fail
        return CanaryResult(
            metrics: metrics, groups: groups, score: score, label: label, judgement: judgement(metrics, score, label))
    }

    private func groups(_ results: [CanaryResult.Metric]) -> [CanaryResult.Group] {
        var names: [String] = []
        var tallies: [GroupTally] = []
        for (metric, result) in zip(config.metrics, results) where !metric.isMuted {
            for group in metric.groups {
                let position = names.firstIndex(of: group) ?? names.count
                if position == names.count {
                    names.append(group)
                    tallies.append(GroupTally())
                }
                tallies[position].add(result.classification)
            }
        }
        let given = config.groupWeights.reduce(0) { $0 + $1.weight }
        let unweighted = names.filter { name in !config.groupWeights.contains { $0.group == name } }.count
        let share = unweighted > 0 ? (100 - given) / Double(unweighted) : 0
        return zip(names, tallies).map { name, tally in
            let weight = config.groupWeights.first { $0.group == name }?.weight ?? share
            return CanaryResult.Group(name: name, score: tally.score, weight: weight)
        }
    }

    /// Groups without any data count as 100; a critical failure, or half of the metrics without data, make it 0.
    private func summary(_ metrics: [CanaryResult.Metric], _ groups: [CanaryResult.Group]) -> Double {
        let judged = metrics.filter { !$0.isMuted }
        guard !judged.isEmpty, !judged.contains(where: \.isCriticalFailure) else { return 0 }
        let silent = judged.filter { $0.classification == .nodata }.count
        guard silent * 2 < judged.count else { return 0 }
        let score = groups.reduce(0) { $0 + ($1.score ?? 100) * $1.weight / 100 }
        return (score * 100).rounded() / 100
    }

    private func judgement(
        _ metrics: [CanaryResult.Metric], _ score: Double, _ label: CanaryResult.Label
    ) -> Judgement {
        let judged = metrics.filter { !$0.isMuted }
        let figures = [Figure(name: "score", value: score, text: Wording.decimal(score, digits: 2))]
        func named(_ some: [CanaryResult.Metric]) -> String {
            some.prefix(5).map { "\($0.name) (\($0.classification.rawValue): \($0.reason))" }.joined(separator: "; ")
        }
        func judgement(_ verdict: Verdict, _ reason: String) -> Judgement {
            Judgement(
                verdict: verdict, reason: "score \(Wording.decimal(score, digits: 2)): \(reason)", figures: figures)
        }
        let silent = judged.filter { $0.classification == .nodata }
        if judged.isEmpty || (label == .fail && silent.count * 2 >= judged.count) {
            return judgement(.noData, judged.isEmpty ? "every metric is muted" : "no data for \(named(silent))")
        }
        let failed = judged.filter { $0.classification != .pass && $0.classification != .nodata }
        if label == .fail, failed.isEmpty { return judgement(.noData, "no data for \(named(silent))") }
        if label == .fail { return judgement(.fail, named(failed)) }
        let unknown = judged.filter(\.isUnknown)
        guard unknown.isEmpty else { return judgement(.inconclusive, "could not be told: \(named(unknown))") }
        let others = failed + silent
        let text = others.isEmpty ? "every metric passes" : named(others)
        return judgement(label == .pass ? .pass : .warning, text)
    }
}

/// Classifications of one group.
private struct GroupTally {
    private var passes = 0
    private var all = 0

    mutating func add(_ classification: CanaryResult.Classification) {
        switch classification {
        case .pass:
            passes += 1
            all += 1
        case .high, .low, .nodataFailMetric: all += 1
        case .nodata: break
        }
    }

    var score: Double? { all > 0 ? Double(passes) / Double(all) * 100 : nil }
}
