package import TminusModel

/// A comparison that is not by the rate-ratio's evidence of counts: by planned looks, by distributions, by means. What
/// a failed, missing, empty or partial measurement means is the same for all, and kept by one ledger.
package struct ComparingProcess: Equatable, Sendable {
    private enum Arithmetic: Equatable, Sendable {
        case planned(GroupSequentialProcess)
        /// Nil until the histogram's boundaries are known.
        case distribution(HistogramProcess?)
        case mean(MeanIncrease)
    }

    /// A rate-ratio rule that is shown no bad request: its evidence stays at 1, and its bookkeeping is what is wanted.
    private var ledger: RateRatioProcess
    private var arithmetic: Arithmetic
    private let rule: RateRatioRule
    private let tripsOn: JudgingRule.Trip

    /// Nil for a rule with a threshold, and for one by the evidence of counts.
    package init?(_ judging: JudgingRule) {
        let bound: Ratio
        switch judging.trip {
        case .below, .ratioAbove: return nil
        case .planned(let plan):
            bound = plan.bound
            arithmetic = .planned(
                GroupSequentialProcess(
                    rule: GroupSequentialRule(
                        name: judging.name,
                        spending: plan.spending == .pocock ? .pocock : .obrienFleming, ratioAbove: plan.bound,
                        informationMax: Double(plan.informationThousandths) / 1_000, looks: plan.looks)))
        case .slowerAbove(let ratio, _):
            bound = ratio
            arithmetic = .distribution(nil)
        case .meanAbove(let tolerated):
            bound = Ratio(numerator: 1, denominator: 1)
            arithmetic = .mean(MeanIncrease(tolerated: Double(tolerated.milliseconds) / 1_000))
        }
        tripsOn = judging.trip
        rule = judging.comparing(ratioAbove: bound, harmlessBelow: judging.harmlessBelow)
        var keeping = rule
        keeping.harmlessBelow = nil
        ledger = RateRatioProcess(rule: keeping)
    }

    package mutating func absorb(_ measurement: Measurement) {
        let readings = Stratum(measurement)
        let known = Stratum(
            candidate: readings.candidate.checked(measurement.subjectDurations, tripsOn),
            baseline: readings.baseline.checked(measurement.baselineDurations, tripsOn))
        ledger.absorb(Stratum(candidate: known.candidate.allGood, baseline: known.baseline.allGood))
        switch arithmetic {
        case .planned(var process):
            process.absorb(known)
            arithmetic = .planned(process)
        case .distribution(let process):
            absorb(known, measurement, process)
        case .mean(var process):
            if case .counts(let ours) = known.candidate, case .counts(let theirs) = known.baseline,
                let own = measurement.subjectDurations?.seconds, let other = measurement.baselineDurations?.seconds
            {
                process.absorb(
                    candidate: .init(count: ours.total, seconds: own),
                    baseline: .init(count: theirs.total, seconds: other))
            }
            arithmetic = .mean(process)
        }
    }

    private mutating func absorb(_ known: Stratum, _ measurement: Measurement, _ process: HistogramProcess?) {
        let candidate = LatencyReading(known.candidate, measurement.subjectDurations)
        let baseline = LatencyReading(known.baseline, measurement.baselineDurations)
        var boundaries = process?.boundaries
        if boundaries == nil, case .counts(let counts) = candidate { boundaries = counts.boundaries }
        guard let boundaries else { return }
        var process = process ?? HistogramProcess(rule: rule, boundaries: boundaries)
        process.absorb(LatencyStratum(candidate: candidate, baseline: baseline))
        arithmetic = .distribution(process)
    }

    package var hasFailed: Bool {
        if ledger.outcome == .rollBack { return true }
        return switch arithmetic {
        case .planned(let process): process.isConvicted
        case .distribution(let process): process?.outcome == .rollBack
        case .mean(let process): process.isConvicted
        }
    }

    /// Evidence that can be drawn; nil where there is none.
    package var evidence: RuleEvidence? {
        guard case .distribution(let process?) = arithmetic else { return nil }
        return RuleEvidence(
            logHarm: process.logEvidence, logHarmMax: process.logEvidenceMax, logHarmless: 0,
            logConvicts: -logarithm(rule.alpha), convictsAt: 1 / rule.alpha, logAcquits: nil, acquitsAt: nil)
    }

    package var standing: RuleStanding {
        let kept = ledger.standing
        let needsSamples = min(ledger.candidate.total, ledger.baseline.total) < rule.samplesMin
        // Convicted is convicted, whatever cannot be measured now.
        if hasFailed, ledger.outcome != .rollBack { return convicted }
        guard kept.judgement.verdict == .pass || kept.judgement.verdict == .inconclusive && ledger.isCompared else {
            return kept
        }
        if needsSamples {
            let fewest = Wording.grouped(min(ledger.candidate.total, ledger.baseline.total).magnitude)
            let needed = Wording.count(rule.samplesMin, "request")
            return stands(.inconclusive, "\(fewest) of \(needed) that each arm needs")
        }
        switch arithmetic {
        case .planned(let process):
            guard process.isComplete else {
                return stands(.pass, "no evidence of harm so far: \(process.progress)", process.figures)
            }
            return stands(
                .pass, "no evidence of harm at any of \(process.fractions.count) looks", process.figures,
                isSettled: true)
        case .distribution(let process): return process?.standing ?? kept
        case .mean(let process): return undecided(process)
        }
    }

    private var convicted: RuleStanding {
        switch arithmetic {
        case .planned(let process):
            let standing = process.standing
            return RuleStanding(
                .fail, standing.judgement.reason, standing.judgement.figures, isSettled: true, isDryRun: rule.isDryRun)
        case .distribution(let process): return process?.standing ?? ledger.standing
        case .mean(let process):
            let text = "shown to take more than \(seconds(process.tolerated)) longer than the baseline on average"
            return stands(.fail, "\(text): \(process.text)", process.figures, isSettled: true)
        }
    }

    private func undecided(_ process: MeanIncrease) -> RuleStanding {
        guard process.intervals >= MeanIncrease.intervalsMin else {
            let text = "\(process.intervals) of \(MeanIncrease.intervalsMin) intervals that a mean needs"
            return stands(.inconclusive, text, process.figures)
        }
        return stands(.pass, "no evidence of harm so far: \(process.text)", process.figures)
    }

    private func stands(
        _ verdict: Verdict, _ reason: String, _ figures: [Figure] = [], isSettled: Bool = false
    ) -> RuleStanding {
        RuleStanding(verdict, "\(rule.name): \(reason)", figures, isSettled: isSettled, isDryRun: rule.isDryRun)
    }
}

extension ArmReading {
    /// Every request good: how many there were is all that is told.
    fileprivate var allGood: ArmReading {
        switch self {
        case .counts(let counts): .counts(GoodTotal(good: counts.total, total: counts.total) ?? .none)
        case .partial(let counts, let text): .partial(GoodTotal(good: counts.total, total: counts.total) ?? .none, text)
        case .noData, .error: self
        }
    }

    /// Counts without the durations that the rule is about are a failed measurement.
    fileprivate func checked(_ durations: DurationGrowth?, _ trip: JudgingRule.Trip) -> ArmReading {
        guard case .counts(let counts) = self else { return self }
        let isThere: Bool
        switch trip {
        case .below, .ratioAbove, .planned: isThere = true
        case .slowerAbove:
            let most = durations?.atMost.last
            isThere = most.map { $0 <= counts.total } ?? false
        case .meanAbove: isThere = durations?.seconds != nil
        }
        return isThere ? self : .error("its durations were not measured")
    }
}

extension LatencyReading {
    init(_ reading: ArmReading, _ durations: DurationGrowth?) {
        switch reading {
        case .counts(let counts):
            let latencies = durations.flatMap {
                LatencyCounts(boundaries: $0.boundaries, atMost: $0.atMost, total: counts.total)
            }
            self = latencies.map(LatencyReading.counts) ?? .error("its durations were not measured")
        case .partial(_, let text): self = .partial(text)
        case .noData(let text): self = .noData(text)
        case .error(let text): self = .error(text)
        }
    }
}

private func seconds(_ value: Double) -> String { "\(Wording.decimal(value * 1_000, digits: 3)) ms" }

extension MeanIncrease {
    fileprivate var text: String {
        guard let difference else { return "no difference yet" }
        guard let interval else { return "difference \(seconds(difference))" }
        return "difference \(seconds(difference)), surely \(seconds(interval.lower)) to \(seconds(interval.upper)), "
            + "after \(intervals) intervals"
    }

    fileprivate var figures: [Figure] {
        let interval = interval
        return [
            Figure(name: "difference", value: difference, text: difference.map(seconds) ?? "none"),
            Figure(name: "at least", value: interval?.lower, text: interval.map { seconds($0.lower) } ?? "none"),
            Figure(name: "at most", value: interval?.upper, text: interval.map { seconds($0.upper) } ?? "none"),
            Figure(name: "intervals compared", value: Double(intervals), text: "\(intervals)"),
        ]
    }
}
