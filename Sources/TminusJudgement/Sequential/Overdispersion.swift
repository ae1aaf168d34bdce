package import TminusModel

/// How much more than by chance the bad rate of one version varies from interval to interval.
///
/// Pairs of readings of the *same* version are compared as two arms: of E bad requests the first had e, and π of the
/// requests. By chance alone (e − Eπ)² has mean E π (1 − π); if each arm's rate also varies by itself, with relative
/// variance v, it has 2 v E² π² (1 − π)² more. Sums over all pairs, as ratios, so that quiet pairs count for little and
/// nothing is divided by 0. Neighbouring intervals of a baseline make such pairs: a drift that is slow against one
/// interval cancels, while bursts that last for many intervals are partly hidden, which candidate and baseline of A/A
/// runs show in full.
package struct Overdispersion: Equatable, Sendable {
    /// Below this many pairs with a bad request nothing is estimated.
    package static let pairsMin = 20

    /// Pairs with at least one bad request.
    package private(set) var pairs = 0
    private var squares = 0.0
    private var expected = 0.0
    private var products = 0.0
    private var previous: GoodTotal?

    package init() {}

    /// The baseline's readings, interval by interval, oldest first.
    package init(history: [GoodTotal]) {
        for reading in history { absorb(next: reading) }
    }

    /// A/A runs: both arms ran the same version.
    package init(arms history: [(candidate: GoodTotal, baseline: GoodTotal)]) {
        for (candidate, baseline) in history { absorb(candidate, against: baseline) }
    }

    /// The next interval of one arm, compared with the one before it.
    package mutating func absorb(next reading: GoodTotal) {
        guard reading.total > 0 else { return }
        if let previous { absorb(previous, against: reading) }
        previous = reading
    }

    /// Two readings of the same version; one without requests, or a pair without bad ones, is left out.
    package mutating func absorb(_ one: GoodTotal, against other: GoodTotal) {
        guard one.total > 0, other.total > 0 else { return }
        let bad = Double(one.bad) + Double(other.bad)
        guard bad > 0 else { return }
        let share = Double(one.total) / (Double(one.total) + Double(other.total))
        let surplus = Double(one.bad) - bad * share
        pairs += 1
        squares += surplus * surplus
        expected += bad * share * (1 - share)
        products += Double(one.bad) * Double(other.bad) * share * (1 - share)
    }

    /// phi ≥ 1: observed over expected variance, at these counts; nil while too little was seen.
    package var dispersion: Double? {
        guard pairs >= Self.pairsMin, expected > 0 else { return nil }
        return max(1, squares / expected)
    }

    /// The relative variance of the rate itself (its squared coefficient of variation), ≥ 0; independent of how many
    /// requests there were. Nil while too little was seen.
    package var relativeVariance: Double? { pairs >= Self.pairsMin ? relativeVarianceSoFar : nil }

    /// The same from however few pairs; 0 before there is any.
    var relativeVarianceSoFar: Double {
        guard products > 0 else { return 0 }
        return max(0, relativeSurplus)
    }

    /// The same without a floor: below 0 where the rate varied less than chance alone would have it. Infinite where
    /// bad requests never had bad neighbours, and were more than chance allows.
    var relativeSurplus: Double {
        guard products > 0 else { return squares > expected ? .infinity : 0 }
        return (squares - expected) / (2 * products)
    }
}
