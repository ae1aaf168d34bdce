import Testing
import TminusModel
import TminusPorts
import TminusSimulation

@testable import TminusEngine

/// How bursty the baseline has been, from pages and from origins.
@Suite(.timeLimit(.minutes(2)))
struct BurstHistoryTests {
    private static let start = Instant(millisecondsSinceEpoch: 1_800_000_000_000)

    private static func plan(_ origin: MetricOrigin = .pages, _ change: (inout Plan) -> Void = { _ in }) -> Plan {
        .made(of: 1) { plan in
            var metrics = MetricEndpoints(baseline: "base", candidate: "cand", every: .seconds(10))
            metrics.origin = origin
            plan.metrics = metrics
            plan.indicators = [shopIndicator]
            plan.rules = [
                JudgingRule(
                    name: "errors", indicator: 0, subject: .candidate,
                    trip: .ratioAbove(bound: Ratio(numerator: 1, denominator: 1), harmlessBelow: nil), during: [0],
                    every: .seconds(60))
            ]
            change(&plan)
        }
    }

    /// Of 1,000 requests: by turns two low, two high, around 10.
    private static func bad(_ slice: Int, swing: Int64) -> Int64 { slice % 4 < 2 ? 10 - swing : 10 + swing }

    private static func counts(_ bad: Int64, of total: Int64 = 1_000) -> ArmReading {
        GoodTotal(good: total - bad, total: total).map(ArmReading.counts) ?? .error("no counts")
    }

    /// Chance alone, 1 % of 1,000: a seeded sequence of binomial draws by counting bits of a plain generator.
    private static func drawn(_ slices: Int, rate: (Int) -> Double) -> [ArmReading] {
        var state: UInt64 = 20_261_121
        return (0..<slices).map { slice in
            var bad: Int64 = 0
            for _ in 0..<1_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if Double(state >> 11) / 9_007_199_254_740_992 < rate(slice) { bad += 1 }
            }
            return counts(bad)
        }
    }

    private func known(_ slices: [ArmReading]) throws -> Double {
        let history = BurstHistory(rule: 0, slices: slices, each: .seconds(60))
        let known = try #require(history.burstiness)
        #expect(history.unknown == nil)
        #expect(known.history == .seconds(60 * Int64(slices.count)))
        return Double(known.thousandths) / 1_000
    }

    @Test func burstsShowNearTheirTruth() throws {
        // Rates of 0.4 and 1.6 times the mean, by turns: a relative variance of 0.36.
        let variance = try known(Self.drawn(2_000) { $0 % 2 == 0 ? 0.004 : 0.016 })
        #expect(variance > 0.36 && variance <= 1)  // Alternating neighbours differ always: never less than the truth.
        var state: UInt64 = 7
        let coins = (0..<2_000).map { _ -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 63 == 0 ? 0.004 : 0.016
        }
        let drawn = try known(Self.drawn(2_000) { coins[$0] })
        #expect(drawn > 0.28 && drawn < 0.46)
    }

    @Test func calmHistoryIsKnownToBeCalm() throws {
        #expect(try known((0..<128).map { _ in Self.counts(10) }) == 0)
        #expect(try known(Self.drawn(2_000) { _ in 0.01 }) < 0.02)
    }

    @Test func tooLittleIsNotKnown() {
        func unknown(_ slices: [ArmReading]) -> String? {
            let history = BurstHistory(rule: 3, slices: slices, each: .seconds(60))
            #expect(history.rule == 3 && history.burstiness == nil)
            return history.unknown
        }
        #expect(unknown([]) == "the baseline has no history")
        #expect(unknown([.noData("none"), .error("it is gone")]) == "it is gone")
        #expect(
            unknown((0..<127).map { _ in Self.counts(10) }) == "127 intervals with requests are fewer than 128")
        #expect(
            unknown((0..<200).map { Self.counts($0 < 199 ? 1 : 0) })
                == "199 bad requests in 200 intervals are too few to tell bursts from chance")
    }

    /// The demo: a slot that was observed for a minute, in intervals of 2 s with a stall among them.
    @Test func aMinuteOfANoisyBaselineTempersNothing() {
        let noisy = (0..<30).map { Self.counts($0 == 12 ? 60 : Int64($0 % 3), of: 150) }
        #expect(BurstHistory(rule: 0, slices: noisy, each: .seconds(2)).burstiness == nil)
    }

    @Test func anOriginIsAskedAboutTheBaselineInTheRulesIntervals() async throws {
        let counts = ScriptedCounts()
        var bench = TestBench()
        bench.counts = counts
        counts.answer { question in
            .success((0..<question.slices).map { Self.counts(Self.bad($0, swing: 6)) })
        }
        let plan = Self.plan(.prometheus(url: "http://p", armLabel: "version", access: nil))
        let histories = await bench.engine().burstiness(of: plan)
        #expect(histories.count == 1)
        let known = try #require(histories.first?.burstiness)
        #expect(known.thousandths > 100)
        #expect(known.history == .seconds(600_000))
        let told = await bench.engine().withHistory(plan)
        #expect(told.rules.map(\.conduct.burstiness) == [known])
        #expect(told.withoutHistory == plan)
        let asked = try #require(counts.asked.first)
        #expect(asked.arm == "base" && asked.slice == .seconds(60) && asked.slices == 10_000)
        #expect(asked.from.advanced(by: .seconds(600_000)) <= Self.start)
    }

    @Test func anOriginThatCannotBeReadIsNotKnownAndNothingMore() async {
        let histories = await TestBench().engine().burstiness(
            of: Self.plan(.prometheus(url: "http://p", armLabel: "version", access: nil)))
        #expect(histories.map(\.burstiness) == [nil])
        #expect(histories.first?.unknown?.hasPrefix("the baseline could not be read: ") == true)
    }

    @Test func pagesAreRememberedByWhatWasScraped() async throws {
        let bench = TestBench()
        var good = 0.0
        var total = 0.0
        for minute in 0..<150 {
            let at = Self.start.advanced(by: .seconds(Int64(minute - 151) * 60))
            try await bench.samples.append(
                Scrape(
                    endpoint: "base", at: at,
                    values: [
                        CounterValue(selector: shopIndicator.part, series: [.init(identity: "", count: good)]),
                        CounterValue(selector: shopIndicator.total, series: [.init(identity: "", count: total)]),
                    ]))
            good += Double(1_000 - Self.bad(minute, swing: 8))
            total += 1_000
        }
        let plan = Self.plan { $0.metrics?.every = .seconds(60) }
        let known = try #require(await bench.engine().burstiness(of: plan).first?.burstiness)
        #expect(known.thousandths > 200)
        #expect(known.history > .seconds(7_800) && known.history <= .seconds(9_000))
        #expect(await TestBench().engine().burstiness(of: plan).first?.unknown == "the baseline has no history")
    }

    @Test func anExponentThatIsWrittenAsksNothing() async {
        let plan = Self.plan { $0.rules[0].conduct.tempering = Ratio(numerator: 1, denominator: 2) }
        #expect(await TestBench().engine().burstiness(of: plan).isEmpty)
    }
}
