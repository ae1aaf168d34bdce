import TminusModel

/// Requests of one arm over an interval by duration: how many took at most each boundary.
package struct LatencyCounts: Equatable, Sendable {
    /// Ascending, finite; the same in both arms and in every interval of a watch.
    package let boundaries: [Double]
    /// As many as boundaries; ascending; none above `total`.
    package let atMost: [Int64]
    package let total: Int64

    /// Boundaries one histogram may have.
    package static let boundariesMax = 200

    /// Nil unless boundaries and counts ascend as described.
    package init?(boundaries: [Double], atMost: [Int64], total: Int64) {
        guard boundaries.count == atMost.count, (1...Self.boundariesMax).contains(boundaries.count),
            boundaries.allSatisfy(\.isFinite), zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0.0 < $0.1 }),
            zip(atMost, atMost.dropFirst()).allSatisfy({ $0.0 <= $0.1 })
        else { return nil }
        guard let least = atMost.first, least >= 0, let most = atMost.last, most <= total else { return nil }
        self.boundaries = boundaries
        self.atMost = atMost
        self.total = total
    }

    /// Slower than boundary `index` is bad.
    func counts(_ index: Int) -> GoodTotal { GoodTotal(good: atMost[index], total: total) ?? .none }
}

/// What one arm's histogram showed over an interval.
package enum LatencyReading: Equatable, Sendable {
    case counts(LatencyCounts)
    /// Counts that are not the whole of it.
    case partial(String)
    case noData(String)
    case error(String)

    func reading(_ index: Int) -> ArmReading {
        switch self {
        case .counts(let counts): .counts(counts.counts(index))
        case .partial(let text): .partial(.none, text)
        case .noData(let text): .noData(text)
        case .error(let text): .error(text)
        }
    }
}

/// Both arms over one interval.
package struct LatencyStratum: Equatable, Sendable {
    package var candidate: LatencyReading
    package var baseline: LatencyReading
    /// True when the candidate had a weight above 0.
    package var candidateServes: Bool

    package init(candidate: LatencyReading, baseline: LatencyReading, candidateServes: Bool = true) {
        self.candidate = candidate
        self.baseline = baseline
        self.candidateServes = candidateServes
    }
}

/// The whole distribution of latencies, candidate against baseline: at every boundary of the histogram "slower than
/// this" is judged as errors are, and the evidence is averaged. An average of e-processes is one too, so the promise is
/// that of a single `RateRatioRule`, and no percentile is ever compared.
///
/// Harmless takes proof at *every* boundary, which needs no correction.
package struct HistogramProcess: Equatable, Sendable {
    /// `ratioAbove` and the rest, for each boundary alike.
    package let rule: RateRatioRule
    package let boundaries: [Double]
    private var processes: [RateRatioProcess]
    /// ln of the average evidence, and its highest so far.
    package private(set) var logEvidence = 0.0
    package private(set) var logEvidenceMax = 0.0

    /// `boundaries` as in every reading to come; more than `boundariesMax` are cut off.
    package init(rule: RateRatioRule, boundaries: [Double]) {
        self.rule = rule
        self.boundaries = Array(boundaries.prefix(LatencyCounts.boundariesMax))
        processes = self.boundaries.map { _ in RateRatioProcess(rule: rule) }
    }

    /// Takes in the next interval; one with other boundaries is a failed measurement.
    package mutating func absorb(_ stratum: LatencyStratum) {
        let candidate = checked(stratum.candidate)
        let baseline = checked(stratum.baseline)
        for index in processes.indices {
            processes[index].absorb(
                Stratum(
                    candidate: candidate.reading(index), baseline: baseline.reading(index),
                    candidateServes: stratum.candidateServes))
        }
        guard !processes.isEmpty else { return }
        logEvidence = logarithmOfSum(exponentials: processes.map(\.logEvidence)) - logarithm(Double(processes.count))
        logEvidenceMax = max(logEvidenceMax, logEvidence)
    }

    private func checked(_ reading: LatencyReading) -> LatencyReading {
        guard case .counts(let counts) = reading, counts.boundaries != boundaries else { return reading }
        return .error("the histogram's boundaries changed")
    }

    /// The boundary at which the evidence of harm is strongest; nil without any.
    package var worst: (boundary: Double, ratio: Double?)? {
        let strongest = processes.indices.max { processes[$0].logEvidence < processes[$1].logEvidence }
        return strongest.map { (boundaries[$0], processes[$0].ratio) }
    }

    private var isConvicted: Bool { rule.complaint == nil && logEvidenceMax >= -logarithm(rule.alpha) }

    package var outcome: SequentialOutcome {
        if isConvicted { return .rollBack }
        let outcomes = processes.map(\.undecidedOutcome)
        if outcomes.isEmpty { return .inconclusive }
        if outcomes.contains(.rollBack) { return .rollBack }
        if outcomes.allSatisfy({ $0 == .promote }) { return .promote }
        return outcomes.contains(.inconclusive) ? .inconclusive : .goOn
    }

    package var standing: RuleStanding {
        guard let first = processes.first else {
            return RuleStanding(
                .error, "\(rule.name): the histogram has no boundaries", [], isSettled: true, isDryRun: rule.isDryRun)
        }
        let place = worst.map { "slower than \(Wording.decimal($0.boundary, digits: 6))" } ?? "none"
        let ratio = worst?.ratio.map { Wording.times($0) } ?? "none"
        let figures = [
            Figure(
                name: "evidence of harm", value: exponential(logEvidenceMax),
                text: Wording.decimal(exponential(min(logEvidenceMax, 30)), digits: 1)),
            Figure(name: "strongest at", value: worst?.boundary, text: place),
            Figure(name: "ratio there", value: worst?.ratio, text: ratio),
        ]
        if isConvicted {
            let text = "shown to be slower than the baseline, most clearly at “\(place)”: \(ratio) as often"
            return RuleStanding(
                .fail, "\(rule.name): \(text)", figures, isSettled: true, isDryRun: rule.isDryRun)
        }
        // The least of what the boundaries say: passing takes them all.
        let standings = processes.map(\.undecidedStanding)
        let doubtful = standings.first { $0.judgement.verdict != .pass } ?? first.undecidedStanding
        return RuleStanding(
            doubtful.judgement.verdict, doubtful.judgement.reason, figures, isSettled: doubtful.isSettled,
            isDryRun: rule.isDryRun)
    }
}

extension RateRatioRule {
    /// Where the rule stands on the whole distribution after `history`, oldest first; the same as absorbing them one by
    /// one.
    package func standing(of history: [LatencyStratum], boundaries: [Double]) -> RuleStanding {
        var process = HistogramProcess(rule: self, boundaries: boundaries)
        for stratum in history { process.absorb(stratum) }
        return process.standing
    }
}
