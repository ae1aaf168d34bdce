import TminusCore
import TminusJudgement
import TminusModel

/// What the metrics endpoints answer: good, bad, and everything that is no measurement at all.
extension World {
    mutating func changeMetrics() {
        metrics = .good
        if !isCalm, !knobs.isFaultless, random.chance(knobs.metricsBad) {
            metrics = random.pick([.warning, .bad, .notANumber, .empty, .error, .stale])
            report.faults[metrics.fault] += 1
        }
        if !isCalm { agenda.put(.metricsChange, at: time + random.between(1_000, 120_000)) }
    }

    mutating func measureBudget(_ run: Int, _ incarnation: Int) {
        guard let budget = runs[run].plan.budget, let place = place(of: incarnation) else { return }
        let mode = metrics
        let least = pumps[place].driver.state.budgetLookbackMin
        let lengths = BurnPair.lookbacks(window: budget.window, lookbackMin: least)
        let calm = mode == .warning ? MetricsMode.good : mode
        var measurement = BudgetMeasurement(
            at: now, window: arm(mode, isCandidate: true), observed: .seconds(86_400),
            lookbacks: lengths.map { .init(length: $0, reading: arm(calm, isCandidate: true)) })
        if flaw == .measuredOnce, let first = runs[run].budgets.first?.measurement {
            measurement = first
            measurement.at = now
        }
        runs[run].budgets.append((measurement, mode))
        tell(incarnation, .budgetMeasured(measurement), after: latency())
    }

    mutating func measureRule(_ rule: Int, _ run: Int, from: Instant, _ incarnation: Int) {
        let mode = metrics
        var measurement = Measurement(from: from, to: now, subject: arm(mode, isCandidate: true))
        if runs[run].plan.rules[rule].comparesWithBaseline {
            measurement.baseline = arm(mode == .bad ? .good : mode, isCandidate: false)
        }
        runs[run].readings.append((measurement, mode))
        tell(incarnation, .ruleMeasured(rule: rule, measurement), after: latency())
    }

    mutating func measureCost(_ step: StepIndex, _ run: Int, from: Instant, _ incarnation: Int) {
        let measurement = Measurement(from: from, to: now, subject: arm(metrics, isCandidate: true))
        tell(incarnation, .costMeasured(step: step, measurement), after: latency())
    }

    private mutating func latency() -> Int64 { random.chance(30) ? random.between(1, 60_000) : random.between(1, 500) }

    /// What our source makes of the endpoint's page.
    private func arm(_ mode: MetricsMode, isCandidate: Bool) -> ArmReading {
        func counts(_ good: Int64, _ total: Int64) -> ArmReading {
            GoodTotal(good: good, total: total).map(ArmReading.counts) ?? .error("impossible")
        }
        switch mode {
        case .good: return counts(999, 1_000)
        // 60 % of a budget of 1 % is spent.
        case .warning: return counts(9_940, 10_000)
        case .bad: return counts(500, 1_000)
        case .notANumber: return flaw == .nanPasses ? counts(1_000, 1_000) : .error("a counter is NaN")
        case .empty: return flaw == .emptyIsZero ? counts(1_000, 1_000) : .noData("no series")
        case .error: return flaw == .failedQueryPasses ? counts(1_000, 1_000) : .error("connection refused")
        case .stale: return flaw == .staleAccepted ? counts(1_000, 1_000) : .noData("the newest scrape is 5m old")
        }
    }
}

extension MetricsMode {
    var fault: FaultCounts.Kind {
        switch self {
        case .good, .warning: .metricsWarning
        case .bad: .metricsBad
        case .notANumber: .metricsNotANumber
        case .empty: .metricsEmpty
        case .error: .metricsError
        case .stale: .metricsStale
        }
    }

    /// Whether a budget may pass on it, and whether a rule may.
    var passesBudget: Bool { self == .good }
    var passesRule: Bool { self == .good || self == .warning }
    /// Whether anything was measured at all.
    var isData: Bool { self == .good || self == .warning || self == .bad }
}
