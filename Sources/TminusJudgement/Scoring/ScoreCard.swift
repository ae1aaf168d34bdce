package import TminusModel

/// Scored criteria, as in Keptn's `slo.yaml`: every objective gives points, and the share of all points decides.
package struct ScoreCard: Equatable, Sendable {
    /// How several previous values become the one to compare with.
    package enum Aggregate: String, Equatable, Sendable, CaseIterable {
        case mean
        case median
        case p90
        case p95
    }

    /// What a relative criterion says when there is no earlier release.
    package enum FirstRelease: String, Equatable, Sendable, CaseIterable {
        /// Nothing can be said.
        case hold
        /// It holds; what Keptn does.
        case pass
    }

    package var name: String
    package var objectives: [ScoredObjective]
    /// Percent of the points, exactly the bound suffices.
    package var passPercent: Double
    package var warningPercent: Double
    package var aggregate: Aggregate
    package var firstRelease: FirstRelease
    /// What an objective means that nothing was measured for: no score at all, no points, or left out.
    package var onNoData: RuleConduct.Missing
    /// How many previous values are compared with, the newest: those that stand last. Nil takes them all.
    package var previousMax: Int?

    package init(
        name: String, objectives: [ScoredObjective], passPercent: Double = 90, warningPercent: Double = 75,
        aggregate: Aggregate = .mean, firstRelease: FirstRelease = .hold, onNoData: RuleConduct.Missing = .hold
    ) {
        self.name = name
        self.objectives = objectives
        self.passPercent = passPercent
        self.warningPercent = warningPercent
        self.aggregate = aggregate
        self.firstRelease = firstRelease
        self.onNoData = onNoData
    }

    /// One objective's result; `verdict` is nil when it is shown only, or left out.
    package struct Line: Equatable, Sendable {
        package let objective: ScoredObjective
        package let value: Double?
        package let previous: Double?
        package let verdict: Verdict?
        package let points: Double
    }

    package struct Score: Equatable, Sendable {
        /// In the order of `objectives`.
        package let lines: [Line]
        /// In [0, 100]; nil when there was nothing to score.
        package let percent: Double?
        package let judgement: Judgement
    }

    /// Judges `values`; of several with one name the first counts, and those of no objective are left out.
    package func score(_ values: [ScoredValue]) -> Score {
        let lines = objectives.map { objective in line(objective, values.first { $0.name == objective.name }) }
        let possible = lines.reduce(0.0) { $0 + ($1.verdict == nil ? 0 : Double(max($1.objective.weight, 0))) }
        let reached = lines.reduce(0.0) { $0 + $1.points }
        let percent = possible > 0 ? reached / possible * 100 : nil
        return Score(lines: lines, percent: percent, judgement: judgement(lines, percent))
    }

    private func line(_ objective: ScoredObjective, _ measured: ScoredValue?) -> Line {
        let value = measured?.value.flatMap { $0.isFinite ? $0 : nil }
        let previous = measured.flatMap { aggregated(newest($0.previous.filter(\.isFinite))) }
        func line(_ verdict: Verdict?) -> Line {
            let weight = Double(max(objective.weight, 0))
            let points = verdict == .pass ? weight : verdict == .warning ? weight / 2 : 0
            return Line(objective: objective, value: value, previous: previous, verdict: verdict, points: points)
        }
        guard !objective.pass.isEmpty else { return line(nil) }
        guard let value else {
            switch onNoData {
            case .hold: return line(.noData)
            case .fail: return line(.fail)
            case .ignore: return line(nil)
            }
        }
        let passes = any(objective.pass, value, previous)
        if passes == true { return line(.pass) }
        let warns = any(objective.warning, value, previous)
        if passes == nil || (warns == nil && !objective.warning.isEmpty) { return line(.inconclusive) }
        return line(warns == true ? .warning : .fail)
    }

    /// Any of `alternatives`, all of each; nil when it hangs on a comparison with nothing.
    private func any(_ alternatives: [[Criterion]], _ value: Double, _ previous: Double?) -> Bool? {
        var isOpen = false
        for criteria in alternatives {
            let results = criteria.map { $0.holds(value, previous: previous) ?? (firstRelease == .pass ? true : nil) }
            if results.allSatisfy({ $0 == true }) { return true }
            if !results.contains(false) { isOpen = true }
        }
        return isOpen ? nil : false
    }

    private func newest(_ previous: [Double]) -> [Double] {
        previousMax.map { Array(previous.suffix(max($0, 0))) } ?? previous
    }

    private func aggregated(_ previous: [Double]) -> Double? {
        guard !previous.isEmpty else { return nil }
        let sorted = previous.sorted()
        switch aggregate {
        case .mean: return sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
        case .median: return Quantile.interpolated(sorted, 0.5)
        case .p90: return Quantile.nearestRank(sorted, 0.9)
        case .p95: return Quantile.nearestRank(sorted, 0.95)
        }
    }

    private func judgement(_ lines: [Line], _ percent: Double?) -> Judgement {
        let figures = [
            Figure(name: "score", value: percent, text: percent.map { Wording.decimal($0, digits: 2) + "%" } ?? "none")
        ]
        func judged(_ verdict: Verdict, _ reason: String) -> Judgement {
            Judgement(verdict: verdict, reason: "\(name): \(reason)", figures: figures)
        }
        func names(_ verdict: Verdict) -> String {
            lines.filter { $0.verdict == verdict }.map(\.objective.name).joined(separator: ", ")
        }
        guard (0...100).contains(warningPercent), (0...100).contains(passPercent), warningPercent <= passPercent else {
            return judged(.error, "the percentages must be 0 ≤ warning ≤ pass ≤ 100")
        }
        if let key = lines.first(where: { $0.verdict == .fail && $0.objective.isKey }) {
            return judged(.fail, "the key objective \(key.objective.name) failed")
        }
        if lines.contains(where: { $0.verdict == .noData }) {
            return judged(.noData, "nothing was measured for \(names(.noData))")
        }
        if lines.contains(where: { $0.verdict == .inconclusive }) {
            return judged(.inconclusive, "no earlier release to compare with for \(names(.inconclusive))")
        }
        guard let percent else { return judged(.noData, "there is nothing to score") }
        let score = "\(Wording.decimal(percent, digits: 2))% of the points"
        let needed = "\(Wording.decimal(passPercent, digits: 2))%"
        let failed = names(.fail).isEmpty ? "" : "; failed: \(names(.fail))"
        if percent >= passPercent { return judged(.pass, "\(score), \(needed) needed\(failed)") }
        if percent >= warningPercent { return judged(.warning, "\(score), \(needed) needed to pass\(failed)") }
        return judged(.fail, "\(score), \(Wording.decimal(warningPercent, digits: 2))% needed\(failed)")
    }
}
