internal import TminusJudgement
package import TminusModel
internal import TminusPorts

/// What must be read for a budget gate, or to show a budget today.
package struct BudgetQuestion: Sendable {
    package var indicator: Indicator
    package var window: Duration
    package var metrics: MetricEndpoints
    /// Whether the candidate is supposed to be serving: then its silence is an error.
    package var isCandidateRequired: Bool

    package init(
        indicator: Indicator, window: Duration, metrics: MetricEndpoints, isCandidateRequired: Bool = false
    ) {
        self.indicator = indicator
        self.window = window
        self.metrics = metrics
        self.isCandidateRequired = isCandidateRequired
    }

    /// As the core judges it: two scrapes.
    var lookbackMin: Duration { .milliseconds(2 * min(metrics.every.milliseconds, Duration.longestMilliseconds)) }
}

extension Scraper {
    /// One endpoint's readings, over the window and then each lookback.
    private struct Arm {
        var readings: [ArmReading]
        var observed: Duration

        init(_ readings: [ArmReading], observed: Duration) {
            self.readings = readings
            self.observed = observed
        }

        init(unread reading: ArmReading, count: Int) {
            readings = Array(repeating: reading, count: count)
            observed = .zero
        }
    }

    /// Reads the budget's counters over its window and every alert's lookbacks, after a scrape when the last is older
    /// than the interval. An endpoint whose last scrape failed, or that has none in the last three intervals, is an
    /// error, or, for a candidate that nobody expects to serve, counts for nothing.
    func measureBudget(_ question: BudgetQuestion) async -> BudgetMeasurement {
        let metrics = question.metrics
        let lengths = BurnPair.lookbacks(window: question.window, lookbackMin: question.lookbackMin)
        await freshen(question)
        let at = clock.now
        let baseline = await arm(metrics.baseline, question, lengths, at)
        var candidate: Arm?
        if let endpoint = metrics.candidate, endpoint != metrics.baseline {
            candidate = await arm(endpoint, question, lengths, at)
        }
        let readings = baseline.readings.indices.map { position in
            baseline.readings[position].added(
                candidate?.readings[position], isRequired: question.isCandidateRequired)
        }
        let lookbacks = zip(lengths, readings.dropFirst()).map { length, reading in
            BudgetMeasurement.Lookback(length: length, reading: reading)
        }
        return BudgetMeasurement(
            at: at, window: readings.first ?? .error("nothing was read"), observed: baseline.observed,
            lookbacks: lookbacks)
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

    private func arm(
        _ endpoint: String, _ question: BudgetQuestion, _ lengths: [Duration], _ at: Instant
    ) async -> Arm {
        let every = max(question.metrics.every, Self.everyMin)
        let role = role(of: endpoint, question.metrics)
        let spans = [question.window] + lengths
        let longest = spans.map(\.milliseconds).max() ?? 0
        let gapMax = Duration.milliseconds(
            min(every.milliseconds, Duration.longestMilliseconds) * CounterIncrease.gapIntervalsMax)
        let start = at.advanced(by: .milliseconds(-longest)).advanced(by: .milliseconds(-gapMax.milliseconds))
        let track: CounterTrack
        do throws(StoreError) {
            track = try await tracks.track(
                of: question.indicator, at: endpoint, every: every, from: start, to: max(at, clock.now),
                samples: samples)
        } catch {
            return Arm(unread: .error("the samples of \(role) could not be read: \(error)"), count: spans.count)
        }
        // What an endpoint said before it fell silent opens no gate.
        let fault = state(of: endpoint).fault?.text
        guard fault == nil, let newest = track.newest, at.since(newest) <= gapMax else {
            let cause = fault ?? "it has not been scraped for \(gapMax.releaseText)"
            return Arm(unread: .error("\(role) could not be read: \(cause)"), count: spans.count)
        }
        let to = max(at, newest)
        let results = spans.map { track.reading(from: to.advanced(by: .milliseconds(-$0.milliseconds)), to: to) }
        return Arm(results.map(\.reading), observed: results.first?.observed ?? .zero)
    }
}
