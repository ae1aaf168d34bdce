package import TminusModel

/// Candidate against baseline by counts, for a planned number of looks at a planned amount of information.
///
/// More power than the e-process at small effects, for the price of a plan: between looks nothing is said, and beyond
/// the planned information nothing is tested.
package struct GroupSequentialRule: Equatable, Sendable {
    package var name: String
    package var spending: LanDeMets.Spending
    /// One-sided, in (0, 0.5): the chance of failing a candidate whose ratio is `ratioAbove` or less.
    package var alpha: Double
    /// More than 0; 1 asks for any harm.
    package var ratioAbove: Ratio
    /// The information at which the plan is complete: the sum over intervals of E π (1 − π), E being bad requests in
    /// both arms and π the candidate's expected part of them. More than 0. `information(toFind:)` gives it.
    package var informationMax: Double
    /// Looks, evenly spread over the information; 1…`LanDeMets.looksMax`.
    package var looks: Int

    package init(
        name: String, spending: LanDeMets.Spending = .obrienFleming, alpha: Double = 0.05,
        ratioAbove: Ratio = Ratio(numerator: 1, denominator: 1), informationMax: Double, looks: Int = 5
    ) {
        self.name = name
        self.spending = spending
        self.alpha = alpha
        self.ratioAbove = ratioAbove
        self.informationMax = informationMax
        self.looks = looks
    }

    /// The information at which a fixed test of `alpha` finds a true ratio of `ratio` with `power`, at a candidate's
    /// share of `share`; about 3 % more is needed for five O'Brien-Fleming looks. All but `ratio` in (0, 1).
    package static func information(
        toFind ratio: Double, share: Double, alpha: Double = 0.05, power: Double = 0.9
    ) -> Double? {
        guard ratio > 1, share > 0, share < 1, alpha > 0, alpha < 1, power > 0, power < 1 else { return nil }
        let part = ratio * share / (1 + share * (ratio - 1))
        let surplus = (part - share) / (share * (1 - share))  // the score's mean per information
        let z =
            NormalDistribution.quantile(upperTail: alpha)
            + NormalDistribution.quantile(upperTail: 1 - power)
            * (part * (1 - part) / (share * (1 - share))).squareRoot()
        return (z / surplus) * (z / surplus)
    }

    /// Where the rule stands after `history`, oldest first.
    package func standing(of history: [Stratum]) -> RuleStanding {
        var process = GroupSequentialProcess(rule: self)
        for stratum in history { process.absorb(stratum) }
        return process.standing
    }

    var complaint: String? {
        if LanDeMets(spending, alpha: alpha) == nil { return "alpha must be between 0 and 0.5, not \(alpha)" }
        if ratioAbove.numerator <= 0 { return "ratioAbove must be more than 0, not \(ratioAbove.decimalText)" }
        if !(informationMax > 0 && informationMax.isFinite) { return "informationMax must be more than 0" }
        if !(1...LanDeMets.looksMax).contains(looks) { return "looks must be 1 to \(LanDeMets.looksMax)" }
        return nil
    }
}

/// A group-sequential rule on its way. An interval costs the same, however many there were; a look costs the boundary.
package struct GroupSequentialProcess: Equatable, Sendable {
    package let rule: GroupSequentialRule
    private var surplus = 0.0
    private var information = 0.0
    /// Of the looks so far, ascending.
    package private(set) var fractions: [Double] = []
    /// Whether all planned information is in.
    package private(set) var isComplete = false
    /// At the latest look.
    package private(set) var z: Double?
    package private(set) var isConvicted = false
    private var lastText: String?

    package init(rule: GroupSequentialRule) { self.rule = rule }

    /// z now = Σ (e_c − E π) / √Σ E π (1 − π); nil before any bad request.
    package var score: Double? { information > 0 ? surplus / information.squareRoot() : nil }

    /// Information so far of the planned, in [0, 1].
    package var fraction: Double { min(1, information / rule.informationMax) }

    /// Takes in the next interval, and looks if the next planned look is due. One that could not be compared is left
    /// out: no information, and no time, goes by.
    package mutating func absorb(_ stratum: Stratum) {
        guard rule.complaint == nil, !isComplete else { return }
        guard case .counts(let candidate) = stratum.candidate, case .counts(let baseline) = stratum.baseline else {
            lastText = "the latest interval could not be compared"
            return
        }
        lastText = nil
        guard candidate.total > 0, baseline.total > 0 else { return }
        let weight = Double(candidate.total) / (Double(candidate.total) + Double(baseline.total))
        let margin = Double(rule.ratioAbove.numerator) / Double(rule.ratioAbove.denominator)
        let share = margin * weight / (1 + weight * (margin - 1))
        let bad = Double(candidate.bad) + Double(baseline.bad)
        surplus += Double(candidate.bad) - bad * share
        information += bad * share * (1 - share)
        if fraction >= due || fraction == 1 { look() }
    }

    /// The fraction at which the next look is due: the next of the planned ones, and no sooner than half of their
    /// distance after the latest look.
    private var due: Double {
        let spacing = 1 / Double(rule.looks)
        guard let latest = fractions.last else { return spacing - 1e-12 }
        return min(1, max(((latest / spacing + 1e-9).rounded(.down) + 1) * spacing, latest + spacing / 2)) - 1e-12
    }

    private mutating func look() {
        isComplete = fraction == 1
        // A last look that adds next to nothing is left out; its part of alpha stays unspent.
        guard fraction >= (fractions.last ?? 0) * (1 + LanDeMets.growthMin) else { return }
        guard let plan = LanDeMets(rule.spending, alpha: rule.alpha), let score else { return }
        fractions.append(fraction)
        z = score
        // No boundary is below the quantile of all that may be spent so far, which is quick to compute.
        guard score >= NormalDistribution.quantile(upperTail: plan.spent(at: fraction)) else { return }
        isConvicted = isConvicted || boundary.map { score >= $0 } ?? false
    }

    /// What z had to reach at the latest look; nil before the first. Computed anew from the looks so far.
    package var boundary: Double? {
        LanDeMets(rule.spending, alpha: rule.alpha)?.boundaries(at: fractions)?.last
    }

    /// Never `promote`: not having convicted proves nothing.
    package var outcome: SequentialOutcome {
        if isConvicted { return .rollBack }
        return rule.complaint != nil || isComplete ? .inconclusive : .goOn
    }

    package var standing: RuleStanding {
        func stands(_ verdict: Verdict, _ reason: String, _ isSettled: Bool) -> RuleStanding {
            RuleStanding(verdict, "\(rule.name): \(reason)", figures, isSettled: isSettled)
        }
        if let complaint = rule.complaint { return stands(.error, complaint, true) }
        let look = "look \(fractions.count) of \(rule.looks)"
        if isConvicted {
            let limit = Wording.decimal(boundary ?? .nan, digits: 2)
            let reached = "z \(Wording.decimal(z ?? .nan, digits: 2)) reached \(limit)"
            return stands(.fail, "shown to fail more often than the baseline at \(look): \(reached)", true)
        }
        if let lastText { return stands(.inconclusive, lastText, false) }
        guard information > 0 else { return stands(.noData, "nothing has been compared yet", false) }
        if isComplete { return stands(.pass, "no evidence of harm at any of \(fractions.count) looks", true) }
        return stands(.inconclusive, progress, false)
    }

    /// `look 2 of 5, 43% of the planned information`.
    var progress: String {
        "look \(fractions.count) of \(rule.looks), \(Wording.percent(fraction)) of the planned information"
    }

    var figures: [Figure] {
        let boundary = boundary
        return [
            Figure(name: "z", value: z, text: z.map { Wording.decimal($0, digits: 3) } ?? "none"),
            Figure(name: "boundary", value: boundary, text: boundary.map { Wording.decimal($0, digits: 3) } ?? "none"),
            Figure(name: "information", value: fraction, text: Wording.percent(fraction)),
            Figure(name: "looks", value: Double(fractions.count), text: "\(fractions.count) of \(rule.looks)"),
        ]
    }
}
