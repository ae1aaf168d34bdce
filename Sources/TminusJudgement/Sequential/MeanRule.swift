import TminusModel

/// Candidate's mean against baseline's (latency, size, cost), valid however often one looks.
///
/// Interval by interval, so that a drift that both arms share cancels, whatever the weights. It promises its alpha for
/// sample sizes at which means are close to normal: nothing is said before `samplesMin` values in each arm, which heavy
/// tails need more of.
package struct MeanRule: Equatable, Sendable {
    package enum Harm: Equatable, Sendable {
        case increase
        case decrease
    }

    package var name: String
    package var sequence: ConfidenceSequence
    /// Which direction is harm.
    package var harm: Harm
    /// A difference in that direction up to this is tolerated, ≥ 0, in the metric's unit.
    package var tolerated: Double
    /// When set, the rule passes only once the difference is shown to be below this; in the metric's unit.
    package var harmlessBelow: Double?
    /// The chance that the true difference ever lies outside the interval, in (0, 1).
    package var alpha: Double
    /// Values each arm needs before anything is said; less than 2 is 2.
    package var samplesMin: Int64
    /// Failed measurements tolerated in a row.
    package var errorLimit: Int
    /// Compared intervals after which an undecided rule is settled.
    package var horizon: Int?
    package var isDryRun: Bool

    package init(
        name: String, sequence: ConfidenceSequence, harm: Harm = .increase, tolerated: Double = 0,
        harmlessBelow: Double? = nil, alpha: Double = 0.05, samplesMin: Int64 = 100, errorLimit: Int = 4,
        horizon: Int? = nil, isDryRun: Bool = false
    ) {
        self.name = name
        self.sequence = sequence
        self.harm = harm
        self.tolerated = tolerated
        self.harmlessBelow = harmlessBelow
        self.alpha = alpha
        self.samplesMin = samplesMin
        self.errorLimit = errorLimit
        self.horizon = horizon
        self.isDryRun = isDryRun
    }

    /// Where the rule stands after `history`, oldest first; the same as absorbing them one by one.
    package func standing(of history: [MeanStratum]) -> RuleStanding {
        var process = MeanProcess(rule: self)
        for stratum in history { process.absorb(stratum) }
        return process.standing
    }

    /// Nil when every parameter can be used.
    var complaint: String? {
        if !(alpha > 0 && alpha < 1) { return "alpha must be between 0 and 1, not \(alpha)" }
        if !(tolerated >= 0 && tolerated.isFinite) { return "tolerated must be at least 0, not \(tolerated)" }
        if let harmlessBelow, !(harmlessBelow > 0 && harmlessBelow.isFinite) {
            return "harmlessBelow must be more than 0, not \(harmlessBelow)"
        }
        let parameter =
            switch sequence {
            case .mixture(let deviation): deviation
            case .asymptotic(let tightestAt): tightestAt
            }
        if !(parameter > 0 && parameter.isFinite) { return "the sequence's parameter must be more than 0" }
        return nil
    }
}
