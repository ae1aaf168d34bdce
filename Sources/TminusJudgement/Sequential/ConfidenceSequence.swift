/// How wide an interval must be to hold the true value at all times at once, for an estimate with a known variance.
package enum ConfidenceSequence: Equatable, Sendable {
    /// mSPRT (R. Johari, L. Pekelis and D. Walsh, 2015): a normal mixture over effects, with standard deviation
    /// `deviation` > 0 in the metric's unit; best where effects of that size are expected.
    case mixture(deviation: Double)
    /// I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas, 2021 (known as GAVI): tightest at sample size
    /// `tightestAt` > 0, counted as n_c n_b / (n_c + n_b).
    case asymptotic(tightestAt: Double)

    /// Half the width at `alpha` in (0, 1), two-sided, for an estimate of variance `variance` > 0 from `size` > 0.
    package func halfWidth(variance: Double, size: Double, alpha: Double) -> Double {
        switch self {
        case .mixture(let deviation):
            let prior = deviation * deviation
            let both = variance + prior
            return (variance * both / prior * (logarithm(both / variance) - 2 * logarithm(alpha))).squareRoot()
        case .asymptotic(let tightestAt):
            let doubled = -2 * logarithm(alpha)
            let rho = (doubled + logarithm(doubled + 1)) / tightestAt
            let growth = size * rho + 1
            return (variance * 2 * growth / (size * rho) * logarithm(growth.squareRoot() / alpha)).squareRoot()
        }
    }

    /// The smallest alpha whose interval around `estimate` leaves out `value`; in (0, 1].
    package func p(estimate: Double, against value: Double, variance: Double, size: Double) -> Double {
        let distance = (estimate - value) * (estimate - value)
        switch self {
        case .mixture(let deviation):
            let prior = deviation * deviation
            let both = variance + prior
            let log = 0.5 * logarithm(variance / both) + prior * distance / (2 * variance * both)
            return min(1, exponential(-log))
        case .asymptotic:
            // The width falls as alpha grows; halved until the limits meet.
            var low = -700.0
            var high = 0.0
            guard halfWidth(variance: variance, size: size, alpha: exponential(low)).magnitude > distance.squareRoot()
            else { return 0 }
            for _ in 0..<80 {
                let middle = (low + high) / 2
                let half = halfWidth(variance: variance, size: size, alpha: min(exponential(middle), 1 - 1e-12))
                if half > distance.squareRoot() { low = middle } else { high = middle }
            }
            return min(1, exponential(high))
        }
    }
}
