import TminusModel

/// `judge`: criteria watched while steps run.
extension MeasuringDecoder {
    mutating func decodeRule(_ entry: YAMLEntry, _ decoding: inout Decoding) {
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
        rule.conduct = conduct(node, trip, &decoding)
        rules.append(rule)
    }

    private func conduct(_ node: YAMLNode, _ trip: JudgingRule.Trip, _ decoding: inout Decoding) -> RuleConduct {
        var conduct = RuleConduct()
        conduct.isDryRun = node["dryRun"]?.isTrue ?? false
        if let warmUp = node["warmUp"]?.duration { conduct.warmUp = warmUp }
        func missing(_ key: String) -> RuleConduct.Missing? {
            node[key].flatMap { RuleConduct.Missing(rawValue: $0.text) }
        }
        conduct.onNoData = missing("onNoData") ?? conduct.onNoData
        conduct.onNoTraffic = missing("onNoTraffic") ?? conduct.onNoTraffic
        conduct.onPartial = missing("onPartial") ?? conduct.onPartial
        conduct.inconclusiveLimit = node["inconclusiveLimit"]?.integer
        conduct.successLimit = node["successLimit"]?.integer
        if let entry = node.entry("tempering") {
            conduct.tempering = entry.value.text == "auto" ? nil : entry.value.ratio
            if case .below = trip {
                decoding.error(at: entry.key, "'tempering' belongs to 'ratioAbove'", fix: "remove it")
            }
        }
        return conduct
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
