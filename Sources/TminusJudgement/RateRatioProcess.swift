package import TminusModel

/// A rate-ratio rule on its way: absorbs one interval after the other and says at any time where the rule stands.
package struct RateRatioProcess: Equatable, Sendable {
    package let rule: RateRatioRule
    private var mixture: RatioMixture
    /// ln of the evidence now, and its highest so far; 0 before anything was absorbed.
    package private(set) var logEvidence = 0.0
    package private(set) var logEvidenceMax = 0.0
    private var burstiness = Overdispersion()
    private var harmExponents = BurstExponents()
    private var harmlessExponents = BurstExponents()
    /// ln of the evidence that the ratio is below `harmlessBelow`; 0 when none is set.
    package private(set) var logHarmless = 0.0
    /// Of intervals in which both arms served.
    package private(set) var candidate = GoodTotal.none
    package private(set) var baseline = GoodTotal.none
    /// Mantel-Haenszel sums: the ratio they give is compared within intervals, like the evidence.
    private var ratioAbove = 0.0
    private var ratioBelow = 0.0
    private var comparisons = 0
    /// Intervals since the last comparison that needed none, such as all after the baseline lost its traffic.
    private var notCompared = 0
    private var errorsInARow = 0
    private var silentInARow = 0
    /// Whether the silence now may become a conviction: one of its intervals meant `fail`.
    private var silenceConvicts = false
    /// Why the candidate was convicted without evidence; set once.
    private var convictedOfSilence: String?
    private var latest = Latest.nothing

    private enum Latest: Equatable, Sendable {
        case nothing
        case compared(GoodTotal, GoodTotal)
        /// Known to be no comparison: an arm had no requests and needed none.
        case notCompared
        case silent(String)
        case failed(String)
    }

    package init(rule: RateRatioRule) {
        self.rule = rule
        mixture = RatioMixture(margin: rule.complaint == nil ? value(rule.ratioAbove) : 1)
    }

    /// Takes in the next interval. One that could not be measured, or in which an arm had no requests, is no evidence
    /// either way.
    package mutating func absorb(_ stratum: Stratum) {
        let comparison = comparison(of: stratum)
        if case .compared(let candidate, let baseline) = comparison { compare(candidate, baseline) }
        errorsInARow = if case .failed = comparison { errorsInARow + 1 } else { 0 }
        silentInARow = if case .silent = comparison { silentInARow + 1 } else { 0 }
        if silentInARow == 0 { silenceConvicts = false }
        notCompared = comparison == .notCompared ? notCompared + 1 : 0
        latest = comparison
        if case .silent(let text) = comparison, silenceConvicts, silentInARow > max(rule.silentLimit ?? 0, 0),
            convictedOfSilence == nil
        {
            convictedOfSilence = "nothing to compare \(times(silentInARow)), which counts as failing: \(text)"
        }
    }

    private mutating func comparison(of stratum: Stratum) -> Latest {
        let serves = stratum.candidateServes
        switch (stratum.candidate, stratum.baseline) {
        case (.error(let text), _): return .failed("candidate: \(text)")
        case (_, .error(let text)): return .failed("baseline: \(text)")
        case (.noData(let text), _): return serves ? missing("candidate: \(text)", rule.onNoData) : .notCompared
        case (.partial(_, let text), _): return missing("candidate: \(text)", rule.onPartial)
        case (.counts(let counts), _) where counts.total == 0:
            return serves ? missing("the candidate had no requests", rule.onNoTraffic) : .notCompared
        case (_, .noData(let text)): return .silent("baseline: \(text)")
        case (_, .partial(_, let text)):
            return rule.onPartial == .ignore ? .notCompared : .silent("baseline: \(text)")
        case (_, .counts(let counts)) where counts.total == 0: return .notCompared
        case (.counts(let candidate), .counts(let baseline)): return .compared(candidate, baseline)
        }
    }

    /// Only the candidate's silence can convict: a baseline that can't be read says nothing about the candidate.
    private mutating func missing(_ text: String, _ meaning: RuleConduct.Missing) -> Latest {
        switch meaning {
        case .hold: return .silent(text)
        case .ignore: return .notCompared
        case .fail:
            silenceConvicts = true
            return .silent(text)
        }
    }

    private mutating func compare(_ candidate: GoodTotal, _ baseline: GoodTotal) {
        let rateSoFar = self.candidate.adding(self.baseline).badShare ?? 0
        self.candidate = self.candidate.adding(candidate)
        self.baseline = self.baseline.adding(baseline)
        comparisons += 1
        defer { burstiness.absorb(next: baseline) }  // known before the next interval, not before this one
        let ours = Double(candidate.total)
        let theirs = Double(baseline.total)
        let total = ours + theirs
        let badCandidate = Double(candidate.bad)
        let bad = badCandidate + Double(baseline.bad)
        guard bad > 0, rule.complaint == nil else { return }
        ratioAbove += badCandidate * (theirs / total)
        ratioBelow += Double(baseline.bad) * (ours / total)
        let interval = Interval(
            badCandidate: badCandidate, bad: bad, share: ours / total, expected: max(bad, rateSoFar * total))
        let variance = max(rule.burstiness, rule.learnsBurstiness ? burstiness.relativeVarianceSoFar : 0)
        addHarm(interval, variance)
        addHarmlessness(interval, variance)
    }

    /// What one interval showed: bad requests, the candidate's share of all requests, and how many bad ones may be
    /// expected of such an interval.
    private struct Interval {
        var badCandidate: Double
        var bad: Double
        var share: Double
        var expected: Double

        /// The candidate's part of the bad requests when its rate is `ratio` times the baseline's.
        func part(at ratio: Double) -> Double { ratio * share / (1 + share * (ratio - 1)) }
    }

    private mutating func addHarm(_ interval: Interval, _ variance: Double) {
        var exponents: [Double]?
        if variance > 0 {
            let stakes = mixture.stakes(share: interval.share)
            exponents = harmExponents.exponents(
                variance: variance, bad: interval.expected, share: interval.part(at: value(rule.ratioAbove)),
                gains: stakes.gains, losses: stakes.losses)
        }
        mixture.absorb(
            badCandidate: interval.badCandidate, bad: interval.bad, share: interval.share, tempering: rule.tempering,
            exponents: exponents)
        logEvidence = mixture.logEvidence
        logEvidenceMax = max(logEvidenceMax, logEvidence)
    }

    private mutating func addHarmlessness(_ interval: Interval, _ variance: Double) {
        guard let harmless = rule.harmlessBelow.map(value) else { return }
        let gain = logarithm(onePlus: interval.share * (harmless - 1))
        let loss = logarithm(harmless)
        var exponent = rule.tempering
        if variance > 0, harmless > 1 {
            // Here the baseline's bad requests speak for the evidence, and the candidate's against it.
            exponent *=
                harmlessExponents.exponents(
                    variance: variance, bad: interval.expected, share: 1 - interval.part(at: harmless), gains: [gain],
                    losses: [loss - gain]
                ).first ?? 1
        }
        logHarmless += exponent * (interval.bad * gain - interval.badCandidate * loss)
    }

    /// The chance of evidence this strong at any time so far, if the ratio were within the margin; in [0, 1].
    package var alwaysValidP: Double { min(1, exponential(-logEvidenceMax)) }

    /// The estimated ratio of bad rates, compared within intervals; nil when the baseline had no bad requests.
    package var ratio: Double? { ratioBelow > 0 ? ratioAbove / ratioBelow : nil }

    // MARK: Where the rule stands

    private var isConvicted: Bool {
        rule.complaint == nil && (logEvidenceMax >= -logarithm(rule.alpha) || convictedOfSilence != nil)
    }

    /// Whether the latest measurement was compared, or known to need no comparison, and some was compared before.
    var isCompared: Bool {
        switch latest {
        case .compared, .notCompared: comparisons > 0
        case .nothing, .silent, .failed: false
        }
    }

    private var isOver: Bool { rule.horizon.map { comparisons >= max($0, 1) } ?? false }

    /// What the evidence asks for now; never `promote` without a `harmlessBelow`.
    package var outcome: SequentialOutcome { isConvicted ? .rollBack : undecidedOutcome }

    /// The same, with the evidence of harm left aside: for a process whose evidence is averaged with that of others.
    var undecidedOutcome: SequentialOutcome {
        guard rule.complaint == nil else { return .inconclusive }
        guard convictedOfSilence == nil else { return .rollBack }
        let isHarmless = rule.harmlessBelow != nil && logHarmless >= -logarithm(rule.beta)
        if isHarmless, min(candidate.total, baseline.total) >= rule.samplesMin { return .promote }
        return isOver ? .inconclusive : .goOn
    }

    package var standing: RuleStanding {
        if let complaint = rule.complaint { return stands(.error, complaint, isSettled: true) }
        if let convictedOfSilence { return stands(.fail, convictedOfSilence, isSettled: true) }
        return isConvicted ? convicted : undecidedStanding
    }

    var undecidedStanding: RuleStanding {
        if let complaint = rule.complaint { return stands(.error, complaint, isSettled: true) }
        if let convictedOfSilence { return stands(.fail, convictedOfSilence, isSettled: true) }
        let errorLimit = max(rule.errorLimit, 0)
        switch latest {
        case .failed(let text) where errorsInARow > errorLimit:
            let errors = "\(errorsInARow) measurements in a row failed, \(errorLimit) are tolerated"
            return stands(.error, "\(errors): \(text)", isSettled: true)
        case .failed(let text):
            let errors = "\(errorsInARow) of \(errorLimit) tolerated in a row"
            return stands(.inconclusive, "the latest measurement failed (\(errors)): \(text)")
        case .silent(let text):
            let isOver = rule.silentLimit.map { silentInARow > max($0, 0) } ?? false
            return stands(.noData, "nothing to compare \(times(silentInARow)): \(text)", isSettled: isOver)
        case .nothing, .notCompared, .compared:
            return comparisons == 0 ? stands(.noData, "nothing has been compared yet") : undecided
        }
    }

    private var convicted: RuleStanding {
        let limit = rule.ratioAbove.decimalText
        return stands(
            .fail, "shown to fail more than \(limit) times as often as the baseline: \(comparison)", isSettled: true)
    }

    private var undecided: RuleStanding {
        let fewest = min(candidate.total, baseline.total)
        guard fewest >= rule.samplesMin else {
            let arm = candidate.total <= baseline.total ? "candidate" : "baseline"
            let needed = Wording.count(rule.samplesMin, "request")
            return stands(
                .inconclusive,
                "\(Wording.grouped(fewest.magnitude)) of the \(needed) the \(arm) needs so far, \(comparison)",
                isSettled: isOver)
        }
        guard let harmless = rule.harmlessBelow else {
            return stands(.pass, "no evidence of harm so far: \(comparison)")
        }
        guard logHarmless >= -logarithm(rule.beta) else {
            let wanted = "not yet shown to fail less than \(harmless.decimalText) times as often as the baseline"
            return stands(.inconclusive, "\(wanted): \(comparison)", isSettled: isOver)
        }
        let shown = "shown to fail less than \(harmless.decimalText) times as often as the baseline"
        return stands(.pass, "\(shown): \(comparison)", isSettled: true)
    }

    private func stands(_ verdict: Verdict, _ reason: String, isSettled: Bool = false) -> RuleStanding {
        RuleStanding(verdict, "\(rule.name): \(reason)", figures, isSettled: isSettled, isDryRun: rule.isDryRun)
    }

    // MARK: Wording

    /// Such as `candidate 2.31% (46 of 1,990 requests), baseline 0.21% (83 of 39,800 requests), evidence 41 of 20`.
    private var comparison: String {
        var text = "candidate \(described(candidate)), baseline \(described(baseline)), "
        text += "evidence of harm \(evidence(logEvidenceMax)) of \(evidence(-logarithm(rule.alpha))) needed "
        text += "after \(comparisons == 1 ? "1 interval" : "\(comparisons) intervals")"
        if notCompared > 0 { text += "; the latest \(notCompared) had no requests to compare" }
        return text
    }

    private func described(_ counts: GoodTotal) -> String {
        let share = Wording.decimal((counts.badShare ?? .nan) * 100, digits: 2)
        return "\(share)% bad (\(Wording.grouped(counts.bad.magnitude)) of \(Wording.count(counts.total, "request")))"
    }

    private func evidence(_ logarithm: Double) -> String {
        logarithm > 27
            ? "over 10^\(Wording.decimal((logarithm / 2.302_585_092_994_045_7).rounded(.down), digits: 0))"
            : Wording.decimal(exponential(logarithm), digits: 1)
    }

    private func times(_ count: Int) -> String { count == 1 ? "in the latest interval" : "\(count) times in a row" }

    private var figures: [Figure] {
        let p = alwaysValidP
        var all = [
            Figure(
                name: "candidate bad", value: Double(candidate.bad),
                text: "\(Wording.grouped(candidate.bad.magnitude)) of \(Wording.count(candidate.total, "request"))"),
            Figure(
                name: "baseline bad", value: Double(baseline.bad),
                text: "\(Wording.grouped(baseline.bad.magnitude)) of \(Wording.count(baseline.total, "request"))"),
            Figure(name: "ratio", value: ratio, text: ratio.map { Wording.times($0) } ?? "none"),
            Figure(
                name: "evidence of harm", value: exponential(logEvidenceMax), text: evidence(logEvidenceMax)),
            Figure(name: "always-valid p", value: p, text: p < 1e-6 ? "below 0.000001" : Wording.decimal(p, digits: 6)),
            Figure(name: "intervals compared", value: Double(comparisons), text: "\(comparisons)"),
        ]
        if rule.harmlessBelow != nil {
            let value = exponential(logHarmless)
            all.append(Figure(name: "evidence of harmlessness", value: value, text: evidence(logHarmless)))
        }
        return all
    }
}

private func value(_ ratio: Ratio) -> Double { Double(ratio.numerator) / Double(ratio.denominator) }
