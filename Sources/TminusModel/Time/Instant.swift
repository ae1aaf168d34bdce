/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z; resolution and wire form are the millisecond.
///
/// The pure targets never read a clock: every instant they know was handed to them.
package struct Instant: Hashable, Comparable, Sendable {
    package let millisecondsSinceEpoch: Int64

    package init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    package static let distantPast = Instant(millisecondsSinceEpoch: .min)
    package static let distantFuture = Instant(millisecondsSinceEpoch: .max)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    /// This instant moved by `duration`; saturates at the ends of the range instead of trapping.
    package func advanced(by duration: Duration) -> Instant {
        let (sum, overflow) = millisecondsSinceEpoch.addingReportingOverflow(duration.milliseconds)
        if overflow { return duration.milliseconds < 0 ? .distantPast : .distantFuture }
        return Instant(millisecondsSinceEpoch: sum)
    }

    /// How long after `earlier` this is; negative when it is before. Saturates.
    package func since(_ earlier: Instant) -> Duration {
        let (difference, overflow) = millisecondsSinceEpoch.subtractingReportingOverflow(earlier.millisecondsSinceEpoch)
        if overflow { return .milliseconds(millisecondsSinceEpoch < 0 ? Int64.min : Int64.max) }
        return .milliseconds(difference)
    }
}

extension Duration {
    /// Whole milliseconds, rounded toward zero; saturates at the ends of `Int64`.
    package var milliseconds: Int64 {
        // `components` traps beyond Int64 seconds, so the range is checked before it is asked.
        if self >= .seconds(Int64.max / 1_000) { return .max }
        if self <= .seconds(Int64.min / 1_000) { return .min }
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        if carried { return seconds < 0 ? .min : .max }
        return sum
    }
}
