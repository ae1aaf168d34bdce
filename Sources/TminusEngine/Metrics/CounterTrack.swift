internal import TminusModel
internal import TminusPorts

/// One endpoint's good and total, as their growth since the track began: 24 bytes a scrape, so that every lookback of a
/// month of scrapes every ten seconds is two searches in 6 MB.
///
/// What an interval says is left to `CounterIncrease`, which is given the two ends of it.
struct CounterTrack {
    private struct Point {
        var at: Instant
        var good: Double
        var total: Double
    }

    let indicator: Indicator
    let every: Duration
    /// Scrapes from here on are in it.
    private(set) var from: Instant
    private var points: [Point] = []
    /// Times between two scrapes that were too far apart to have observed what was between.
    private var gaps: [(from: Instant, to: Instant)] = []
    /// Times of scrapes whose counts made no sense.
    private var faults: [Instant] = []
    private var good: [CounterValue.Series] = []
    private var total: [CounterValue.Series] = []
    private var isGoodThere = false
    private var isTotalThere = false

    init(indicator: Indicator, every: Duration, from: Instant) {
        self.indicator = indicator
        self.every = every
        self.from = from
    }

    /// The time of the newest scrape that read both counters.
    var newest: Instant? { points.last?.at }

    private var gapMax: Duration {
        .milliseconds(max(every.milliseconds, 1).saturatingProduct(CounterIncrease.gapIntervalsMax))
    }

    /// Takes the next scrape; one that is not newer, or did not read both counters, changes nothing.
    mutating func take(_ scrape: Scrape) {
        guard let good = series(indicator.part, in: scrape), let total = series(indicator.total, in: scrape) else {
            return
        }
        guard let last = points.last else {
            points.append(Point(at: scrape.at, good: 0, total: 0))
            remember(good, total)
            (self.good, self.total) = (good, total)
            if !CounterIncrease.areCounts(good) || !CounterIncrease.areCounts(total) { faults.append(scrape.at) }
            return
        }
        guard scrape.at > last.at else { return }
        var point = last
        point.at = scrape.at
        if let goodGrowth = CounterIncrease.grow(&self.good, to: good),
            let totalGrowth = CounterIncrease.grow(&self.total, to: total)
        {
            point.good += goodGrowth
            point.total += totalGrowth
        } else {
            faults.append(scrape.at)
        }
        if scrape.at.since(last.at) > gapMax { gaps.append((last.at, scrape.at)) }
        points.append(point)
        remember(good, total)
    }

    private mutating func remember(_ good: [CounterValue.Series], _ total: [CounterValue.Series]) {
        isGoodThere = !good.isEmpty
        isTotalThere = !total.isEmpty
    }

    private func series(_ selector: CounterSelector, in scrape: Scrape) -> [CounterValue.Series]? {
        for value in scrape.values where value.selector == selector { return value.series }
        return nil
    }

    /// Drops what lies before `instant`, but for the last point there.
    mutating func drop(before instant: Instant) {
        let dead = firstIndex(after: instant) - 1
        guard dead > 4_096, dead > points.count / 8 else { return }
        points.removeFirst(dead)
        // A longer window must read what is gone again, not take it for never having been.
        from = points.first?.at ?? instant
        gaps.removeAll { $0.to <= instant }
        faults.removeAll { $0 < instant }
    }

    private func firstIndex(after instant: Instant) -> Int {
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// As `CounterIncrease.reading` over all scrapes taken; `to` is not before the newest.
    func reading(from: Instant, to: Instant) -> (reading: ArmReading, observed: Duration) {
        var start = firstIndex(after: from)
        if start > 0, from.since(points[start - 1].at) <= gapMax { start -= 1 }
        guard start < points.count, let last = points.last else {
            return CounterIncrease.reading(of: indicator, in: [], from: from, to: to, every: every)
        }
        let first = points[start]
        if let fault = faults.last, fault >= first.at {
            return (.error("the counters of \(indicator.name) are not finite counts ≥ 0"), .zero)
        }
        let ends = start == points.count - 1 ? [last] : [first, last]
        let scrapes = ends.map { point in
            Scrape(
                endpoint: "", at: point.at,
                values: [
                    CounterValue(
                        selector: indicator.part, series: end(point.good - first.good, isGoodThere || countsBad)),
                    CounterValue(selector: indicator.total, series: end(point.total - first.total, isTotalThere)),
                ])
        }
        let reading = CounterIncrease.reading(of: indicator, in: scrapes, from: from, to: to, every: every).reading
        return (reading, observed(from: max(first.at, from), to: last.at))
    }

    /// No failing series is no failure, where failures are counted.
    private var countsBad: Bool { indicator.counting.pair?.countsBad ?? false }

    /// The growth within `(from, to]`, which may lie anywhere in the past; no data where it was not scraped.
    func slice(from: Instant, to: Instant) -> ArmReading {
        let end = firstIndex(after: to) - 1
        var start = firstIndex(after: from)
        if start > 0, from.since(points[start - 1].at) <= gapMax { start -= 1 }
        guard end > start, to.since(points[end].at) <= gapMax else { return .noData("it was not scraped in that time") }
        let (first, last) = (points[start], points[end])
        if isFaulty(from: first.at, to: last.at) {
            return .error("the counters of \(indicator.name) are not finite counts ≥ 0")
        }
        let scrapes = [first, last].map { point in
            Scrape(
                endpoint: "", at: point.at,
                values: [
                    CounterValue(selector: indicator.part, series: self.end(point.good - first.good, true)),
                    CounterValue(selector: indicator.total, series: self.end(point.total - first.total, true)),
                ])
        }
        return CounterIncrease.reading(of: indicator, in: scrapes, from: from, to: to, every: every).reading
    }

    /// Whether a scrape in `[from, to]` made no sense.
    private func isFaulty(from: Instant, to: Instant) -> Bool {
        var low = 0
        var high = faults.count
        while low < high {
            let middle = (low + high) / 2
            if faults[middle] < from { low = middle + 1 } else { high = middle }
        }
        return low < faults.count && faults[low] <= to
    }

    private func end(_ growth: Double, _ isThere: Bool) -> [CounterValue.Series] {
        isThere ? [CounterValue.Series(identity: "", count: growth)] : []
    }

    private func observed(from: Instant, to: Instant) -> Duration {
        var sum = max(to.since(from).milliseconds, 0)
        for gap in gaps.reversed() {
            guard gap.to > from else { break }
            sum -= gap.to.since(max(gap.from, from)).milliseconds
        }
        return .milliseconds(max(sum, 0))
    }
}

extension Int64 {
    fileprivate func saturatingProduct(_ other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
