import TminusModel

/// `budget`: the gate before every step.
extension MeasuringDecoder {
    mutating func decodeBudget(_ entry: YAMLEntry, _ decoding: inout Decoding) {
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
        policy.alertAfter = node["alertAfter"]?.duration ?? objective.alertAfter
        policy.method = objective.method
        policy.period = objective.period
        checkPromises(objective, policy, node, &decoding)
        policy.tiers = tiers(node, &decoding)
        policy.reserve = node["reserve"]?.ratio
        if let limit = node["onHold"] { policy.holdLimit = holdLimit(limit, &decoding) }
        policy.overriders = overriders(node, &decoding)
        budget = policy
    }

    /// What the SLO itself asks for and this budget would not keep.
    private func checkPromises(
        _ objective: SLO.Objective, _ policy: BudgetPolicy, _ node: YAMLNode, _ decoding: inout Decoding
    ) {
        for alert in objective.alerts where !policy.burning.contains(alert) {
            decoding.error(
                at: node["burning"] ?? node,
                "the SLO's alerts include '\(alert.rawValue)', and 'burning' leaves it out",
                fix: "add '\(alert.rawValue)', or take the alert out of the SLO")
        }
        if let after = node["alertAfter"], policy.alertAfter != objective.alertAfter, objective.alertAfter > .zero {
            decoding.error(
                at: after, "the SLO's alerts fire after \(objective.alertAfter.releaseText), not \(after.text)",
                fix: "write 'alertAfter: \(objective.alertAfter.releaseText)', or remove it here")
        }
        if objective.holdsWhenSpent, policy.stopBelow.isBelow(.zero), let stop = node["stopBelow"] {
            decoding.error(
                at: stop, "the SLO's 'budget_exhaustion' holds steps when nothing is left, and 'stopBelow' is less",
                fix: "write 'stopBelow: 0%' or more")
        }
        guard let slice = policy.method.slice, let metrics, slice < metrics.every else { return }
        let (length, every) = (slice.releaseText, metrics.every.releaseText)
        decoding.list.add(
            objective.place.diagnostic(
                .error, "slices of \(length) are shorter than the \(every) between two readings",
                fix: "write a longer 'timeSliceWindow', or a shorter 'every' under 'metrics'"))
    }

    private func tiers(_ node: YAMLNode, _ decoding: inout Decoding) -> [BudgetTier] {
        var tiers: [BudgetTier] = []
        for tier in node["tiers"]?.oneOrMore ?? [] {
            guard let below = tier["below"], let bound = below.ratio,
                let action = tier["action"].flatMap({ BudgetTier.Action(rawValue: $0.text) })
            else { continue }
            if tiers.contains(where: { $0.below == bound }) {
                decoding.error(at: below, "a second tier below \(bound.percentText)", fix: "write each limit once")
            }
            if let allow = tier.entry("allow"), allow.value.entries.isEmpty {
                decoding.error(at: allow.key, "'allow' names nothing", fix: "add 'changes' or 'kinds', or remove it")
            }
            let changes = tier["allow"]?["changes"]?.texts.compactMap { ChangeClass(rawValue: $0) } ?? []
            tiers.append(
                BudgetTier(
                    below: bound, action: action, allowedChanges: changes,
                    allowedKinds: tier["allow"]?["kinds"]?.texts ?? []))
        }
        return tiers.sorted { $0.below.isBelow($1.below) }
    }

    private func holdLimit(_ node: YAMLNode, _ decoding: inout Decoding) -> HoldLimit? {
        guard let after = node["after"]?.duration, let then = node["then"],
            let choice = HoldLimit.Choice(rawValue: then.text)
        else { return nil }
        if choice == .page, root["onPage"] == nil {
            decoding.error(
                at: then, "'then: page' runs 'onPage', which the pipeline does not have",
                fix: "add 'onPage: [./scripts/page]' to the pipeline")
        }
        return HoldLimit(after: after, then: choice)
    }

    private func overriders(_ node: YAMLNode, _ decoding: inout Decoding) -> [String] {
        let names = node["overrideBy"]?.texts ?? []
        if let entry = node.entry("overrideBy"), Set(names).count < names.count {
            decoding.error(at: entry.key, "somebody is named twice", fix: "name everyone once")
        }
        return names
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
}
