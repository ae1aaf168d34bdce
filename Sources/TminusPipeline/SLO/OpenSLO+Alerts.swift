import TminusJudgement
import TminusModel

/// Alert policies of OpenSLO → the burn alerts that the budget's gate holds by.
///
/// A policy that the gate would not enforce exactly as written is an error: two of its alerts exist for a window, and a
/// third that nobody watches would be a false promise.
extension OpenSLO {
    /// In the order of the vocabulary, each once; and how long they must be seen before they fire.
    mutating func alerts(_ spec: YAMLNode, _ window: Duration) -> (alerts: [BurnAlert], after: Duration) {
        var found: [BurnAlert] = []
        var after: Duration?
        for entry in spec["alertPolicies"]?.oneOrMore ?? [] {
            let outer = source
            if let wanted = policy(entry, window) {
                found.append(wanted.alert)
                if let after, after != wanted.after {
                    let place = Place(entry, source)
                    list.add(
                        place.diagnostic(
                            .error, "alerts of one SLO fire after \(after.releaseText) and \(wanted.after.releaseText)",
                            fix: "give all of them the same 'alertAfter'"))
                }
                after = wanted.after
            }
            source = outer
        }
        return (BurnAlert.allCases.filter(found.contains), after ?? .zero)
    }

    /// The spec of an entry: of the document that it names, or its own. Sets `source` to where that stands.
    private mutating func spec(_ entry: YAMLNode, _ kind: String, _ reference: String) -> YAMLNode? {
        var name: YAMLNode?
        if case .scalar = entry.content { name = entry } else { name = entry[reference] }
        guard let name else { return entry["spec"] }
        guard let found = document(kind, name) else { return nil }
        source = found.source
        return found.node["spec"]
    }

    private mutating func policy(_ entry: YAMLNode, _ window: Duration) -> (alert: BurnAlert, after: Duration)? {
        guard let spec = spec(entry, "AlertPolicy", "alertPolicyRef") else { return nil }
        if let breaching = spec["alertWhenBreaching"], !breaching.isTrue {
            error(
                at: breaching, "the gate holds while the budget burns; a policy that does not alert then does nothing",
                fix: "write 'alertWhenBreaching: true', or remove the policy")
        }
        if let resolved = spec["alertWhenResolved"], resolved.isTrue {
            error(
                at: resolved, "nobody is told when a burn alert ends: the held step simply goes on",
                fix: "write 'alertWhenResolved: false'")
        }
        if let noData = spec["alertWhenNoData"], !noData.isTrue {
            warning(at: noData, "the gate holds on no data whatever this says", fix: "write 'alertWhenNoData: true'")
        }
        let outer = source
        for target in spec["notificationTargets"]?.oneOrMore ?? [] {
            warnOfTarget(target)
            source = outer
        }
        guard let condition = spec["conditions"]?.oneOrMore.first,
            let body = self.spec(condition, "AlertCondition", "conditionRef"), let burn = body["condition"]
        else { return nil }
        guard let alert = alert(burn, window) else { return nil }
        return (alert, burn["alertAfter"]?.duration ?? .zero)
    }

    private mutating func warnOfTarget(_ entry: YAMLNode) {
        let place = Place(entry["targetRef"] ?? entry, source)
        guard let spec = spec(entry, "AlertNotificationTarget", "targetRef"), let target = spec["target"] else {
            return
        }
        list.add(
            place.diagnostic(
                .warning, "Tminus does not send burn alerts to '\(target.text)': it holds the step and says so",
                fix: "let the pipeline's 'onPage' tell people, with 'budget: {onHold: {after: 30m, then: page}}'"))
    }

    private mutating func alert(_ node: YAMLNode, _ window: Duration) -> BurnAlert? {
        guard let op = node["op"], let threshold = node["threshold"], let lookback = node["lookbackWindow"],
            let length = lookback.duration
        else { return nil }
        let pairs = BurnAlert.allCases.map { BurnPair($0, window: window) }
        let known = pairs.map { "'lookbackWindow: \($0.long.releaseText)' with 'threshold: \($0.threshold.text)'" }
        if op.text != "gt" {
            error(
                at: op, "the gate's burn alerts fire above their threshold, strictly: '\(op.text)' is not enforced",
                fix: "write 'op: gt'")
            return nil
        }
        guard let index = pairs.firstIndex(where: { $0.long == length }) else {
            error(
                at: lookback,
                "no burn alert of the gate looks back \(lookback.text) for a window of \(window.releaseText)",
                fix: "write \(listed(known)), or remove the policy")
            return nil
        }
        guard let written = Ratio(decimalText: threshold.text), pairs[index].threshold.equals(written) else {
            error(
                at: threshold,
                "the gate's burn alert over \(lookback.text) is at \(pairs[index].threshold.text), not "
                    + "\(threshold.text)",
                fix:
                    "write 'threshold: \(pairs[index].threshold.text)': the share of the budget times window / lookback"
            )
            return nil
        }
        return BurnAlert.allCases[index]
    }
}
