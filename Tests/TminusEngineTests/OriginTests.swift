import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(2)))
struct OriginTests {
    private static let origin = MetricOrigin.prometheus(url: "http://p", armLabel: "version", access: nil)
    private static let start = Instant(millisecondsSinceEpoch: 1_800_000_000_000)

    private static var metrics: MetricEndpoints {
        var metrics = MetricEndpoints(baseline: "v1", candidate: "v2", every: .seconds(10))
        metrics.origin = origin
        return metrics
    }

    private static var question: BudgetQuestion {
        var question = BudgetQuestion(indicator: shopIndicator, window: .seconds(3_600), metrics: metrics)
        question.service = "shop"
        question.folder = "/srv/shop"
        return question
    }

    private static func counts(_ good: Int64, _ total: Int64) -> ArmReading {
        GoodTotal(good: good, total: total).map(ArmReading.counts) ?? .error("no counts")
    }

    private func bench() -> (TestBench, ScriptedCounts) {
        let counts = ScriptedCounts()
        var bench = TestBench()
        bench.counts = counts
        return (bench, counts)
    }

    @Test func aBudgetIsAskedOfTheWholeServiceUpToAnIntervalAgo() async throws {
        let (bench, counts) = bench()
        counts.answer(observed: .success(.seconds(1_234))) { question in
            .success([Self.counts(question.slice.milliseconds / 1_000, question.slice.milliseconds / 1_000)])
        }
        let measurement = await bench.engine().measureBudget(Self.question)
        #expect(measurement.at == Self.start)
        #expect(measurement.window == Self.counts(3_600, 3_600))
        #expect(measurement.observed == .seconds(1_234))
        #expect(measurement.lookbacks.map(\.length) == [.seconds(20), .seconds(20), .seconds(30), .seconds(20)])
        #expect(measurement.lookbacks.map(\.reading) == [20, 20, 30, 20].map { Self.counts($0, $0) })
        #expect(measurement.slices == nil)
        #expect(measurement.period == nil)
        let end = Self.start.advanced(by: .seconds(-10))
        for asked in counts.asked {
            #expect(asked.from.advanced(by: asked.slice) == end)
            #expect(asked.arm == "")
            #expect(asked.service == "shop")
            #expect(asked.folder == "/srv/shop")
            #expect(asked.origin == Self.origin)
        }
        #expect(bench.source.reads(of: "v1") == 0)
    }

    @Test func whatAnOriginCannotTellOfItsTimeIsTakenAsSeenWhereItCounts() async throws {
        let (bench, counts) = bench()
        counts.answer { _ in .success([Self.counts(9, 10)]) }
        #expect(await bench.engine().measureBudget(Self.question).observed == .seconds(3_600))
        counts.answer { _ in .success([.noData("nothing")]) }
        #expect(await bench.engine().measureBudget(Self.question).observed == .zero)
        let late = MetricError(.timeout, "no answer")
        counts.answer(observed: .failure(late)) { _ in .success([Self.counts(9, 10)]) }
        let measurement = await bench.engine().measureBudget(Self.question)
        #expect(measurement.window == .error("the service could not be read: no answer"))
        #expect(measurement.observed == .zero)
    }

    @Test func anOriginThatDoesNotAnswerOrAnswersTooLittleIsAnError() async throws {
        let (bench, counts) = bench()
        let engine = bench.engine()
        #expect(
            await engine.measureBudget(Self.question).window
                == .error("the service could not be read: nobody answers"))
        counts.answer { _ in .success([]) }
        #expect(
            await engine.measureBudget(Self.question).window
                == .error("the service could not be read: 0 answers to 1 questions"))
        #expect(await engine.figures().scrapeErrors == 5)
    }

    @Test func slicesOfARollingWindowEndAtWholeMultiplesOfTheirLength() async throws {
        let (bench, counts) = bench()
        counts.answer { question in
            guard question.slices > 1 else { return .success([Self.counts(1, 1)]) }
            var slices = [ArmReading](repeating: Self.counts(100, 100), count: question.slices)
            slices[0] = Self.counts(98, 100)
            slices[1] = Self.counts(99, 100)
            slices[2] = .noData("nothing")
            slices[3] = Self.counts(0, 0)
            slices[4] = .error("broken")
            slices[5] = Self.counts(2, 3)
            return .success(slices)
        }
        var question = Self.question
        question.method = .timeslices(slice: .seconds(300), target: Ratio(numerator: 99, denominator: 100))
        let measurement = await bench.engine().measureBudget(question)
        #expect(
            measurement.slices
                == SliceSummary(slices: 12, measured: 9, bad: 2, badBillionths: 20_000_000 + 10_000_000 + 333_333_333))
        let asked = try #require(counts.asked.first { $0.slices > 1 })
        #expect(asked.slices == 12)
        let end = asked.from.advanced(by: .seconds(3_600))
        #expect(end == Instant(millisecondsSinceEpoch: 1_799_999_700_000))
    }

    @Test func aCalendarWindowRunsFromItsBeginningAndCountsTheSlicesToCome() async throws {
        var (bench, counts) = bench()
        let period = BudgetMeasurement.Period(
            from: Self.start.advanced(by: .seconds(-1_000)), until: Self.start.advanced(by: .seconds(2_000)))
        bench.findPeriod = { calendar, now in calendar.zone == "Asia/Tokyo" && now == Self.start ? period : nil }
        counts.answer { question in
            .success(Array(repeating: Self.counts(1, 2), count: question.slices))
        }
        var question = Self.question
        question.period = CalendarPeriod(unit: .month, start: "2026-01-01 00:00:00", zone: "Asia/Tokyo")
        question.method = .ratioTimeslices(slice: .seconds(60))
        let measurement = await bench.engine().measureBudget(question)
        #expect(measurement.period == period)
        #expect(measurement.observed == .seconds(990))
        #expect(measurement.slices == SliceSummary(slices: 50, measured: 16, bad: 0, badBillionths: 8_000_000_000))
        question.period?.zone = "Mars/Olympus"
        #expect(
            await bench.engine().measureBudget(question).window
                == .error("this machine does not know the time zone Mars/Olympus"))
    }

    @Test func aRuleIsAskedForTouchingIntervalsOnceTheOriginHasHeardOfThem() async throws {
        let (bench, counts) = bench()
        counts.answer { question in
            .success([question.arm == "v2" ? Self.counts(5, 10) : Self.counts(90, 100)])
        }
        var runner = bench
        runner.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await runner.started()
        let plan = Plan.made(of: 1) { plan in
            plan.metrics = Self.metrics
            plan.indicators = [shopIndicator]
            plan.rules = [
                JudgingRule(
                    name: "errors", indicator: 0, subject: .candidate,
                    trip: .ratioAbove(bound: Ratio(numerator: 3, denominator: 2), harmlessBelow: nil), during: [0],
                    samplesMin: 1_000_000)
            ]
        }
        let run = try await engine.submit(plan)
        // Time passes whenever somebody waits for it.
        let ticking = Task {
            while !Task.isCancelled { await bench.clock.pass(.seconds(10)) }
        }
        var seen: [Measurement] = []
        await engine.see(run) { body in
            if case .ruleJudged(_, let measurement, _) = body { seen.append(measurement) }
            return seen.count == 3
        }
        ticking.cancel()
        try #require(seen.count == 3)
        #expect(seen[1].from == seen[0].to)
        #expect(seen[2].from == seen[1].to)
        #expect(seen.allSatisfy { $0.subject == Self.counts(5, 10) && $0.baseline == Self.counts(90, 100) })
        #expect(Set(counts.asked.map(\.arm)) == ["v1", "v2"])
        #expect(counts.asked.allSatisfy { $0.service == "shop" && $0.folder == "/srv/shop" })
        await engine.shutdown()
    }
}
