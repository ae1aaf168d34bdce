package import TminusModel

/// How much an indicator's counters grew over an interval, from raw scrapes of one endpoint.
///
/// Pure. A drop of a series is a restart of the process behind it: its count since then is its value. A series that
/// appears after the endpoint was already being read counts from zero; one that is there in the very first scrape has
/// an unknown past, so it counts from there.
package enum CounterIncrease {
    /// Scrapes further apart than this many intervals leave the time between them unobserved.
    package static let gapIntervalsMax: Int64 = 3

    /// The increase of both counters over `(from, to]`, and how much of that interval was observed (≤ its length).
    ///
    /// `scrapes` are of one endpoint, oldest first, and include the last one at or before `from`, as
    /// `SampleStore.scrapes` returns them; that one is the starting point unless it is older than three intervals of
    /// `every`. Never negative, never `good > total`: what does not add up is `.error`, what is missing is `.noData`.
    package static func reading(
        of indicator: Indicator, in scrapes: [Scrape], from: Instant, to: Instant, every: Duration
    ) -> (reading: ArmReading, observed: Duration) {
        let gapMax = gapMax(every)
        let points = points(of: indicator, in: scrapes, from: from, to: to, gapMax: gapMax)
        let observed = observed(points, from: from, gapMax: gapMax)
        return (reading(of: indicator, points, from: from, to: to, gapMax: gapMax), observed)
    }

    /// The increase of the indicator's part alone over `(from, to]`, which need not be whole; nil when unknown.
    package static func part(
        of indicator: Indicator, in scrapes: [Scrape], from: Instant, to: Instant, every: Duration
    ) -> Double? {
        let points = points(of: indicator, in: scrapes, from: from, to: to, gapMax: gapMax(every))
        guard points.count > 1, points.last?.part.isEmpty == false else { return nil }
        return increase(points.map(\.part))
    }

    /// One scrape's counters of the indicator.
    private struct Point {
        var at: Instant
        /// What is good, or, for an indicator that counts failures, what is bad.
        var part: [CounterValue.Series]
        var total: [CounterValue.Series]
    }

    private static func gapMax(_ every: Duration) -> Int64 {
        let (product, overflow) = max(every.milliseconds, 1).multipliedReportingOverflow(by: gapIntervalsMax)
        return overflow ? .max : product
    }

    /// The scrapes that read both counters, from the starting point to `to`, in rising time.
    private static func points(
        of indicator: Indicator, in scrapes: [Scrape], from: Instant, to: Instant, gapMax: Int64
    ) -> [Point] {
        var points: [Point] = []
        points.reserveCapacity(scrapes.count)
        for scrape in scrapes where scrape.at <= to {
            guard let part = series(indicator.part, in: scrape), let total = series(indicator.total, in: scrape)
            else { continue }
            if let last = points.last, scrape.at <= last.at { continue }
            if scrape.at <= from {
                points.removeAll(keepingCapacity: true)
                guard from.since(scrape.at).milliseconds <= gapMax else { continue }
            }
            points.append(Point(at: scrape.at, part: part, total: total))
        }
        return points
    }

    private static func series(_ selector: CounterSelector, in scrape: Scrape) -> [CounterValue.Series]? {
        for value in scrape.values where value.selector == selector { return value.series }
        return nil
    }

    private static func observed(_ points: [Point], from: Instant, gapMax: Int64) -> Duration {
        var sum: Int64 = 0
        for (earlier, later) in zip(points, points.dropFirst()) {
            guard later.at.since(earlier.at).milliseconds <= gapMax else { continue }
            let gap = later.at.since(max(earlier.at, from)).milliseconds
            let (next, overflow) = sum.addingReportingOverflow(max(gap, 0))
            sum = overflow ? .max : next
        }
        return .milliseconds(sum)
    }

    private static func reading(
        of indicator: Indicator, _ points: [Point], from: Instant, to: Instant, gapMax: Int64
    ) -> ArmReading {
        let over = "the last \(to.since(from).releaseText)"
        guard let newest = points.last, newest.at > from else {
            return .noData("no scrape of \(indicator.total.metric) in \(over)")
        }
        let age = to.since(newest.at)
        guard age.milliseconds <= gapMax else {
            return .noData("the newest scrape is \(age.releaseText) old; check that the endpoint answers")
        }
        guard points.count > 1 else {
            return .noData("one scrape in \(over), and an increase needs two; wait for the next")
        }
        guard !newest.total.isEmpty else {
            return .noData("the endpoint has no series for \(indicator.total.text) (total of \(indicator.name))")
        }
        let countsBad = indicator.counting.pair?.countsBad ?? false
        guard countsBad || !newest.part.isEmpty else {
            return .noData(
                "the endpoint has no series for \(indicator.part.text) (good of \(indicator.name)); "
                    + "export it as 0 from the start, so that absent never means none"
            )
        }
        return counts(
            of: indicator, part: increase(points.map(\.part)), total: increase(points.map(\.total)),
            countsBad: countsBad
        )
    }

    private static func counts(of indicator: Indicator, part: Double?, total: Double?, countsBad: Bool) -> ArmReading {
        guard let part, let total, let partCount = whole(part), let totalCount = whole(total) else {
            return .error("the counters of \(indicator.name) are not finite counts ≥ 0")
        }
        guard let counts = GoodTotal(good: countsBad ? totalCount - partCount : partCount, total: totalCount) else {
            return .error(
                "\(indicator.name): \(partCount) \(countsBad ? "bad" : "good") of only \(totalCount) in total; "
                    + "check that \(indicator.part.text) counts a part of \(indicator.total.text)"
            )
        }
        return .counts(counts)
    }

    /// Nil for what no counter can say: not finite, negative, or beyond what a double counts exactly.
    private static func whole(_ value: Double) -> Int64? {
        guard value.isFinite, value >= 0, value <= 9_007_199_254_740_992 else { return nil }
        return Int64(exactly: value.rounded())
    }

    /// The growth of all series together from the first scrape to the last; nil when a value is not a count.
    private static func increase(_ readings: [[CounterValue.Series]]) -> Double? {
        guard let first = readings.first else { return nil }
        var known = first
        guard known.allSatisfy({ isCount($0.count) }) else { return nil }
        var sum = 0.0
        for reading in readings.dropFirst() {
            guard let grown = grow(&known, to: reading) else { return nil }
            sum += grown
        }
        return sum
    }

    /// The growth from what is known of each series to its value in `reading`; remembers those values. Both are sorted
    /// by identity.
    package static func grow(
        _ known: inout [CounterValue.Series], to reading: [CounterValue.Series]
    ) -> Double? {
        var sum = 0.0
        var position = 0
        for series in reading {
            guard isCount(series.count) else { return nil }
            while position < known.count, known[position].identity < series.identity { position += 1 }
            if position < known.count, known[position].identity == series.identity {
                let before = known[position].count
                sum += series.count >= before ? series.count - before : series.count
                known[position].count = series.count
            } else {
                sum += series.count
                known.insert(series, at: position)
            }
            position += 1
        }
        return sum
    }

    /// Whether every series holds a finite count ≥ 0.
    package static func areCounts(_ series: [CounterValue.Series]) -> Bool { series.allSatisfy { isCount($0.count) } }

    private static func isCount(_ value: Double) -> Bool { value.isFinite && value >= 0 }
}

extension CounterSelector {
    /// As Prometheus writes it, such as `requests_total{code="200"}`, labels in the order declared.
    package var text: String {
        guard !labels.isEmpty else { return metric }
        return "\(metric){\(labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ","))}"
    }
}

extension Counting {
    /// Why a histogram without a bucket at the threshold can't be used, and which thresholds it has.
    package static func noBucket(_ histogram: String, at threshold: Duration, there: [String]) -> String {
        let known = there.isEmpty ? "it has none at all" : "it has \(there.joined(separator: ", "))"
        return "\(histogram) has no bucket at \(threshold.secondsText) s (le); \(known); "
            + "use one of these as the threshold, or add the bucket to the service"
    }
}
