import TminusModel

/// Candidate's mean duration against baseline's, from sums and counts alone, as histograms and summaries have them.
///
/// A sum says nothing of how single values vary, so the intervals are the sample: each gives one difference of means d
/// with weight h = n_c n_b / (n_c + n_b). The estimate is D = Σ h d / Σ h, and its variance Σ h² (d − D)² / (Σ h)²
/// times k / (k − 1) for k intervals. What both arms share in an interval cancels in d, and what makes one arm's mean
/// vary from interval to interval, such as bursts of slow requests, is in the variance. The confidence sequence
/// (GAVI) is valid at any number of looks once means of differences are close to normal: nothing is said before
/// `intervalsMin` of them.
package struct MeanIncrease: Equatable, Sendable {
    package static let intervalsMin = 20
    package static let alpha = 0.05
    /// In intervals.
    private static let sequence = ConfidenceSequence.asymptotic(tightestAt: 40)

    /// Seconds, ≥ 0: up to this much is tolerated.
    package let tolerated: Double
    /// Σ h, and of h d, h², h² d, h² d².
    private var weight = 0.0
    private var weighted = 0.0
    private var squaredWeight = 0.0
    private var squaredWeighted = 0.0
    private var squares = 0.0
    package private(set) var intervals = 0
    package private(set) var isConvicted = false

    package init(tolerated: Double) { self.tolerated = max(tolerated, 0) }

    /// How many values an arm had, and their sum in seconds.
    package struct Arm: Equatable, Sendable {
        package let count: Int64
        package let seconds: Double

        package init(count: Int64, seconds: Double) {
            self.count = count
            self.seconds = seconds
        }
    }

    /// Takes in the next interval; one in which an arm had no values says nothing.
    package mutating func absorb(candidate: Arm, baseline: Arm) {
        guard candidate.count > 0, baseline.count > 0 else { return }
        let ours = Double(candidate.count)
        let theirs = Double(baseline.count)
        let h = ours * theirs / (ours + theirs)
        let d = candidate.seconds / ours - baseline.seconds / theirs
        guard d.isFinite else { return }
        intervals += 1
        weight += h
        weighted += h * d
        squaredWeight += h * h
        squaredWeighted += h * h * d
        squares += h * h * d * d
        if let interval, interval.lower > tolerated { isConvicted = true }
    }

    /// Candidate's mean less baseline's, in seconds; nil before anything was compared.
    package var difference: Double? { weight > 0 ? weighted / weight : nil }

    /// For the difference, valid at all times at once; nil before `intervalsMin`.
    package var interval: ConfidenceInterval? {
        guard intervals >= Self.intervalsMin, let difference else { return nil }
        let spread = squares - 2 * difference * squaredWeighted + difference * difference * squaredWeight
        let k = Double(intervals)
        let variance = max(spread, 0) / (weight * weight) * k / (k - 1)
        // Equal in every interval: as sure as a sample can be, and never surer than rounding.
        let least = (difference * 1e-9) * (difference * 1e-9)
        let half = Self.sequence.halfWidth(
            variance: max(variance, least, 1e-30), size: k, alpha: Self.alpha)
        return ConfidenceInterval(lower: difference - half, upper: difference + half, confidence: 1 - Self.alpha)
    }
}
