package import TminusModel

/// What an interval took from an error budget, by the objective's own method.
package struct StepCost: Equatable, Sendable {
    package let policy: BudgetPolicy
    private let budget: ErrorBudget
    /// Requests of the whole window, as the gate last read them; nil before it has read any.
    private let windowTotal: Int64?

    /// - Parameter gate: the last measurement that the gate has judged; nil when there was none.
    /// Nil for an objective that can't be used.
    package init?(_ policy: BudgetPolicy, gate: BudgetMeasurement?) {
        let window = gate.map { BudgetGate.window(policy, $0) } ?? policy.window
        guard let budget = try? ErrorBudget(target: policy.target, window: window) else { return nil }
        self.policy = policy
        self.budget = budget
        if case .counts(let counts) = gate?.window, counts.total > 0 {
            windowTotal = counts.total
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
