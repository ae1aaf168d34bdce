/// The logarithm of the gamma function, and what it is made of.
package enum GammaFunction {
    private static let halfLogarithmOfTwoPi = 0.918_938_533_204_672_8

    /// ln Γ(z) for z > 0; NaN otherwise. Within 1e-15 of the larger of 1 and |z ln z|.
    package static func logarithmOfGamma(_ z: Double) -> Double {
        guard z > 0, z.isFinite else { return z == .infinity ? .infinity : .nan }
        return (z - 0.5) * logarithm(z) - z + halfLogarithmOfTwoPi + stirlingRemainder(z)
    }

    /// ln B(a, b) for a, b > 0.
    package static func logarithmOfBeta(_ a: Double, _ b: Double) -> Double {
        let n = a + b
        return halfLogarithmOfTwoPi + 0.5 * (logarithm(n) - logarithm(a) - logarithm(b))
            + a * logarithm(a / n) + b * logarithm(b / n)
            + stirlingRemainder(a) + stirlingRemainder(b) - stirlingRemainder(n)
    }

    /// ln Γ(z) less Stirling's formula, for z > 0: DLMF 5.11.1, reached from below by Γ(z + 1) = z Γ(z).
    static func stirlingRemainder(_ z: Double) -> Double {
        guard z > 0 else { return .nan }
        var below = 0.0
        var z = z
        while z < 16 {
            below += (z + 0.5) * logarithm(onePlus: 1 / z) - 1
            z += 1
        }
        let s = 1 / (z * z)
        let series = 1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188))))
        return below + series / z
    }

    /// x ln(x / m) + m − x for x, m > 0, without cancellation when x is near m; `surplus` is x − m.
    /// C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
    static func deviance(_ x: Double, expected m: Double, surplus: Double) -> Double {
        guard x > 0 else { return m }
        let v = surplus / (x + m)
        guard v.magnitude < 0.1 else { return x * logarithm(x / m) - surplus }
        var sum = surplus * v
        var power = 2 * x * v
        for j in 1..<40 {
            power *= v * v
            let next = sum + power / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}
