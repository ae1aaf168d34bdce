package import TminusModel

/// What wants to pass the gate: tiers allow some changes and step kinds, and a forecast says what could happen.
package struct GateSubject: Equatable, Sendable {
    package var change: ChangeClass
    /// As the pipeline writes it: `backup`, `canary` …
    package var kind: String
    /// The worst that the step could cost; nil when nothing was said or it touches no traffic.
    package var forecast: StepForecast?
    /// Where the forecast comes from, when no one wrote it down: `detected in 20s, rolled back in 5m`.
    package var forecastSource: String?

    package init(
        change: ChangeClass, kind: String, forecast: StepForecast? = nil, forecastSource: String? = nil
    ) {
        self.change = change
        self.kind = kind
        self.forecast = forecast
        self.forecastSource = forecastSource
    }
}

/// The tier that decides about what is left, and what it says of one subject.
struct TierRuling: Equatable, Sendable {
    /// Nil when no tier applies.
    var finding: BudgetFinding?
    /// Why something passed that would not have; nil otherwise.
    var remark: String?

    /// Tiers are tried from the lowest bound up, and the first that applies decides. `stopBelow` and `warnBelow` are
    /// tiers without exceptions; where a written tier has the same bound, the written one decides.
    init(_ policy: BudgetPolicy, _ spent: SpentBudget, _ subject: GateSubject?, release: String) {
        for tier in Self.ordered(policy) where spent.isRemaining(below: tier.tier.below) {
            let limit = tier.tier.below
            let left = Wording.percent(spent.remaining, besides: limit)
            let below = "\(left) of the budget is left, below \(tier.name) \(limit.percentText)"
            if let subject, let why = Self.allowance(tier.tier, subject) {
                remark = "\(below), where \(why) may pass all the same"
                return
            }
            let isHold = tier.tier.action == .hold
            let goes =
                isHold
                ? "at \(limit.percentText) or more, \(release)"
                : "when a person says go, or at "
                    + "\(limit.percentText) or more"
            finding = BudgetFinding(verdict: isHold ? .fail : .warning, cause: below, release: goes)
            return
        }
    }

    private static func allowance(_ tier: BudgetTier, _ subject: GateSubject) -> String? {
        if tier.allowedChanges.contains(subject.change) { return "changes of class \(subject.change.rawValue)" }
        if tier.allowedKinds.contains(subject.kind) { return "\(subject.kind) steps" }
        return nil
    }

    /// The policy's tiers with its two plain bounds among them, lowest bound first.
    static func ordered(_ policy: BudgetPolicy) -> [(name: String, tier: BudgetTier)] {
        var all = policy.tiers.map { (name: "the tier of", tier: $0) }
        all.append((name: "stopBelow", tier: BudgetTier(below: policy.stopBelow, action: .hold)))
        all.append((name: "warnBelow", tier: BudgetTier(below: policy.warnBelow, action: .ask)))
        return all.enumerated()
            .sorted { left, right in
                if left.element.tier.below.isLess(than: right.element.tier.below) { return true }
                if right.element.tier.below.isLess(than: left.element.tier.below) { return false }
                return left.offset < right.offset
            }
            .map(\.element)
    }
}

extension Ratio {
    /// Exactly: multiplies across at full width.
    package func isLess(than other: Ratio) -> Bool {
        Int128(numerator) * Int128(other.denominator) < Int128(other.numerator) * Int128(denominator)
    }
}
