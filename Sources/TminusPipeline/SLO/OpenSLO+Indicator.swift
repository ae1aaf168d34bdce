import TminusModel

/// Metrics of OpenSLO → how an indicator counts.
extension OpenSLO {
    /// One metric's source, with what is read there.
    private struct Metric {
        /// `scrape`, `prometheus`, `sql`, `json` or `command`.
        let type: String
        let spec: YAMLNode?
        let place: YAMLNode

        func text(_ key: String) -> String? { spec?[key]?.text }

        /// The counter or histogram of that key, with its labels.
        func selector(_ key: String) -> CounterSelector? {
            text(key).map { CounterSelector(metric: $0, labels: spec?["labels"]?.variables ?? []) }
        }
    }

    mutating func addRatio(_ name: String, at place: YAMLNode, _ spec: YAMLNode) {
        guard let ratio = spec["ratioMetric"] else { return }
        if let raw = ratio.entry("raw") {
            let lost =
                "a ready-made ratio has lost how many events it was made from, so it can be neither weighted nor judged"
            return error(at: raw.value, lost, fix: "write 'good' or 'bad', and 'total'")
        }
        var claims: [OriginClaim] = []
        guard let part = ratio["good"] ?? ratio["bad"], let total = metric(ratio["total"], &claims),
            let counted = metric(part, &claims)
        else { return }
        let isBad = ratio["good"] == nil
        if let counter = ratio["counter"] { checkCounter(counter, counted) }
        guard let counting = counting(counted, total, isBad: isBad) else { return }
        if slo.indicator(named: name) != nil {
            return error(at: place, "a second indicator '\(name)'", fix: "give each a name of its own")
        }
        slo.add(
            SLO.Named(
                indicator: Indicator(name: name, counting: counting), place: Place(place, source), claims: claims))
    }

    private mutating func checkCounter(_ node: YAMLNode, _ metric: Metric) {
        let isCount = metric.type == "scrape" || metric.spec?["metric"] != nil
        guard isCount, !node.isTrue else { return }
        error(at: node, "only counters are read: 'counter: true'", fix: "use metrics that only ever rise")
    }

    private mutating func metric(_ node: YAMLNode?, _ claims: inout [OriginClaim]) -> Metric? {
        guard let node, let origin = node["metricSource"] else { return nil }
        var type = origin["type"]?.text.lowercased()
        if let reference = origin["metricSourceRef"] {
            guard let found = document("DataSource", reference), let claim = claim(found) else { return nil }
            if !claims.contains(where: { $0.kind == claim.kind && $0.address == claim.address }) {
                claims.append(claim)
            }
            let kind = ["sqlite", "postgres"].contains(claim.kind) ? "sql" : claim.kind
            if let type, type != kind, let place = origin["type"] {
                error(
                    at: place, "the metric is of type \(type), its DataSource '\(reference.text)' of \(claim.kind)",
                    fix: "remove 'type', or write the same")
                return nil
            }
            type = kind
        }
        guard let type else {
            error(
                at: origin, "the metricSource says neither 'type' nor 'metricSourceRef'",
                fix: "add 'type: scrape', or another: prometheus, sql, json, command")
            return nil
        }
        let read = Metric(type: type, spec: origin["spec"], place: origin["spec"] ?? origin)
        return isReadable(read) ? read : nil
    }

    private mutating func isReadable(_ metric: Metric) -> Bool {
        let wanted: [String]
        switch metric.type {
        case "scrape": wanted = ["metric", "histogram"]
        case "prometheus": wanted = ["query", "metric", "histogram"]
        case "sql": wanted = ["query"]
        case "json": wanted = ["pointer"]
        default: wanted = []
        }
        if wanted.isEmpty {
            guard let spec = metric.spec else { return true }
            error(at: spec, "a command is asked by the indicator's name, and reads no 'spec'", fix: "remove 'spec'")
            return false
        }
        if wanted.contains(where: { metric.spec?[$0] != nil }) { return true }
        let quoted = listed(wanted.map { "'\($0)'" })
        error(at: metric.place, "a metric of type \(metric.type) needs \(quoted)", fix: "write \(quoted) under 'spec'")
        return false
    }

    /// What a DataSource says; nil, reported, for a detail that Tminus would not connect by.
    private mutating func claim(_ document: Document) -> OriginClaim? {
        let outer = source
        source = document.source
        defer { source = outer }
        guard let spec = document.node["spec"], let type = spec["type"] else { return nil }
        let kind = type.text.lowercased()
        let detail: String? =
            switch kind {
            case "prometheus", "json": "url"
            case "sqlite": "path"
            case "postgres": "connection"
            default: nil
            }
        var address: YAMLNode?
        for entry in spec["connectionDetails"]?.entries ?? [] {
            guard entry.key.text == detail else {
                error(
                    at: entry.value,
                    "Tminus connects to \(kind) by the pipeline's 'metrics', not by '\(entry.key.text)'",
                    fix: detail.map { "keep only '\($0)'" } ?? "remove it")
                return nil
            }
            address = entry.value
        }
        return OriginClaim(kind: kind, address: address?.text, place: Place(address ?? type, source))
    }

    // MARK: - Two metrics

    private mutating func counting(_ part: Metric, _ total: Metric, isBad: Bool) -> Counting? {
        if part.type != total.type {
            error(
                at: total.place, "'total' is of type \(total.type), the other of \(part.type)",
                fix: "count both in the same place, or their sums would not belong together")
            return nil
        }
        switch part.type {
        case "scrape", "prometheus":
            if let first = part.selector("metric"), let all = total.selector("metric") {
                return isBad ? .failures(bad: first, total: all) : .counters(good: first, total: all)
            }
            return promQL(part, total, isBad: isBad)
        case "sql":
            return sql(part, total, isBad: isBad)
        case "json":
            guard !isBad, let good = part.text("pointer"), let all = total.text("pointer") else {
                error(at: part.place, "a document's failures are not read", fix: "point at how many were 'good'")
                return nil
            }
            for (pointer, metric) in [(good, part), (all, total)] where !pointer.hasPrefix("/") {
                error(
                    at: metric.spec?["pointer"] ?? metric.place, "'\(pointer)' is no JSON Pointer: it starts with '/'",
                    fix: "write, for example, /counts/good")
            }
            return .document(good: good, total: all)
        default:
            return .asked
        }
    }

    private mutating func promQL(_ part: Metric, _ total: Metric, isBad: Bool) -> Counting? {
        if let histogram = [part, total].first(where: { $0.spec?["histogram"] != nil }) {
            error(
                at: histogram.place, "a histogram needs a threshold, which a ratioMetric has not",
                fix: "write 'thresholdMetric', with 'op: lte' and 'value' in the objective")
            return nil
        }
        let counted = query(part)
        let all = query(total)
        guard let counted, let all else { return nil }
        // No failing series at all, with the total there, is no failure.
        return .promQL(good: isBad ? "(\(all)) - ((\(counted)) or vector(0))" : counted, total: all)
    }

    /// A query that counts over `$window`. A bare series, or the sum of one, is made into its increase: taken after
    /// the sum, a restart of one instance would look like a loss of them all.
    private mutating func query(_ metric: Metric) -> String? {
        if let selector = metric.selector("metric") { return "sum(increase(\(Self.series(selector))[$window]))" }
        let text = StatementFault.trimmed(metric.text("query") ?? "")
        if text.contains("$window") { return text }
        let inner = text.hasPrefix("sum(") && text.hasSuffix(")") ? String(text.dropFirst(4).dropLast()) : text
        if Self.isSeries(inner) { return "sum(increase(\(inner)[$window]))" }
        error(
            at: metric.spec?["query"] ?? metric.place,
            "the query does not say '$window', so it would count over no lookback in particular",
            fix: "write the lookback as [$window], such as sum(increase(requests_total[$window]))")
        return nil
    }

    private static func series(_ selector: CounterSelector) -> String {
        let matchers = selector.labels.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\(label.name)=\"\(value.replacing("\n", with: "\\n"))\""
        }
        return selector.metric + (matchers.isEmpty ? "" : "{\(matchers.joined(separator: ","))}")
    }

    /// `name` or `name{…}` and nothing else.
    private static func isSeries(_ text: String) -> Bool {
        let name = text.prefix { $0 != "{" }
        guard TextRule.metric.fault(in: String(name)) == nil else { return false }
        let rest = text.dropFirst(name.count)
        if rest.isEmpty { return true }
        var isQuoted = false
        var isEscaped = false
        for (offset, character) in rest.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, character == "}" {
                return offset == rest.count - 1
            }
        }
        return false
    }

    private mutating func sql(_ part: Metric, _ total: Metric, isBad: Bool) -> Counting? {
        var texts: [String] = []
        for metric in [part, total] {
            let text = metric.text("query") ?? ""
            if let fault = StatementFault.find(in: text) {
                error(at: metric.spec?["query"] ?? metric.place, "the query \(fault.message)", fix: fault.fix)
                return nil
            }
            texts.append(StatementFault.trimmed(text))
        }
        guard let counted = texts.first, let all = texts.last else { return nil }
        // Each on lines of its own, so that a comment at the end of one hides nothing of ours.
        let good = isBad ? "(\n\(all)\n) - (\n\(counted)\n)" : "(\n\(counted)\n)"
        return .sql("SELECT \(good) AS good, (\n\(all)\n) AS total")
    }

    // MARK: - A threshold

    /// `definedIn` is where the metric is written; the objective stands in the document that is being read.
    mutating func addThreshold(
        _ name: String, _ node: YAMLNode, of objective: YAMLNode, definedIn defined: SourceText
    ) {
        let place = Place(objective, source)
        if slo.indicator(named: name) != nil {
            return error(at: objective, "a second indicator '\(name)'", fix: "give each a name of its own")
        }
        guard let op = objective["op"], let value = objective["value"] else {
            return error(
                at: objective, "an objective of a thresholdMetric needs 'op' and 'value'",
                fix: "add 'op: lte, value: 0.3'")
        }
        guard let threshold = Ratio(decimalText: value.text) else {
            return error(
                at: value, "'value' must be a number, not '\(value.text)'", fix: "write, for example, value: 0.3")
        }
        let outer = source
        source = defined
        var claims: [OriginClaim] = []
        let read = metric(node, &claims)
        source = outer
        guard let read, let counting = counting(read, op, threshold, value) else { return }
        slo.add(SLO.Named(indicator: Indicator(name: name, counting: counting), place: place, claims: claims))
    }

    private mutating func counting(
        _ metric: Metric, _ op: YAMLNode, _ threshold: Ratio, _ value: YAMLNode
    ) -> Counting? {
        if let histogram = metric.selector("histogram") {
            guard op.text == "lte" else {
                error(at: op, "a histogram counts what is at most a boundary: only 'op: lte'", fix: "write 'op: lte'")
                return nil
            }
            let (milliseconds, rest) = (Int128(threshold.numerator) * 1_000).quotientAndRemainder(
                dividingBy: Int128(threshold.denominator))
            guard rest == 0, milliseconds >= 1, milliseconds <= Int128(Duration.longestMilliseconds) else {
                error(
                    at: value, "'value' is the histogram's boundary in seconds, in whole milliseconds",
                    fix: "write, for example, value: 0.3")
                return nil
            }
            return .latency(histogram: histogram, threshold: .milliseconds(Int64(milliseconds)))
        }
        guard metric.type == "prometheus", let text = metric.text("query") else {
            error(
                at: op,
                "a thresholdMetric of type \(metric.type) cannot be counted: it gives one value, and no history of it",
                fix: "use type prometheus, a histogram, or a ratioMetric that counts good and total")
            return nil
        }
        let query = StatementFault.trimmed(text)
        let sign = ["lte": "<=", "gte": ">=", "lt": "<", "gt": ">"][op.text] ?? "<="
        // Sampled every minute of the lookback; what is no number is no sample, and no good sample is none.
        return .promQL(
            good: "sum(count_over_time(((\(query)) \(sign) \(threshold.decimalText))[$window:1m])) or vector(0)",
            total: "sum(count_over_time(((\(query)) >= -Inf)[$window:1m]))")
    }
}
