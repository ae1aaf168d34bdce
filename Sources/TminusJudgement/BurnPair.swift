package import TminusModel

/// Two lookbacks that must both burn above one threshold before an alert fires.
///
/// The long one gives significance, the short one lets the alert end soon after the cause has.
package struct BurnPair: Hashable, Sendable {
    /// `fast`, `slow`, or the name of a ticket pair.
    package let name: String
    /// At least `short`.
    package let long: Duration
    package let short: Duration
    package let threshold: BurnThreshold

    /// What an alert says: so much of the budget of a 30 day window spent within `long`.
    struct Rule: Sendable {
        let name: String
        /// Percent of the budget.
        let spentPercent: Int64
        let long: Duration
        let short: Duration
    }

    /// The pairs of the SRE workbook (chapter 5), and the one-day ticket pair that others add.
    static let fast = Rule(name: "fast", spentPercent: 2, long: .seconds(3_600), short: .seconds(300))
    static let slow = Rule(name: "slow", spentPercent: 5, long: .seconds(21_600), short: .seconds(1_800))
    static let dayTicket = Rule(name: "day", spentPercent: 10, long: .seconds(86_400), short: .seconds(7_200))
    static let threeDayTicket = Rule(
        name: "threeDays", spentPercent: 10, long: .seconds(259_200), short: .seconds(21_600))

    /// Windows at least this long use the lookbacks as they are; shorter ones scale them by window / 30 d.
    package static let unscaledWindowMin: Duration = .seconds(7 * 86_400)
    private static let month: Duration = .seconds(30 * 86_400)

    /// The pair for a window, with the threshold that follows: share of the budget × window / long lookback.
    ///
    /// From 7 d on the lookbacks are those of the catalogue, and the threshold falls with the window (28 d: 13.44, 7 d:
    /// 3.36). Below that they would not be short against the window any more, so they shrink with it and the threshold
    /// is that of 30 d. No lookback gets shorter than `lookbackMin` (what the source can resolve: a few scrape
    /// intervals) or longer than the window. A pair that this stretches never alerts below a burn rate of 1, at which
    /// the budget would just last.
    init(_ rule: Rule, window: Duration, lookbackMin: Duration) {
        let window = max(window.bounded, .milliseconds(1))
        let isScaled = window < Self.unscaledWindowMin
        let share = Ratio(numerator: rule.spentPercent, denominator: 100)
        func fitted(_ lookback: Duration) -> Duration {
            let whole = lookback.milliseconds
            let natural =
                isScaled ? Duration.milliseconds(whole * window.milliseconds / Self.month.milliseconds) : lookback
            return max(min(max(natural, lookbackMin.bounded), window), .milliseconds(1))
        }
        name = rule.name
        long = fitted(rule.long)
        short = fitted(rule.short)
        let derived = BurnThreshold(share: share, window: window, lookback: long)
        threshold = isScaled && derived.value < 1 ? .one : derived
    }

    package init(_ alert: BurnAlert, window: Duration, lookbackMin: Duration = .zero) {
        self.init(alert == .fast ? Self.fast : Self.slow, window: window, lookbackMin: lookbackMin)
    }

    /// The two pairs that call for a ticket rather than a person at once: 10 % in 1 d & 2 h, 10 % in 3 d & 6 h.
    package static func tickets(window: Duration, lookbackMin: Duration = .zero) -> [BurnPair] {
        [dayTicket, threeDayTicket].map { BurnPair($0, window: window, lookbackMin: lookbackMin) }
    }

    /// Every pair that is watched between runs: those of the gate, then the tickets.
    package static func watched(window: Duration, lookbackMin: Duration = .zero) -> [BurnPair] {
        BurnAlert.allCases.map { BurnPair($0, window: window, lookbackMin: lookbackMin) }
            + tickets(window: window, lookbackMin: lookbackMin)
    }

    /// What a source must count for the gate: long then short of every alert, in the order of `BurnAlert.allCases`.
    package static func lookbacks(window: Duration, lookbackMin: Duration = .zero) -> [Duration] {
        BurnAlert.allCases.flatMap { alert in
            let pair = BurnPair(alert, window: window, lookbackMin: lookbackMin)
            return [pair.long, pair.short]
        }
    }
}

/// A burn rate as the exact quotient that it is derived from: share × window / lookback.
package struct BurnThreshold: Hashable, Sendable {
    /// All ≥ 0.
    let numerators: [UInt64]
    /// All ≥ 1.
    let denominators: [UInt64]

    /// The burn rate that spends `share` (≥ 0) of a window's budget within `lookback`; both durations longer than 0.
    package init(share: Ratio, window: Duration, lookback: Duration) {
        let whole = max(window.bounded.milliseconds, 1)
        let part = max(lookback.bounded.milliseconds, 1)
        numerators = [max(share.numerator, 0).magnitude, whole.magnitude]
        denominators = [share.denominator.magnitude, part.magnitude]
    }

    /// The rate at which the budget just lasts for the window.
    package static let one = BurnThreshold(
        share: Ratio(numerator: 1, denominator: 1), window: .seconds(1), lookback: .seconds(1))

    /// For showing; comparisons use the exact quotient.
    package var value: Double {
        let above = numerators.reduce(1.0) { $0 * Double($1) }
        return above / denominators.reduce(1.0) { $0 * Double($1) }
    }

    /// True when this is `ratio`, exactly.
    package func equals(_ ratio: Ratio) -> Bool {
        guard ratio.numerator >= 0 else { return false }
        let own = ExactProduct(numerators + [ratio.denominator.magnitude])
        return own == ExactProduct(denominators + [ratio.numerator.magnitude])
    }

    /// The shortest decimal that it is: `14.4`, `13.44`; with nine decimals when none is exact.
    package var text: String {
        for digits in 0...9 {
            let text = Wording.decimal(value, digits: digits).filter { $0 != "," }
            if let ratio = Ratio(decimalText: text), equals(ratio) { return text }
        }
        return Wording.decimal(value, digits: 9).filter { $0 != "," }
    }
}
