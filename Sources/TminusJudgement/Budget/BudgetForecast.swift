package import TminusModel

/// What a step may cost at the worst, in shares of the whole budget: `share × errorRatio × duration / window / budget`.
package struct BudgetForecast: Hashable, Sendable {
    /// All ≥ 0.
    let numerators: [UInt64]
    /// All ≥ 1.
    let denominators: [UInt64]

    /// Negative parts of `step` count as 0.
    package init(_ step: StepForecast, _ budget: ErrorBudget) {
        numerators = [
            max(step.share.numerator, 0).magnitude, max(step.errorRatio.numerator, 0).magnitude,
            max(step.duration.bounded.milliseconds, 0).magnitude, budget.target.denominator,
        ]
        denominators = [
            step.share.denominator.magnitude, step.errorRatio.denominator.magnitude,
            budget.window.milliseconds.magnitude, budget.target.budgetNumerator,
        ]
    }

    /// For showing: 1 is the whole budget.
    package var value: Double {
        let above = numerators.reduce(1.0) { $0 * Double($1) }
        return above / denominators.reduce(1.0) { $0 * Double($1) }
    }

    /// True when `spent`, this cost and `reserve` together are more than the whole budget, exactly. A cost that just
    /// fits is allowed.
    package func exceeds(_ spent: SpentBudget, reserve: Ratio) -> Bool {
        // f + s + r > 1, each over the product of the other denominators.
        let kept = max(reserve.numerator, 0).magnitude
        let part = reserve.denominator.magnitude
        let sum =
            ExactProduct(numerators + spent.denominators + [part])
            + ExactProduct(spent.numerators + denominators + [part])
            + ExactProduct([kept] + denominators + spent.denominators)
        return sum > ExactProduct(denominators + spent.denominators + [part])
    }

    /// True when this alone is more than `limit` of the whole budget, exactly.
    package func exceeds(_ limit: Ratio) -> Bool {
        guard limit.numerator >= 0 else { return true }
        return ExactProduct(numerators + [limit.denominator.magnitude])
            > ExactProduct(denominators + [limit.numerator.magnitude])
    }

    /// Such as `5 % of traffic failing 20 % for 30m costs 0.7 % of the budget`.
    package static func text(_ step: StepForecast, _ budget: ErrorBudget) -> String {
        "\(step.share.percentText) of traffic failing \(step.errorRatio.percentText) for "
            + "\(step.duration.bounded.releaseText) costs "
            + "\(Wording.percent(BudgetForecast(step, budget).value)) of the budget"
    }
}

extension StepForecast {
    /// Whether it costs less than `other` of any budget, exactly. Negative parts count as 0.
    package func isLess(than other: StepForecast) -> Bool {
        func above(_ forecast: StepForecast, _ against: StepForecast) -> [UInt64] {
            [
                max(forecast.share.numerator, 0).magnitude, max(forecast.errorRatio.numerator, 0).magnitude,
                max(forecast.duration.bounded.milliseconds, 0).magnitude, against.share.denominator.magnitude,
                against.errorRatio.denominator.magnitude,
            ]
        }
        return ExactProduct(above(other, self)) > ExactProduct(above(self, other))
    }
}
