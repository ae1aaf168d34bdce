import TestClock
import Testing
import TminusCore
import TminusJudgement
import TminusModel
import TminusPorts

@testable import TminusEngine

/// What steps cost in past runs, and what the next run's gate makes of it.
@Suite(.timeLimit(.minutes(2)))
struct PastCostTests {
    private static let half = Ratio(numerator: 5, denominator: 10)

    private static func plan(_ change: (inout Plan) -> Void = { _ in }) -> Plan {
        .made(of: 2) { plan in
            plan.steps[1].needs = [0]
            plan.metrics = MetricEndpoints(baseline: "base", every: .seconds(10))
            plan.indicators = [shopIndicator]
            plan.budget = BudgetPolicy(
                objective: "availability", indicator: 0, target: half, window: .seconds(3_600),
                observedMin: .seconds(5), every: .seconds(10))
            plan.budget?.reserve = .zero
            change(&plan)
        }
    }

    private func duration(_ seconds: Int64) -> Duration { .seconds(seconds) }

    @Test func theNinetiethPercentileIsTheNearestRank() {
        let plan = Self.plan()
        func known(_ costs: [Int64]) -> StepBudget.PastCost? {
            PastCosts.known(costs.map { ["s0": .seconds($0)] }, for: plan)[0]
        }
        #expect(known([9, 1, 2, 3]) == nil)
        #expect(known([9, 1, 2, 3, 4]) == .init(runs: 5, outage: .seconds(9)))
        #expect(known(Array(1...10).map { Int64($0) }) == .init(runs: 10, outage: .seconds(9)))
        #expect(known(Array(1...20).map { Int64($0) }) == .init(runs: 20, outage: .seconds(18)))
        #expect(PastCosts.known(Array(repeating: ["s1": .seconds(1)], count: 9), for: plan)[0] == nil)
    }

    @Test func theLargerOfWhatIsWrittenAndWhatWasSeenDecides() throws {
        let past = StepBudget.PastCost(runs: 6, outage: .seconds(180))
        let plan = Self.plan().with([past, nil])
        #expect(try Plan(json: plan.json) == plan)
        #expect(Self.plan().with([nil, nil]) == Self.plan())
        let subject = plan.gateSubject(of: 0)
        #expect(subject.forecast?.duration == .seconds(180))
        #expect(subject.forecastSource == "what it cost at the 90th percentile of 6 past runs")
        #expect(plan.gateSubject(of: 1).forecast == nil)
        func written(_ seconds: Int64) -> StepForecast {
            StepForecast(share: Self.half, errorRatio: Self.half, duration: .seconds(seconds))
        }
        var declared = plan
        declared.steps[0].budget?.forecast = written(719)
        #expect(declared.gateSubject(of: 0).forecast?.duration == .seconds(180))
        declared.steps[0].budget?.forecast = written(721)
        #expect(declared.gateSubject(of: 0).forecast == written(721))
        var without = plan
        without.budget?.reserve = nil
        #expect(without.gateSubject(of: 0).forecast == nil)
    }

    @Test func aHoldShowsTheArithmeticOfThePast() throws {
        let plan = Self.plan().with([.init(runs: 6, outage: .seconds(1_500)), nil])
        let policy = try #require(plan.budget)
        let counts = try #require(GoodTotal(good: 8_000, total: 10_000))
        var measurement = BudgetMeasurement(
            at: Instant(millisecondsSinceEpoch: 1), window: .counts(counts), observed: .seconds(3_600), lookbacks: [])
        measurement.lookbacks = BurnPair.lookbacks(window: policy.window, lookbackMin: .seconds(20)).map {
            .init(length: $0, reading: GoodTotal(good: 100, total: 100).map(ArmReading.counts) ?? .error("none"))
        }
        let gate = BudgetGate(policy: policy, lookbackMin: .seconds(20), subject: plan.gateSubject(of: 0))
        let judgement = gate.judge(measurement)
        #expect(judgement.verdict == .fail)
        #expect(
            judgement.reason.contains(
                "100% of traffic failing 100% for 25m costs 83.3% of the budget "
                    + "(what it cost at the 90th percentile of 6 past runs)"), "\(judgement.reason)")
    }

    /// Five real runs of which each step saw a tenth of the requests fail, and then a sixth that knows.
    @Test func fiveRunsOfTheSamePipelineAreEnough() async throws {
        var bench = TestBench()
        bench.source.set("base", good: 0, total: 0)
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await bench.started()
        var good = 0.0
        var total = 0.0
        func pass() async {
            good += 900
            total += 1_000
            bench.source.set("base", good: good, total: total)
            await bench.clock.pass(.milliseconds(10_100))
        }
        var ended = 0
        for _ in 1...5 {
            #expect(await engine.pastCosts(of: Self.plan()).allSatisfy { $0 == nil })
            let run = try await engine.submit(Self.plan())
            var done = Set<AttemptKey>()
            var passes: [AttemptKey: Int] = [:]
            for _ in 0..<400 where await engine.idleSince() == nil {
                await pass()
                for _ in 0..<400 { await Task.yield() }
                // Several measurements fall into each step, so that one that comes late is not the only one.
                for order in bench.runner.orders where !done.contains(order.key) {
                    passes[order.key, default: 0] += 1
                    guard passes[order.key, default: 0] >= 4, done.insert(order.key).inserted else { continue }
                    bench.runner.finish(order.key, .exited(0))
                }
            }
            ended += try await engine.summary(of: run).status == .ended(.succeeded) ? 1 : 0
        }
        #expect(ended == 5)
        let known = await engine.pastCosts(of: Self.plan())
        #expect(known.map { $0?.runs } == [5, 5])
        #expect(known.allSatisfy { ($0?.outage ?? .zero) > .zero }, "\(known)")
        let told = await engine.withHistory(Self.plan())
        #expect(told == Self.plan().with(known))
        #expect(told.withoutHistory == Self.plan())
        var other = Self.plan()
        other.budget?.target = Ratio(numerator: 9, denominator: 10)
        #expect(await engine.pastCosts(of: other).allSatisfy { $0 == nil }, "another budget's costs are no measure")
        other = Self.plan()
        other.pipeline = "other"
        #expect(await engine.pastCosts(of: other).allSatisfy { $0 == nil })
        await engine.shutdown()
    }
}
