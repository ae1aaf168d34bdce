internal import Logging
internal import TminusModel
internal import TminusPorts

/// Reads the endpoints that plans name, at their intervals, and keeps what it read; measures budgets and judging rules
/// from it.
///
/// Scrapes of one endpoint never overlap, and their times rise, so that two measurements whose intervals touch share
/// the scrape between them: no request is counted twice or lost.
actor Scraper {
    final class Endpoint {
        let turn = Turnstile()
        var triedAt: Instant?
        /// The time of the last scrape kept or tried; the next is later.
        var stampedAt = Instant.distantPast
        /// Nil after a scrape that succeeded.
        var fault: (text: String, at: Instant)?
        /// Of buckets that the last scrape did not find: the upper bounds that are there.
        var boundaries: [CounterSelector: [String]] = [:]
        var loop: Task<Void, Never>?
    }

    /// Scrapes are never asked for more often.
    static let everyMin: Duration = .milliseconds(100)
    /// Samples are kept at least this long, so that an engine that knows only short windows keeps the long ones' too.
    static let keptMin: Duration = .seconds(31 * 86_400)
    private static let pruneEvery: Duration = .seconds(3_600)

    let source: any MetricSource
    /// For origins that are asked about the past.
    let counts: any CountSource
    let samples: any SampleStore
    let clock: any EngineClock
    let logger: Logger
    let findPeriod: @Sendable (CalendarPeriod, Instant) -> BudgetMeasurement.Period?
    let tracks = CounterTracks()
    private var watches: [String: MetricWatch] = [:]
    private var endpoints: [String: Endpoint] = [:]
    private var pruning: Task<Void, Never>?
    private var isStopped = false
    private(set) var count = 0
    private(set) var errorCount = 0

    init(_ parts: EngineParts) {
        source = parts.source
        counts = parts.counts
        samples = parts.samples
        clock = parts.clock
        logger = parts.logger
        findPeriod = parts.findPeriod
    }

    /// Scrapes what `watch` names until `forget` or another watch of that name.
    func watch(_ watch: MetricWatch, as name: String) {
        guard !isStopped else { return }
        watches[name] = watch
        for endpoint in watch.endpoints where state(of: endpoint).loop == nil {
            state(of: endpoint).loop = Task { await self.keepScraping(endpoint) }
        }
        if pruning == nil { pruning = Task { await self.keepPruning() } }
    }

    /// What only this watch named is scraped no more.
    func forget(_ name: String) {
        watches[name] = nil
    }

    func stop() {
        isStopped = true
        pruning?.cancel()
        for endpoint in endpoints.values { endpoint.loop?.cancel() }
    }

    func state(of endpoint: String) -> Endpoint {
        if let known = endpoints[endpoint] { return known }
        let new = Endpoint()
        endpoints[endpoint] = new
        return new
    }
}

extension Scraper {
    /// What all watches that name the endpoint want of it together; nil when none does.
    private func need(_ endpoint: String) -> (selectors: [CounterSelector], every: Duration, timeout: Duration)? {
        let wanting = watches.sorted { $0.key < $1.key }.map(\.value).filter { $0.endpoints.contains(endpoint) }
        guard let first = wanting.first else { return nil }
        var selectors: [CounterSelector] = []
        for watch in wanting {
            for selector in watch.selectors where !selectors.contains(selector) { selectors.append(selector) }
        }
        let every = wanting.map(\.metrics.every).min() ?? first.metrics.every
        let timeout = wanting.map(\.metrics.timeout).max() ?? first.metrics.timeout
        return (selectors, max(every, Self.everyMin), timeout)
    }

    private func keepScraping(_ endpoint: String) async {
        let state = state(of: endpoint)
        while !Task.isCancelled, let need = need(endpoint) {
            let due = state.triedAt.map { $0.advanced(by: need.every) } ?? .distantPast
            if due <= clock.now {
                _ = await scrape([endpoint], selectors: need.selectors, timeout: need.timeout)
                continue
            }
            do { try await clock.sleep(until: due) } catch { break }
        }
        state.loop = nil
    }

    private func keepPruning() async {
        while !Task.isCancelled {
            let longest = watches.values.map(\.window).max() ?? .zero
            let kept = max(longest, Self.keptMin).milliseconds + 86_400_000
            do throws(StoreError) {
                try await samples.prune(before: clock.now.advanced(by: .milliseconds(-kept)))
            } catch {
                logger.error("old samples could not be dropped: \(error)")
            }
            do { try await clock.sleep(until: clock.now.advanced(by: Self.pruneEvery)) } catch { return }
        }
    }
}

extension Scraper {
    /// Scrapes each endpoint (never empty) once, all at one instant later than `after`, and keeps what was read.
    ///
    /// Returns that instant, and why an endpoint could not be read or its reading not kept, in the order asked.
    func scrape(
        _ names: [String], selectors: [CounterSelector], timeout: Duration, after: Instant = .distantPast
    ) async -> (at: Instant, faults: [String?]) {
        let ordered = Array(Set(names)).sorted()
        for name in ordered { await state(of: name).turn.enter() }
        defer { for name in ordered { state(of: name).turn.leave() } }
        let wanted = ordered.map { name in
            var all = need(name)?.selectors ?? []
            for selector in selectors where !all.contains(selector) { all.append(selector) }
            return (name: name, selectors: all)
        }
        let answers = await Self.read(wanted, from: source, timeout: timeout)
        let at = stamp(ordered, after: after)
        var faults: [String: String] = [:]
        for (name, answer) in answers {
            let fault = await keep(answer, of: name, at: at)
            note(fault, of: name, at: at)
            faults[name] = fault
        }
        return (at, names.map { faults[$0] })
    }

    /// One instant later than any earlier scrape of these endpoints, whatever the wall clock does.
    private func stamp(_ names: [String], after: Instant) -> Instant {
        var at = max(clock.now, after.advanced(by: .milliseconds(1)))
        for name in names { at = max(at, state(of: name).stampedAt.advanced(by: .milliseconds(1))) }
        for name in names {
            state(of: name).stampedAt = at
            state(of: name).triedAt = at
        }
        return at
    }

    private func keep(_ answer: Result<[CounterValue], MetricError>, of name: String, at: Instant) async -> String? {
        switch answer {
        case .failure(let error): return error.description
        case .success(var values):
            let state = state(of: name)
            for index in values.indices {
                state.boundaries[values[index].selector] = values[index].boundaries
                values[index].boundaries = []
            }
            do throws(StoreError) {
                try await samples.append(Scrape(endpoint: name, at: at, values: values))
                return nil
            } catch {
                return "the reading could not be kept: \(error)"
            }
        }
    }

    /// Says what changed, once, in the log.
    private func note(_ fault: String?, of name: String, at: Instant) {
        count += 1
        let state = state(of: name)
        if let fault {
            errorCount += 1
            if state.fault == nil { logger.notice("scraping \(Self.shown(name)) fails: \(fault)") }
        } else if state.fault != nil {
            logger.notice("scraping \(Self.shown(name)) works again")
        }
        state.fault = fault.map { ($0, at) }
    }

    /// One question put to an origin counts as a scrape.
    func noteAsked(_ answer: Result<[ArmReading], MetricError>) {
        count += 1
        if case .failure = answer { errorCount += 1 }
    }

    /// What was missing, in better words where the last scrape can tell.
    func explained(_ reading: ArmReading, of indicator: Indicator, at endpoint: String) -> ArmReading {
        guard case .noData = reading, case .latency(let histogram, let threshold) = indicator.counting,
            let there = state(of: endpoint).boundaries[indicator.part], !there.isEmpty
        else { return reading }
        return .noData(Counting.noBucket(histogram.text, at: threshold, there: there))
    }

    /// An endpoint without what may hold a password: the part before `@` and the query.
    static func shown(_ endpoint: String) -> String {
        let base = endpoint.prefix { $0 != "?" }
        guard let at = base.lastIndex(of: "@") else { return String(base) }
        return "…" + base[at...]
    }

    private nonisolated static func read(
        _ wanted: [(name: String, selectors: [CounterSelector])], from source: any MetricSource, timeout: Duration
    ) async -> [(String, Result<[CounterValue], MetricError>)] {
        if wanted.count == 1 {
            return [(wanted[0].name, await read(wanted[0].selectors, of: wanted[0].name, from: source, timeout))]
        }
        return await withTaskGroup { group in
            for (name, selectors) in wanted {
                group.addTask { (name, await read(selectors, of: name, from: source, timeout)) }
            }
            var answers: [(String, Result<[CounterValue], MetricError>)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
    }

    private nonisolated static func read(
        _ selectors: [CounterSelector], of name: String, from source: any MetricSource, _ timeout: Duration
    ) async -> Result<[CounterValue], MetricError> {
        do throws(MetricError) {
            return .success(try await source.read(selectors, from: name, timeout: timeout))
        } catch {
            return .failure(error)
        }
    }
}
