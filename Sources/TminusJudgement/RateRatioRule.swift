package import TminusModel

/// Candidate against baseline by counts, valid however often one looks: trips when candidate's bad rate is shown to be
/// more than `ratioAbove` times baseline's.
///
/// If the true ratio is not above `ratioAbove`, the probability that the rule ever fails is at most `alpha`, over any
/// number of looks, under any drift the two share, and under any change of weight. docs/internals/judgement.md has the
/// formulas.
package struct RateRatioRule: Equatable, Sendable {
    package var name: String
    /// The practical margin, more than 0: harm up to this ratio is tolerated.
    package var ratioAbove: Ratio
    /// The chance of failing a candidate that is within the margin, in (0, 1). With several rules of which any may
    /// roll back, divide it among them.
    package var alpha: Double
    /// When set, the rule passes only once the ratio is shown to be below this; more than 0.
    package var harmlessBelow: Ratio?
    /// The chance of passing a candidate at or beyond `harmlessBelow`, in (0, 1).
    package var beta: Double
    /// Requests that each arm needs before the rule can pass.
    package var samplesMin: Int64
    /// 1 / overdispersion, in (0, 1]; below 1 the evidence of each interval counts for less, for services whose errors
    /// come in bursts.
    package var tempering: Double
    /// The relative variance of one version's bad rate from interval to interval (`Overdispersion` estimates it), at
    /// least 0. Each interval's evidence is raised to an exponent that follows from it and from the counts
    /// (`BurstExponents`); 0.09 means that the rate varies by 30 %.
    package var burstiness: Double
    /// Whether the baseline's earlier intervals of this very watch may raise `burstiness`.
    package var learnsBurstiness: Bool
    /// Compared intervals after which the rule is settled even when it is undecided; nil watches as long as it is
    /// asked to.
    package var horizon: Int?
    /// What a candidate with weight and no series, without requests, or an incomplete answer means.
    package var onNoData: RuleConduct.Missing
    package var onNoTraffic: RuleConduct.Missing
    package var onPartial: RuleConduct.Missing
    /// Judged and reported, never decides.
    package var isDryRun: Bool
    /// Failed measurements tolerated in a row; one more and the rule is in error.
    package var errorLimit: Int
    /// Intervals in a row in which the candidate should have served and nothing was there to count, tolerated while
    /// watched; nil tolerates any number, or none where such an interval means `fail`.
    package var silentLimit: Int?

    package init(
        name: String, ratioAbove: Ratio, alpha: Double = 0.05, harmlessBelow: Ratio? = nil, beta: Double = 0.05,
        samplesMin: Int64 = 50, tempering: Double = 1, burstiness: Double = 0, learnsBurstiness: Bool = false,
        horizon: Int? = nil, onNoData: RuleConduct.Missing = .hold, onNoTraffic: RuleConduct.Missing = .hold,
        onPartial: RuleConduct.Missing = .hold, isDryRun: Bool = false, errorLimit: Int = 4, silentLimit: Int? = nil
    ) {
        self.name = name
        self.ratioAbove = ratioAbove
        self.alpha = alpha
        self.harmlessBelow = harmlessBelow
        self.beta = beta
        self.samplesMin = samplesMin
        self.tempering = tempering
        self.burstiness = burstiness
        self.learnsBurstiness = learnsBurstiness
        self.horizon = horizon
        self.onNoData = onNoData
        self.onNoTraffic = onNoTraffic
        self.onPartial = onPartial
        self.isDryRun = isDryRun
        self.errorLimit = errorLimit
        self.silentLimit = silentLimit
    }

    /// Where the rule stands after `history`, oldest first; the same as absorbing them one by one.
    package func standing(of history: [Stratum]) -> RuleStanding {
        var process = RateRatioProcess(rule: self)
        for stratum in history { process.absorb(stratum) }
        return process.standing
    }

    /// Nil when every parameter can be used.
    var complaint: String? {
        func isShare(_ value: Double) -> Bool { value > 0 && value < 1 }
        if ratioAbove.numerator <= 0 { return "ratioAbove must be more than 0, not \(ratioAbove.decimalText)" }
        if let harmlessBelow, harmlessBelow.numerator <= 0 {
            return "harmlessBelow must be more than 0, not \(harmlessBelow.decimalText)"
        }
        if !isShare(alpha) { return "alpha must be between 0 and 1, not \(alpha)" }
        if !isShare(beta) { return "beta must be between 0 and 1, not \(beta)" }
        if !(tempering > 0 && tempering <= 1) { return "tempering must be above 0 and at most 1, not \(tempering)" }
        if !(burstiness >= 0 && burstiness.isFinite) { return "burstiness must be at least 0, not \(burstiness)" }
        return nil
    }
}

/// Both arms over one interval.
package struct Stratum: Equatable, Sendable {
    package var candidate: ArmReading
    package var baseline: ArmReading
    /// True when the candidate had a weight above 0, so that no requests means that it serves nothing.
    package var candidateServes: Bool

    package init(candidate: ArmReading, baseline: ArmReading, candidateServes: Bool = true) {
        self.candidate = candidate
        self.baseline = baseline
        self.candidateServes = candidateServes
    }

    /// A measurement without a baseline is an error: there is nothing to compare with.
    package init(_ measurement: Measurement) {
        self.init(
            candidate: measurement.subject,
            baseline: measurement.baseline ?? .error("no baseline was measured"))
    }
}
