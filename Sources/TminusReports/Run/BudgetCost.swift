import TminusModel

/// What a run cost in error budget, from the gate's and the rules' own measurements: no later query can change it.
///
/// During a step that a rule on the budget's indicator watched, every interval of that rule is counted once, by its
/// end. For other steps the gate's readings before and after count: they grow by what came in between, as long as
/// nothing left the window meanwhile. A bad request costs one; the whole budget is `(1 - target) × requests in the
/// window`, as the last gate measured them.
struct BudgetCost {
    private let plan: Plan
    private let events: [Event]

    init(_ plan: Plan, _ events: [Event]) {
        self.plan = plan
        self.events = events
    }

    /// One sentence for each step during which requests were counted.
    var sentences: [StepIndex: String] {
        var result: [StepIndex: String] = [:]
        for (step, counts) in spent where counts.total > 0 { result[step] = sentence(counts) }
        return result
    }

    /// The whole run: from the first gate's reading to the last one's, and what rules counted after that. Nil when
    /// nothing was counted.
    var whole: String? {
        let gates = readings
        var sum = GoodTotal.none
        if let first = gates.first, let last = gates.last, let grown = growth(first.counts, last.counts) {
            sum = sum.adding(grown)
        }
        for interval in measurements where interval.at > gates.last?.at ?? .distantPast {
            sum = sum.adding(interval.counts)
        }
        return sum.total > 0 ? sentence(sum) : nil
    }

    private func sentence(_ counts: GoodTotal) -> String {
        let base = "\(counts.bad) of \(counts.total) requests bad"
        guard let share = share(of: counts.bad) else { return base }
        return "\(base), \(share) of the \(plan.budget?.window.releaseText ?? "") error budget"
    }

    private func share(of bad: Int64) -> String? {
        guard let policy = plan.budget, let window = readings.last?.counts, window.total > 0 else { return nil }
        let target = Double(policy.target.numerator) / Double(policy.target.denominator)
        let allowed = Double(window.total) * (1 - target)
        return allowed > 0 ? Percent.text(Double(bad) / allowed) : nil
    }

    /// The budget's window as each gate read it, oldest first.
    private var readings: [Interval] {
        events.compactMap { event in
            guard case .budgetJudged(_, let measurement, _) = event.body, case .counts(let counts) = measurement.window
            else { return nil }
            return Interval(at: measurement.at, counts: counts)
        }
    }

    /// Nil when more left the window than came in, for then nothing can be said.
    private func growth(_ before: GoodTotal, _ after: GoodTotal) -> GoodTotal? {
        GoodTotal(good: after.good - before.good, total: after.total - before.total)
    }

    private struct Interval {
        var at: Instant
        var counts: GoodTotal
    }

    /// The intervals of one rule that reads the budget's indicator, or of the first rule that counts anything.
    private var measurements: [Interval] {
        var byRule: [[Interval]] = Array(repeating: [], count: plan.rules.count)
        for event in events {
            guard case .ruleJudged(let rule, let measurement, _) = event.body else { continue }
            var sum = GoodTotal.none
            if case .counts(let counts) = measurement.subject { sum = sum.adding(counts) }
            if case .counts(let counts) = measurement.baseline { sum = sum.adding(counts) }
            byRule[rule].append(Interval(at: measurement.to, counts: sum))
        }
        var taken: [Interval] = []
        var coveredUntil = Instant.distantPast
        // Rules on the budget's indicator, in plan order: where two watched at once, the first one counts.
        for rule in plan.rules.indices where plan.rules[rule].indicator == plan.budget?.indicator {
            for interval in byRule[rule] where interval.at > coveredUntil { taken.append(interval) }
            coveredUntil = max(coveredUntil, byRule[rule].last?.at ?? .distantPast)
        }
        return taken
    }

    private var spent: [StepIndex: GoodTotal] {
        var result: [StepIndex: GoodTotal] = [:]
        let spans = stepSpans
        for interval in measurements {
            guard let step = spans.last(where: { $0.from < interval.at && interval.at <= $0.to })?.step else {
                continue
            }
            result[step] = (result[step] ?? .none).adding(interval.counts)
        }
        let gates = readings
        for span in spans where result[span.step] == nil {
            guard let before = gates.last(where: { $0.at <= span.from }),
                let after = gates.first(where: { $0.at >= span.to }),
                let grown = growth(before.counts, after.counts)
            else { continue }
            result[span.step] = grown
        }
        return result
    }

    /// When each step went forward or was undone, in order of start.
    private var stepSpans: [(step: StepIndex, from: Instant, to: Instant)] {
        var spans: [(step: StepIndex, from: Instant, to: Instant)] = []
        func close(_ step: StepIndex, _ at: Instant) {
            if let index = spans.lastIndex(where: { $0.step == step && $0.to == .distantFuture }) {
                spans[index].to = at
            }
        }
        for event in events {
            switch event.body {
            case .attemptStarting(let id) where id.role != .resolve:
                if !spans.contains(where: { $0.step == id.step && $0.to == .distantFuture }) {
                    spans.append((id.step, event.at, .distantFuture))
                }
            case .stepSucceeded(let step), .stepFailed(let step, _, _), .stepCancelled(let step, _),
                .stepRolledBack(let step), .stepRollbackFailed(let step, _):
                close(step, event.at)
            default: continue
            }
        }
        return spans
    }
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
