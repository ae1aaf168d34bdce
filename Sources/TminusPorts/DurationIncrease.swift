package import TminusModel

/// How much the durations of a histogram or summary grew over an interval, from raw scrapes of one endpoint.
///
/// Pure. `CounterIncrease` says what grew; here the series are told apart by their bucket.
package enum DurationIncrease {
    /// What must be scraped beside an indicator's own counters; empty for one that has no durations.
    package static func selectors(_ indicator: Indicator, _ wanted: JudgingRule.Durations?) -> [CounterSelector] {
        guard let wanted, case .latency(let histogram, _) = indicator.counting else { return [] }
        let other =
            switch wanted {
            case .distribution: part(histogram, "_bucket")
            case .sum: part(histogram, "_sum")
            }
        return [part(histogram, "_count"), other]
    }

    /// Over `(from, to]`, as `CounterIncrease.reading` says: how many, and their durations when there are counts.
    package static func reading(
        of indicator: Indicator, _ wanted: JudgingRule.Durations, in scrapes: [Scrape], from: Instant, to: Instant,
        every: Duration
    ) -> (reading: ArmReading, durations: DurationGrowth?) {
        guard case .latency(let histogram, _) = indicator.counting else {
            return (.error("\(indicator.name) is no histogram, so it has no durations"), nil)
        }
        let count = part(histogram, "_count")
        let all = Indicator(name: indicator.name, good: count, total: count)
        let reading = CounterIncrease.reading(of: all, in: scrapes, from: from, to: to, every: every).reading
        guard case .counts(let counts) = reading else { return (reading, nil) }
        let durations: DurationGrowth?
        switch wanted {
        case .sum:
            let sum = Indicator(name: indicator.name, good: part(histogram, "_sum"), total: count)
            durations = CounterIncrease.part(of: sum, in: scrapes, from: from, to: to, every: every)
                .flatMap { DurationGrowth(seconds: $0) }
        case .distribution:
            durations = distribution(histogram, in: scrapes, from: from, to: to, every: every, total: counts.total)
        }
        guard let durations else {
            let missing = selectors(indicator, wanted).last?.text ?? histogram.metric
            return (.noData("the endpoint has no usable series for \(missing) (durations of \(indicator.name))"), nil)
        }
        return (reading, durations)
    }

    private static func part(_ histogram: CounterSelector, _ suffix: String) -> CounterSelector {
        CounterSelector(metric: histogram.metric + suffix, labels: histogram.labels)
    }

    private static func distribution(
        _ histogram: CounterSelector, in scrapes: [Scrape], from: Instant, to: Instant, every: Duration, total: Int64
    ) -> DurationGrowth? {
        let bucket = part(histogram, "_bucket")
        let count = part(histogram, "_count")
        var bounds: [(bound: Double, label: String)] = []
        for scrape in scrapes {
            for value in scrape.values where value.selector == bucket {
                for series in value.series {
                    guard let label = label(of: series), let bound = Double(label), bound.isFinite else { continue }
                    if !bounds.contains(where: { $0.bound == bound }) { bounds.append((bound, label)) }
                }
            }
        }
        bounds.sort { $0.bound < $1.bound }
        guard !bounds.isEmpty, bounds.count <= DurationGrowth.boundariesMax else { return nil }
        var atMost: [Int64] = []
        for bound in bounds {
            // Series of one bound, as if the page had only those.
            let own = scrapes.map { scrape in
                var scrape = scrape
                scrape.values = scrape.values.map { value in
                    guard value.selector == bucket else { return value }
                    let series = value.series.filter { label(of: $0).flatMap(Double.init) == bound.bound }
                    return CounterValue(selector: bucket, series: series)
                }
                return scrape
            }
            let indicator = Indicator(name: "", good: bucket, total: count)
            guard let grown = CounterIncrease.part(of: indicator, in: own, from: from, to: to, every: every) else {
                return nil
            }
            // Buckets of one scrape agree; only a restart between two may leave a rest.
            atMost.append(min(max(Int64(exactly: grown.rounded()) ?? 0, atMost.last ?? 0), total))
        }
        return DurationGrowth(boundaries: bounds.map(\.bound), atMost: atMost)
    }

    /// The bound of a series, by its identity.
    private static func label(of series: CounterValue.Series) -> String? {
        series.identity.split(separator: ",").first { $0.hasPrefix("le=") }.map { String($0.dropFirst(3)) }
    }
}
