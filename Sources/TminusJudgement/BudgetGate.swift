package import TminusModel

/// The error-budget gate before a step: what was counted in, a judgement with its reason out.
///
/// `pass` only when everything that was asked for was measured and is in order; `warning` when a person must say go;
/// `fail` when too little is left or a burn alert fires; `noData` and `error` when it could not be told. Every reason
/// names the number that holds and what would release it. docs/internals/judgement.md has each case.
package struct BudgetGate: Equatable, Sendable {
    package let policy: BudgetPolicy
    /// The shortest lookback the source can resolve, such as two scrape intervals; must be the value that the
    /// measurement's lookbacks were made with.
    package let lookbackMin: Duration

    package init(policy: BudgetPolicy, lookbackMin: Duration = .zero) {
        self.policy = policy
        self.lookbackMin = lookbackMin
    }

    /// Judges one measurement. The same measurement always gives the same judgement.
    package func judge(_ measurement: BudgetMeasurement) -> Judgement {
        let budget: ErrorBudget
        do {
            budget = try ErrorBudget(target: policy.target, window: policy.window)
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
            return judge(counts, measurement, budget)
        }
    }

    private func judge(_ counts: GoodTotal, _ measurement: BudgetMeasurement, _ budget: ErrorBudget) -> Judgement {
        let lookbacks = LookbackReadings(measurement.lookbacks)
        let burns = alertsOnce.map { alert in
            let pair = BurnPair(alert, window: budget.window, lookbackMin: lookbackMin)
            return BurnAssessment(pair, lookbacks, budget)
        }
        let findings = BudgetFinding.ordered(
            [belowStop(counts, budget)] + burns.map { $0.finding() }
                + [lookbacks.finding(), tooShort(measurement.observed), belowWarning(counts, budget)])
        let summary = ([left(counts, budget)] + burns.map(\.summary)).joined(separator: ", ")
        let causes = findings.map { "\($0.cause); released \($0.release)" }
        let reason = causes.isEmpty ? summary : causes.joined(separator: "; also ") + "; now \(summary)"
        return Judgement(
            verdict: findings.first?.verdict ?? .pass,
            reason: "\(policy.objective): \(reason)",
            figures: figures(counts, measurement, budget) + burns.flatMap(\.figures)
        )
    }

    /// The alerts that hold, each once, in the order of the vocabulary.
    private var alertsOnce: [BurnAlert] { BurnAlert.allCases.filter(policy.burning.contains) }

    private func refused(_ verdict: Verdict, _ cause: String, _ release: String) -> Judgement {
        Judgement(verdict: verdict, reason: "\(policy.objective) \(cause); released \(release)")
    }

    // MARK: What may hold

    private func belowStop(_ counts: GoodTotal, _ budget: ErrorBudget) -> BudgetFinding? {
        guard budget.isRemaining(counts, below: policy.stopBelow) else { return nil }
        let limit = policy.stopBelow
        let left = Wording.percent(budget.remaining(counts) ?? 0, besides: limit)
        return BudgetFinding(
            verdict: .fail,
            cause: "\(left) of the budget is left, below stopBelow \(limit.percentText)",
            release: "at \(limit.percentText) or more, as failures leave the \(budget.window.releaseText) window"
        )
    }

    private func belowWarning(_ counts: GoodTotal, _ budget: ErrorBudget) -> BudgetFinding? {
        guard budget.isRemaining(counts, below: policy.warnBelow),
            !budget.isRemaining(counts, below: policy.stopBelow)
        else { return nil }
        let limit = policy.warnBelow
        let left = Wording.percent(budget.remaining(counts) ?? 0, besides: limit)
        return BudgetFinding(
            verdict: .warning,
            cause: "\(left) of the budget is left, below warnBelow \(limit.percentText)",
            release: "when a person says go, or at \(limit.percentText) or more"
        )
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

    private func left(_ counts: GoodTotal, _ budget: ErrorBudget) -> String {
        let left = Wording.percent(budget.remaining(counts) ?? 0)
        return "\(left) of the \(budget.window.releaseText) budget left (\(spent(counts, budget).text))"
    }

    /// What is spent, as time of full outage.
    private func spent(_ counts: GoodTotal, _ budget: ErrorBudget) -> Figure {
        let allowed = budget.allowedSeconds
        let seconds = (1 - (budget.remaining(counts) ?? 0)) * allowed
        let (unit, size) = allowed >= 60 ? ("min", 60.0) : allowed >= 1 ? ("s", 1.0) : ("ms", 0.001)
        let text = "\(Wording.decimal(seconds / size)) of \(Wording.decimal(allowed / size)) \(unit) spent"
        return Figure(name: "spent seconds", value: seconds, text: text)
    }

    private func figures(_ counts: GoodTotal, _ measurement: BudgetMeasurement, _ budget: ErrorBudget) -> [Figure] {
        let remaining = budget.remaining(counts)
        let observed = measurement.observed.bounded
        return [
            Figure(name: "remaining", value: remaining, text: Wording.percent(remaining ?? .nan)),
            spent(counts, budget),
            Figure(name: "requests", value: Double(counts.total), text: Wording.count(counts.total, "request")),
            Figure(name: "failures", value: Double(counts.bad), text: Wording.count(counts.bad, "failure")),
            Figure(
                name: "observed seconds", value: Double(observed.milliseconds) / 1_000, text: observed.releaseText),
        ]
    }
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
