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
        let tripDecoder = TripDecoder(node: tripNode, against: node.entry("against"), rule: name)
        guard let trip = tripDecoder.trip(&decoding),
            let indicator = position(indicatorNode.text, at: indicatorNode, &decoding), !during.isEmpty
        else { return }
        var rule = JudgingRule(
            name: name, indicator: indicator, subject: subject, trip: trip, during: during,
            every: usualEvery)
        if let after = node["after"]?.duration { rule.after = after }
        if let every = node["every"] {
            rule.every = every.duration ?? rule.every
            if let metrics, rule.every < metrics.every {
                decoding.error(
                    at: every, "judging rule '\(name)' looks more often than the counters are read",
                    fix: "write at least \(metrics.every.releaseText), or a shorter 'every' under 'metrics'")
            } else if rule.every < usualEvery, let key = node.entry("every")?.key {
                decoding.warning(
                    at: key,
                    "judging rule '\(name)' looks at \(rule.every.releaseText) of a Prometheus that scrapes every "
                        + "\((metrics?.every ?? rule.every).releaseText): what it extrapolates is most of the count",
                    fix: "write at least \(usualEvery.releaseText), or the scrape interval as 'every' under 'metrics'")
            }
        }
        if let samples = node["minSamples"]?.integer { rule.samplesMin = Int64(samples) }
        if let limit = node["errorLimit"]?.integer { rule.errorLimit = limit }
        rule.conduct = conduct(node, trip, &decoding)
        if let wanted = rule.durations {
            tripDecoder.checkDurations(wanted, of: indicators[indicator], metrics, &decoding)
        }
        rules.append(rule)
    }

    /// Prometheus extrapolates an increase from the scrapes within its window: four of them keep that small.
    private var usualEvery: Duration {
        guard let metrics else { return .seconds(10) }
        guard case .prometheus = metrics.origin else { return metrics.every }
        return .milliseconds(min(4 * min(metrics.every.milliseconds, 1 << 50), Duration.longestMilliseconds))
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
            switch trip {
            case .ratioAbove, .slowerAbove: break
            case .below, .planned, .meanAbove:
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
}
