import TminusModel

/// `metrics`, `budget` and `judge`: what is measured, and what the numbers decide.
struct MeasuringDecoder {
    let root: YAMLNode
    let slo: SLO?
    /// What a judging rule's `during` can name.
    let steps: StepDrafts
    private(set) var metrics: MetricEndpoints?
    var budget: BudgetPolicy?
    var rules: [JudgingRule] = []
    /// Only those that a budget or a rule reads.
    private(set) var indicators: [Indicator] = []

    init(_ root: YAMLNode, _ slo: SLO?, _ steps: StepDrafts, _ decoding: inout Decoding) {
        self.root = root
        self.slo = slo
        self.steps = steps
        if let entry = root.entry("metrics") { metrics = decoding.endpoints(entry) }
        if let entry = root.entry("budget") { decodeBudget(entry, &decoding) }
        for entry in root["judge"]?.entries ?? [] { decodeRule(entry, &decoding) }
    }

    /// What both need: numbers, and somewhere to read them. Reports what is missing.
    func isMeasurable(_ key: YAMLKey, _ subject: String, _ decoding: inout Decoding) -> Bool {
        if slo == nil {
            decoding.error(
                at: key, "\(subject) needs an 'slo' that says what is good", fix: "add 'slo: slo/checkout.yaml'")
        }
        if root["metrics"] == nil {
            decoding.error(
                at: key, "\(subject) needs 'metrics' that say where the counters are read",
                fix: "add 'metrics: {baseline: \(KeyTable.pageExample)}'")
        }
        return slo != nil && metrics != nil
    }

    /// The position of an indicator in the plan; nil, reported at `node`, when the SLO has none of that name.
    mutating func position(_ name: String, at node: YAMLNode, _ decoding: inout Decoding) -> Int? {
        if let position = indicators.firstIndex(where: { $0.name == name }) { return position }
        guard let slo, !slo.isBroken else { return nil }
        guard let named = slo.indicator(named: name) else {
            let names = slo.indicators.map(\.indicator.name)
            let otherwise = "indicators of the SLO are \(listed(names, joinedBy: "and"))"
            decoding.error(
                at: node, "the SLO has no indicator '\(name)'",
                fix: Nearest.fix(for: name, in: names, otherwise: otherwise))
            return nil
        }
        if let metrics {
            OriginCheck(metrics: metrics, folder: decoding.folder).check(named, &decoding.list)
        }
        indicators.append(named.indicator)
        return indicators.count - 1
    }
}
