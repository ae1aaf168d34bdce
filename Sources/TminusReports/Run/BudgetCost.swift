import TminusCore
import TminusJudgement
import TminusModel

/// What a run cost in error budget, from the costs its journal recorded: no later query can change it.
///
/// A step's cost is what all users got of the budget's indicator from its start to its end, and in the watch after it.
/// Steps that ran at once share what they saw, and each is told it: the sum of the steps may be more than the run's.
struct BudgetCost {
    private let state: RunState
    private let events: [Event]

    init(_ state: RunState, _ events: [Event]) {
        self.state = state
        self.events = events
    }

    /// One sentence for each step during which requests were counted.
    var sentences: [StepIndex: String] {
        var result: [StepIndex: String] = [:]
        for step in state.steps.indices {
            if let sentence = CostText.sentence(step, state) { result[step] = sentence }
        }
        return result
    }

    /// The whole run, each instant counted once. Nil when nothing was counted.
    var whole: String? {
        let intervals = intervals
        guard !intervals.isEmpty else { return nil }
        var counts = GoodTotal.none
        for interval in intervals { counts = counts.adding(interval.counts) }
        let base = "\(counts.bad) of \(counts.total) requests bad"
        guard let policy = state.plan.budget, let reckoning = state.stepCost(policy) else { return base }
        let shares = intervals.compactMap(\.share)
        let summed = shares.isEmpty ? nil : shares.reduce(0, +)
        guard let share = reckoning.share(of: counts, summed: summed) else { return base }
        return "burned \(reckoning.text(share)) (\(Percent.text(share)) of the budget), \(base)"
    }

    private struct Interval {
        var until: Instant
        var counts: GoodTotal
        var share: Double?
    }

    /// The recorded intervals in the order of their ends, each without what was counted before.
    private var intervals: [Interval] {
        var taken: [Interval] = []
        var coveredUntil = Instant.distantPast
        var gate: BudgetMeasurement?
        for event in events {
            if case .budgetJudged(_, let measurement, _) = event.body { gate = measurement }
            guard case .costMeasured(_, _, let read) = event.body, let measurement = read.part(after: coveredUntil),
                case .counts(let counts) = measurement.subject
            else { continue }
            let share = state.plan.budget.flatMap { StepCost($0, gate: gate)?.share(of: measurement) }
            taken.append(Interval(until: measurement.to, counts: counts, share: share))
            coveredUntil = measurement.to
        }
        return taken
    }
}

extension Measurement {
    /// What of this lies after `instant`, as if its requests had come evenly; nil when nothing does.
    func part(after instant: Instant) -> Measurement? {
        if from >= instant { return self }
        guard to > instant, to > from, case .counts(let counts) = subject else { return nil }
        let share = Double(to.since(instant).milliseconds) / Double(to.since(from).milliseconds)
        let total = Int64((Double(counts.total) * share).rounded(.down))
        let bad = min(Int64((Double(counts.bad) * share).rounded()), total)
        guard let rest = GoodTotal(good: total - bad, total: total) else { return nil }
        return Measurement(from: instant, to: to, subject: .counts(rest), baseline: baseline)
    }
}

/// A step's cost in words.
enum CostText {
    /// `burned 3.1 of 43.2 min (7.2% of the budget), 31 of 9,000 requests bad; 0.2 min more in the 5m after it`. Nil
    /// when nothing was counted.
    static func sentence(_ step: StepIndex, _ state: RunState) -> String? {
        let cost = state.steps[step].cost
        guard cost.during.total > 0 || cost.after.total > 0 else {
            return cost.missed > 0 ? "could not be counted" : nil
        }
        let reckoning = state.plan.budget.flatMap { state.stepCost($0) }
        var text = part(cost.during, cost.duringShare, reckoning)
        if cost.after.total > 0 {
            text += "; after it \(part(cost.after, cost.afterShare, reckoning))"
        }
        return cost.missed > 0 ? "\(text); \(Count.of(cost.missed, "interval")) could not be counted" : text
    }

    private static func part(_ counts: GoodTotal, _ share: Double?, _ reckoning: StepCost?) -> String {
        let base = "\(counts.bad) of \(counts.total) requests bad"
        guard let reckoning, let share = reckoning.share(of: counts, summed: share) else { return base }
        return "burned \(reckoning.text(share)) (\(Percent.text(share)) of the budget), \(base)"
    }
}

extension CostSoFar {
    /// Requests that failed, during and after.
    package var bad: Int64 { during.bad + after.bad }
}

/// Shares for people.
enum Percent {
    /// `12.3%`; tiny shares keep two digits that say something.
    static func text(_ share: Double) -> String {
        guard share.isFinite else { return "none" }
        let percent = share * 100
        if percent == 0 { return "0%" }
        if abs(percent) < 0.01 { return "below 0.01%" }
        let scale = abs(percent) < 1 ? 100.0 : 10.0
        let scaled = (percent * scale).rounded()
        guard abs(scaled) < 1e15 else { return "beyond counting" }
        let whole = Int64(scaled) / Int64(scale)
        let rest = (Int64(scaled) % Int64(scale)).magnitude
        let digits = scale == 100 ? (rest < 10 ? "0\(rest)" : "\(rest)") : "\(rest)"
        return "\(scaled < 0 && whole == 0 ? "-" : "")\(whole).\(digits)%"
    }
}
