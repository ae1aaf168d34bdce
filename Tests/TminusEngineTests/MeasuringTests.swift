import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct MeasuringTests {
    private static let metrics = MetricEndpoints(baseline: "base", candidate: "cand", every: .seconds(10))
    private static let question = BudgetQuestion(indicator: shopIndicator, window: .seconds(3_600), metrics: metrics)

    private static func counts(_ good: Int64, _ total: Int64) throws -> ArmReading {
        .counts(try #require(GoodTotal(good: good, total: total)))
    }

    /// Scrapes by asking for the budget every ten seconds.
    private func measured(
        _ bench: TestBench, _ engine: Engine, _ question: BudgetQuestion = question
    ) async -> BudgetMeasurement {
        bench.clock.advance(by: .seconds(10))
        bench.clock.advance(by: .milliseconds(1))
        return await engine.measureBudget(question)
    }

    @Test func aBudgetIsTheGrowthOfBothEndpointsAddedUp() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        bench.source.set("base", good: 100, total: 100)
        bench.source.set("cand", good: 0, total: 0)
        let first = await engine.measureBudget(Self.question)
        #expect(first.window == .noData("one scrape in the last 1h, and an increase needs two; wait for the next"))
        bench.source.set("base", good: 190, total: 200)
        bench.source.set("cand", good: 8, total: 10)
        let second = await measured(bench, engine)
        #expect(second.window == (try Self.counts(98, 110)))
        #expect(second.observed == .milliseconds(10_001))
        #expect(second.lookbacks.count == 4)
        #expect(second.lookbacks.allSatisfy { $0.reading == second.window })
    }

    @Test func aBaselineThatDoesNotAnswerIsAnErrorThoughThereAreOldCounts() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        bench.source.set("base", good: 100, total: 100)
        _ = await engine.measureBudget(Self.question)
        bench.source.set("base", good: 200, total: 200)
        #expect(await measured(bench, engine).window == (try Self.counts(100, 100)))
        bench.source.fail("base", MetricError(.timeout, "no answer within 5s"))
        let stale = await measured(bench, engine)
        let error = ArmReading.error("the baseline could not be read: no answer within 5s")
        #expect(stale.window == error)
        #expect(stale.lookbacks.allSatisfy { $0.reading == error })
        #expect(stale.observed == .zero)
        #expect(await engine.figures().scrapeErrors > 0)
    }

    @Test func aSilentCandidateCountsForNothingUntilItServes() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        bench.source.set("base", good: 100, total: 100)
        _ = await engine.measureBudget(Self.question)
        bench.source.set("base", good: 200, total: 200)
        #expect(await measured(bench, engine).window == (try Self.counts(100, 100)))
        var question = Self.question
        question.isCandidateRequired = true
        let silent = await measured(bench, engine, question)
        #expect(silent.window == .error("the candidate could not be read: nothing listens there"))
    }

    @Test func aGateHoldsWithoutDataAndPassesWhenItComes() async throws {
        let bench = TestBench()
        bench.source.fail("base", MetricError(.malformed, "line 3 is no sample"))
        let engine = try await bench.started()
        let plan = Plan.made(of: 1) { plan in
            plan.steps[0].hasEffect = true
            plan.metrics = MetricEndpoints(baseline: "base", every: .seconds(10))
            plan.indicators = [shopIndicator]
            plan.budget = BudgetPolicy(
                objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
                window: .seconds(3_600), observedMin: .seconds(15))
        }
        let run = try await engine.submit(plan)
        let held = await engine.see(run) { if case .budgetJudged = $0 { true } else { false } }
        guard case .budgetJudged(_, let measurement, let judgement)? = held.last?.body else {
            Issue.record("the gate was not judged")
            return
        }
        #expect(measurement.window == .error("the baseline could not be read: line 3 is no sample"))
        #expect(judgement.verdict == .error)
        #expect(bench.runner.calls.isEmpty)
        var count = 100.0
        var isPassed = false
        for _ in 0..<40 where !isPassed {
            count += 100
            bench.source.set("base", good: count, total: count)
            let reads = bench.source.reads(of: "base")
            await bench.clock.pass(.seconds(10))
            await bench.source.when("base", wasRead: reads + 1)
            isPassed = !bench.runner.calls.isEmpty
        }
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
    }

    @Test func aRuleIsMeasuredFromFreshScrapesOverTouchingIntervals() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        bench.source.set("base", good: 1_000, total: 1_000)
        bench.source.set("cand", good: 0, total: 0)
        let engine = try await bench.started()
        let plan = Plan.made(of: 1) { plan in
            plan.metrics = Self.metrics
            plan.indicators = [shopIndicator]
            plan.rules = [
                JudgingRule(
                    name: "errors", indicator: 0, subject: .candidate,
                    trip: .ratioAbove(bound: Ratio(numerator: 3, denominator: 2), harmlessBelow: nil), during: [0])
            ]
        }
        let run = try await engine.submit(plan)
        await engine.see(run) { if case .ruleOpened = $0 { true } else { false } }
        await bench.source.when("cand", wasRead: 1)
        var seen: [Measurement] = []
        for round in 1...3 {
            bench.source.set("base", good: 1_000 + 90 * Double(round), total: 1_000 + 100 * Double(round))
            bench.source.set("cand", good: 5 * Double(round), total: 10 * Double(round))
            await bench.clock.pass(.milliseconds(10_100))
            let events = await engine.see(run) { body in
                guard case .ruleJudged(_, let measurement, _) = body else { return false }
                return measurement.to > seen.last?.to ?? .distantPast
            }
            guard case .ruleJudged(_, let measurement, _)? = events.last?.body else { break }
            seen.append(measurement)
        }
        try #require(seen.count == 3)
        #expect(seen[1].from == seen[0].to)
        #expect(seen[2].from == seen[1].to)
        let subjects = seen.map(\.subject)
        let baselines = seen.map(\.baseline)
        #expect(Self.sum(subjects) == [15, 30])
        #expect(Self.sum(baselines.compactMap { $0 }) == [270, 300])
        await engine.shutdown()
    }

    private static func sum(_ readings: [ArmReading]) -> [Int64] {
        var sum = GoodTotal.none
        for reading in readings {
            if case .counts(let counts) = reading { sum = sum.adding(counts) } else { Issue.record("\(reading)") }
        }
        return [sum.good, sum.total]
    }
}
