/// By how much `first` lies above `second`: the median of all differences, and an interval of two of them.
///
/// The interval is [D(k), D(mn + 1 − k)], D(i) being the i-th smallest difference. With fewer than 50 values in each
/// sample k is the exact quantile of U (R's `wilcox.test`); otherwise k is the largest for which the normal
/// approximation with continuity correction leaves no more than the tail. Ties only make it wider than needed.
/// R's and Kayenta's root finders look for the same two differences, within a tolerance of 1e-4.
package struct HodgesLehmann: Equatable, Sendable {
    package let estimate: Double
    /// With the confidence that k really gives; below the one asked for only when the samples are too small for it.
    package let interval: ConfidenceInterval
    /// k, from 1.
    package let rank: Int
    package let method: MannWhitney.Method

    /// `confidence` must be in (0, 1), otherwise nil.
    package init?(_ samples: SamplePair, confidence: Double = 0.95, method wanted: MannWhitney.Method? = nil) {
        guard confidence > 0, confidence < 1 else { return nil }
        let differences = SortedDifferences(samples)
        let isSmall = UDistribution.isTabulated(samples.first.count, samples.second.count)
        let tail = (1 - confidence) / 2
        let attained: Double
        if isSmall, wanted != .normal {
            let distribution = UDistribution(samples.first.count, samples.second.count)
            method = .exact
            rank = max(1, distribution.quantile(tail))
            attained = 1 - 2 * distribution.cumulative(rank - 1)
        } else {
            let n = Double(samples.first.count) + Double(samples.second.count)
            let sigma = (samples.pairs / 12 * (n + 1)).squareRoot()
            let z = NormalDistribution.quantile(upperTail: tail)
            method = .normal
            rank = max(1, Int((samples.pairs / 2 + 0.5 - z * sigma).rounded(.down)))
            attained = 1 - 2 * NormalDistribution.upperTail((samples.pairs / 2 - (Double(rank) - 0.5)) / sigma)
        }
        estimate = differences.median
        interval = ConfidenceInterval(
            lower: differences.orderStatistic(rank), upper: differences.orderStatistic(differences.count + 1 - rank),
            confidence: max(0, attained))
    }
}
