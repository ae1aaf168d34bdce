import TminusJudgement
import TminusModel

/// `trip`: what convicts.
struct TripDecoder {
    let node: YAMLNode
    let against: YAMLEntry?
    /// For people.
    let rule: String

    func trip(_ decoding: inout Decoding) -> JudgingRule.Trip? {
        if let bound = node["below"], let ratio = bound.ratio {
            refuse("harmlessBelow", "'ratioAbove'", &decoding)
            if let against {
                decoding.error(
                    at: against.key, "judging rule '\(rule)' compares with the baseline, but trips on a fixed share",
                    fix: "write 'trip: {ratioAbove: 1.5}', or remove 'against'")
            }
            return .below(bound: ratio, failAfter: node["failAfter"]?.integer ?? 1)
        }
        refuse("failAfter", "'below'", &decoding)
        for key in ["ratioAbove", "slowerAbove", "meanAbove"] {
            guard let bound = node[key], against == nil else { continue }
            decoding.error(
                at: bound, "'\(key)' compares with the baseline, and judging rule '\(rule)' does not say so",
                fix: "add 'against: baseline' to the rule, or write 'below: 95%'")
        }
        if let bound = node["meanAbove"]?.duration {
            refuse("harmlessBelow", "'ratioAbove' and 'slowerAbove'", &decoding)
            return .meanAbove(tolerated: bound)
        }
        if let bound = node["slowerAbove"]?.ratio {
            return .slowerAbove(bound: bound, harmlessBelow: harmless(bound, &decoding))
        }
        guard let bound = node["ratioAbove"]?.ratio else { return nil }
        guard let looks = node["looks"]?.integer else {
            return .ratioAbove(bound: bound, harmlessBelow: harmless(bound, &decoding))
        }
        refuse("harmlessBelow", "'ratioAbove' without 'looks': a plan that convicted nobody proves nothing", &decoding)
        return planned(bound, looks, &decoding)
    }

    private func refuse(_ key: String, _ owner: String, _ decoding: inout Decoding) {
        guard let entry = node.entry(key) else { return }
        decoding.error(at: entry.key, "'\(key)' belongs to \(owner)", fix: "remove it")
    }

    private func harmless(_ bound: Ratio, _ decoding: inout Decoding) -> Ratio? {
        guard let place = node["harmlessBelow"], let harmless = place.ratio else { return nil }
        if harmless.isBelow(bound) {
            let key = node["slowerAbove"] == nil ? "ratioAbove" : "slowerAbove"
            decoding.error(
                at: place, "'harmlessBelow' is less than '\(key)': between the two nothing could be decided",
                fix: "write at least \(bound.decimalText)")
        }
        return harmless
    }

    private func planned(_ bound: Ratio, _ looks: Int, _ decoding: inout Decoding) -> JudgingRule.Trip? {
        let (twice, overflow) = bound.numerator.multipliedReportingOverflow(by: 2)
        let usual = overflow ? bound : Ratio(numerator: twice, denominator: bound.denominator)
        // As it will be read back from the plan.
        let toFind = node["toFind"]?.ratio ?? Ratio(decimalText: usual.decimalText) ?? usual
        guard bound.isBelow(toFind) else {
            decoding.error(
                at: node["toFind"] ?? node, "'toFind' is not above 'ratioAbove': that much is tolerated",
                fix: "write more than \(bound.decimalText)")
            return nil
        }
        let spending = node["spending"].flatMap { PlannedLooks.Spending(rawValue: $0.text) } ?? .obrienFleming
        // How much information that takes follows from the canary's weights, which may be sized only later.
        return .planned(
            PlannedLooks(bound: bound, looks: looks, toFind: toFind, spending: spending, informationThousandths: 1))
    }

    /// A rule of durations needs an indicator that has them, read where they are.
    func checkDurations(
        _ wanted: JudgingRule.Durations, of indicator: Indicator, _ metrics: MetricEndpoints?,
        _ decoding: inout Decoding
    ) {
        let (key, what) = wanted == .sum ? ("meanAbove", "the mean") : ("slowerAbove", "the distribution")
        guard case .latency = indicator.counting else {
            decoding.error(
                at: node[key] ?? node, "'\(key)' needs \(what) of durations, and '\(indicator.name)' has none",
                fix: "judge an indicator with 'histogram' and 'under'")
            return
        }
        switch metrics?.origin {
        case .pages, .prometheus, nil: return
        case .sqlite, .postgres, .json, .command:
            decoding.error(
                at: node[key] ?? node, "'\(key)' reads histograms, which only pages and Prometheus have",
                fix: "write 'ratioAbove' for the share of slow requests")
        }
    }
}

/// How much information planned looks need: by the weights of the canaries that a rule watches.
enum PlannedInformation {
    /// How much more than a single test a plan of up to ten looks needs.
    private static func inflation(_ spending: PlannedLooks.Spending) -> Double {
        switch spending {
        case .obrienFleming: 1.05
        case .pocock: 1.3
        }
    }

    /// The rules, with their information filled in.
    static func filled(
        _ rules: [JudgingRule], _ planned: [Step], _ root: YAMLNode, _ decoding: inout Decoding
    ) -> [JudgingRule] {
        rules.map { rule in
            guard case .planned(var plan) = rule.trip else { return rule }
            var filled = rule
            let weights = rule.during.flatMap { index -> [Int] in
                guard planned.indices.contains(index), case .canary(let canary) = planned[index].kind else { return [] }
                return canary.weights
            }
            let needs = weights.compactMap { information(plan, weight: $0) }
            guard let most = needs.max() else {
                let place = root["judge"]?[rule.name]?["trip"]?["looks"] ?? root
                decoding.error(
                    at: place, "'looks' needs a canary in 'during': its weights say how much evidence comes",
                    fix: "add the canary to 'during', or remove 'looks'")
                return rule
            }
            let thousandths = (most * inflation(plan.spending) * 1_000).rounded(.up)
            plan.informationThousandths = Int64(min(max(thousandths, 1), 1e15))
            filled.trip = .planned(plan)
            return filled
        }
    }

    /// Against the margin: with r0 tolerated, the candidate's expected part of the bad requests is that of r0, and a
    /// true ratio r is r / r0 times as much as that.
    private static func information(_ plan: PlannedLooks, weight: Int) -> Double? {
        let bound = Double(plan.bound.numerator) / Double(plan.bound.denominator)
        let ratio = Double(plan.toFind.numerator) / Double(plan.toFind.denominator)
        let share = Double(weight) / 100
        guard share > 0, share < 1 else { return nil }
        let expected = bound * share / (1 + share * (bound - 1))
        return GroupSequentialRule.information(toFind: ratio / bound, share: expected)
    }
}
