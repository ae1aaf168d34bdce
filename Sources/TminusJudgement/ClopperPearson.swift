package import TminusModel

/// What a count says about the rate behind it, without approximation.
///
/// One failure among ten requests is a burn rate of 100 at a 99.9 % target, and says next to nothing. The exact
/// one-sided lower bound tells how bad the rate must be, at the least, to make such a count plausible.
package enum ClopperPearson {
    /// Above this many bad events the tail is bounded (Chernoff) instead of summed; the bound is a little lower than
    /// the exact one (0.1 % at this count), which errs on the side of not alerting.
    static let summedMax: Int64 = 1_000_000

    /// The lower limit of the one-sided interval for the share of bad events, in [0, 1).
    ///
    /// The share p for which seeing `counts.bad` or more has probability `1 − confidence`; 0 when nothing was bad or
    /// nothing was counted. `confidence` outside (0, 1) gives 0, which claims nothing.
    package static func lowerBound(_ counts: GoodTotal, confidence: Double = 0.95) -> Double {
        guard counts.bad > 0, let share = counts.badShare, confidence > 0, confidence < 1 else { return 0 }
        let wanted = logarithm(1 - confidence)
        if counts.bad == counts.total { return exponential(wanted / Double(counts.total)) }
        // The tail grows with p; halving the logarithm's distance finds rates of any scale.
        var low = share * 1e-6
        var high = share
        if logTail(counts, rate: low) > wanted { low = 0 }
        for _ in 0..<100 where high - low > high * 1e-13 {
            let middle = low + (high - low) / 2
            if logTail(counts, rate: middle) > wanted { high = middle } else { low = middle }
        }
        return low
    }

    /// True when a rate of `rate` makes as many bad events as were counted less likely than `1 − confidence`.
    package static func exceeds(_ counts: GoodTotal, rate: Double, confidence: Double = 0.95) -> Bool {
        guard counts.bad > 0, let share = counts.badShare, confidence > 0, confidence < 1 else { return false }
        guard rate > 0 else { return rate == 0 }
        guard rate < share else { return false }
        return logTail(counts, rate: rate) < logarithm(1 - confidence)
    }

    /// ln P(bad or more among total) for a rate below the counted share; an upper bound beyond `summedMax`.
    ///
    /// The first probability by Loader's deviances, the rest by the ratio of neighbours, which only shrinks.
    static func logTail(_ counts: GoodTotal, rate: Double) -> Double {
        let bad = Double(counts.bad)
        let good = Double(counts.good)
        let total = Double(counts.total)
        guard rate > 0 else { return -.infinity }
        guard counts.bad < counts.total else { return total * logarithm(rate) }
        let surplus = bad - total * rate
        let deviances =
            GammaFunction.deviance(bad, expected: total * rate, surplus: surplus)
            + GammaFunction.deviance(good, expected: total * (1 - rate), surplus: -surplus)
        guard counts.bad <= summedMax else { return -deviances }
        let spread = 0.5 * logarithm(total / (2 * Double.pi * bad * good))
        let corrections = stirlingError(total) - stirlingError(bad) - stirlingError(good)
        let odds = rate / (1 - rate)
        var term = 1.0
        var sum = 1.0
        var step = 1.0
        while step <= good, term > sum * 1e-17 {
            term *= (good - step + 1) / (bad + step) * odds
            sum += term
            step += 1
        }
        return min(0, spread + corrections - deviances + logarithm(sum))
    }

    /// ln n! minus Stirling's formula, for n ≥ 1.
    private static func stirlingError(_ n: Double) -> Double {
        guard n < 16 else {
            let s = n * n
            return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / s) / s) / s) / n
        }
        var factorial = 1.0
        for k in 1...15 where Double(k) <= n { factorial *= Double(k) }
        return logarithm(factorial) - (n + 0.5) * logarithm(n) + n - 0.5 * logarithm(2 * Double.pi)
    }
}
