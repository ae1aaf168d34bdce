/// The beta distribution with parameters `a` and `b`: binomial tails and Student's t are made of it.
package struct BetaDistribution: Equatable, Sendable {
    package let a: Double
    package let b: Double

    /// A number in [0, 1] together with what it leaves, so that neither end loses digits.
    package struct Share: Equatable, Sendable {
        package var value: Double
        package var rest: Double

        package init(_ value: Double) { self.init(value: value, rest: 1 - value) }

        package init(value: Double, rest: Double) {
            self.value = value
            self.rest = rest
        }

        var mirrored: Share { Share(value: rest, rest: value) }
    }

    /// Nil unless both are finite and more than 0.
    package init?(_ a: Double, _ b: Double) {
        guard a > 0, b > 0, a.isFinite, b.isFinite else { return nil }
        self.a = a
        self.b = b
    }

    private var mirrored: BetaDistribution { BetaDistribution(unchecked: b, a) }

    private init(unchecked a: Double, _ b: Double) {
        self.a = a
        self.b = b
    }

    /// P(X ≤ x) and P(X > x); the smaller of the two has its full relative accuracy.
    package func tails(at x: Share) -> Share {
        guard x.value > 0 else { return Share(value: 0, rest: 1) }
        guard x.rest > 0 else { return Share(value: 1, rest: 0) }
        if a * x.rest < b * x.value { return mirrored.tails(at: x.mirrored).mirrored }
        let tail = min(1, power(x) * continuedFraction(x))
        return Share(tail)
    }

    /// x^a (1 − x)^b / B(a, b), by Loader's deviances, so that large parameters cancel no digits.
    func power(_ x: Share) -> Double {
        let n = a + b
        let surplus = (a * x.rest) - (b * x.value)
        let deviances =
            GammaFunction.deviance(a, expected: n * x.value, surplus: surplus)
            + GammaFunction.deviance(b, expected: n * x.rest, surplus: -surplus)
        let corrections =
            GammaFunction.stirlingRemainder(n) - GammaFunction.stirlingRemainder(a)
            - GammaFunction.stirlingRemainder(b)
        return (a * (b / n) / (2 * Double.pi)).squareRoot() * exponential(corrections - deviances)
    }

    /// A. R. DiDonato and A. H. Morris, ACM TOMS algorithm 708, 1992: the even part of DLMF 8.17.22, in which nothing
    /// cancels below the mean. Converges within some √max(a, b) terms there.
    private func continuedFraction(_ x: Share) -> Double {
        let c = a * x.rest - b * x.value + 1
        let c0 = b / a
        let c1 = 1 + 1 / a
        var p = 1.0
        var s = a + 1
        var above = 0.0
        var below = 1.0
        var aboveNext = 1.0
        var belowNext = c / c1
        var fraction = c1 / c
        var n = 1.0
        while n < 3_000_000 {
            let w = n * (b - n) * x.value
            let alpha = p * (p + c0) * (a / s) * (a / s) * w * x.value
            let t = n / a
            let beta = n + w / s + (t + 1) / (c1 + t + t) * (c + n * (x.rest + 1))
            p = t + 1
            s += 2
            (above, aboveNext) = (aboveNext, alpha * above + beta * aboveNext)
            (below, belowNext) = (belowNext, alpha * below + beta * belowNext)
            let before = fraction
            fraction = aboveNext / belowNext
            if (fraction - before).magnitude <= 2e-16 * fraction { break }
            above /= belowNext
            below /= belowNext
            aboveNext = fraction
            belowNext = 1
            n += 1
        }
        return fraction
    }

    package enum Tail: Equatable, Sendable {
        case lower
        case upper

        var other: Tail { self == .lower ? .upper : .lower }
    }

    /// The x beyond which the tail has probability `p`: Newton's steps on ln p over ln x, kept within a bracket.
    package func quantile(_ tail: Tail, _ p: Double) -> Share {
        guard p > 0 else { return tail == .lower ? Share(value: 0, rest: 1) : Share(value: 1, rest: 0) }
        guard p < 1 else { return tail == .lower ? Share(value: 1, rest: 0) : Share(value: 0, rest: 1) }
        let half = tails(at: Share(0.5))
        let isAboveHalf = tail == .lower ? half.value < p : half.rest > p
        if isAboveHalf { return mirrored.quantile(tail.other, p).mirrored }
        let wanted = logarithm(p)
        var low = -745.0
        var high = -0.693_147_180_559_945_3
        var t = max(low, min(high, logarithm(a / (a + b))))
        for _ in 0..<200 {
            let x = Share(exponential(t))
            let both = tails(at: x)
            let probability = tail == .lower ? both.value : both.rest
            let miss = logarithm(probability) - wanted
            if miss == 0 { return x }
            if (miss < 0) == (tail == .lower) { low = t } else { high = t }
            let slope = power(x) / x.rest / probability * (tail == .lower ? 1 : -1)
            var next = t - miss / slope
            if !next.isFinite || next <= low || next >= high { next = low + (high - low) / 2 }
            if (next - t).magnitude < 2e-16 * max(1, t.magnitude) { return Share(exponential(next)) }
            t = next
        }
        return Share(exponential(t))
    }
}
