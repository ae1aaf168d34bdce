/// A decimal fraction kept exact: `numerator / denominator`, the denominator a power of ten ≤ 10^9.
///
/// Written `99.9%` or `0.999`. Comparisons multiply across at full width; no floating point is involved.
package struct Ratio: Hashable, Sendable {
    package let numerator: Int64
    package let denominator: Int64

    /// Precondition: the denominator is positive.
    package init(numerator: Int64, denominator: Int64) {
        precondition(denominator > 0, "a ratio's denominator must be positive, not \(denominator)")
        self.numerator = numerator
        self.denominator = denominator
    }

    package static let zero = Ratio(numerator: 0, denominator: 1)
}

/// Where the two versions' counters are read, and how often.
package struct MetricEndpoints: Equatable, Sendable {
    package var origin: MetricOrigin = .pages
    /// A page's address, or how the origin tells the arm; empty when it needs no telling.
    package var baseline: String
    /// Nil when only the service as a whole can be measured.
    package var candidate: String?
    package var every: Duration
    package var timeout: Duration

    package init(
        baseline: String, candidate: String? = nil, every: Duration = .seconds(10), timeout: Duration = .seconds(5)
    ) {
        self.baseline = baseline
        self.candidate = candidate
        self.every = every
        self.timeout = timeout
    }
}

/// What counts as good among what is valid.
package struct Indicator: Hashable, Sendable {
    package var name: String
    package var counting: Counting

    package init(name: String, counting: Counting) {
        self.name = name
        self.counting = counting
    }

    package init(name: String, good: CounterSelector, total: CounterSelector) {
        self.init(name: name, counting: .counters(good: good, total: total))
    }
}

/// The counters named `metric` whose labels have all of these values; matching series are added up.
package struct CounterSelector: Hashable, Sendable {
    package var metric: String
    package var labels: [Variable]

    package init(metric: String, labels: [Variable] = []) {
        self.metric = metric
        self.labels = labels
    }
}

/// The error-budget gate before every step.
package struct BudgetPolicy: Equatable, Sendable {
    /// The objective's name, for people.
    package var objective: String
    /// Position in `Plan.indicators`.
    package var indicator: Int
    /// In [0, 1).
    package var target: Ratio
    /// Rolling.
    package var window: Duration
    package var warnBelow: Ratio
    package var stopBelow: Ratio
    /// Which multi-window burn alerts hold, whatever is left.
    package var burning: [BurnAlert]
    /// Observed for less than this is no data.
    package var observedMin: Duration
    /// How often a held step asks again.
    package var every: Duration
    package var method: BudgetMethod = .occurrences
    /// Nil for a rolling window; `window` is then its usual length, and the measurement says its exact one.
    package var period: CalendarPeriod?
    /// Beside `warnBelow` and `stopBelow`; ascending by `below`.
    package var tiers: [BudgetTier] = []
    /// Share of the whole budget that no step's worst case may touch; nil forecasts nothing.
    package var reserve: Ratio?
    /// Nil holds until the number recovers or a person decides.
    package var holdLimit: HoldLimit?
    /// Who may override a hold: account names or `group:NAME`; empty means anyone who may use the engine.
    package var overriders: [String] = []
    /// How long a burn alert must be seen before it fires and people hear of it. The gate holds from its first sight.
    package var alertAfter: Duration = .zero

    package init(
        objective: String, indicator: Int, target: Ratio, window: Duration,
        warnBelow: Ratio = Ratio(numerator: 25, denominator: 100), stopBelow: Ratio = .zero,
        burning: [BurnAlert] = [.fast, .slow], observedMin: Duration = .seconds(3600), every: Duration = .seconds(15)
    ) {
        self.objective = objective
        self.indicator = indicator
        self.target = target
        self.window = window
        self.warnBelow = warnBelow
        self.stopBelow = stopBelow
        self.burning = burning
        self.observedMin = observedMin
        self.every = every
    }
}

/// The multi-window burn alerts that can hold a step.
package enum BurnAlert: String, Sendable, CaseIterable { case fast, slow }

/// A criterion watched while named steps run, and after; a trip rolls the run back.
package struct JudgingRule: Equatable, Sendable {
    package enum Subject: String, Sendable, CaseIterable {
        case candidate, baseline
        /// Both added up: what users get.
        case service
    }
    package enum Trip: Equatable, Sendable {
        /// Trips on failing measurement number `failAfter` (≥ 1): the share of good fell below `bound`.
        case below(bound: Ratio, failAfter: Int)
        /// Trips when candidate's bad rate is shown to exceed `bound` times baseline's; `harmlessBelow` must be shown
        /// to pass, when set.
        case ratioAbove(bound: Ratio, harmlessBelow: Ratio?)
        /// As `ratioAbove`, but looked at only so often, when enough has been seen.
        case planned(PlannedLooks)
        /// Trips when, over all boundaries of the indicator's histogram together, candidate's requests are shown to be
        /// slower than a boundary more than `bound` times as often as baseline's.
        case slowerAbove(bound: Ratio, harmlessBelow: Ratio?)
        /// Trips when candidate's mean duration is shown to be more than this above baseline's.
        case meanAbove(tolerated: Duration)
    }

    package var name: String
    /// Position in `Plan.indicators`.
    package var indicator: Int
    package var subject: Subject
    package var trip: Trip
    /// Never empty; ascending.
    package var during: [StepIndex]
    /// Goes on for this long after the last of `during` has ended.
    package var after: Duration
    package var every: Duration
    /// Requests per arm before anything but `fail` can be said; ≥ 1.
    package var samplesMin: Int64
    /// Consecutive measurement errors tolerated before the run holds and pages.
    package var errorLimit: Int
    package var conduct = RuleConduct()

    package init(
        name: String, indicator: Int, subject: Subject, trip: Trip, during: [StepIndex], after: Duration = .zero,
        every: Duration = .seconds(10), samplesMin: Int64 = 50, errorLimit: Int = 4
    ) {
        self.name = name
        self.indicator = indicator
        self.subject = subject
        self.trip = trip
        self.during = during
        self.after = after
        self.every = every
        self.samplesMin = samplesMin
        self.errorLimit = errorLimit
    }
}
