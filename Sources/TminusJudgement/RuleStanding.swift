package import TminusModel

/// Where a judging rule stands after the measurements so far.
package struct RuleStanding: Equatable, Sendable {
    package let judgement: Judgement
    /// True when no further measurement is waited for: a limit was reached, or enough was shown. While false, the
    /// rule is watched on; what it says when its watch ends is its conclusion, and only `pass` passes. A settled
    /// `fail` stays; a settled `pass` may still become one when it is watched on.
    package let isSettled: Bool

    /// True when the rule is judged and reported only: whatever it says, nothing may follow from it.
    package let isDryRun: Bool

    package init(_ verdict: Verdict, _ reason: String, _ figures: [Figure], isSettled: Bool, isDryRun: Bool = false) {
        judgement = Judgement(
            verdict: verdict, reason: isDryRun ? "dry run: \(reason)" : reason, figures: figures)
        self.isSettled = isSettled
        self.isDryRun = isDryRun
    }

    /// The judgement that may decide; nil for a dry run.
    package var deciding: Judgement? { isDryRun ? nil : judgement }
}

extension JudgingRule {
    /// Where this rule stands after `history`, oldest first; may be empty, which is `noData`.
    ///
    /// A verdict of `error` means that more measurements than `errorLimit` failed in a row; a failed one within the
    /// limit is `inconclusive`. Measurements that end within `conduct.warmUp` of the first one's beginning are not
    /// judged.
    package func standing(of history: [Measurement]) -> RuleStanding {
        let judged = judged(history)
        if let rule = rateRatioRule { return rule.standing(of: judged.map(Stratum.init)) }
        if let rule = thresholdRule { return rule.standing(of: judged.map(\.subject)) }
        guard var process = ComparingProcess(self) else {
            return RuleStanding(.error, "\(name): no rule of this kind", [], isSettled: true)
        }
        for measurement in judged { process.absorb(measurement) }
        return process.standing
    }

    /// Those of `history` that are judged: not those that end before the warm-up is over.
    package func judged(_ history: [Measurement]) -> [Measurement] {
        guard conduct.warmUp > .zero, let first = history.first else { return history }
        return history.filter { isJudged($0, firstFrom: first.from) }
    }

    /// Whether `measurement` is judged, when the first one of the watch began at `firstFrom`.
    package func isJudged(_ measurement: Measurement, firstFrom: Instant) -> Bool {
        measurement.to.since(firstFrom) > conduct.warmUp
    }

    /// The rule by counts that compares; nil for one with a threshold.
    package var rateRatioRule: RateRatioRule? {
        guard case .ratioAbove(let bound, let harmlessBelow) = trip else { return nil }
        return comparing(ratioAbove: bound, harmlessBelow: harmlessBelow)
    }

    /// What must be shown before it passes; nil when nothing must.
    var harmlessBelow: Ratio? {
        switch trip {
        case .ratioAbove(_, let harmless), .slowerAbove(_, let harmless): harmless
        case .below, .planned, .meanAbove: nil
        }
    }

    /// This rule's conduct for a comparison by evidence.
    func comparing(ratioAbove bound: Ratio, harmlessBelow: Ratio?) -> RateRatioRule {
        let tempering = conduct.tempering.map { Double($0.numerator) / Double($0.denominator) }
        // A fixed exponent is all there is then.
        let burstiness = tempering == nil ? Double(max(conduct.burstiness?.thousandths ?? 0, 0)) / 1_000 : 0
        return RateRatioRule(
            name: name, ratioAbove: bound, harmlessBelow: harmlessBelow, samplesMin: samplesMin,
            tempering: tempering ?? 1, burstiness: burstiness, learnsBurstiness: tempering == nil,
            onNoData: conduct.onNoData, onNoTraffic: conduct.onNoTraffic, onPartial: conduct.onPartial,
            isDryRun: conduct.isDryRun, errorLimit: errorLimit)
    }

    /// The rule with a threshold; nil for one that compares.
    package var thresholdRule: ThresholdRule? {
        guard case .below(let bound, let failAfter) = trip else { return nil }
        return ThresholdRule(
            name: name, trip: .below(bound), failAfter: failAfter, inconclusiveLimit: conduct.inconclusiveLimit,
            errorLimit: errorLimit, successLimit: conduct.successLimit, onNoData: conduct.onNoData,
            onNoTraffic: conduct.onNoTraffic, onPartial: conduct.onPartial, isDryRun: conduct.isDryRun,
            samplesMin: samplesMin)
    }
}
