import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct HistogramPageTests {
    private let indicator = Indicator(
        name: "speed",
        counting: .latency(histogram: CounterSelector(metric: "latency_seconds"), threshold: .milliseconds(300)))

    private func read(_ page: String) throws -> [CounterValue] {
        try PrometheusPage.counters([indicator.part, indicator.total], in: Array(page.utf8))
    }

    private func page(_ bounds: [String]) -> String {
        "# TYPE latency_seconds histogram\n"
            + bounds.map { "latency_seconds_bucket{le=\"\($0)\"} 7\n" }.joined()
            + "latency_seconds_bucket{le=\"+Inf\"} 9\nlatency_seconds_sum 3.5\nlatency_seconds_count 9\n"
    }

    @Test(arguments: ["0.3", "0.30", "3e-1", ".3", "+0.3", "30E-2"])
    func aBucketIsFoundByItsNumber(spelling: String) throws {
        let values = try read(page(["0.1", spelling, "1"]))
        #expect(values.map { $0.series.map(\.count) } == [[7], [9]])
        #expect(values[0].series[0].identity == "le=0.3")
        #expect(values[0].boundaries.isEmpty)
    }

    @Test func aSumIsReadBesideItsCountAndNotAlone() throws {
        let sum = CounterSelector(metric: "latency_seconds_sum")
        let page = Array(page(["0.3"]).utf8)
        let values = try PrometheusPage.counters([indicator.total, sum], in: page)
        #expect(values.map { $0.series.map(\.count) } == [[9], [3.5]])
        #expect(throws: MetricError.self) { try PrometheusPage.counters([sum], in: page) }
    }

    @Test func everyBucketIsReadAndToldApart() throws {
        let all = CounterSelector(metric: "latency_seconds_bucket")
        let value = try PrometheusPage.counters([all], in: Array(page(["0.3", "1"]).utf8))
        #expect(value[0].series.map(\.identity) == ["le=+Inf", "le=0.3", "le=1"])
    }

    @Test func withoutTheBucketThoseThatAreThereAreListed() throws {
        let values = try read(page(["1", "0.10", "0.5"]))
        #expect(values[0].series.isEmpty)
        #expect(values[0].boundaries == ["0.10", "0.5", "1", "+Inf"])
        #expect(values[1].boundaries.isEmpty)
        #expect(
            Counting.noBucket("latency_seconds", at: .milliseconds(300), there: values[0].boundaries)
                == "latency_seconds has no bucket at 0.3 s (le); it has 0.10, 0.5, 1, +Inf; use one of these as the "
                + "threshold, or add the bucket to the service")
    }

    @Test func oneBucketInTwoSpellingsIsRefused() {
        #expect(throws: MetricError(.malformed, "the series latency_seconds_bucket{le=0.3} stands twice")) {
            try read(page(["0.3", "0.30"]))
        }
    }

    @Test func otherLabelsAreNoNumbers() throws {
        let selector = CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "200")])
        let values = try PrometheusPage.counters(
            [selector], in: Array("requests_total{code=\"200.0\"} 1\nrequests_total{code=\"200\"} 2\n".utf8))
        #expect(values[0].series.map(\.count) == [2])
    }
}

@Suite struct FailureIncreaseTests {
    private func read(_ readings: [(bad: Double?, total: Double?)]) -> ArmReading {
        let scrapes = readings.enumerated().map { position, reading in
            Scrape(
                endpoint: "e", at: Instant(millisecondsSinceEpoch: Int64(position) * 10_000),
                values: [
                    CounterValue(
                        selector: failureCounter, series: reading.bad.map { [.init(identity: "", count: $0)] } ?? []),
                    CounterValue(
                        selector: requestCounter, series: reading.total.map { [.init(identity: "", count: $0)] } ?? []),
                ])
        }
        return CounterIncrease.reading(
            of: failureIndicator, in: scrapes, from: Instant(millisecondsSinceEpoch: 0),
            to: Instant(millisecondsSinceEpoch: Int64(readings.count - 1) * 10_000), every: .seconds(10)
        ).reading
    }

    private func counts(_ good: Int64, _ total: Int64) throws -> ArmReading {
        .counts(try #require(GoodTotal(good: good, total: total)))
    }

    @Test func goodIsWhatDidNotFail() throws {
        #expect(read([(1, 100), (4, 150)]) == (try counts(47, 50)))
    }

    @Test func noFailureYetIsNone() throws {
        #expect(read([(nil, 100), (nil, 150)]) == (try counts(50, 50)))
        #expect(read([(nil, 100), (2, 150)]) == (try counts(48, 50)))
    }

    @Test func failuresThatWereSeenStayCountedWhenTheirSeriesGoes() throws {
        #expect(read([(0, 100), (5, 120), (nil, 150)]) == (try counts(45, 50)))
    }

    @Test func withoutATotalThereIsNoData() {
        guard case .noData = read([(0, nil), (0, nil)]) else {
            Issue.record("\(read([(0, nil), (0, nil)]))")
            return
        }
    }

    @Test func moreFailuresThanRequestsIsAnError() {
        #expect(
            read([(0, 100), (60, 150)])
                == .error(
                    "availability: 60 bad of only 50 in total; "
                        + "check that failures_total counts a part of requests_total"
                ))
    }
}
