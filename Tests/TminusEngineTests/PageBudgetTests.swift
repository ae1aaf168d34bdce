import TestClock
import Testing
import TminusJudgement
import TminusModel
import TminusPorts

@testable import TminusEngine

/// Budgets by slices, by the calendar, of failures and of histograms, from pages.
@Suite(.timeLimit(.minutes(2)))
struct PageBudgetTests {
    private static let start = Instant(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let metrics = MetricEndpoints(baseline: "base", candidate: "cand", every: .seconds(10))

    private func scrape(
        _ seconds: Int64, part: Double?, total: Double?, of indicator: Indicator = shopIndicator
    ) -> Scrape {
        func series(_ count: Double?) -> [CounterValue.Series] { count.map { [.init(identity: "", count: $0)] } ?? [] }
        return Scrape(
            endpoint: "base", at: Self.start.advanced(by: .seconds(seconds)),
            values: [
                CounterValue(selector: indicator.part, series: series(part)),
                CounterValue(selector: indicator.total, series: series(total)),
            ])
    }

    private func counts(_ good: Int64, _ total: Int64) throws -> ArmReading {
        .counts(try #require(GoodTotal(good: good, total: total)))
    }

    @Test func aTrackTellsOfAnyIntervalInThePast() throws {
        var track = CounterTrack(indicator: shopIndicator, every: .seconds(10), from: .distantPast)
        for step in 0..<30 where !(11..<20).contains(step) {
            let total = Double(step) * 10
            track.take(scrape(Int64(step) * 10, part: step == 5 ? total - 5 : total, total: total))
        }
        func slice(_ from: Int64, _ to: Int64) -> ArmReading {
            track.slice(from: Self.start.advanced(by: .seconds(from)), to: Self.start.advanced(by: .seconds(to)))
        }
        #expect(slice(0, 40) == (try counts(40, 40)))
        #expect(slice(20, 50) == (try counts(25, 30)))
        #expect(slice(20, 100) == (try counts(80, 80)))
        #expect(slice(60, 100) == (try counts(40, 40)))
        #expect(slice(240, 290) == (try counts(50, 50)))
        // Nobody scraped from 100 to 200.
        #expect(slice(135, 165) == .noData("it was not scraped in that time"))
        #expect(slice(1_000, 1_100) == .noData("it was not scraped in that time"))
        #expect(slice(-100, 0) == .noData("it was not scraped in that time"))
    }

    @Test func failuresThatWereSeenStayInTheTrackWhenTheirSeriesGoes() throws {
        let indicator = Indicator(
            name: "a",
            counting: .failures(
                bad: CounterSelector(metric: "bad_total"), total: CounterSelector(metric: "requests_total")))
        var track = CounterTrack(indicator: indicator, every: .seconds(10), from: .distantPast)
        for (seconds, bad, total) in [(0, nil, 100.0), (10, nil, 110.0), (20, 3, 120.0), (30, nil, 130.0)]
            as [(Int64, Double?, Double)]
        {
            track.take(scrape(seconds, part: bad, total: total, of: indicator))
        }
        let reading = track.reading(from: Self.start, to: Self.start.advanced(by: .seconds(30))).reading
        #expect(reading == (try counts(27, 30)))
        let early = track.slice(from: Self.start, to: Self.start.advanced(by: .seconds(10)))
        #expect(early == (try counts(10, 10)))
    }

    @Test func slicesOfBothPagesAreAddedUp() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        var question = BudgetQuestion(indicator: shopIndicator, window: .seconds(120), metrics: Self.metrics)
        question.method = .timeslices(slice: .seconds(20), target: Ratio(numerator: 9, denominator: 10))
        bench.source.set("base", good: 0, total: 0)
        bench.source.set("cand", good: 0, total: 0)
        _ = await engine.measureBudget(question)
        var measurement: BudgetMeasurement?
        for step in 1...12 {
            bench.clock.advance(by: .milliseconds(10_001))
            let good = Double(step) * 10
            // The candidate fails in the second half, which begins inside of a slice.
            bench.source.set("base", good: good, total: good)
            bench.source.set("cand", good: min(good, 60), total: good)
            measurement = await engine.measureBudget(question)
        }
        let slices = try #require(measurement?.slices)
        #expect(slices.slices == 6)
        #expect(slices.measured == 6)
        #expect(slices.bad == 3)
        #expect(slices.badBillionths == 1_250_000_000)
    }

    @Test func aCalendarWindowOfPagesRunsFromItsBeginning() async throws {
        var bench = TestBench()
        let period = BudgetMeasurement.Period(
            from: Self.start.advanced(by: .milliseconds(9_000)), until: Self.start.advanced(by: .seconds(86_400)))
        bench.findPeriod = { _, now in now >= period.from ? period : nil }
        let engine = try await bench.started()
        var question = BudgetQuestion(indicator: shopIndicator, window: .seconds(86_400), metrics: Self.metrics)
        question.period = CalendarPeriod(unit: .day, start: "2026-01-01 00:00:00", zone: "UTC")
        bench.source.set("base", good: 100, total: 100)
        #expect(
            await engine.measureBudget(question).window == .error("this machine does not know the time zone UTC"))
        bench.clock.advance(by: .milliseconds(10_001))
        bench.source.set("base", good: 150, total: 150)
        _ = await engine.measureBudget(question)
        bench.clock.advance(by: .milliseconds(10_001))
        bench.source.set("base", good: 150, total: 160)
        let measurement = await engine.measureBudget(question)
        #expect(measurement.period == period)
        // From the last scrape before it began.
        #expect(measurement.window == (try counts(50, 60)))
        #expect(measurement.observed == .milliseconds(11_002))
    }

    @Test func aPageWithoutTheBucketSaysWhichItHas() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let indicator = Indicator(
            name: "speed",
            counting: .latency(histogram: CounterSelector(metric: "latency_seconds"), threshold: .milliseconds(300)))
        bench.source.set("base") { selector in
            let isBucket = selector.metric == "latency_seconds_bucket"
            var value = CounterValue(
                selector: selector, series: isBucket ? [] : [.init(identity: "", count: 5)])
            if isBucket { value.boundaries = ["0.1", "0.5", "+Inf"] }
            return value
        }
        var question = BudgetQuestion(indicator: indicator, window: .seconds(3_600), metrics: Self.metrics)
        question.metrics.candidate = nil
        _ = await engine.measureBudget(question)
        bench.clock.advance(by: .milliseconds(10_001))
        #expect(
            await engine.measureBudget(question).window
                == .noData(
                    "latency_seconds has no bucket at 0.3 s (le); it has 0.1, 0.5, +Inf; use one of these as the "
                        + "threshold, or add the bucket to the service"))
    }

    @Test func aSliceGridIsTheSameWheneverItIsLookedAt() throws {
        for offset in 0..<300 {
            let to = Self.start.advanced(by: .seconds(Int64(offset)))
            let grid = try #require(
                SliceGrid(window: .seconds(3_600), period: nil, to: to, slice: .seconds(300)))
            #expect(grid.from == Self.start.advanced(by: .seconds(-3_600)))
            #expect(grid.elapsed == 12)
        }
        #expect(SliceGrid(window: .seconds(1), period: nil, to: Self.start, slice: .seconds(2)) == nil)
        #expect(SliceGrid(window: .seconds(86_400 * 365), period: nil, to: Self.start, slice: .seconds(60)) == nil)
        let early = try #require(
            SliceGrid(
                window: .seconds(60), period: nil, to: Instant(millisecondsSinceEpoch: -90_000), slice: .seconds(60)))
        #expect(early.begin(1) == Instant(millisecondsSinceEpoch: -120_000))
    }
}
