internal import TminusModel
internal import TminusPorts

/// What one plan wants scraped.
struct MetricWatch: Equatable, Sendable {
    var metrics: MetricEndpoints
    /// Each once.
    var selectors: [CounterSelector]
    /// The longest lookback that will be asked for.
    var window: Duration

    /// Nil for a plan that measures nothing, or whose origin keeps the past by itself.
    init?(_ plan: Plan) {
        guard let metrics = plan.metrics, metrics.origin == .pages else { return nil }
        self.metrics = metrics
        window = plan.budget?.window ?? .zero
        selectors = Self.selectors(plan.indicators)
        for rule in plan.rules where plan.indicators.indices.contains(rule.indicator) {
            for selector in DurationIncrease.selectors(plan.indicators[rule.indicator], rule.durations)
            where !selectors.contains(selector) { selectors.append(selector) }
        }
    }

    /// Of one rule.
    static func selectors(_ indicator: Indicator, _ rule: JudgingRule) -> [CounterSelector] {
        var all = selectors([indicator])
        for selector in DurationIncrease.selectors(indicator, rule.durations) where !all.contains(selector) {
            all.append(selector)
        }
        return all
    }

    static func selectors(_ indicators: [Indicator]) -> [CounterSelector] {
        var all: [CounterSelector] = []
        for indicator in indicators {
            for selector in [indicator.part, indicator.total] where !all.contains(selector) { all.append(selector) }
        }
        return all
    }

    var endpoints: [String] {
        [metrics.baseline] + [metrics.candidate].compactMap { $0 }.filter { $0 != metrics.baseline }
    }
}
