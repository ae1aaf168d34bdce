package import TminusModel

/// A judging rule on its way: takes one measurement after the other, each in constant time, and tells at any time where
/// the rule stands.
package struct RuleProcess: Equatable, Sendable {
    private enum Arithmetic: Equatable, Sendable {
        case threshold(ThresholdProcess)
        case ratio(RateRatioProcess)
        case comparing(ComparingProcess)
        case none
    }

    package let rule: JudgingRule
    /// When the rule was opened: its warm-up counts from here.
    package let opened: Instant
    private var arithmetic: Arithmetic
    /// Measurements that said nothing so far.
    private var silent = 0
    /// Whether anything beyond the warm-up was seen, and whether anything within it.
    private var isJudging = false
    private var isWarmingUp = false

    package init(_ rule: JudgingRule, opened: Instant) {
        self.rule = rule
        self.opened = opened
        if let comparing = rule.rateRatioRule {
            arithmetic = .ratio(RateRatioProcess(rule: comparing))
        } else if let threshold = rule.thresholdRule {
            arithmetic = .threshold(ThresholdProcess(rule: threshold))
        } else if let comparing = ComparingProcess(rule) {
            arithmetic = .comparing(comparing)
        } else {
            arithmetic = .none
        }
    }

    /// Takes in the next measurement.
    package mutating func absorb(_ measurement: Measurement) {
        let sighting = rule.conduct.sighting(of: measurement, opened: opened)
        if sighting == .warmingUp {
            isWarmingUp = true
            return
        }
        isJudging = true
        if sighting == .silent { silent += 1 }
        switch arithmetic {
        case .threshold(var process):
            arithmetic = .none
            process.absorb(measurement.subject)
            arithmetic = .threshold(process)
        case .ratio(var process):
            arithmetic = .none
            process.absorb(Stratum(measurement))
            arithmetic = .ratio(process)
        case .comparing(var process):
            arithmetic = .none
            process.absorb(measurement)
            arithmetic = .comparing(process)
        case .none: return
        }
    }

    /// Where the rule stands; `noData` before the first measurement.
    package var standing: RuleStanding {
        let isDryRun = rule.conduct.isDryRun
        if isWarmingUp, !isJudging {
            let text = "warming up for \(rule.conduct.warmUp.releaseText), nothing is judged yet"
            return RuleStanding(.inconclusive, "\(rule.name): \(text)", [], isSettled: false, isDryRun: isDryRun)
        }
        let plain = arithmeticStanding
        guard comparesByEvidence, plain.judgement.verdict != .fail, let limit = rule.conduct.inconclusiveLimit,
            silent > max(limit, 0)
        else { return plain }
        let text = "\(Wording.count(Int64(silent), "measurement")) said nothing, \(max(limit, 0)) are tolerated"
        return RuleStanding(
            .inconclusive, "\(rule.name): \(text)", plain.judgement.figures, isSettled: true, isDryRun: isDryRun)
    }

    /// Whether it has failed: `standing` without its words.
    package var hasFailed: Bool {
        if isWarmingUp, !isJudging { return false }
        if case .ratio(let process) = arithmetic { return process.outcome == .rollBack }
        if case .comparing(let process) = arithmetic { return process.hasFailed }
        return arithmeticStanding.judgement.verdict == .fail
    }

    private var comparesByEvidence: Bool {
        switch arithmetic {
        case .ratio, .comparing: true
        case .threshold, .none: false
        }
    }

    private var arithmeticStanding: RuleStanding {
        switch arithmetic {
        case .threshold(let process): process.standing
        case .ratio(let process): process.standing
        case .comparing(let process): process.standing
        case .none: RuleStanding(.error, "\(rule.name): no rule of this kind", [], isSettled: true)
        }
    }

    /// The evidence of a comparison, as natural logarithms; nil for a rule that compares nothing.
    package var evidence: RuleEvidence? {
        if case .comparing(let process) = arithmetic { return process.evidence }
        guard case .ratio(let process) = arithmetic else { return nil }
        return RuleEvidence(
            logHarm: process.logEvidence, logHarmMax: process.logEvidenceMax, logHarmless: process.logHarmless,
            logConvicts: -logarithm(process.rule.alpha), convictsAt: 1 / process.rule.alpha,
            logAcquits: process.rule.harmlessBelow == nil ? nil : -logarithm(process.rule.beta),
            acquitsAt: process.rule.harmlessBelow == nil ? nil : 1 / process.rule.beta)
    }
}

/// How far a comparison has got, as natural logarithms of its evidence.
package struct RuleEvidence: Equatable, Sendable {
    /// Now, and at its highest so far.
    package let logHarm: Double
    package let logHarmMax: Double
    package let logHarmless: Double
    /// ln(1/alpha): evidence of harm at which the rule fails.
    package let logConvicts: Double
    /// 1/alpha.
    package let convictsAt: Double
    /// ln(1/beta): evidence of harmlessness at which it passes for good; nil when none is asked for.
    package let logAcquits: Double?
    /// 1/beta; nil likewise.
    package let acquitsAt: Double?
}

extension RuleConduct {
    /// What one measurement is to a rule, before any arithmetic.
    package enum Sighting: Equatable, Sendable {
        case judged
        /// It ended within the warm-up.
        case warmingUp
        /// Left out.
        case ignored
        /// Neither for nor against, and the rule can't pass on it.
        case silent
        /// Saying nothing counts as failing here.
        case failing
    }

    /// - Parameter opened: when the rule was opened.
    package func sighting(of measurement: Measurement, opened: Instant) -> Sighting {
        if warmUp > .zero, measurement.to.since(opened) <= warmUp { return .warmingUp }
        if let subject = missing(measurement.subject) {
            switch subject {
            case .hold: return .silent
            case .ignore: return .ignored
            case .fail: return .failing
            }
        }
        // That the baseline says nothing is not the candidate's fault: it never fails the rule.
        if let baseline = measurement.baseline.flatMap({ missing($0) }) {
            return baseline == .ignore ? .ignored : .silent
        }
        return .judged
    }

    private func missing(_ reading: ArmReading) -> Missing? {
        switch reading {
        case .noData: onNoData
        case .partial: onPartial
        case .counts(let counts) where counts.total == 0: onNoTraffic
        case .counts, .error: nil
        }
    }
}
