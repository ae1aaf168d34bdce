internal import TminusJudgement
internal import TminusModel
internal import TminusPorts

extension Scraper {
    /// One endpoint's readings, over the window and then each lookback.
    private struct Arm {
        var readings: [ArmReading]
        var observed: Duration
        /// For a budget counted by slices, oldest first.
        var slices: [ArmReading] = []

        init(_ readings: [ArmReading], observed: Duration) {
            self.readings = readings
            self.observed = observed
        }

        init(unread reading: ArmReading, count: Int) {
            readings = Array(repeating: reading, count: count)
            observed = .zero
        }
    }

    /// What is read of each endpoint, at one time.
    private struct Spans {
        /// The window, then each lookback.
        var lengths: [Duration]
        var at: Instant
        var grid: SliceGrid?
    }

    /// Reads the budget's counters over its window and every alert's lookbacks, after a scrape when the last is older
    /// than the interval. An endpoint whose last scrape failed, or that has none in the last three intervals, is an
    /// error, or, for a candidate that nobody expects to serve, counts for nothing.
    ///
    /// Origins that are not pages are asked instead.
    func measureBudget(_ question: BudgetQuestion) async -> BudgetMeasurement {
        let lookbacks = BurnPair.lookbacks(window: question.window, lookbackMin: question.lookbackMin)
        if question.metrics.origin == .pages { await freshen(question) }
        let at = clock.now
        var period: BudgetMeasurement.Period?
        if let calendar = question.period {
            period = findPeriod(calendar, at)
            guard period != nil else {
                return BudgetMeasurement(
                    at: at, window: .error("this machine does not know the time zone \(calendar.zone)"),
                    observed: .zero, lookbacks: [])
            }
        }
        guard question.metrics.origin == .pages else {
            return await askBudget(question, period: period, lookbacks: lookbacks, at: at)
        }
        let window = period.map { max(at.since($0.from), .milliseconds(1)) } ?? question.window
        let spans = Spans(
            lengths: [window] + lookbacks, at: at,
            grid: question.method.slice.flatMap { SliceGrid(window: window, period: period, to: at, slice: $0) })
        return await readBudget(question, spans, period: period)
    }

    /// Counts each length up to now, for alerts: of pages from what their watches have scraped, so that nothing is
    /// scraped for it; other origins are asked for these lengths only. At least one length.
    func measureLookbacks(_ question: BudgetQuestion, _ lengths: [Duration]) async -> [BudgetMeasurement.Lookback] {
        let at = clock.now
        guard question.metrics.origin == .pages else { return await askLookbacks(question, lengths, at: at) }
        // As long as the gate's, so that both share one track.
        let spans = Spans(lengths: [question.window] + lengths, at: at)
        return await readBudget(question, spans, period: nil).lookbacks
    }

    private func readBudget(
        _ question: BudgetQuestion, _ spans: Spans, period: BudgetMeasurement.Period?
    ) async -> BudgetMeasurement {
        let metrics = question.metrics
        let baseline = await arm(metrics.baseline, question, spans)
        var candidate: Arm?
        if let endpoint = metrics.candidate, endpoint != metrics.baseline {
            candidate = await arm(endpoint, question, spans)
        }
        let readings = baseline.readings.indices.map { position in
            baseline.readings[position].added(
                candidate?.readings[position], isRequired: question.isCandidateRequired)
        }
        let lookbacks = zip(spans.lengths.dropFirst(), readings.dropFirst()).map { length, reading in
            BudgetMeasurement.Lookback(length: length, reading: reading)
        }
        var measurement = BudgetMeasurement(
            at: spans.at, window: readings.first ?? .error("nothing was read"), observed: baseline.observed,
            lookbacks: lookbacks)
        measurement.period = period
        if let grid = spans.grid {
            var count = SliceCount(question.method)
            for (position, slice) in baseline.slices.enumerated() {
                let other = candidate.flatMap { $0.slices.indices.contains(position) ? $0.slices[position] : nil }
                count.take(slice.added(other, isRequired: false))
            }
            measurement.slices = count.summary(of: grid.whole)
        }
        return measurement
    }

    /// Scrapes whatever was last tried longer ago than the interval.
    private func freshen(_ question: BudgetQuestion) async {
        let metrics = question.metrics
        let limit = clock.now.advanced(by: .milliseconds(-max(metrics.every, Self.everyMin).milliseconds))
        let stale = ([metrics.baseline] + [metrics.candidate].compactMap { $0 }).filter { name in
            guard let tried = state(of: name).triedAt else { return true }
            return tried < limit
        }
        guard !stale.isEmpty else { return }
        let selectors = MetricWatch.selectors([question.indicator])
        _ = await scrape(stale, selectors: selectors, timeout: metrics.timeout)
    }

    private func arm(_ endpoint: String, _ question: BudgetQuestion, _ spans: Spans) async -> Arm {
        let every = max(question.metrics.every, Self.everyMin)
        let role = role(of: endpoint, question.metrics)
        let at = spans.at
        let longest = spans.lengths.map(\.milliseconds).max() ?? 0
        let gapMax = Duration.milliseconds(
            min(every.milliseconds, Duration.longestMilliseconds) * CounterIncrease.gapIntervalsMax)
        var start = at.advanced(by: .milliseconds(-longest))
        if let grid = spans.grid { start = min(start, grid.from) }
        start = start.advanced(by: .milliseconds(-gapMax.milliseconds))
        let count = spans.lengths.count
        let track: CounterTrack
        do throws(StoreError) {
            track = try await tracks.track(
                of: question.indicator, at: endpoint, every: every, from: start, to: max(at, clock.now),
                samples: samples)
        } catch {
            return Arm(unread: .error("the samples of \(role) could not be read: \(error)"), count: count)
        }
        // What an endpoint said before it fell silent opens no gate.
        let fault = state(of: endpoint).fault?.text
        guard fault == nil, let newest = track.newest, at.since(newest) <= gapMax else {
            let cause = fault ?? "it has not been scraped for \(gapMax.releaseText)"
            return Arm(unread: .error("\(role) could not be read: \(cause)"), count: count)
        }
        let to = max(at, newest)
        let results = spans.lengths.map {
            track.reading(from: to.advanced(by: .milliseconds(-$0.milliseconds)), to: to)
        }
        var arm = Arm(
            results.map { explained($0.reading, of: question.indicator, at: endpoint) },
            observed: results.first?.observed ?? .zero)
        if let grid = spans.grid {
            arm.slices = (0..<grid.elapsed).map { track.slice(from: grid.begin($0), to: grid.begin($0 + 1)) }
        }
        return arm
    }
}
