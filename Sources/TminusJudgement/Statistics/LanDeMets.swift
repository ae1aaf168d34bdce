/// Boundaries for a planned number of looks, one-sided: by how much alpha is spent as information comes in.
///
/// K. K. G. Lan and D. L. DeMets, 1983. The fractions are of *information* (for counts the variance of the score),
/// not of time: under a weight ramp, time as the scale overspends.
package struct LanDeMets: Equatable, Sendable {
    package enum Spending: String, Equatable, Sendable, CaseIterable {
        /// O'Brien-Fleming type: 2 − 2 Φ(z / √u), z being the normal quantile of 1 − alpha / 2.
        case obrienFleming
        /// Pocock type: alpha ln(1 + (e − 1) u).
        case pocock
    }

    package let spending: Spending
    /// One-sided, in (0, 0.5).
    package let alpha: Double

    /// Looks one plan may have.
    package static let looksMax = 100
    /// The least share of the information so far that a look must add.
    package static let growthMin = 1e-4

    /// Nil unless `alpha` is in (0, 0.5).
    package init?(_ spending: Spending, alpha: Double) {
        guard alpha > 0, alpha < 0.5 else { return nil }
        self.spending = spending
        self.alpha = alpha
    }

    /// How much of alpha is spent up to information fraction `u`; alpha from 1 on.
    package func spent(at u: Double) -> Double {
        guard u > 0 else { return 0 }
        guard u < 1 else { return alpha }
        switch spending {
        case .obrienFleming:
            let z = NormalDistribution.quantile(upperTail: alpha / 2)
            return 2 * NormalDistribution.upperTail(z / u.squareRoot())
        case .pocock:
            return alpha * logarithm(onePlus: 1.718_281_828_459_045 * u)
        }
    }

    /// For each look the z at or above which it convicts; infinite where there is nothing left to spend.
    ///
    /// Nil unless the fractions ascend within (0, 1], each adds `growthMin` of what is there, and there are at most
    /// `looksMax`. Earlier boundaries don't depend on later fractions, so unplanned looks may be appended.
    package func boundaries(at fractions: [Double]) -> [Double]? {
        guard fractions.count <= Self.looksMax else { return nil }
        var previous = 0.0
        for fraction in fractions {
            let least = previous + previous * Self.growthMin
            guard fraction > 0, fraction <= 1, fraction > previous, fraction >= least else { return nil }
            previous = fraction
        }
        var boundaries: [Double] = []
        var path = ScorePath()
        for (look, fraction) in fractions.enumerated() {
            let spend = spent(at: fraction) - (look > 0 ? spent(at: fractions[look - 1]) : 0)
            let step = fraction - path.information
            let boundary = path.boundary(spending: spend, after: step)
            boundaries.append(boundary)
            let next = look + 1 < fractions.count ? fractions[look + 1] - fraction : step
            path.advance(by: step, boundary: boundary, next: next)
        }
        return boundaries
    }
}
