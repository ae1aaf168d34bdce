/// Requests of one arm over an interval; `0 ≤ good ≤ total` holds by construction.
package struct GoodTotal: Hashable, Sendable {
    package let good: Int64
    package let total: Int64

    /// Nil unless `0 ≤ good ≤ total`.
    package init?(good: Int64, total: Int64) {
        guard good >= 0, total >= good else { return nil }
        self.good = good
        self.total = total
    }

    package static let none = GoodTotal(unchecked: 0, 0)

    private init(unchecked good: Int64, _ total: Int64) {
        self.good = good
        self.total = total
    }

    package var bad: Int64 { total - good }

    /// The sum of both; saturates.
    package func adding(_ other: GoodTotal) -> GoodTotal {
        let (total, overflow) = total.addingReportingOverflow(other.total)
        if overflow { return self }
        return GoodTotal(unchecked: good + other.good, total)
    }
}

/// What one arm showed over an interval.
package enum ArmReading: Hashable, Sendable {
    case counts(GoodTotal)
    /// As counts, but the source warned that it did not see everything, or gaps were found; the sentence says which.
    case partial(GoodTotal, String)
    /// The source answered, but had nothing to say about this interval; the sentence says what was missing.
    case noData(String)
    /// The source could not be read.
    case error(String)
}

/// One reading for one judging rule, over `(from, to]`.
package struct Measurement: Hashable, Sendable {
    package var from: Instant
    package var to: Instant
    /// The rule's subject.
    package var subject: ArmReading
    /// Baseline, for a rule that compares; nil otherwise.
    package var baseline: ArmReading?
    /// For a rule of durations: the subject's, and the baseline's, when they have counts.
    package var subjectDurations: DurationGrowth?
    package var baselineDurations: DurationGrowth?

    package init(from: Instant, to: Instant, subject: ArmReading, baseline: ArmReading? = nil) {
        self.from = from
        self.to = to
        self.subject = subject
        self.baseline = baseline
    }
}

/// What the error-budget gate reads before a step.
package struct BudgetMeasurement: Hashable, Sendable {
    /// Counts over one lookback ending at `at`.
    package struct Lookback: Hashable, Sendable {
        package var length: Duration
        package var reading: ArmReading

        package init(length: Duration, reading: ArmReading) {
            self.length = length
            self.reading = reading
        }
    }

    package var at: Instant
    /// Over the objective's window.
    package var window: ArmReading
    /// How much of the window was observed, by scrapes with no gap longer than three intervals.
    package var observed: Duration
    /// In the order of `BurnAlert.allCases`, long then short window of each.
    package var lookbacks: [Lookback]
    /// For a budget counted by slices.
    package var slices: SliceSummary?
    /// For a calendar window: when it began, and when it will be over. Nil for a rolling one.
    package var period: Period?

    package struct Period: Hashable, Sendable {
        package var from: Instant
        package var until: Instant

        package init(from: Instant, until: Instant) {
            self.from = from
            self.until = until
        }
    }

    package init(at: Instant, window: ArmReading, observed: Duration, lookbacks: [Lookback]) {
        self.at = at
        self.window = window
        self.observed = observed
        self.lookbacks = lookbacks
    }
}

/// The slices of a window, counted.
package struct SliceSummary: Hashable, Sendable {
    /// Slices in the whole window; for a calendar window those to come too.
    package let slices: Int64
    /// Slices in which something was counted.
    package let measured: Int64
    /// Measured slices below their target.
    package let bad: Int64
    /// The shares of bad of the measured slices, each in billionths, added up.
    package let badBillionths: Int64

    /// Nil unless `0 ≤ bad ≤ measured ≤ slices ≤ 10^9`, and the sum at most a billion a measured slice.
    package init?(slices: Int64, measured: Int64, bad: Int64, badBillionths: Int64) {
        guard 0 <= bad, bad <= measured, measured <= slices, slices <= 1_000_000_000 else { return nil }
        guard 0 <= badBillionths, badBillionths <= measured * 1_000_000_000 else { return nil }
        self.slices = slices
        self.measured = measured
        self.bad = bad
        self.badBillionths = badBillionths
    }
}
