import TminusModel

/// A rule for means on its way; each interval costs the same.
///
/// Interval i has weight h = n_c n_b / (n_c + n_b) and variance v = s_c² / n_c + s_b² / n_b. The estimate is
/// Σ h (mean_c − mean_b) / Σ h, its variance Σ h² v / (Σ h)². The weights are made of counts alone, so they can't lean
/// towards the intervals that suit one side.
package struct MeanProcess: Equatable, Sendable {
    package let rule: MeanRule
    private var weight = 0.0
    private var weighted = 0.0
    private var variance = 0.0
    private var samples = Samples()
    private var comparisons = 0
    private var errorsInARow = 0
    private var lastText = ""
    private var isConvicted = false
    private var pMin = 1.0

    private struct Samples: Equatable, Sendable {
        var candidate: Int64 = 0
        var baseline: Int64 = 0
    }

    package init(rule: MeanRule) { self.rule = rule }

    /// Takes in the next interval; one in which an arm has fewer than two values says nothing.
    package mutating func absorb(_ stratum: MeanStratum) {
        switch (stratum.candidate, stratum.baseline) {
        case (.error(let text), _), (_, .error(let text)):
            errorsInARow += 1
            lastText = text
            return
        case (.noData(let text), _), (_, .noData(let text)): lastText = text
        case (.moments(let candidate), .moments(let baseline)): compare(candidate, baseline)
        }
        errorsInARow = 0
    }

    private mutating func compare(_ candidate: MeanMoments, _ baseline: MeanMoments) {
        lastText = ""
        guard let ours = candidate.varianceOfMean, let theirs = baseline.varianceOfMean else { return }
        let m = Double(candidate.count)
        let n = Double(baseline.count)
        let h = m * n / (m + n)
        comparisons += 1
        weight += h
        weighted += h * (candidate.mean - baseline.mean)
        variance += h * h * (ours + theirs)
        samples.candidate += min(candidate.count, .max - samples.candidate)
        samples.baseline += min(baseline.count, .max - samples.baseline)
        guard rule.complaint == nil, let interval else { return }
        let tolerated = rule.harm == .increase ? rule.tolerated : -rule.tolerated
        isConvicted = isConvicted || (rule.harm == .increase ? interval.lower > tolerated : interval.upper < tolerated)
        let estimate = weighted / weight
        pMin = min(
            pMin,
            rule.sequence.p(
                estimate: estimate, against: tolerated, variance: variance / (weight * weight), size: weight))
    }

    private var isLargeEnough: Bool {
        min(samples.candidate, samples.baseline) >= max(rule.samplesMin, 2)
    }

    /// For candidate's mean less baseline's, valid at all times at once; nil before `samplesMin`, and while nothing
    /// varied.
    package var interval: ConfidenceInterval? {
        guard isLargeEnough, weight > 0, variance > 0, rule.complaint == nil else { return nil }
        let half = rule.sequence.halfWidth(
            variance: variance / (weight * weight), size: weight, alpha: rule.alpha)
        let estimate = weighted / weight
        return ConfidenceInterval(lower: estimate - half, upper: estimate + half, confidence: 1 - rule.alpha)
    }

    /// Candidate's mean less baseline's; nil before anything was compared.
    package var difference: Double? { weight > 0 ? weighted / weight : nil }

    /// The smallest p so far of the difference being the tolerated one, valid at all times; in [0, 1].
    package var alwaysValidP: Double { pMin }

    /// What the evidence asks for now; never `promote` without a `harmlessBelow`.
    package var outcome: SequentialOutcome {
        guard rule.complaint == nil else { return .inconclusive }
        if isConvicted { return .rollBack }
        if let harmless = rule.harmlessBelow, let interval {
            if rule.harm == .increase ? interval.upper < harmless : interval.lower > -harmless { return .promote }
        }
        return rule.horizon.map { comparisons >= max($0, 1) } ?? false ? .inconclusive : .goOn
    }

    package var standing: RuleStanding {
        if let complaint = rule.complaint { return stands(.error, complaint, isSettled: true) }
        let outcome = outcome
        if outcome == .rollBack {
            let worse = rule.harm == .increase ? "above" : "below"
            let shown = "shown to be \(worse) the baseline by more than is tolerated"
            return stands(.fail, "\(shown): \(text)", isSettled: true)
        }
        if errorsInARow > 0 {
            let isOver = errorsInARow > max(rule.errorLimit, 0)
            let errors = "\(errorsInARow) measurements in a row failed, \(max(rule.errorLimit, 0)) are tolerated"
            return stands(isOver ? .error : .inconclusive, "\(errors): \(lastText)", isSettled: isOver)
        }
        if !lastText.isEmpty { return stands(.noData, "nothing to compare: \(lastText)") }
        guard comparisons > 0 else { return stands(.noData, "nothing has been compared yet") }
        let isOver = outcome == .inconclusive
        guard isLargeEnough else {
            return stands(.inconclusive, "fewer than \(rule.samplesMin) values in an arm: \(text)", isSettled: isOver)
        }
        switch outcome {
        case .promote: return stands(.pass, "shown harmless within the margin: \(text)", isSettled: true)
        case .rollBack, .goOn, .inconclusive:
            guard rule.harmlessBelow != nil else { return stands(.pass, "no evidence of harm so far: \(text)") }
            return stands(.inconclusive, "not yet shown harmless: \(text)", isSettled: isOver)
        }
    }

    private var text: String {
        guard let difference else { return "no difference yet" }
        guard let interval else { return "difference \(Wording.decimal(difference, digits: 6))" }
        let limits = "\(Wording.decimal(interval.lower, digits: 6)) to \(Wording.decimal(interval.upper, digits: 6))"
        return "difference \(Wording.decimal(difference, digits: 6)), surely \(limits)"
    }

    private func stands(_ verdict: Verdict, _ reason: String, isSettled: Bool = false) -> RuleStanding {
        let figures = [
            Figure(
                name: "difference", value: difference,
                text: difference.map { Wording.decimal($0, digits: 6) } ?? "none"),
            Figure(
                name: "at least", value: interval?.lower,
                text: interval.map { Wording.decimal($0.lower, digits: 6) } ?? "none"),
            Figure(
                name: "at most", value: interval?.upper,
                text: interval.map { Wording.decimal($0.upper, digits: 6) } ?? "none"),
            Figure(name: "always-valid p", value: pMin, text: Wording.decimal(pMin, digits: 6)),
            Figure(name: "intervals compared", value: Double(comparisons), text: "\(comparisons)"),
        ]
        return RuleStanding(
            verdict, "\(rule.name): \(reason)", figures, isSettled: isSettled, isDryRun: rule.isDryRun)
    }
}
