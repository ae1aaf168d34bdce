package import TminusModel

/// What an interval took from an error budget, by the objective's own method.
package struct StepCost: Equatable, Sendable {
    package let policy: BudgetPolicy
    private let budget: ErrorBudget
    /// Requests of the whole window, as the gate last read them and with those since; nil before it has read any.
    private let windowTotal: Int64?

    /// - Parameters:
    ///   - gate: the last measurement that the gate has judged; nil when there was none.
    ///   - since: requests counted after it: a window that has been watched for a short time only grows by them.
    /// Nil for an objective that can't be used.
    package init?(_ policy: BudgetPolicy, gate: BudgetMeasurement?, since: Int64 = 0) {
        let window = gate.map { BudgetGate.window(policy, $0) } ?? policy.window
        guard let budget = try? ErrorBudget(target: policy.target, window: window) else { return nil }
        self.policy = policy
        self.budget = budget
        if case .counts(let counts) = gate?.window, counts.total > 0 {
            let (total, overflow) = counts.total.addingReportingOverflow(max(since, 0))
            windowTotal = overflow ? counts.total : total
        } else {
            windowTotal = nil
        }
    }

    /// The share of the whole budget that `measurement` took, ≥ 0; nil when it could not be counted, or nothing says
    /// how much the whole is.
    ///
    /// Occurrences: bad of all the window's requests. Slices: the interval counts by its length, as its slices do;
    /// a slice is bad as a whole.
    package func share(of measurement: Measurement) -> Double? {
        guard case .counts(let counts) = measurement.subject else { return nil }
        switch policy.method {
        case .occurrences:
            guard let windowTotal else { return nil }
            return Double(counts.bad) / (budget.target.budget * Double(windowTotal))
        case .timeslices(_, let target):
            guard counts.total > 0 else { return 0 }
            return counts.isGoodShare(below: target) ? time(measurement) : 0
        case .ratioTimeslices:
            return (counts.badShare ?? 0) * time(measurement)
        }
    }

    /// The share that intervals with these counts took together, of the budget as it is known now; `summed` is the sum
    /// of what each was said to take when it was measured.
    ///
    /// Occurrences are reckoned anew: while the window's requests are still being counted for the first time the whole
    /// grows, and shares of smaller wholes would add up to more than was spent. Slices are shares of time, and stay.
    package func share(of counts: GoodTotal, summed: Double?) -> Double? {
        guard case .occurrences = policy.method else { return summed }
        return windowTotal.map { Double(counts.bad) / (budget.target.budget * Double($0)) }
    }

    private func time(_ measurement: Measurement) -> Double {
        let length = Double(max(measurement.to.since(measurement.from).milliseconds, 0))
        return length / Double(budget.window.milliseconds) / budget.target.budget
    }

    /// The whole budget as seconds of full outage.
    package var allowedSeconds: Double { budget.allowedSeconds }

    /// `3.1 of 43.2 min`; what would be shown as nothing and is more is `under 0.1 of 43.2 min`.
    package func text(_ share: Double) -> String {
        let (_, size) = BudgetTime.unit(of: allowedSeconds)
        let isTiny = share > 0 && share * allowedSeconds / size < 0.05
        return isTiny
            ? "under \(BudgetTime.text(0.1 * size, of: allowedSeconds))"
            : BudgetTime.text(share * allowedSeconds, of: allowedSeconds)
    }
}
