package import TminusModel

/// Where a judging rule stands after the measurements so far.
package struct RuleStanding: Equatable, Sendable {
    package let judgement: Judgement
    /// True when no further measurement is waited for: a limit was reached, or enough was shown. While false, the
    /// rule is watched on; what it says when its watch ends is its conclusion, and only `pass` passes. A settled
    /// `fail` stays; a settled `pass` may still become one when it is watched on.
    package let isSettled: Bool

    package init(_ verdict: Verdict, _ reason: String, _ figures: [Figure], isSettled: Bool) {
        judgement = Judgement(verdict: verdict, reason: reason, figures: figures)
        self.isSettled = isSettled
    }
}

extension JudgingRule {
    /// Where this rule stands after `history`, oldest first; may be empty, which is `noData`.
    ///
    /// A verdict of `error` means that more measurements than `errorLimit` failed in a row; a failed one within the
    /// limit is `inconclusive`.
    package func standing(of history: [Measurement]) -> RuleStanding {
        switch trip {
        case .below(let bound, let failAfter):
            let rule = ThresholdRule(
                name: name, trip: .below(bound), failAfter: failAfter, errorLimit: errorLimit, samplesMin: samplesMin)
            return rule.standing(of: history.map(\.subject))
        case .ratioAbove(let bound, let harmlessBelow):
            let rule = RateRatioRule(
                name: name, ratioAbove: bound, harmlessBelow: harmlessBelow, samplesMin: samplesMin,
                errorLimit: errorLimit)
            return rule.standing(of: history.map(Stratum.init))
        }
    }
}
