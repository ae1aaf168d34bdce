import TminusJudgement
import TminusModel

/// The form that teams write, `services: <service>: <slo>: {target, window, sli_type, …}`, read with the meaning that
/// makes it work; a warning says where that differs from what such files are naively taken for.
struct TeamSLO {
    private let source: SourceText
    private var list: DiagnosticList
    private var slo = SLO()

    static func read(
        _ file: SLOFile, _ root: YAMLNode, service: String, _ list: inout DiagnosticList
    ) -> SLO {
        var check = ShapeCheck(source: file.source, list: list)
        check.check(root, .teamFile, subject: "the file")
        list = check.list
        if list.hasErrors { return .broken }
        let services = root["services"]?.entries ?? []
        guard let own = services.first(where: { $0.key.text == service }) else {
            let names = services.map(\.key.text)
            let place = root["services"] ?? root
            let fix = Nearest.fix(
                for: service, in: names, otherwise: "services here are \(listed(names, joinedBy: "and"))")
            list.add(Place(place, file.source).diagnostic(.error, "no service '\(service)' in the file", fix: fix))
            return .broken
        }
        var reader = TeamSLO(source: file.source, list: list)
        for entry in own.value.entries { reader.decode(entry) }
        list = reader.list
        return list.hasErrors ? .broken : reader.slo
    }

    private init(source: SourceText, list: DiagnosticList) {
        self.source = source
        self.list = list
    }

    private mutating func error(at node: YAMLNode, _ message: String, fix: String) {
        list.add(Place(node, source).diagnostic(.error, message, fix: fix))
    }

    private mutating func warning(at place: Place, _ message: String, fix: String) {
        list.add(place.diagnostic(.warning, message, fix: fix))
    }

    // MARK: - One SLO

    private static let keysOfTypes: [(type: String, keys: [String])] = [
        ("latency", ["percentile", "target_ms", "threshold", "failures"]),
        ("user_journey", ["journey_name", "steps", "max_duration_ms", "abandoned", "abandoned_after"]),
    ]

    private mutating func decode(_ entry: YAMLEntry) {
        let node = entry.value
        guard let type = node["sli_type"]?.text, let window = node["window"]?.duration, let target = node["target"]
        else {
            return
        }
        for (owner, keys) in Self.keysOfTypes where owner != type {
            for key in keys {
                guard let stray = node.entry(key) else { continue }
                list.add(
                    Place(stray.key, source).diagnostic(
                        .error, "'\(key)' belongs to 'sli_type: \(owner)'", fix: "remove it, or change 'sli_type'"))
            }
        }
        let read: (counting: Counting, share: Ratio)? =
            switch type {
            case "latency": latency(node, target)
            case "user_journey": journey(entry, target)
            default: percent(target).map { (.requestLogs(Counting.RequestLogs()), $0) }
            }
        guard let read else { return }
        if type != "latency" { warnOfPercent(target, read.share) }
        let place = Place(entry.key, source)
        let name = entry.key.text
        slo.add(SLO.Named(indicator: Indicator(name: name, counting: read.counting), place: place))
        slo.objectives.append(
            SLO.Objective(
                name: name, indicator: name, target: read.share, window: window, alerts: alerts(node, window),
                holdsWhenSpent: node["alert_rules"]?.texts.contains("budget_exhaustion") ?? false, place: place))
    }

    /// A number of percent below 100; nil, reported, for anything else.
    private mutating func percent(_ node: YAMLNode) -> Ratio? {
        let text = node.text
        let written = text.hasSuffix("%") ? text : text + "%"
        guard let ratio = Ratio(decimalText: written) else {
            error(at: node, "the share must be a number of percent, not '\(text)'", fix: "write, for example, 99.9")
            return nil
        }
        let one = Ratio(numerator: 1, denominator: 100)
        if ratio.numerator >= ratio.denominator {
            let reason =
                ratio.numerator == ratio.denominator
                ? "a target of 100 % leaves no budget, and without one no burn rate exists"
                : "a share of \(written) is more than all"
            error(at: node, reason, fix: "write less than 100, such as 99.9")
            return nil
        }
        if ratio.isBelow(one) || ratio == one {
            let percent = Ratio(decimalText: text)?.percentText.dropLast() ?? "99.9"
            error(
                at: node, "'\(text)' is a ratio where percent is expected: it would mean \(written)",
                fix: "write \(text == "1" || text.hasSuffix("%") ? "a percentage such as 99.9" : String(percent))")
            return nil
        }
        return ratio
    }

    private mutating func warnOfPercent(_ node: YAMLNode, _ share: Ratio) {
        warning(
            at: Place(node, source),
            "the target is read as \(share.percentText), that is \(share.decimalText) of what was valid; compared as "
                + "it is written with a share from 0 to 1 it could never be met",
            fix: "nothing to change; the short form says it without doubt: 'target: \(share.percentText)'")
    }

    // MARK: - Latency

    private mutating func latency(_ node: YAMLNode, _ target: YAMLNode) -> (Counting, Ratio)? {
        let named = node["target_ms"] ?? node["threshold"]
        if let second = node["threshold"], node["target_ms"] != nil {
            error(at: second, "both 'target_ms' and 'threshold' say how slow is too slow", fix: "keep one of them")
            return nil
        }
        let share: Ratio?
        if let percentile = node["percentile"] {
            if named != nil {
                error(
                    at: percentile,
                    "'target' and 'percentile' both say a share, and the threshold is written beside them",
                    fix: "remove 'percentile', or write the threshold as 'target'")
                return nil
            }
            share = percent(percentile)
        } else {
            guard named != nil else {
                error(
                    at: target, "a latency SLO needs the share of requests too: how many must be that fast?",
                    fix: "add 'percentile: 95', or write 'target: 95' with 'target_ms: 200'")
                return nil
            }
            share = percent(target)
        }
        guard let share, let threshold = milliseconds(named ?? target) else { return nil }
        let countsFailures = node["failures"]?.text != "ignored"
        warnOfLatency(node, share, threshold, countsFailures)
        return (.requestLogs(Counting.RequestLogs(threshold: threshold, countsFailures: countsFailures)), share)
    }

    private mutating func warnOfLatency(
        _ node: YAMLNode, _ share: Ratio, _ threshold: Duration, _ countsFailures: Bool
    ) {
        guard let place = node["percentile"] ?? node["target_ms"] ?? node["threshold"] else { return }
        let failed =
            node["failures"] != nil ? "" : "; requests that failed count as too slow, not as if they had not been made"
        warning(
            at: Place(place, source),
            "read as: \(share.percentText) of requests within \(threshold.releaseText), counted one by one; a "
                + "percentile that is compared with the target (and taken one place too high) would comply when it is "
                + "slow, and has no budget to burn" + failed,
            fix: "nothing to change; the short form says it without doubt: 'target: \(share.percentText)' with "
                + "'requestLogs: {under: \(threshold.releaseText), failures: \(countsFailures ? "slow" : "ignored")}'")
    }

    /// `200`, `200ms` or `0.2s`-like durations; a bare number is milliseconds.
    private mutating func milliseconds(_ node: YAMLNode) -> Duration? {
        let text = node.text
        if let duration = node.duration, duration > .zero { return duration }
        if let count = Int64(text), (1...86_400_000).contains(count) { return .milliseconds(count) }
        error(
            at: node, "the threshold must be milliseconds or a duration, not '\(text)'",
            fix: "write, for example, 200ms")
        return nil
    }

    // MARK: - Journeys

    private mutating func journey(_ entry: YAMLEntry, _ target: YAMLNode) -> (Counting, Ratio)? {
        let node = entry.value
        guard let stepsNode = node["steps"] else {
            list.add(
                Place(entry.key, source).diagnostic(
                    .error,
                    "a user_journey needs its 'steps': from the rows alone nobody can tell one that stopped half-way",
                    fix: "add 'steps: [cart, pay]', every step that a good journey has"))
            return nil
        }
        var steps: [Counting.Journey.Step] = []
        for step in stepsNode.oneOrMore {
            let name = step["name"] ?? step
            if steps.contains(where: { $0.name == name.text }) {
                error(at: name, "a second step '\(name.text)' of the journey", fix: "write each step once")
            }
            let limit = step["max_duration_ms"]?.integer.map { Duration.milliseconds(Int64($0)) }
            steps.append(Counting.Journey.Step(name: name.text, within: limit))
        }
        var journey = Counting.Journey(
            name: node["journey_name"]?.text ?? entry.key.text, steps: steps,
            within: node["max_duration_ms"]?.integer.map { .milliseconds(Int64($0)) })
        if let abandoned = node["abandoned"].flatMap({ Counting.Journey.Abandoned(rawValue: $0.text) }) {
            journey.abandoned = abandoned
        }
        if let after = node["abandoned_after"]?.duration { journey.abandonedAfter = after }
        guard let share = percent(target) else { return nil }
        let stopped = journey.abandoned == .bad ? "is bad" : "is not counted"
        warning(
            at: Place(stepsNode, source),
            "a journey is good when all \(steps.count) steps are there, successful and within their limits; one that "
                + "stops half-way for \(journey.abandonedAfter.releaseText) \(stopped), where counting the "
                + "recorded steps "
                + "alone would call it good",
            fix: "say which you want: 'abandoned: bad' or 'abandoned: excluded'")
        return (.journey(journey), share)
    }

    // MARK: - Alerts

    private mutating func alerts(_ node: YAMLNode, _ window: Duration) -> [BurnAlert] {
        guard let rules = node["alert_rules"] else { return [] }
        let words = rules.texts
        var alerts: [BurnAlert] = []
        if words.contains("fast_burn") { alerts.append(.fast) }
        if words.contains("slow_burn") { alerts.append(.slow) }
        let texts = alerts.map { alert in
            let pair = BurnPair(alert, window: window)
            return "\(alert.rawValue)_burn above \(pair.threshold.text) over both \(pair.long.releaseText) and "
                + pair.short.releaseText
        }
        if !texts.isEmpty {
            warning(
                at: Place(rules, source),
                "read as: \(texts.joined(separator: ", ")), in multiples of the rate that just lasts for the window; "
                    + "divided by the window's hours, as some formulas do, not even a total outage would reach it",
                fix: "nothing to change; 'budget: {burning: [\(alerts.map(\.rawValue).joined(separator: ", "))]}' says "
                    + "the same in the pipeline")
        }
        return alerts
    }
}
