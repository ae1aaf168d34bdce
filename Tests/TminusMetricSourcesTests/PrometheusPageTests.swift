import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct PrometheusPageTests {
    @Test func labelsEscapesTimestampsAndOtherTypesAreRead() throws {
        let page = """
            # HELP up Is it \\ up?
            # TYPE up gauge
            up NaN
            #no comment at all
            # TYPE latency histogram
            latency_bucket{le="0.3",path="/"} 4
            latency_bucket{le="+Inf",path="/"} 5
            latency_sum{path="/"} -0.5
            latency_count{path="/"} 5 1395066363000

            \t requests_total\t{ a = "x\\"\\\\\\n," , b="2",} 1.5e1 -3
            requests_total{} 2
            requests_total{a=""  ,b="3"} +7

            """
        let everything = CounterSelector(metric: "requests_total")
        let third = CounterSelector(
            metric: "requests_total", labels: [Variable(name: "b", value: "3"), Variable(name: "a", value: "")]
        )
        let fast = CounterSelector(metric: "latency_bucket", labels: [Variable(name: "le", value: "0.3")])
        let all = CounterSelector(metric: "latency_count")
        let absent = CounterSelector(metric: "absent_total")
        let values = try PrometheusPage.counters([everything, third, fast, all, absent], in: Array(page.utf8))
        #expect(
            values == [
                CounterValue(
                    selector: everything,
                    series: [
                        .init(identity: "", count: 2), .init(identity: "a=x\"\\\\\\n\\,,b=2", count: 15),
                        .init(identity: "b=3", count: 7),
                    ]
                ),
                CounterValue(selector: third, series: [.init(identity: "b=3", count: 7)]),
                CounterValue(selector: fast, series: [.init(identity: "le=0.3,path=/", count: 4)]),
                CounterValue(selector: all, series: [.init(identity: "path=/", count: 5)]),
                CounterValue(selector: absent, series: []),
            ]
        )
    }

    @Test func openMetricsFamiliesAndTheirTotalsBelongTogether() throws {
        let page = "# TYPE requests counter\nrequests_total{a=\"1\"} 3\nrequests_created{a=\"1\"} 1e9\n# EOF\n"
        for name in ["requests", "requests_total"] {
            let values = try PrometheusPage.counters([CounterSelector(metric: name)], in: Array(page.utf8))
            #expect(values.map(\.series) == [[.init(identity: "a=1", count: 3)]])
        }
    }

    @Test func anUndeclaredTotalIsNotGuessed() throws {
        let values = try PrometheusPage.counters(
            [CounterSelector(metric: "requests")], in: Array("requests_total 3\n".utf8)
        )
        #expect(values.map(\.series) == [[]])
    }

    @Test(arguments: ["latency", "latency_sum"])
    func aHistogramsNameOrSumIsNoCounter(metric: String) throws {
        let page = "# TYPE latency histogram\nlatency_bucket{le=\"+Inf\"} 1\nlatency_sum 1\nlatency_count 1\n"
        #expect(
            throws: MetricError(
                .refused,
                "\(metric) is a histogram, not a counter; name a counter, or a histogram's _count or _bucket"
            )
        ) { try PrometheusPage.counters([CounterSelector(metric: metric)], in: Array(page.utf8)) }
    }

    @Test func theLineThatIsWrongIsNamed() throws {
        #expect(throws: MetricError(.malformed, "line 2: expected = after a label name")) {
            try PrometheusPage.counters([CounterSelector(metric: "a")], in: Array("a 1\nb{c} 1\n".utf8))
        }
        #expect(throws: MetricError(.notFinite, "line 2: a is -1.0, which no counter can be")) {
            try PrometheusPage.counters([CounterSelector(metric: "a")], in: Array("b -1\na -1\n".utf8))
        }
    }

    @Test func moreLabelsThanAnyoneWritesAreRefused() throws {
        let labels = (0..<65).map { "l\($0)=\"x\"" }.joined(separator: ",")
        #expect(throws: MetricError(.malformed, "line 1: more than 64 labels")) {
            try PrometheusPage.counters([CounterSelector(metric: "a")], in: Array("a{\(labels)} 1\n".utf8))
        }
    }

    @Test func tenThousandSeriesAreAllowedAndOneMoreIsNot() throws {
        let page = (0..<10_000).map { "a{n=\"\($0)\"} 1\n" }.joined()
        let values = try PrometheusPage.counters([CounterSelector(metric: "a")], in: Array(page.utf8))
        #expect(values.map(\.series.count) == [10_000])
        #expect(throws: MetricError(.tooLarge, "line 10001: more than 10000 series match a")) {
            try PrometheusPage.counters([CounterSelector(metric: "a")], in: Array((page + "a 1\n").utf8))
        }
    }

    /// 12,000 damaged pages: none traps, and whatever is still read is a count.
    @Test func damagedPagesNeverTrapAndNeverYieldWhatIsNoCount() {
        let page = Array(
            """
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{code="200",path="/a\\"b"} 1027 1395066363000
            requests_total{code="500",path="/"} 3
            # TYPE latency histogram
            latency_bucket{le="+Inf"} 1.5e2
            latency_sum NaN
            latency_count 150
            # EOF

            """.utf8
        )
        let selectors = [
            CounterSelector(metric: "requests_total"), CounterSelector(metric: "latency_bucket"),
            CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "500")]),
        ]
        var random = SplitMix(state: 20_261_120)
        var read = 0
        for _ in 0..<12_000 {
            let damaged = Self.damage(page, &random)
            guard let values = try? PrometheusPage.counters(selectors, in: damaged) else { continue }
            read += 1
            for value in values {
                #expect(value.series.allSatisfy { $0.count.isFinite && $0.count >= 0 })
                #expect(zip(value.series, value.series.dropFirst()).allSatisfy { $0.identity < $1.identity })
            }
        }
        #expect(read > 500 && read < 11_500, "\(read) of 12,000 damaged pages were still readable")
    }

    private static func damage(_ page: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var page = page
        for _ in 0..<Int.random(in: 1...4, using: &random) where !page.isEmpty {
            let place = Int.random(in: page.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: page[place] = UInt8.random(in: 0...255, using: &random)
            case 1: page.remove(at: place)
            case 2: page.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 3: page.removeSubrange(place...)
            case 4: page[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default:
                let end = Int.random(in: place...page.count, using: &random)
                page.insert(contentsOf: page[place..<end], at: Int.random(in: page.indices, using: &random))
            }
        }
        return page
    }

    private static let pieces: [[UInt8]] = [
        "-", "NaN", "+Inf", "1e999", "{", "}", "\"", "\\", "\n", "#", " ", ",", "=", "é", "requests_total", "-1\n", "e",
        "# TYPE requests_total gauge\n", ".", "0x",
    ].map { Array($0.utf8) }
}

/// A seeded generator, so that a failing page can be made again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
