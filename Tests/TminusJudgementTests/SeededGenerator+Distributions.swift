import Foundation
import TminusModel

@testable import TminusJudgement

extension SeededGenerator {
    /// Standard normal, by the polar method; the second value of each pair is dropped.
    mutating func normal() -> Double {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
        }
    }

    /// Gamma with the given shape and mean 1, by Marsaglia and Tsang.
    mutating func gamma(shape: Double) -> Double {
        guard shape >= 1 else { return gamma(shape: shape + 1) * (shape + 1) * pow(uniform(), 1 / shape) / shape }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = pow(1 + c * x, 3)
            if v > 0, log(uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v / shape }
        }
    }

    /// Moments of `count` values of a normal distribution, without drawing them one by one.
    mutating func moments(_ count: Int64, mean: Double, deviation: Double = 1) -> MeanMoments {
        let freedom = Double(count - 1)
        let squares = gamma(shape: freedom / 2) * freedom * deviation * deviation
        let centre = mean + normal() * deviation / Double(count).squareRoot()
        guard let moments = MeanMoments(count: count, mean: centre, squares: squares) else {
            preconditionFailure("\(count) values")
        }
        return moments
    }

    /// Bad requests of `total` whose bad share varies by itself with the given relative variance.
    mutating func bursty(_ total: Int64, share: Double, relativeVariance: Double) -> GoodTotal {
        let factor = relativeVariance > 0 ? gamma(shape: 1 / relativeVariance) : 1
        return counts(bad: Int64(binomial(Int(total), min(0.5, share * factor))), of: total)
    }
}

/// How a share of `runs` simulated runs may exceed alpha by chance: three standard deviations.
func tolerated(_ alpha: Double, runs: Int) -> Double { alpha + 3 * (alpha * (1 - alpha) / Double(runs)).squareRoot() }

/// The share of `runs` runs, each with the next seed's numbers, for which `happens`.
func share(of runs: Int, seed: UInt64, happens: (inout SeededGenerator) -> Bool) -> Double {
    var generator = SeededGenerator(seed: seed)
    var count = 0
    for _ in 0..<runs where happens(&generator) { count += 1 }
    return Double(count) / Double(runs)
}
