internal import TminusModel

/// Adds the slices of a window up.
struct SliceCount {
    /// Slices one window may have.
    static let slicesMax: Int64 = 200_000

    /// Nil asks only for the mean of the slices' shares.
    private let target: Ratio?
    private var measured: Int64 = 0
    private var bad: Int64 = 0
    private var badBillionths: Int64 = 0

    init(_ method: BudgetMethod) {
        switch method {
        case .occurrences, .ratioTimeslices: target = nil
        case .timeslices(_, let target): self.target = target
        }
    }

    /// Takes one slice. One without requests, or of which not everything is known, is not measured.
    mutating func take(_ reading: ArmReading) {
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
    func summary(of slices: Int64) -> SliceSummary? {
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
struct SliceGrid: Equatable {
    /// Where the first begins.
    private(set) var from: Instant
    private(set) var slice: Duration
    /// Those that are over.
    private(set) var elapsed: Int64
    /// All of the window.
    private(set) var whole: Int64

    /// A rolling window's slices end at whole multiples of their length since 1970, so that each is counted the same
    /// way whenever it is looked at; a calendar window's begin where it does.
    ///
    /// Nil when there are none or too many.
    init?(window: Duration, period: BudgetMeasurement.Period?, to: Instant, slice: Duration) {
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

    func begin(_ index: Int64) -> Instant { from.advanced(by: .milliseconds(index * slice.milliseconds)) }
}
