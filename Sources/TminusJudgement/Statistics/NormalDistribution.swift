/// The standard normal distribution, within 1e-13 relative over the whole range of `Double`.
package enum NormalDistribution {
    private static let rootOfTwoPi = 2.506_628_274_631_000_7
    private static let rootOfHalf = 0.707_106_781_186_547_57

    /// The density at `z`.
    package static func density(_ z: Double) -> Double { exponentialOfMinusSquare(z * rootOfHalf) / rootOfTwoPi }

    /// P(Z > z), accurate in the far tail too; 0 beyond about 38.
    package static func upperTail(_ z: Double) -> Double {
        let x = z * rootOfHalf
        return x < 0 ? 1 - 0.5 * erfc(-x) : 0.5 * erfc(x)
    }

    /// P(Z ≤ z).
    package static func cumulative(_ z: Double) -> Double { upperTail(-z) }

    /// The z that P(Z > z) = `tail` holds for; ±infinity at 0 and 1, NaN outside [0, 1].
    ///
    /// Abramowitz and Stegun 26.2.23 to begin with (within 4.5e-4), then Halley's steps on the exact tail.
    package static func quantile(upperTail tail: Double) -> Double {
        guard tail >= 0, tail <= 1 else { return .nan }
        guard tail > 0 else { return .infinity }
        guard tail < 1 else { return -.infinity }
        guard tail <= 0.5 else { return -quantile(upperTail: 1 - tail) }
        let t = (-2 * logarithm(tail)).squareRoot()
        let above = 2.515517 + t * (0.802853 + t * 0.010328)
        let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var z = t - above / below
        for _ in 0..<4 {
            let tailNow = upperTail(z)
            let density = density(z)
            guard density > 0, tailNow > 0 else { return z }
            let step = (tailNow - tail) / density
            z += step / (1 - z * step / 2)
        }
        return z
    }

    /// 1 − erf(x) for x ≥ 0: the series of DLMF 7.6.2 below 1.5, the continued fraction of DLMF 7.9.2 above.
    private static func erfc(_ x: Double) -> Double {
        let rootOfPi = 1.772_453_850_905_516
        guard x < 27.3 else { return x.isNaN ? .nan : 0 }
        if x < 1.5 {
            var term = x
            var sum = x
            var n = 0.0
            while term > sum * 1e-17, n < 200 {
                n += 1
                term *= 2 * x * x / (2 * n + 1)
                sum += term
            }
            return 1 - 2 / rootOfPi * exponentialOfMinusSquare(x) * sum
        }
        // From the inside out; 20 + 200 / x² terms are more than enough for 1e-16 above 1.5.
        var rest = x
        var n = Double(Int(20 + 250 / (x * x)))
        while n >= 1 {
            rest = x + n / 2 / rest
            n -= 1
        }
        return exponentialOfMinusSquare(x) / (rootOfPi * rest)
    }

    /// exp(−x²), with what the square loses by rounding put back.
    private static func exponentialOfMinusSquare(_ x: Double) -> Double {
        let square = x * x
        guard square < 800 else { return square.isNaN ? .nan : 0 }
        let lost = (-square).addingProduct(x, x)
        return exponential(-square) * (1 - lost)
    }
}
