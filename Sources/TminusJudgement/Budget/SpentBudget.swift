package import TminusModel

/// How much of an error budget is spent, as the exact quotient that the counts make; above 1 when it is overspent.
package struct SpentBudget: Hashable, Sendable {
    /// All ≥ 0.
    let numerators: [UInt64]
    /// All ≥ 1.
    let denominators: [UInt64]

    /// By occurrences: bad of all events, weighted by traffic. Nil when nothing was counted.
    package init?(_ counts: GoodTotal, _ target: Target) {
        guard counts.total > 0 else { return nil }
        numerators = [counts.bad.magnitude, target.denominator]
        denominators = [counts.total.magnitude, target.budgetNumerator]
    }

    /// By slices; nil when no slice was measured, or the method counts none.
    ///
    /// A calendar window's budget of time slices is a fixed number of minutes: slices to come count as good. Of a
    /// rolling window only what was measured counts, because unmeasured time is not uptime. Shares of slices are
    /// averaged over those that were measured, whatever the window.
    package init?(_ slices: SliceSummary, _ target: Target, method: BudgetMethod, isCalendar: Bool) {
        guard slices.measured > 0 else { return nil }
        switch method {
        case .occurrences:
            return nil
        case .timeslices:
            let all = isCalendar ? slices.slices : slices.measured
            numerators = [slices.bad.magnitude, target.denominator]
            denominators = [all.magnitude, target.budgetNumerator]
        case .ratioTimeslices:
            numerators = [slices.badBillionths.magnitude, target.denominator]
            denominators = [slices.measured.magnitude, 1_000_000_000, target.budgetNumerator]
        }
    }

    /// For showing: 1 is the whole budget.
    package var value: Double {
        let above = numerators.reduce(1.0) { $0 * Double($1) }
        return above / denominators.reduce(1.0) { $0 * Double($1) }
    }

    /// For showing: in (−infinity, 1].
    package var remaining: Double { 1 - value }

    /// True when less than `limit` of the budget is left, exactly.
    package func isRemaining(below limit: Ratio) -> Bool {
        guard limit.numerator <= limit.denominator else { return true }
        // 1 − s/v < n/d  ⟺  s·d > (d − n)·v
        let kept =
            limit.numerator < 0
            ? limit.denominator.magnitude + limit.numerator.magnitude  // ≤ 2^64 − 1
            : (limit.denominator - limit.numerator).magnitude
        return ExactProduct(numerators + [limit.denominator.magnitude]) > ExactProduct(denominators + [kept])
    }
}

extension ErrorBudget {
    /// What is spent by the method that the objective is counted by; nil when that cannot be told: nothing was counted,
    /// or a budget of slices came without them.
    package func spent(
        _ counts: GoodTotal, _ slices: SliceSummary?, method: BudgetMethod, isCalendar: Bool
    ) -> SpentBudget? {
        switch method {
        case .occurrences: SpentBudget(counts, target)
        case .timeslices, .ratioTimeslices:
            slices.flatMap { SpentBudget($0, target, method: method, isCalendar: isCalendar) }
        }
    }

    /// What `policy` says is spent by a measurement's window; nil when that cannot be told.
    package func spent(_ measurement: BudgetMeasurement, _ policy: BudgetPolicy) -> SpentBudget? {
        let counts: GoodTotal =
            switch measurement.window {
            case .counts(let counts), .partial(let counts, _): counts
            case .noData, .error: .none
            }
        return spent(counts, measurement.slices, method: policy.method, isCalendar: policy.period != nil)
    }
}

extension SliceSummary {
    /// Sums up consecutive slices; `target` is the share of good that makes a slice good, exactly compared.
    ///
    /// `slices` is how many the whole window has, those to come too. A slice without requests was not measured. Nil
    /// when the window has fewer slices than were given, or more than 10^9.
    package init?(_ readings: [ArmReading], of slices: Int64, target: Ratio) {
        var measured: Int64 = 0
        var bad: Int64 = 0
        var billionths: Int64 = 0
        for reading in readings {
            guard case .counts(let counts) = reading, counts.total > 0 else { continue }
            measured += 1
            if counts.isGoodShare(below: target) { bad += 1 }
            let share = (UInt128(counts.bad.magnitude) * 1_000_000_000) / UInt128(counts.total.magnitude)
            billionths += Int64(share)  // ≤ 10^9 each; an array of 9·10^9 readings does not exist
        }
        self.init(slices: slices, measured: measured, bad: bad, badBillionths: billionths)
    }
}
