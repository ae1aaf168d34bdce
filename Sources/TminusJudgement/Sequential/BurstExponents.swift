/// The exponents that keep evidence honest when bad requests come in bursts.
///
/// Let the bad requests of each arm be negative binomial: Poisson, with a rate that varies by itself from interval to
/// interval with relative variance v (gamma). An interval's likelihood ratio raised to λ is exp(λ (P x − Q y)) for the
/// arm x that speaks for it and the arm y that speaks against it, and its mean is
///
///     [ (1 − v μ_x (e^(λP) − 1)) (1 + v μ_y (1 − e^(−λQ))) ]^(−1/v)
///
/// by the moment generating function of that distribution, infinite where the first factor is not positive. It is at
/// most 1, as an e-process needs, where the product is at least 1: for λ from 0 up to one root. The exponent is that
/// root, or 1 when it lies beyond. v = 0 gives 1. The means μ are those of the null hypothesis, from the rate so far
/// or, when more was seen, from the interval itself, rounded up: larger means only make the exponent smaller.
struct BurstExponents: Equatable, Sendable {
    /// Means are rounded up to powers of this.
    private static let grid = 1.2
    /// And variances to powers of this.
    private static let varianceGrid = 1.1
    private static let kept = 24

    private struct Entry: Equatable, Sendable {
        var variance: Double
        var cell: Double
        var share: Double
        var exponents: [Double]
    }
    /// The latest cells; a steady weight and a steady rate hit them nearly always.
    private var entries: [Entry] = []

    /// One exponent per pair of `gains` (P) and `losses` (Q), for `bad` expected bad requests of which the arm that
    /// speaks for the evidence has `share` under the null hypothesis.
    mutating func exponents(
        variance: Double, bad: Double, share: Double, gains: [Double], losses: [Double]
    ) -> [Double] {
        // The variance likewise, so that cells are hit while it is still being learned.
        let variance = Self.roundedUp(variance, by: Self.varianceGrid)
        let cell = Self.roundedUp(bad, by: Self.grid)
        if let entry = entries.first(where: { $0.variance == variance && $0.cell == cell && $0.share == share }) {
            return entry.exponents
        }
        let exponents = zip(gains, losses).map { gain, loss in
            Self.exponent(
                variance: variance, gain: gain, loss: loss, meanFor: cell * share, meanAgainst: cell * (1 - share))
        }
        entries.insert(Entry(variance: variance, cell: cell, share: share, exponents: exponents), at: 0)
        if entries.count > Self.kept { entries.removeLast() }
        return exponents
    }

    private static func roundedUp(_ value: Double, by factor: Double) -> Double {
        guard value > 0, value.isFinite else { return value }
        return exponential((logarithm(value) / logarithm(factor)).rounded(.up) * logarithm(factor))
    }

    /// In [0, 1]: the root from below, to 1e-5.
    static func exponent(
        variance: Double, gain: Double, loss: Double, meanFor: Double, meanAgainst: Double
    ) -> Double {
        guard variance > 0 else { return 1 }
        func isBounded(_ exponent: Double) -> Bool {
            let grown = 1 - variance * meanFor * (exponential(exponent * gain) - 1)
            guard grown > 0 else { return false }
            return grown * (1 + variance * meanAgainst * (1 - exponential(-exponent * loss))) >= 1
        }
        if isBounded(1) { return 1 }
        var low = 0.0
        var high = 1.0
        for _ in 0..<17 {
            let middle = (low + high) / 2
            if isBounded(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
