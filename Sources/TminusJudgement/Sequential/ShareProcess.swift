/// Whether events fall into parts as they should: traffic into arms by weight, or requests by status class.
///
/// A Dirichlet mixture against fixed shares (M. Lindon and A. Malek, "Anytime-valid inference for multinomial count
/// data", 2022). For two parts it is the Beta mixture K = B(a + S, b + F) / B(a, b) / (p^S q^F). Valid at any time for
/// independent events; counts that come in clumps are not independent.
package struct ShareProcess: Equatable, Sendable {
    /// Positive, adding up to 1.
    package let shares: [Double]
    /// The prior's counts, in the order of `shares`.
    private let prior: [Double]
    private var seen: [Double]
    /// ln K, and its highest so far.
    package private(set) var logEvidence = 0.0
    package private(set) var logEvidenceMax = 0.0

    /// Parts one process may have.
    package static let partsMax = 100

    /// Nil unless there are 2…`partsMax` positive finite shares, which are normalised. `concentration` > 0 is how many
    /// events the prior is worth: the larger, the smaller the deviations it looks for.
    package init?(shares: [Double], concentration: Double = 100) {
        guard (2...Self.partsMax).contains(shares.count), shares.allSatisfy({ $0 > 0 && $0.isFinite }),
            concentration > 0, concentration.isFinite
        else { return nil }
        let whole = shares.reduce(0, +)
        guard whole.isFinite else { return nil }
        self.shares = shares.map { $0 / whole }
        prior = self.shares.map { $0 * concentration }
        seen = Array(repeating: 0, count: shares.count)
    }

    /// Adds an interval's events by part; counts below 0, or of another number of parts, are ignored.
    package mutating func absorb(_ counts: [Int64]) {
        guard counts.count == shares.count, counts.allSatisfy({ $0 >= 0 }) else { return }
        for (index, count) in counts.enumerated() { seen[index] += Double(count) }
        let total = seen.reduce(0, +)
        let priorTotal = prior.reduce(0, +)
        var log = GammaFunction.logarithmOfGamma(priorTotal) - GammaFunction.logarithmOfGamma(priorTotal + total)
        for index in shares.indices {
            log += GammaFunction.logarithmOfGamma(prior[index] + seen[index])
            log -= GammaFunction.logarithmOfGamma(prior[index])
            log -= seen[index] * logarithm(shares[index])
        }
        logEvidence = log
        logEvidenceMax = max(logEvidenceMax, log)
    }

    /// In (0, 1].
    package var alwaysValidP: Double { min(1, exponential(-logEvidenceMax)) }

    /// Whether the shares are shown to be wrong, at an error of `alpha` over all looks.
    package func isShownWrong(alpha: Double) -> Bool { alpha > 0 && alpha < 1 && logEvidenceMax >= -logarithm(alpha) }
}
