/// The Mann-Whitney (Wilcoxon rank sum) test of two samples, as R's `wilcox.test` and scipy's `mannwhitneyu` do it.
///
/// It asks whether values of `first` tend to lie above values of `second`. One look only: repeated looks need an
/// e-process.
package struct MannWhitney: Equatable, Sendable {
    package enum Alternative: Equatable, Sendable {
        case twoSided
        /// `first` tends to be larger.
        case greater
        case less
    }

    package enum Method: Equatable, Sendable {
        /// From the distribution of U itself; only without ties and with fewer than 50 values a sample.
        case exact
        /// Normal, with the variance corrected for ties and a continuity correction of one half.
        case normal
    }

    /// U of the first sample: pairs in which its value is the larger, ties as one half.
    package let statistic: Double
    /// In [0, 1].
    package let p: Double
    package let method: Method

    /// `method` nil is exact where it can be; `exact` where it can't be is `normal`.
    package init(_ samples: SamplePair, alternative: Alternative = .twoSided, method wanted: Method? = nil) {
        let twiceU = samples.placements.reduce(0, +)
        let ties = samples.tieGroups
        let isSmall = UDistribution.isTabulated(samples.first.count, samples.second.count)
        statistic = Double(twiceU) / 2
        if isSmall, ties.isEmpty, wanted != .normal {
            method = .exact
            p = Self.exact(UDistribution(samples.first.count, samples.second.count), twiceU / 2, alternative)
        } else {
            method = .normal
            p = Self.normal(statistic, samples, ties, alternative)
        }
    }

    private static func exact(_ distribution: UDistribution, _ u: Int, _ alternative: Alternative) -> Double {
        let atMost = distribution.cumulative(u)
        let atLeast = distribution.cumulative(distribution.pairs - u)  // U is symmetric
        switch alternative {
        case .twoSided: return min(1, 2 * min(atMost, atLeast))
        case .greater: return atLeast
        case .less: return atMost
        }
    }

    private static func normal(
        _ u: Double, _ samples: SamplePair, _ ties: [Int], _ alternative: Alternative
    ) -> Double {
        let n = Double(samples.first.count) + Double(samples.second.count)
        var tied = 0.0
        for size in ties {
            let t = Double(size)
            tied += t * (t * t - 1)
        }
        let variance = samples.pairs / 12 * (n + 1 - tied / (n * (n - 1)))
        guard variance > 0 else { return 1 }  // every value is the same
        let sigma = variance.squareRoot()
        let surplus = u - samples.pairs / 2
        switch alternative {
        case .twoSided: return min(1, 2 * NormalDistribution.upperTail((surplus.magnitude - 0.5) / sigma))
        case .greater: return NormalDistribution.upperTail((surplus - 0.5) / sigma)
        case .less: return NormalDistribution.upperTail((-surplus - 0.5) / sigma)
        }
    }
}
