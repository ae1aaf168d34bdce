import Synchronization
import TestClock
import Testing
import TminusCore
import TminusJudgement
import TminusModel
import TminusPorts

@testable import TminusEngine

/// Rules of durations and of planned looks, from pages and from an origin, through a whole run.
@Suite(.timeLimit(.minutes(3)))
struct DurationRuleTests {
    private static let one = Ratio(numerator: 1, denominator: 1)
    private static let histogram = CounterSelector(metric: "latency_seconds")
    private static let speed = Indicator(
        name: "speed", counting: .latency(histogram: histogram, threshold: .milliseconds(300)))

    private static func plan(
        _ trip: JudgingRule.Trip, _ indicator: Indicator = speed, _ origin: MetricOrigin = .pages,
        _ change: (inout Plan) -> Void = { _ in }
    ) -> Plan {
        .made(of: 1) { plan in
            var metrics = MetricEndpoints(baseline: "base", candidate: "cand", every: .seconds(10))
            metrics.origin = origin
            plan.metrics = metrics
            plan.indicators = [indicator]
            plan.rules = [
                JudgingRule(name: "rule", indicator: 0, subject: .candidate, trip: trip, during: [0])
            ]
            change(&plan)
        }
    }

    /// A page of a histogram: requests so far, of which so many took at most 0.1, 0.3 and 1 s, and their sum.
    private static func page(
        _ total: Double, _ fast: Double, _ middle: Double, _ slow: Double, _ seconds: Double
    ) -> @Sendable (CounterSelector) -> CounterValue {
        { selector in
            let buckets = [("0.1", fast), ("0.3", middle), ("1", slow), ("+Inf", total)]
            let series: [CounterValue.Series]
            switch selector.metric {
            case "latency_seconds_bucket":
                let wanted = selector.labels.first { $0.name == "le" }?.value
                series = buckets.filter { wanted == nil || $0.0 == wanted }
                    .map { CounterValue.Series(identity: "le=\($0.0)", count: $0.1) }
                    .sorted { $0.identity < $1.identity }
            case "latency_seconds_sum": series = [.init(identity: "", count: seconds)]
            case "latency_seconds_count": series = [.init(identity: "", count: total)]
            default: series = []
            }
            return CounterValue(selector: selector, series: series)
        }
    }

    /// Rounds of ten seconds until the rule has failed; nil when it never did. Each round is told to the source.
    private func judged(
        _ bench: TestBench, _ plan: Plan, rounds: Int = 60, _ tell: (Int) -> Void
    ) async throws -> (last: (Measurement, Judgement)?, count: Int, outcome: RunStatus?) {
        tell(0)
        let engine = try await bench.started()
        let run = try await engine.submit(plan)
        await engine.see(run) { if case .ruleOpened = $0 { true } else { false } }
        var last: (Measurement, Judgement)?
        var count = 0
        for round in 1...rounds {
            tell(round)
            await bench.clock.pass(.milliseconds(10_100))
            let before = last?.0.to ?? .distantPast
            let events = await engine.see(run) { body in
                guard case .ruleJudged(_, let measurement, _) = body else { return false }
                return measurement.to > before
            }
            guard case .ruleJudged(_, let measurement, let judgement)? = events.last?.body else { break }
            last = (measurement, judgement)
            count = round
            if judgement.verdict == .fail { break }
        }
        var outcome: RunStatus?
        if last?.1.verdict == .fail { outcome = try await engine.outcome(of: run) }
        await engine.shutdown()
        return (last, count, outcome)
    }

    private var bench: TestBench {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        return bench
    }

    @Test func aCandidateThatIsSlowAtOneBoundaryIsConvictedByTheDistribution() async throws {
        let bench = bench
        let plan = Self.plan(.slowerAbove(bound: Self.one, harmlessBelow: nil))
        let (last, _, outcome) = try await judged(bench, plan) { round in
            let n = Double(round) * 100
            bench.source.set("base", Self.page(n, n * 0.90, n * 0.97, n * 0.99, n * 0.05))
            bench.source.set("cand", Self.page(n, n * 0.90, n * 0.80, n * 0.99, n * 0.05))
        }
        let (measurement, judgement) = try #require(last)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reason.contains("most clearly at “slower than 0.3”"), "\(judgement.reason)")
        #expect(measurement.subjectDurations?.boundaries == [0.1, 0.3, 1])
        #expect(measurement.baselineDurations?.atMost.count == 3)
        #expect(outcome == .ended(.failed), "nothing had an effect")
    }

    @Test func equalDistributionsConvictNobody() async throws {
        let bench = bench
        let plan = Self.plan(.slowerAbove(bound: Self.one, harmlessBelow: nil))
        let (last, count, _) = try await judged(bench, plan, rounds: 20) { round in
            let n = Double(round) * 100
            for page in ["base", "cand"] { bench.source.set(page, Self.page(n, n * 0.9, n * 0.97, n * 0.99, n)) }
        }
        #expect(last?.1.verdict == .pass, "\(last?.1.reason ?? "")")
        #expect(count == 20)
    }

    @Test func aLongerMeanIsConvictedFromSumsAndCounts() async throws {
        let bench = bench
        let plan = Self.plan(.meanAbove(tolerated: .milliseconds(20)))
        let (last, count, outcome) = try await judged(bench, plan, rounds: 100) { round in
            let n = Double(round) * 100
            let wobble = Double(round % 3)
            bench.source.set("base", Self.page(n, n, n, n, n * 0.1 + wobble))
            bench.source.set("cand", Self.page(n, n, n, n, n * 0.2 - wobble))
        }
        let (measurement, judgement) = try #require(last)
        #expect(judgement.verdict == .fail, "\(judgement.reason)")
        #expect(judgement.reason.hasPrefix("rule: shown to take more than 20 ms longer"), "\(judgement.reason)")
        #expect(measurement.subjectDurations?.seconds != nil && measurement.subjectDurations?.boundaries == [])
        #expect(count >= MeanIncrease.intervalsMin)
        #expect(outcome == .ended(.failed), "nothing had an effect")
    }

    @Test func aSummaryWithoutBucketsGivesMeansToo() async throws {
        let bench = bench
        let plan = Self.plan(.meanAbove(tolerated: .milliseconds(20)))
        let (last, _, _) = try await judged(bench, plan, rounds: 25) { round in
            let n = Double(round) * 100
            for page in ["base", "cand"] {
                bench.source.set(page) { selector in
                    let value = selector.metric.hasSuffix("_sum") ? n * 0.1 : n
                    let isThere = !selector.metric.hasSuffix("_bucket")
                    return CounterValue(
                        selector: selector, series: isThere ? [.init(identity: "", count: value)] : [])
                }
            }
        }
        #expect(last?.1.verdict == .pass, "\(last?.1.reason ?? "")")
    }

    @Test func aHistogramThatIsNotThereIsNoPass() async throws {
        for trip in [
            JudgingRule.Trip.slowerAbove(bound: Self.one, harmlessBelow: nil), .meanAbove(tolerated: .zero),
        ] {
            let bench = bench
            let (last, _, _) = try await judged(bench, Self.plan(trip), rounds: 3) { round in
                let n = Double(round) * 100
                for page in ["base", "cand"] {
                    bench.source.set(page) { selector in
                        let isCount = selector.metric.hasSuffix("_count")
                        return CounterValue(selector: selector, series: isCount ? [.init(identity: "", count: n)] : [])
                    }
                }
            }
            #expect(last?.1.verdict == .noData, "\(last?.1.reason ?? "")")
        }
    }

    @Test func plannedLooksConvictFromCountsOfAnOrigin() async throws {
        let counts = ScriptedCounts()
        var bench = bench
        bench.counts = counts
        counts.answer { question in
            let bad: Int64 = question.arm == "cand" ? 30 : 10
            return .success([GoodTotal(good: 1_000 - bad, total: 1_000).map(ArmReading.counts) ?? .error("none")])
        }
        let looks = PlannedLooks(
            bound: Self.one, looks: 5, toFind: Ratio(numerator: 2, denominator: 1), spending: .obrienFleming,
            informationThousandths: 30_000)
        let origin = MetricOrigin.prometheus(url: "http://p", armLabel: "version", access: nil)
        let plan = Self.plan(.planned(looks), shopIndicator, origin)
        let engine = try await bench.started()
        let run = try await engine.submit(plan)
        await engine.see(run) { if case .ruleOpened = $0 { true } else { false } }
        // An origin is asked an interval later: time passes until the run has ended.
        for _ in 0..<60 where await engine.idleSince() == nil {
            await bench.clock.pass(.milliseconds(10_100))
            for _ in 0..<200 where await engine.idleSince() == nil { await Task.yield() }
        }
        let events = try await engine.events(of: run, after: 0, limit: 1_000)
        let judgements = events.compactMap { event -> Judgement? in
            guard case .ruleJudged(_, _, let judgement) = event.body else { return nil }
            return judgement
        }
        let judgement = try #require(judgements.last)
        #expect(judgement.verdict == .fail && judgements.count < 10, "\(judgements.count): \(judgement.reason)")
        #expect(judgement.reason.contains("look"), "\(judgement.reason)")
        await engine.shutdown()
    }

    /// What the journal holds is enough to judge again.
    @Test func verdictsOfDurationsAreReplayed() async throws {
        let bench = bench
        let engine = try await bench.started()
        let plan = Self.plan(.slowerAbove(bound: Self.one, harmlessBelow: nil))
        let run = try await engine.submit(plan)
        await engine.see(run) { if case .ruleOpened = $0 { true } else { false } }
        for round in 0..<6 {
            let n = Double(round) * 100
            bench.source.set("base", Self.page(n, n * 0.9, n * 0.97, n * 0.99, n))
            bench.source.set("cand", Self.page(n, n * 0.5, n * 0.6, n * 0.99, n))
            await bench.clock.pass(.milliseconds(10_100))
        }
        let events = await engine.see(run) { body in
            if case .ruleJudged(_, _, let judgement) = body { judgement.verdict == .fail } else { false }
        }
        let judged = Replay(events).findings.filter { $0.stored.verdict == .fail }
        #expect(!judged.isEmpty && judged.allSatisfy(\.isSame))
        await engine.shutdown()
    }
}
