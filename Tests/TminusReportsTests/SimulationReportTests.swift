import Testing
import TminusCore
import TminusJudgement
import TminusModel
import TminusReports

@Suite struct SimulationReportTests {
    /// 300 candidate and 5,700 baseline requests a minute, 0.2 % bad: whole numbers that repeat every five minutes.
    private var quiet: ArmHistory {
        ArmHistory(
            (0..<200).map { minute in
                let bad = [0, 1, 0, 1, 1][minute % 5]
                return ArmHistory.Interval(
                    candidate: GoodTotal(good: 300 - Int64(bad), total: 300) ?? .none,
                    baseline: GoodTotal(good: 5_700 - Int64(9 + minute % 5), total: 5_700) ?? .none)
            })
    }

    private var rule: JudgingRule {
        JudgingRule(
            name: "errors", indicator: 0, subject: .candidate,
            trip: .ratioAbove(bound: Ratio(numerator: 15, denominator: 10), harmlessBelow: nil), during: [0])
    }

    @Test func aQuietHistoryIsRolledBackNoMoreOftenThanPromisedAndHarmIsFound() {
        var settings = JudgeSimulation.Settings()
        settings.runs = 200
        settings.ratios = [1, 5]
        let simulation = JudgeSimulation(quiet, rule: rule, settings: settings)
        let results = simulation.results()
        #expect(results[0].share <= 0.05)
        #expect(results[1].share >= 0.95)
        #expect(results == simulation.results())
        #expect(simulation.lines(results).count == 4)
    }

    @Test func aHistoryInWhichTheCandidateWasWorseIsEvenedOut() {
        let worse = ArmHistory(
            quiet.intervals.map { interval in
                ArmHistory.Interval(
                    candidate: GoodTotal(good: interval.candidate.good - 4, total: 300) ?? .none,
                    baseline: interval.baseline)
            })
        var settings = JudgeSimulation.Settings()
        settings.runs = 200
        settings.ratios = [1]
        let simulation = JudgeSimulation(worse, rule: rule, settings: settings)
        #expect((simulation.historyRatio ?? 0) > 5)
        #expect(simulation.results()[0].share <= 0.05)
    }

    @Test func historiesAreReadAsLinesOrJSON() throws {
        let lines = try ArmHistory(
            text: "candidateGood,candidateTotal,baselineGood,baselineTotal\r\n9,10,99,100\r\n\r\n10, 10, 100, 100\n")
        let json = try ArmHistory(
            text: """
                [{"candidateGood": 9, "candidateTotal": 10, "baselineGood": 99, "baselineTotal": 100},
                 {"candidateGood": 10, "candidateTotal": 10, "baselineGood": 100, "baselineTotal": 100}]
                """)
        #expect(lines == json)
        #expect(lines.intervals.count == 2)
    }

    @Test(arguments: [
        ("1,2,3", "line 1 must be 4 whole numbers: candidateGood,candidateTotal,baselineGood,baselineTotal"),
        ("1,2,3,4\n1,2,3,x", "line 2 must be 4 whole numbers: candidateGood,candidateTotal,baselineGood,baselineTotal"),
        ("3,2,3,4", "line 1 counts more good than there are in all, or below nothing"),
        ("-1,2,3,4", "line 1 counts more good than there are in all, or below nothing"),
        ("", "it holds no interval"), ("names,only", "it holds no interval"),
        ("[]", "it holds no interval"), ("[{}]", "interval 1 has no whole number 'candidateGood'"),
    ]) func aHistoryThatCannotBeUsedSaysWhere(_ text: String, _ message: String) {
        #expect(throws: HistoryError.self) { try ArmHistory(text: text) }
        do { _ = try ArmHistory(text: text) } catch { #expect(error.description == message) }
    }

    @Test func aBackTestSaysWhatAnotherPolicyWouldHaveStopped() {
        let (_, events) = JudgedRelease.run(ratio: 2)
        let same = Backtest(events, policy: JudgedRelease.plan)
        var strict = JudgedRelease.plan
        strict.rules[0].trip = .ratioAbove(bound: Ratio(numerator: 11, denominator: 10), harmlessBelow: nil)
        strict.budget?.warnBelow = Ratio(numerator: 58, denominator: 100)
        let stopped = Backtest(events, policy: strict)
        #expect(same.stop?.at == same.actual)
        #expect(stopped.stop?.source == .gate("canary"))
        var other = JudgedRelease.plan
        other.indicators[0].name = "latency"
        let blind = Backtest(events, policy: other)
        #expect(blind.stop == nil)
        #expect(
            blind.unanswered == [
                "errors (nothing was measured of latency)", "the budget (another indicator was measured)",
            ])
    }

    @Test func aPolicyThatWouldHaveLetTheRunBeIsSaidSo() {
        let (_, events) = JudgedRelease.run(ratio: 3)
        var loose = JudgedRelease.plan
        loose.budget = nil
        loose.rules[0].trip = .ratioAbove(bound: Ratio(numerator: 100, denominator: 10), harmlessBelow: nil)
        let test = Backtest(events, policy: loose)
        #expect(test.stop == nil)
        #expect(test.actual != nil)
        #expect(test.lines(clock: .utc).map(\.text) == ["checkout-7  rolled back  let be"])
    }

    @Test func aBudgetIsReplayedFromCounts() throws {
        // A day of minutes, all good but for an hour in which half fails.
        let intervals = (0..<1_440).map { minute in
            GoodTotal(good: (600..<660).contains(minute) ? 500 : 1_000, total: 1_000) ?? .none
        }
        var policy = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 99, denominator: 100),
            window: .seconds(86_400), observedMin: .seconds(3_600))
        policy.burning = []
        let simulation = try BudgetSimulation(intervals, every: .seconds(60), policy: policy)
        let result = simulation.result()
        // Overspent from the 13th bad minute on, 6,500 of 613,000, to the end of the day.
        #expect(result.asked == 1_381)
        #expect(result.open + result.warned + result.held + result.unknown == result.asked)
        #expect(result.held == 828)
        #expect(result.longestHold == 828)
        #expect(result.holds == 1)
        #expect(result.unknown == 0)
        // The same traffic in every minute: shares of slices say the same.
        policy.method = .ratioTimeslices(slice: .seconds(60))
        #expect(try BudgetSimulation(intervals, every: .seconds(60), policy: policy).result().held == 828)
        // Bad slices of five minutes: 2 of 123 are the first that are more than a hundredth, at minute 610.
        policy.method = .timeslices(slice: .seconds(300), target: Ratio(numerator: 9, denominator: 10))
        let slices = try BudgetSimulation(intervals, every: .seconds(60), policy: policy).result()
        #expect(slices.held == 1_440 - 609)
        #expect(slices.asked == 1_381 && slices.unknown == 0)
        policy.method = .timeslices(slice: .seconds(90), target: Ratio(numerator: 9, denominator: 10))
        #expect(throws: HistoryError.self) { try BudgetSimulation(intervals, every: .seconds(60), policy: policy) }
    }

    @Test func aCalendarWindowForgetsAtItsEnd() throws {
        // Two days of hours; the whole of the second hour fails.
        let intervals = (0..<48).map { hour in GoodTotal(good: hour == 1 ? 0 : 100, total: 100) ?? .none }
        var policy = BudgetPolicy(
            objective: "availability", indicator: 0, target: Ratio(numerator: 9, denominator: 10),
            window: .seconds(86_400), observedMin: .seconds(3_600))
        policy.burning = []
        policy.warnBelow = .zero
        policy.period = CalendarPeriod(unit: .day, start: "2026-11-01 00:00:00", zone: "UTC")
        let start = Instant(millisecondsSinceEpoch: 1_793_491_200_000)
        func result(_ method: BudgetMethod) throws -> BudgetSimulation.Result {
            policy.method = method
            return try BudgetSimulation(intervals, every: .seconds(3_600), policy: policy, from: start) { instant in
                let day: Int64 = 86_400_000
                let from = instant.since(start).milliseconds / day * day
                return BudgetMeasurement.Period(
                    from: start.advanced(by: .milliseconds(from)), until: start.advanced(by: .milliseconds(from + day)))
            }.result()
        }
        // 1 of 2 to 1 of 9 hours is more than a tenth; 1 of 10 spends it all and not more.
        #expect(try result(.occurrences).held == 8)
        // Of a day of 24 slices, 1 bad one is less than the 2.4 there may be.
        #expect(try result(.timeslices(slice: .seconds(3_600), target: Ratio(numerator: 5, denominator: 10))).held == 0)
        #expect(throws: HistoryError.self) {
            try BudgetSimulation(intervals, every: .seconds(3_600), policy: policy)
        }
    }
}
