/// Student's t with `freedom` > 0 degrees of freedom, which need not be whole.
package struct StudentDistribution: Equatable, Sendable {
    package let freedom: Double
    private let beta: BetaDistribution

    /// Nil unless `freedom` is finite and more than 0.
    package init?(freedom: Double) {
        guard let beta = BetaDistribution(freedom / 2, 0.5) else { return nil }
        self.freedom = freedom
        self.beta = beta
    }

    /// P(T > t). DLMF 8.17: half of I(ν / (ν + t²); ν/2, 1/2).
    package func upperTail(_ t: Double) -> Double {
        guard t.isFinite else { return t.isNaN ? .nan : t > 0 ? 0 : 1 }
        let square = t * t
        guard square.isFinite else { return t > 0 ? 0 : 1 }
        let x = BetaDistribution.Share(value: freedom / (freedom + square), rest: square / (freedom + square))
        let tail = beta.tails(at: x).value / 2
        return t >= 0 ? tail : 1 - tail
    }

    /// The t that P(T > t) = `tail` holds for, for `tail` in (0, 0.5].
    package func quantile(upperTail tail: Double) -> Double {
        let x = beta.quantile(.lower, min(1, 2 * tail))
        guard x.value > 0 else { return .infinity }
        return (freedom * x.rest / x.value).squareRoot()
    }
}
