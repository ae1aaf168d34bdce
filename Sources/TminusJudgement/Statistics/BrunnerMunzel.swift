/// How often a value of `first` exceeds one of `second`, ties as one half, and whether that differs from one half.
///
/// E. Brunner and U. Munzel, 2000, with Student's t, as scipy's `brunnermunzel`. Unlike a shift it means something when
/// most values are equal, such as counts that are nearly always 0, and it needs no equal variances.
package struct BrunnerMunzel: Equatable, Sendable {
    /// P(first > second) + P(first = second) / 2, in [0, 1].
    package let superiority: Double
    /// scipy's sign: positive when `second` tends to be larger; infinite when the samples are completely apart.
    package let statistic: Double
    /// Degrees of freedom; nil when the samples are completely apart or each is constant.
    package let freedom: Double?
    /// Two-sided, in [0, 1].
    package let p: Double
    private let standardError: Double

    /// Nil when a sample has fewer than two values.
    package init?(_ samples: SamplePair) {
        let m = Double(samples.first.count)
        let n = Double(samples.second.count)
        guard m >= 2, n >= 2 else { return nil }
        let (meanFirst, varianceFirst) = Self.moments(samples.placements)
        let (_, varianceSecond) = Self.moments(samples.swapped.placements)
        superiority = meanFirst / n
        // scipy's n S of each arm: m · Var(placements of first), and likewise.
        let ours = m * varianceFirst
        let theirs = n * varianceSecond
        guard ours + theirs > 0 else {
            standardError = 0
            freedom = nil
            statistic = superiority == 0.5 ? 0 : superiority < 0.5 ? .infinity : -.infinity
            p = superiority == 0.5 ? 1 : 0
            return
        }
        standardError = (ours + theirs).squareRoot() / (m * n)
        let statistic = (0.5 - superiority) / standardError
        self.statistic = statistic
        let freedom = (ours + theirs) * (ours + theirs) / (ours * ours / (m - 1) + theirs * theirs / (n - 1))
        self.freedom = freedom
        p = StudentDistribution(freedom: freedom).map { min(1, 2 * $0.upperTail(statistic.magnitude)) } ?? 1
    }

    /// For `superiority`; a single point when the samples are completely apart, so check that they are large enough.
    package func interval(confidence: Double) -> ConfidenceInterval? {
        guard confidence > 0, confidence < 1 else { return nil }
        guard let freedom, let distribution = StudentDistribution(freedom: freedom) else {
            return ConfidenceInterval(lower: superiority, upper: superiority, confidence: confidence)
        }
        let half = distribution.quantile(upperTail: (1 - confidence) / 2) * standardError
        return ConfidenceInterval(
            lower: max(0, superiority - half), upper: min(1, superiority + half), confidence: confidence)
    }

    /// Mean and variance of placements, which come doubled.
    private static func moments(_ twice: [Int]) -> (mean: Double, variance: Double) {
        let n = Double(twice.count)
        let mean = Double(twice.reduce(0, +)) / (2 * n)
        var squares = 0.0
        for value in twice {
            let surplus = Double(value) / 2 - mean
            squares += surplus * surplus
        }
        return (mean, squares / (n - 1))
    }
}
