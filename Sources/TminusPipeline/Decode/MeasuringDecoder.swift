import TminusModel

/// `metrics`, `budget` and `judge`: what is measured, and what the numbers decide.
struct MeasuringDecoder {
    let root: YAMLNode
    let slo: SLO?
    /// What a judging rule's `during` can name.
    let steps: StepDrafts
    private(set) var metrics: MetricEndpoints?
    private(set) var budget: BudgetPolicy?
    private(set) var rules: [JudgingRule] = []
    /// Only those that a budget or a rule reads.
    private(set) var indicators: [Indicator] = []

    init(_ root: YAMLNode, _ slo: SLO?, _ steps: StepDrafts, _ decoding: inout Decoding) {
        self.root = root
        self.slo = slo
        self.steps = steps
        if let node = root["metrics"] { metrics = Self.endpoints(node, &decoding) }
        if let entry = root.entry("budget") { decodeBudget(entry, &decoding) }
        for entry in root["judge"]?.entries ?? [] { decodeRule(entry, &decoding) }
    }

    private static func endpoints(_ node: YAMLNode, _ decoding: inout Decoding) -> MetricEndpoints {
        var endpoints = MetricEndpoints(baseline: node["baseline"]?.text ?? "", candidate: node["candidate"]?.text)
        if let every = node["every"]?.duration { endpoints.every = every }
        if let timeout = node["timeout"] {
            endpoints.timeout = timeout.duration ?? endpoints.timeout
            if endpoints.timeout > endpoints.every {
                decoding.error(
                    at: timeout, "'timeout' is longer than 'every' (\(endpoints.every.releaseText))",
                    fix: "write at most \(endpoints.every.releaseText), so that one reading ends before the next")
            }
        } else {
            endpoints.timeout = min(endpoints.timeout, endpoints.every)
        }
        if let candidate = node["candidate"], candidate.text == endpoints.baseline {
            decoding.error(
                at: candidate, "candidate and baseline are the same page",
                fix: "give the page of the new version, or leave 'candidate' out")
        }
        return endpoints
    }

    /// What both need: numbers, and somewhere to read them. Reports what is missing.
    private func isMeasurable(_ key: YAMLKey, _ subject: String, _ decoding: inout Decoding) -> Bool {
        if slo == nil {
            decoding.error(
                at: key, "\(subject) needs an 'slo' that says what is good", fix: "add 'slo: slo/checkout.yaml'")
        }
        if metrics == nil {
            decoding.error(
                at: key, "\(subject) needs 'metrics' that say where the counters are read",
                fix: "add 'metrics: {baseline: \(KeyTable.pageExample)}'")
        }
        return slo != nil && metrics != nil
    }

    /// The position of an indicator in the plan; nil, reported at `node`, when the SLO has none of that name.
    private mutating func position(_ name: String, at node: YAMLNode, _ decoding: inout Decoding) -> Int? {
        if let position = indicators.firstIndex(where: { $0.name == name }) { return position }
        guard let slo, !slo.isBroken else { return nil }
        guard let indicator = slo.indicator(named: name) else {
            let names = slo.indicators.map(\.name)
            let otherwise = "indicators of the SLO are \(listed(names, joinedBy: "and"))"
            decoding.error(
                at: node, "the SLO has no indicator '\(name)'",
                fix: Nearest.fix(for: name, in: names, otherwise: otherwise))
            return nil
        }
        indicators.append(indicator)
        return indicators.count - 1
    }

    // MARK: - Budget

    private mutating func decodeBudget(_ entry: YAMLEntry, _ decoding: inout Decoding) {
        let node = entry.value
        guard isMeasurable(entry.key, "'budget'", &decoding) else { return }
        guard let objective = objective(entry, &decoding) else { return }
        let place = node["objective"] ?? node
        guard let position = position(objective.indicator, at: place, &decoding) else { return }
        var policy = BudgetPolicy(
            objective: objective.name, indicator: position, target: objective.target, window: objective.window)
        if let warn = node["warnBelow"]?.ratio { policy.warnBelow = warn }
        if let stop = node["stopBelow"]?.ratio { policy.stopBelow = stop }
        if policy.warnBelow.isBelow(policy.stopBelow) {
            let limit = node["warnBelow"] ?? node["stopBelow"] ?? node
            let (warn, stop) = (policy.warnBelow.percentText, policy.stopBelow.percentText)
            decoding.error(
                at: limit, "'warnBelow' (\(warn)) is less than 'stopBelow' (\(stop))",
                fix: "a person is asked first, then steps hold: write 'warnBelow' as the larger one")
        }
        if let burning = node["burning"] {
            policy.burning = BurnAlert.allCases.filter { alert in burning.texts.contains(alert.rawValue) }
        }
        if let observed = node["minObserved"] {
            policy.observedMin = observed.duration ?? policy.observedMin
            if policy.observedMin > objective.window {
                decoding.error(
                    at: observed, "'minObserved' is longer than the SLO's window",
                    fix: "write at most \(objective.window.releaseText)")
            }
        }
        if let every = node["every"]?.duration { policy.every = every }
        budget = policy
    }

    private func objective(_ entry: YAMLEntry, _ decoding: inout Decoding) -> SLO.Objective? {
        guard let slo, !slo.isBroken else { return nil }
        let names = slo.objectives.map(\.name)
        guard let node = entry.value["objective"] else {
            if slo.objectives.count == 1 { return slo.objectives.first }
            decoding.error(
                at: entry.key, "the SLO has \(names.count) objectives; 'budget' does not say which",
                fix: "add 'objective: \(names.first ?? "availability")'")
            return nil
        }
        if let objective = slo.objectives.first(where: { $0.name == node.text }) { return objective }
        let otherwise = "objectives of the SLO are \(listed(names, joinedBy: "and"))"
        decoding.error(
            at: node, "the SLO has no objective '\(node.text)'",
            fix: Nearest.fix(for: node.text, in: names, otherwise: otherwise))
        return nil
    }

    // MARK: - Rules

    private mutating func decodeRule(_ entry: YAMLEntry, _ decoding: inout Decoding) {
        let node = entry.value
        let name = entry.key.text
        guard isMeasurable(entry.key, "judging rule '\(name)'", &decoding) else { return }
        guard let indicatorNode = node["indicator"], let tripNode = node["trip"] else { return }
        let during = during(node, name, &decoding)
        let subject = subject(node, name, &decoding)
        guard let trip = trip(tripNode, against: node.entry("against"), name, &decoding),
            let indicator = position(indicatorNode.text, at: indicatorNode, &decoding), !during.isEmpty
        else { return }
        var rule = JudgingRule(
            name: name, indicator: indicator, subject: subject, trip: trip, during: during,
            every: metrics?.every ?? .seconds(10))
        if let after = node["after"]?.duration { rule.after = after }
        if let every = node["every"] {
            rule.every = every.duration ?? rule.every
            if let metrics, rule.every < metrics.every {
                decoding.error(
                    at: every, "judging rule '\(name)' looks more often than the counters are read",
                    fix: "write at least \(metrics.every.releaseText), or a shorter 'every' under 'metrics'")
            }
        }
        if let samples = node["minSamples"]?.integer { rule.samplesMin = Int64(samples) }
        if let limit = node["errorLimit"]?.integer { rule.errorLimit = limit }
        rules.append(rule)
    }

    private func during(_ node: YAMLNode, _ name: String, _ decoding: inout Decoding) -> [StepIndex] {
        var positions: Set<StepIndex> = []
        for step in node["during"]?.oneOrMore ?? [] {
            let purpose = "'during' of judging rule '\(name)'"
            guard let position = steps.position(of: step, for: purpose, &decoding) else { continue }
            if !positions.insert(position).inserted {
                decoding.error(at: step, "'\(step.text)' is written twice", fix: "remove one")
            }
        }
        return positions.sorted()
    }

    private func subject(_ node: YAMLNode, _ name: String, _ decoding: inout Decoding) -> JudgingRule.Subject {
        let hasCandidate = metrics?.candidate != nil
        let wanted = node["of"].flatMap { JudgingRule.Subject(rawValue: $0.text) }
        if let against = node.entry("against") {
            if let of = node["of"], wanted != .candidate {
                decoding.error(
                    at: of, "a rule 'against: baseline' judges the candidate", fix: "remove 'of', or 'against'")
            }
            if !hasCandidate {
                decoding.error(
                    at: against.key,
                    "judging rule '\(name)' compares the candidate, but 'metrics' names no 'candidate'",
                    fix: "add 'candidate: \(KeyTable.pageExample)' under 'metrics'")
            }
            return .candidate
        }
        if let of = node["of"], wanted == .candidate, !hasCandidate {
            decoding.error(
                at: of, "judging rule '\(name)' is of the candidate, but 'metrics' names no 'candidate'",
                fix: "add 'candidate: \(KeyTable.pageExample)' under 'metrics', or write 'of: service'")
        }
        return wanted ?? (hasCandidate ? .candidate : .service)
    }

    private func trip(
        _ node: YAMLNode, against: YAMLEntry?, _ name: String, _ decoding: inout Decoding
    ) -> JudgingRule.Trip? {
        if let bound = node["below"], let ratio = bound.ratio {
            if let harmless = node.entry("harmlessBelow") {
                decoding.error(at: harmless.key, "'harmlessBelow' belongs to 'ratioAbove'", fix: "remove it")
            }
            if let against {
                decoding.error(
                    at: against.key, "judging rule '\(name)' compares with the baseline, but trips on a fixed share",
                    fix: "write 'trip: {ratioAbove: 1.5}', or remove 'against'")
            }
            return .below(bound: ratio, failAfter: node["failAfter"]?.integer ?? 1)
        }
        guard let bound = node["ratioAbove"], let ratio = bound.ratio else { return nil }
        if let failAfter = node.entry("failAfter") {
            decoding.error(at: failAfter.key, "'failAfter' belongs to 'below'", fix: "remove it")
        }
        if against == nil {
            decoding.error(
                at: bound, "'ratioAbove' compares with the baseline, and judging rule '\(name)' does not say so",
                fix: "add 'against: baseline' to the rule, or write 'below: 95%'")
        }
        let harmless = node["harmlessBelow"]?.ratio
        if let harmless, harmless.isBelow(ratio), let place = node["harmlessBelow"] {
            decoding.error(
                at: place, "'harmlessBelow' is less than 'ratioAbove': between the two nothing could be decided",
                fix: "write at least \(ratio.decimalText)")
        }
        return .ratioAbove(bound: ratio, harmlessBelow: harmless)
    }
}
