package import TminusModel

/// Two-sided intervals for a share of bad events, for the difference of two, and for the ratio of two rates.
///
/// Each is nil when nothing was counted, or when `confidence` is not in (0, 1).
package enum ProportionInterval {
    /// Above this many events the exact interval is replaced by Wilson's, which then differs by less than 1e-6 of the
    /// share's standard error.
    static let exactMax: Int64 = 1_000_000_000_000

    /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    package static func wilson(_ counts: GoodTotal, confidence: Double = 0.95) -> ConfidenceInterval? {
        guard let p = counts.badShare, confidence > 0, confidence < 1 else { return nil }
        let n = Double(counts.total)
        let z = NormalDistribution.quantile(upperTail: (1 - confidence) / 2)
        let square = z * z
        let centre = (p + square / (2 * n)) / (1 + square / n)
        let half = z / (1 + square / n) * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        return ConfidenceInterval(
            lower: counts.bad == 0 ? 0 : max(0, centre - half), upper: counts.good == 0 ? 1 : min(1, centre + half),
            confidence: confidence)
    }

    /// C. Clopper and E. S. Pearson, 1934, as quantiles of the beta distribution; never less than `confidence`.
    package static func clopperPearson(_ counts: GoodTotal, confidence: Double = 0.95) -> ConfidenceInterval? {
        guard counts.total > 0, confidence > 0, confidence < 1 else { return nil }
        guard counts.total <= exactMax else { return wilson(counts, confidence: confidence) }
        let tail = (1 - confidence) / 2
        let bad = Double(counts.bad)
        let good = Double(counts.good)
        let lower = BetaDistribution(bad, good + 1)?.quantile(.lower, tail).value ?? 0
        let upper = BetaDistribution(bad + 1, good)?.quantile(.upper, tail).value ?? 1
        return ConfidenceInterval(lower: lower, upper: upper, confidence: confidence)
    }

    /// The bad share of `candidate` less that of `baseline`: R. G. Newcombe, 1998, method 10 (hybrid of two Wilson
    /// intervals).
    package static func newcombe(
        candidate: GoodTotal, baseline: GoodTotal, confidence: Double = 0.95
    ) -> ConfidenceInterval? {
        guard let ours = wilson(candidate, confidence: confidence), let p = candidate.badShare,
            let theirs = wilson(baseline, confidence: confidence), let q = baseline.badShare
        else { return nil }
        func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
        return ConfidenceInterval(
            lower: p - q - length(p - ours.lower, theirs.upper - q),
            upper: p - q + length(ours.upper - p, q - theirs.lower), confidence: confidence)
    }

    /// The ratio of two Poisson rates, candidate's over baseline's, from bad events in the requests of each.
    ///
    /// Given the total of bad events, candidate's part is binomial with share r n_c / (r n_c + n_b): its exact
    /// interval, turned back into r. The upper limit is infinite when the baseline had none. Nil when neither had any.
    package static func poissonRatio(
        candidate: GoodTotal, baseline: GoodTotal, confidence: Double = 0.95
    ) -> ConfidenceInterval? {
        guard candidate.total > 0, baseline.total > 0 else { return nil }
        let (bad, overflow) = candidate.bad.addingReportingOverflow(baseline.bad)
        guard !overflow, let split = GoodTotal(good: baseline.bad, total: bad),
            let share = clopperPearson(split, confidence: confidence)
        else { return nil }
        let exposure = Double(baseline.total) / Double(candidate.total)
        func ratio(_ share: Double) -> Double { share >= 1 ? .infinity : share / (1 - share) * exposure }
        return ConfidenceInterval(lower: ratio(share.lower), upper: ratio(share.upper), confidence: confidence)
    }
}
