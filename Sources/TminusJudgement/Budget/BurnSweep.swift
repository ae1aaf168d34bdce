package import TminusModel

/// Every burn pair of many objectives at one instant, from stored counts.
package struct BurnSweep: Sendable {
    /// One objective with its counts.
    package struct Objective: Sendable {
        package let budget: ErrorBudget
        package let history: CountHistory
        /// Fast, slow, and the two ticket pairs: eight lookbacks.
        package let pairs: [BurnPair]

        package init(budget: ErrorBudget, history: CountHistory) {
            self.budget = budget
            self.history = history
            pairs =
                BurnAlert.allCases.map { BurnPair($0, window: budget.window) }
                + BurnPair.tickets(window: budget.window)
        }
    }

    /// What one pair showed.
    package enum Standing: UInt8, Sendable {
        case quiet, burning
        /// The counts do not cover a lookback, or there were no requests in it.
        case unmeasured
    }

    package let objectives: [Objective]

    package init(_ objectives: [Objective]) {
        self.objectives = objectives
    }

    /// The standings of every objective's pairs, in order; both lookbacks strictly above the threshold is burning.
    package func standings(at instant: Instant) -> [Standing] {
        var found: [Standing] = []
        found.reserveCapacity(objectives.count * 4)
        for objective in objectives {
            for pair in objective.pairs { found.append(Self.standing(objective, pair, instant)) }
        }
        return found
    }

    private static func standing(_ objective: Objective, _ pair: BurnPair, _ instant: Instant) -> Standing {
        guard let long = objective.history.counts(pair.long, until: instant),
            let short = objective.history.counts(pair.short, until: instant)
        else { return .unmeasured }
        let budget = objective.budget
        if long.total > 0, !budget.isBurning(long, above: pair.threshold) { return .quiet }
        if short.total > 0, !budget.isBurning(short, above: pair.threshold) { return .quiet }
        guard long.total > 0, short.total > 0 else { return .unmeasured }
        return ClopperPearson.exceeds(long, rate: pair.threshold.value * budget.target.budget) ? .burning : .quiet
    }

    /// `count` objectives with counts of 30 days (five minutes a slot for three days, hours before), one in a hundred
    /// of them burning: what `scripts/bench` measures. The same numbers every time.
    package static func example(_ count: Int) throws(TargetError) -> (sweep: BurnSweep, at: Instant) {
        let hour: Int64 = 3_600_000
        let day = 24 * hour
        let ends =
            stride(from: hour, through: 27 * day, by: Int(hour)).map { Int64($0) }
            + stride(from: 27 * day + 300_000, through: 30 * day, by: 300_000).map { Int64($0) }
        let budget = try ErrorBudget(target: Ratio(numerator: 999, denominator: 1_000), window: .milliseconds(30 * day))
        var objectives: [Objective] = []
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for number in 0..<max(count, 0) {
            let isBad = number % 100 == 99
            let counts = ends.map { _ -> GoodTotal in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let total = Int64(1_000 + state >> 54)
                return GoodTotal(good: isBad ? total - total / 20 : total - Int64(state >> 63), total: total) ?? .none
            }
            guard let history = CountHistory(start: Instant(millisecondsSinceEpoch: 0), ends: ends, counts: counts)
            else { continue }
            objectives.append(Objective(budget: budget, history: history))
        }
        return (BurnSweep(objectives), Instant(millisecondsSinceEpoch: 30 * day))
    }
}
