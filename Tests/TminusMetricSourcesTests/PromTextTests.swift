import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct PromTextTests {
    private func questions(_ counting: Counting, arm: String = "", slices: Int = 1) throws -> PromQuestions {
        try PromQuestions(
            .about(
                .prometheus(url: "http://p", armLabel: "version", access: nil),
                Indicator(name: "a", counting: counting), arm: arm, slices: slices), armLabel: "version")
    }

    @Test func countersAreIncreasesOfTheArmAlone() throws {
        let good = CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "200")])
        let total = CounterSelector(metric: "requests_total")
        let asked = try questions(.counters(good: good, total: total), arm: "1.2\"} or vector(1) #")
        #expect(asked.part == #"sum(increase(requests_total{code="200",version="1.2\"} or vector(1) #"}[60s]))"#)
        #expect(asked.total == #"sum(increase(requests_total{version="1.2\"} or vector(1) #"}[60s]))"#)
        #expect(!asked.countsBad)
        #expect(try questions(.counters(good: good, total: total)).total == "sum(increase(requests_total{}[60s]))")
        #expect(try questions(.failures(bad: good, total: total)).countsBad)
        #expect(
            asked.observed(over: .seconds(3_600))
                == #"count_over_time((count(count_over_time(requests_total{version="1.2\"} or vector(1) #"}[120s])))"#
                + "[3600s:1s])")
    }

    @Test func aHistogramIsItsBucketOfItsCount() throws {
        let latency = Counting.latency(
            histogram: CounterSelector(metric: "latency_seconds"), threshold: .milliseconds(300))
        let asked = try questions(latency)
        #expect(
            asked.part == #"sum(increase(latency_seconds_bucket{le=~"\\+?(0*\\.30*|3(\\.0*)?[eE]-0*1)"}[60s]))"#)
        #expect(asked.total == "sum(increase(latency_seconds_count{}[60s]))")
        #expect(asked.buckets == "count by (le) (last_over_time(latency_seconds_bucket{}[60s]))")
    }

    @Test(arguments: [
        (300, ["0.3", "0.30", ".3", "3e-1", "3.0E-01", "+0.3"], ["0.03", "3", "0.31", "0x3", "30e-1", "1.3"]),
        (1_000, ["1", "1.0", "1.", "1e0", "1e+00", "01"], ["10", "0.1", "1.01", "1e1", ""]),
        (2_500, ["2.5", "2.500", "2.5e0", "2.50e+0"], ["25", "2.05", "2.51", "2x5"]),
        (60_000, ["60", "60.0", "6e1", "6.0e+01"], ["6", "600", "60.5", "6e10"]),
        (5, ["0.005", "5e-3", ".0050"], ["0.05", "0.0005", "5"]),
    ])
    func aBoundIsFoundHoweverItIsSpelled(milliseconds: Int, same: [String], other: [String]) throws {
        let pattern = try Regex("^(?:\(PromText.boundPattern(.milliseconds(milliseconds))))$")
        for text in same { #expect(try pattern.wholeMatch(in: text) != nil, "\(text)") }
        for text in other { #expect(try pattern.wholeMatch(in: text) == nil, "\(text)") }
    }

    @Test func windowAndArmAreFilledIn() throws {
        let text = #"sum(rate(x{v="$arm",w=~"$arm"}[$window]))"#
        #expect(
            try PromText.filled(text, window: .milliseconds(1_500), arm: "1.2")
                == #"sum(rate(x{v="1.2",w=~"1\\.2"}[1500ms]))"#)
        #expect(
            try PromText.filled(text, window: .seconds(60), arm: "")
                == #"sum(rate(x{v=~".*",w=~".*"}[60s]))"#)
        #expect(throws: MetricError.self) { try PromText.filled("x", window: .seconds(60), arm: "v1") }
        #expect(throws: MetricError.self) { try PromText.filled(#"x{y="a$arm"}"#, window: .seconds(60), arm: "") }
        #expect(try PromText.filled(#"x{y="a$arm"}"#, window: .seconds(60), arm: "\"") == #"x{y="a\""}"#)
    }

    @Test func whatPrometheusCannotAnswerIsRefused() {
        for counting in [Counting.asked, .sql("SELECT 1"), .document(good: "/a", total: "/b")] {
            #expect(throws: MetricError.self) { try questions(counting) }
        }
        let bad = CounterSelector(metric: "x", labels: [Variable(name: "a-b", value: "1")])
        #expect(throws: MetricError.self) { try questions(.counters(good: bad, total: bad)) }
        let odd = CounterSelector(metric: "http.requests")
        #expect(throws: Never.self) { try questions(.counters(good: odd, total: odd)) }
    }

    @Test func aRangeIsAskedInPiecesAndItsGapsAreNoData() async throws {
        let asked = AskedForms()
        let server = try rangeServer(asked)
        let readings = try await OriginSource(environment: []).counts(
            .about(.prometheus(url: server, armLabel: nil, access: nil), slices: 11_003))
        #expect(readings.count == 11_003)
        let one = try #require(GoodTotal(good: 1, total: 1))
        #expect(readings[0] == .counts(one))
        #expect(readings[11_002] == .counts(one))
        if case .noData = readings[1] {} else { Issue.record("\(readings[1])") }
        #expect(asked.points == [3, 3, 11_000, 11_000])
    }
}
