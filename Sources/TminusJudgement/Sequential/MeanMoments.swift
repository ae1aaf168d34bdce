/// Count, mean and spread of one arm's values over an interval: all that a comparison of means needs.
package struct MeanMoments: Equatable, Sendable {
    /// At least 1.
    package let count: Int64
    package let mean: Double
    /// The sum of squared deviations from the mean, ≥ 0.
    package let squares: Double

    /// Nil unless there is a value, and everything is finite.
    package init?(count: Int64, mean: Double, squares: Double) {
        guard count > 0, mean.isFinite, squares.isFinite, squares >= 0 else { return nil }
        self.count = count
        self.mean = mean
        self.squares = squares
    }

    /// Nil for no values, or for one that is not finite.
    package init?(_ values: [Double]) {
        var mean = 0.0
        var squares = 0.0
        for (index, value) in values.enumerated() {  // Welford's updates
            let surplus = value - mean
            mean += surplus / Double(index + 1)
            squares += surplus * (value - mean)
        }
        self.init(count: Int64(values.count), mean: mean, squares: max(0, squares))
    }

    /// The variance of the mean; nil below two values.
    var varianceOfMean: Double? {
        count > 1 ? squares / (Double(count) - 1) / Double(count) : nil
    }
}

/// What one arm showed over an interval.
package enum MeanReading: Equatable, Sendable {
    case moments(MeanMoments)
    /// The sentence says what was missing.
    case noData(String)
    case error(String)
}

/// Both arms over one interval.
package struct MeanStratum: Equatable, Sendable {
    package var candidate: MeanReading
    package var baseline: MeanReading

    package init(candidate: MeanReading, baseline: MeanReading) {
        self.candidate = candidate
        self.baseline = baseline
    }
}
