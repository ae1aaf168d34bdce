package import TminusModel
package import TminusPorts

/// A `/metrics` page in the Prometheus text format, read for some counters.
///
/// Pure and total. Every line must be well formed, wanted or not: a page that is damaged in one place is trusted in
/// none. Values that are wanted must be finite and not negative.
package enum PrometheusPage {
    /// Series one selector may match.
    package static let seriesMax = 10_000

    /// The counters that match each selector, in the order asked; a selector nothing matches comes back empty.
    ///
    /// - Throws: `.malformed` with the line, `.notFinite`, `.tooLarge`; `.refused` when a selector names a metric that
    ///   is not a counter.
    package static func counters(
        _ selectors: [CounterSelector], in body: [UInt8]
    ) throws(MetricError) -> [CounterValue] {
        try checkWhole(body)
        var reading = Reading(selectors: selectors)
        var line = 1
        var start = body.startIndex
        while start < body.endIndex, let end = body[start...].firstIndex(of: 0x0A) {
            do {
                try reading.take(try PrometheusLineReader.read(body[start..<end]))
            } catch let error as PrometheusLineError {
                throw MetricError(.malformed, "line \(line): \(error.reason)")
            } catch let error as MetricError {
                throw MetricError(error.code, "line \(line): \(error.description)")
            } catch {
                throw MetricError(.malformed, "line \(line): can't be read")
            }
            start = end + 1
            line += 1
        }
        return try reading.finish()
    }

    /// What is wrong with the page as a whole.
    private static func checkWhole(_ body: [UInt8]) throws(MetricError) {
        guard let first = body.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            throw MetricError(.malformed, "the answer is empty")
        }
        if first == UInt8(ascii: "<") {
            throw MetricError(.malformed, "the answer is HTML or XML, not metrics; is the path right?")
        }
        guard String(validating: body, as: UTF8.self) != nil else {
            throw MetricError(.malformed, "the answer is not valid UTF-8; is it compressed?")
        }
        guard body.last == 0x0A else {
            throw MetricError(.malformed, "the last line has no line feed: the answer was cut off")
        }
    }
}

/// What has been read so far for the selectors asked.
private struct Reading {
    private struct Wanted {
        var selector: CounterSelector
        /// The sample names that answer it: as written, and with OpenMetrics' `_total`.
        var names: [[UInt8]]
        var series: [CounterValue.Series] = []
        /// Which of `names` the series had.
        var found: [UInt8]?
        /// For a bucket: the upper bounds that series had which match but for their own.
        var boundaries = BucketBounds()
    }

    private var wanted: [Wanted]
    private var kinds: [[UInt8]: MetricKind] = [:]
    private var hasEnded = false
    private var hasSamples = false

    init(selectors: [CounterSelector]) {
        wanted = selectors.map { selector in
            let name = Array(selector.metric.utf8)
            let total = Array("_total".utf8)
            let names = name.reversed().starts(with: total.reversed()) ? [name] : [name, name + total]
            return Wanted(selector: selector, names: names)
        }
    }

    mutating func take(_ line: PrometheusLine) throws {
        if hasEnded {
            throw PrometheusLineError(reason: "there is more after # EOF")
        }
        switch line {
        case .other: return
        case .end: hasEnded = true
        case .type(let name, let kind):
            guard kinds.updateValue(kind, forKey: name) == nil else {
                throw PrometheusLineError(reason: "a second # TYPE for the same metric")
            }
            if wanted.contains(where: { $0.found == name }) {
                throw PrometheusLineError(reason: "# TYPE after the metric's first sample")
            }
        case .sample(let sample):
            hasSamples = true
            for index in wanted.indices where wanted[index].names.contains(sample.name) {
                try take(sample, for: index)
            }
        }
    }

    private mutating func take(_ sample: PrometheusSample, for index: Int) throws {
        let selector = wanted[index].selector
        guard Self.matches(sample, selector) else {
            if let bound = BucketBounds.other(sample, than: selector) { wanted[index].boundaries.add(bound) }
            return
        }
        guard sample.name == wanted[index].names[0] || kind(of: sample.name) == .counter else { return }
        if let found = wanted[index].found, found != sample.name {
            throw PrometheusLineError(
                reason: "both \(selector.metric) and \(selector.metric)_total are there; name one"
            )
        }
        guard sample.value.isFinite, sample.value >= 0 else {
            throw MetricError(.notFinite, "\(selector.text) is \(sample.value), which no counter can be")
        }
        wanted[index].found = sample.name
        guard wanted[index].series.count < PrometheusPage.seriesMax else {
            throw MetricError(.tooLarge, "more than \(PrometheusPage.seriesMax) series match \(selector.text)")
        }
        wanted[index].series.append(.init(identity: Self.identity(sample, selector), count: sample.value))
    }

    consuming func finish() throws(MetricError) -> [CounterValue] {
        guard hasSamples else { throw MetricError(.malformed, "the answer holds no samples") }
        var values: [CounterValue] = []
        for item in wanted {
            if isSumBesideCount(item.selector) {
                values.append(
                    CounterValue(selector: item.selector, series: try Self.sorted(item.series, item.selector)))
                continue
            }
            if let kind = kinds[item.names[0]] ?? item.found.flatMap({ self.kind(of: $0) }), !Self.isCountable(kind) {
                throw MetricError(
                    .refused,
                    "\(item.selector.metric) is a \(kind.rawValue), not a counter; name a counter, or a histogram's "
                        + "_count or _bucket"
                )
            }
            let series = try Self.sorted(item.series, item.selector)
            var value = CounterValue(selector: item.selector, series: series)
            if series.isEmpty { value.boundaries = item.boundaries.rising }
            values.append(value)
        }
        return values
    }

    /// A histogram's or summary's `_sum` is no count of anything by itself; beside its `_count` it makes a mean.
    private func isSumBesideCount(_ selector: CounterSelector) -> Bool {
        guard selector.metric.hasSuffix("_sum") else { return false }
        let count = CounterSelector(metric: selector.metric.dropLast(3) + "count", labels: selector.labels)
        return wanted.contains { $0.selector == count }
    }

    private static func sorted(
        _ series: [CounterValue.Series], _ selector: CounterSelector
    ) throws(MetricError) -> [CounterValue.Series] {
        let series = series.sorted { $0.identity < $1.identity }
        for (one, other) in zip(series, series.dropFirst()) where one.identity == other.identity {
            throw MetricError(.malformed, "the series \(selector.metric){\(one.identity)} stands twice")
        }
        return series
    }

    private static func isCountable(_ kind: MetricKind) -> Bool {
        switch kind {
        case .counter, .untyped, .unknown: true
        case .gauge, .histogram, .summary, .info, .stateset, .gaugehistogram: false
        }
    }

    /// The kind of a sample: its own `# TYPE`, or what its family's makes of its suffix; nil when nothing was declared.
    private func kind(of name: [UInt8]) -> MetricKind? {
        if let kind = kinds[name] { return kind }
        for (suffix, isCounter) in Self.suffixes {
            guard name.count > suffix.count, name.suffix(suffix.count).elementsEqual(suffix) else { continue }
            guard let family = kinds[Array(name.dropLast(suffix.count))] else { continue }
            return isCounter(family) ? .counter : family
        }
        return nil
    }

    private static let suffixes: [(suffix: [UInt8], isCounter: @Sendable (MetricKind) -> Bool)] = [
        (Array("_total".utf8), { $0 == .counter || $0 == .untyped || $0 == .unknown }),
        (Array("_bucket".utf8), { $0 == .histogram }),
        (Array("_count".utf8), { $0 == .histogram || $0 == .summary }),
        (Array("_sum".utf8), { _ in false }),
    ]

    /// A label that is empty is a label that is not there.
    private static func matches(_ sample: PrometheusSample, _ selector: CounterSelector) -> Bool {
        selector.labels.allSatisfy { wanted in
            let value = sample.labels.first { $0.name == wanted.name }?.value ?? ""
            return value == wanted.value || BucketBounds.isSame(value, wanted, of: selector)
        }
    }

    /// `name=value` pairs by name; `\`, `,`, `=` and line feeds in values are escaped, so that no two label sets look
    /// alike.
    private static func identity(_ sample: PrometheusSample, _ selector: CounterSelector) -> String {
        sample.labels.filter { !$0.value.isEmpty }.sorted { $0.name < $1.name }.map { label in
            var text = label.name + "="
            // However a bound is spelled, its bucket is the same series.
            let bound = selector.labels.first {
                BucketBounds.isSame(label.value, $0, of: selector) && $0.name == label.name
            }
            for scalar in (bound?.value ?? label.value).unicodeScalars {
                switch scalar {
                case "\\", ",", "=": text += "\\\(scalar)"
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text
        }.joined(separator: ",")
    }
}
