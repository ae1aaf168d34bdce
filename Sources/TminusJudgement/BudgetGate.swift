package import TminusModel

/// The error-budget gate before a step: what was counted in, a judgement with its reason out.
///
/// `pass` only when everything that was asked for was measured and is in order; `warning` when a person must say go;
/// `fail` when too little is left, a burn alert fires, or the step's worst case would cost more than there is;
/// `inconclusive`, `noData` and `error` when it could not be told. Every reason names the number that holds and what
/// would release it. docs/internals/judgement.md has each case.
package struct BudgetGate: Equatable, Sendable {
    package let policy: BudgetPolicy
    /// The shortest lookback the source can resolve, such as two scrape intervals; must be the value that the
    /// measurement's lookbacks were made with.
    package let lookbackMin: Duration
    /// Nil asks about the budget alone: no tier makes an exception, and nothing is forecast.
    package let subject: GateSubject?

    package init(policy: BudgetPolicy, lookbackMin: Duration = .zero, subject: GateSubject? = nil) {
        self.policy = policy
        self.lookbackMin = lookbackMin
        self.subject = subject
    }

    /// Judges one measurement. The same measurement always gives the same judgement.
    package func judge(_ measurement: BudgetMeasurement) -> Judgement {
        let budget: ErrorBudget
        do {
            budget = try ErrorBudget(target: policy.target, window: Self.window(policy, measurement))
        } catch {
            return refused(.error, "\(error)", "when the pipeline names a usable objective")
        }
        switch measurement.window {
        case .error(let text):
            return refused(.error, "could not be measured: \(text)", "when the source answers again")
        case .noData(let text):
            return refused(.noData, "has no data: \(text)", "when the source reports its counters")
        case .partial(_, let text):
            return refused(.inconclusive, "was measured in part: \(text)", "when the source sees everything again")
        case .counts(let counts) where counts.total == 0:
            let window = budget.window.releaseText
            return refused(.noData, "had no requests in the last \(window)", "when requests have been counted")
        case .counts(let counts):
            guard let spent = budget.spent(measurement, policy) else {
                return refused(.noData, "has no measured slices", "when the source counts its slices")
            }
            return judge(BudgetReading(counts: counts, spent: spent, measurement: measurement, budget: budget))
        }
    }

    /// The length of the window that was measured: the policy's, or that of the calendar's period.
    package static func window(_ policy: BudgetPolicy, _ measurement: BudgetMeasurement) -> Duration {
        measurement.period.map { $0.until.since($0.from) } ?? policy.window
    }

    private func judge(_ reading: BudgetReading) -> Judgement {
        let lookbacks = LookbackReadings(reading.measurement.lookbacks)
        let burns = burnAssessments(lookbacks, reading.budget)
        let ruling = TierRuling(policy, reading.spent, subject, release: recovery(reading))
        let forecast = forecastFinding(reading)
        let holding = ruling.finding.flatMap { $0.verdict == .fail ? $0 : nil }
        let asking = ruling.finding.flatMap { $0.verdict == .fail ? nil : $0 }
        let findings = BudgetFinding.ordered(
            [holding] + burns.map { $0.finding() } + [forecast]
                + [lookbacks.finding(), tooShort(reading.measurement.observed), asking])
        let summary = ([left(reading)] + burns.map(\.summary)).joined(separator: ", ")
        let causes = findings.map { "\($0.cause); released \($0.release)" }
        var reason = causes.isEmpty ? summary : causes.joined(separator: "; also ") + "; now \(summary)"
        if let remark = ruling.remark { reason += "; \(remark)" }
        return Judgement(
            verdict: findings.first?.verdict ?? .pass,
            reason: "\(policy.objective): \(reason)",
            figures: figures(reading) + burns.flatMap(\.figures) + forecastFigures(reading)
        )
    }

    private func burnAssessments(_ lookbacks: LookbackReadings, _ budget: ErrorBudget) -> [BurnAssessment] {
        alertsOnce.map { alert in
            // Lookbacks were asked for by the policy's window; a calendar's month is a little longer or shorter.
            let pair = BurnPair(alert, window: policy.window, lookbackMin: lookbackMin)
            return BurnAssessment(pair, lookbacks, budget)
        }
    }

    /// The alerts that hold, each once, in the order of the vocabulary.
    private var alertsOnce: [BurnAlert] { BurnAlert.allCases.filter(policy.burning.contains) }

    private func refused(_ verdict: Verdict, _ cause: String, _ release: String) -> Judgement {
        Judgement(verdict: verdict, reason: "\(policy.objective) \(cause); released \(release)")
    }

    // MARK: What may hold

    /// How what is left grows again.
    private func recovery(_ reading: BudgetReading) -> String {
        guard let period = reading.measurement.period else {
            return "as failures leave the \(reading.budget.window.releaseText) window"
        }
        let rest = max(period.until.since(reading.measurement.at), .zero)
        return "or when the next window begins in \(rest.releaseText)"
    }

    private func forecastFinding(_ reading: BudgetReading) -> BudgetFinding? {
        guard let reserve = policy.reserve, let forecast = subject?.forecast else { return nil }
        let worst = BudgetForecast(forecast, reading.budget)
        guard worst.exceeds(reading.spent, reserve: reserve) else { return nil }
        let room = reading.spent.remaining - reserve.value
        let source = subject?.forecastSource.map { " (\($0))" } ?? ""
        return BudgetFinding(
            verdict: .fail,
            cause: "at the worst \(BudgetForecast.text(forecast, reading.budget))\(source), more than the "
                + "\(Wording.percent(room)) there is above the reserve of \(reserve.percentText)",
            release: "when \(Wording.percent(worst.value + reserve.value)) or more of the budget is left"
        )
    }

    private func forecastFigures(_ reading: BudgetReading) -> [Figure] {
        guard let reserve = policy.reserve, let forecast = subject?.forecast else { return [] }
        let worst = BudgetForecast(forecast, reading.budget).value
        let room = reading.spent.remaining - reserve.value
        return [
            Figure(name: "worst case", value: worst, text: BudgetForecast.text(forecast, reading.budget)),
            Figure(name: "reserve", value: reserve.value, text: reserve.percentText),
            Figure(name: "left above reserve", value: room, text: Wording.percent(room)),
        ]
    }

    private func tooShort(_ observed: Duration) -> BudgetFinding? {
        guard observed < max(policy.observedMin, .milliseconds(1)) else { return nil }
        let needed = max(policy.observedMin.bounded, .milliseconds(1))
        let seen = max(observed.bounded, .zero)
        return BudgetFinding(
            verdict: .noData,
            cause: "observed for \(seen.releaseText) of the \(needed.releaseText) needed",
            release: "after \((needed - seen).releaseText) more of scrapes without a gap"
        )
    }

    // MARK: Wording

    private func left(_ reading: BudgetReading) -> String {
        let left = Wording.percent(reading.spent.remaining)
        return "\(left) of the \(reading.budget.window.releaseText) budget left (\(spent(reading).text))"
    }

    /// What is spent, as time of full outage.
    private func spent(_ reading: BudgetReading) -> Figure {
        let seconds = reading.spent.value * reading.budget.allowedSeconds
        let text = BudgetTime.text(seconds, of: reading.budget.allowedSeconds)
        return Figure(name: "spent seconds", value: seconds, text: "\(text) spent")
    }

    private func figures(_ reading: BudgetReading) -> [Figure] {
        let remaining = reading.spent.remaining
        let observed = reading.measurement.observed.bounded
        var all = [
            Figure(name: "remaining", value: remaining, text: Wording.percent(remaining)),
            spent(reading),
            Figure(
                name: "requests", value: Double(reading.counts.total),
                text: Wording.count(reading.counts.total, "request")),
            Figure(
                name: "failures", value: Double(reading.counts.bad),
                text: Wording.count(reading.counts.bad, "failure")),
        ]
        if policy.method.slice != nil, let slices = reading.measurement.slices {
            all.append(
                Figure(
                    name: "bad slices", value: Double(slices.bad),
                    text: "\(slices.bad) of \(Wording.count(slices.measured, "measured slice")), "
                        + "\(slices.slices) in the window"))
        }
        all.append(
            Figure(
                name: "observed seconds", value: Double(observed.milliseconds) / 1_000, text: observed.releaseText))
        return all
    }
}

/// A measurement that can be judged.
private struct BudgetReading {
    var counts: GoodTotal
    var spent: SpentBudget
    var measurement: BudgetMeasurement
    var budget: ErrorBudget
}

/// Budget as time of full outage, in words.
package enum BudgetTime {
    /// `3.1 of 43.2 min`: in the unit that suits the whole.
    package static func text(_ seconds: Double, of allowed: Double) -> String {
        let (unit, size) = unit(of: allowed)
        return "\(Wording.decimal(seconds / size)) of \(Wording.decimal(allowed / size)) \(unit)"
    }

    /// The unit in which a budget of so many seconds is told, and its length in seconds.
    package static func unit(of allowed: Double) -> (name: String, seconds: Double) {
        allowed >= 60 ? ("min", 60.0) : allowed >= 1 ? ("s", 1.0) : ("ms", 0.001)
    }
}

extension Ratio {
    /// For showing and for statistics; never for comparing with a threshold.
    package var value: Double { Double(numerator) / Double(denominator) }
}

/// One thing that keeps a step from starting.
struct BudgetFinding: Equatable, Sendable {
    let verdict: Verdict
    let cause: String
    /// Follows "released".
    let release: String

    /// The deciding finding first; every proof of harm is kept, and the first of each kind of not knowing, because one
    /// silent source is behind all that cannot be told.
    static func ordered(_ findings: [BudgetFinding?]) -> [BudgetFinding] {
        let sorted = findings.compactMap { $0 }.enumerated()
            .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
            .map(\.element)
        return sorted.enumerated().filter { index, finding in
            finding.verdict == .fail || !sorted.prefix(index).contains { $0.verdict == finding.verdict }
        }.map(\.element)
    }

    /// Lowest decides. Proof of harm outranks not knowing: both hold, and the proof says more.
    var severity: Int {
        switch verdict {
        case .fail: 0
        case .error: 1
        case .noData: 2
        case .inconclusive: 3
        case .warning: 4
        case .pass: 5
        }
    }
}
