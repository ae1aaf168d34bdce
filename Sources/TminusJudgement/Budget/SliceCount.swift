package import TminusModel

/// Adds the slices of a window up.
package struct SliceCount: Sendable {
    /// Slices one window may have.
    package static let slicesMax: Int64 = 200_000

    /// Nil asks only for the mean of the slices' shares.
    private let target: Ratio?
    private var measured: Int64 = 0
    private var bad: Int64 = 0
    private var badBillionths: Int64 = 0

    package init(_ method: BudgetMethod) {
        switch method {
        case .occurrences, .ratioTimeslices: target = nil
        case .timeslices(_, let target): self.target = target
        }
    }

    /// Takes one slice. One without requests, or of which not everything is known, is not measured.
    package mutating func take(_ reading: ArmReading) {
        guard case .counts(let counts) = reading, counts.total > 0, measured < Self.slicesMax else { return }
        measured += 1
        let total = counts.total.magnitude
        let product = counts.bad.magnitude.multipliedFullWidth(by: 1_000_000_000)
        // bad ≤ total, so the quotient is at most a billion.
        let (share, rest) = total.dividingFullWidth(product)
        badBillionths += Int64(share) + (rest > total / 2 ? 1 : 0)
        if let target, counts.isBelow(target) { bad += 1 }
    }

    /// Of `slices` in the whole window, those to come too.
    package func summary(of slices: Int64) -> SliceSummary? {
        SliceSummary(slices: max(slices, measured), measured: measured, bad: bad, badBillionths: badBillionths)
    }
}

extension GoodTotal {
    /// Whether good / total < target, exactly; false where nothing was counted.
    fileprivate func isBelow(_ target: Ratio) -> Bool {
        guard total > 0, target.numerator > 0 else { return false }
        let own = good.magnitude.multipliedFullWidth(by: target.denominator.magnitude)
        let wanted = target.numerator.magnitude.multipliedFullWidth(by: total.magnitude)
        return own.high != wanted.high ? own.high < wanted.high : own.low < wanted.low
    }
}

/// Where the slices of a window lie.
package struct SliceGrid: Equatable, Sendable {
    /// Where the first begins.
    package private(set) var from: Instant
    package private(set) var slice: Duration
    /// Those that are over.
    package private(set) var elapsed: Int64
    /// All of the window.
    package private(set) var whole: Int64

    /// A rolling window's slices end at whole multiples of their length since 1970, so that each is counted the same
    /// way whenever it is looked at; a calendar window's begin where it does.
    ///
    /// Nil when there are none or too many.
    package init?(window: Duration, period: BudgetMeasurement.Period?, to: Instant, slice: Duration) {
        let length = slice.milliseconds
        guard length >= 1 else { return nil }
        self.slice = slice
        if let period {
            from = period.from
            whole = max(period.until.since(period.from).milliseconds, 0) / length
            elapsed = min(max(to.since(period.from).milliseconds, 0) / length, whole)
        } else {
            whole = window.milliseconds / length
            elapsed = whole
            guard whole >= 1, whole <= SliceCount.slicesMax else { return nil }
            let rest = to.millisecondsSinceEpoch % length
            let end = to.advanced(by: .milliseconds(-(rest < 0 ? rest + length : rest)))
            from = end.advanced(by: .milliseconds(-whole * length))
        }
        guard whole >= 1, whole <= SliceCount.slicesMax else { return nil }
    }

    package func begin(_ index: Int64) -> Instant { from.advanced(by: .milliseconds(index * slice.milliseconds)) }
}
