package import TminusModel

/// What must be read for a budget gate, or to show a budget today.
package struct BudgetQuestion: Sendable {
    package var indicator: Indicator
    /// Rolling, or the usual length of a calendar one.
    package var window: Duration
    package var metrics: MetricEndpoints
    /// Whether the candidate is supposed to be serving: then its silence is an error. Only pages can tell.
    package var isCandidateRequired: Bool
    package var method: BudgetMethod = .occurrences
    /// Nil for a rolling window.
    package var period: CalendarPeriod?
    /// For origins that are asked about a service.
    package var service: String = ""
    /// Absolute: where relative paths of the origin start.
    package var folder: String = "/"

    package init(
        indicator: Indicator, window: Duration, metrics: MetricEndpoints, isCandidateRequired: Bool = false
    ) {
        self.indicator = indicator
        self.window = window
        self.metrics = metrics
        self.isCandidateRequired = isCandidateRequired
    }

    /// All that a plan says of its budget; nil when it has none, or nothing to read it from.
    package init?(_ plan: Plan, isCandidateRequired: Bool = false) {
        guard let policy = plan.budget, let metrics = plan.metrics,
            plan.indicators.indices.contains(policy.indicator)
        else { return nil }
        self.init(
            indicator: plan.indicators[policy.indicator], window: policy.window, metrics: metrics,
            isCandidateRequired: isCandidateRequired)
        method = policy.method
        period = policy.period
        service = plan.service
        folder = plan.folder
    }

    /// As the core judges it: two scrapes.
    var lookbackMin: Duration { .milliseconds(2 * min(metrics.every.milliseconds, Duration.longestMilliseconds)) }
}
