import Testing
import TminusModel

@testable import TminusJudgement

private let day: Duration = .seconds(86_400)

struct BudgetGateTierTests {
    private func tiers(
        _ bad: Int64, _ subject: GateSubject?, _ change: (inout BudgetPolicy) -> Void = { _ in }
    ) -> Judgement {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: bad, of: 1_000_000))
        reading.policy.tiers = [
            BudgetTier(below: .zero, action: .hold, allowedChanges: [.emergency]),
            BudgetTier(
                below: Ratio(numerator: 10, denominator: 100), action: .hold, allowedChanges: [.standard],
                allowedKinds: ["backup"]),
            BudgetTier(below: Ratio(numerator: 50, denominator: 100), action: .ask),
        ]
        change(&reading.policy)
        return BudgetGate(policy: reading.policy, subject: subject).judge(reading.measurement)
    }

    private func subject(_ change: ChangeClass, _ kind: String = "run") -> GateSubject {
        GateSubject(change: change, kind: kind)
    }

    @Test func theLowestBoundThatAppliesDecides() {
        #expect(tiers(400, subject(.normal)).verdict == .pass)
        #expect(tiers(600, subject(.normal)).verdict == .warning)
        #expect(tiers(950, subject(.normal)).verdict == .fail)
        #expect(
            tiers(950, subject(.normal)).reason.hasPrefix(
                "availability: 5% of the budget is left, below the tier of 10%; released at 10% or more, "))
    }

    @Test func whatATierAllowsPassesAndIsSaidSo() {
        let standard = tiers(950, subject(.standard))
        #expect(standard.verdict == .pass)
        #expect(
            standard.reason.hasSuffix(
                "; 5% of the budget is left, below the tier of 10%, "
                    + "where changes of class standard may pass all the same"
            ))
        #expect(tiers(950, subject(.normal, "backup")).reason.hasSuffix("where backup steps may pass all the same"))
        // Without a subject there is nobody to make an exception for.
        #expect(tiers(950, nil).verdict == .fail)
    }

    @Test func anExceptionOfAHigherTierDoesNotReachBelow() {
        #expect(tiers(1_100, subject(.standard, "backup")).verdict == .fail)
        #expect(tiers(1_100, subject(.emergency)).verdict == .pass)
    }

    @Test func anExceptionIsNoneForAnAlert() {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: 1_100, of: 1_000_000))
        reading.lookbacks[0] = .counts(counts(bad: 213, of: 10_000))
        reading.lookbacks[1] = .counts(counts(bad: 27, of: 900))
        reading.policy.tiers = [BudgetTier(below: .zero, action: .hold, allowedChanges: [.emergency])]
        let judgement = BudgetGate(policy: reading.policy, subject: subject(.emergency)).judge(reading.measurement)
        #expect(judgement.verdict == .fail)
    }

    // MARK: Forecast

    private func forecast(_ share: Int64, _ duration: Duration, bad: Int64, reserve: Int64) -> Judgement {
        var reading = BudgetCase()
        reading.window = .counts(counts(bad: bad, of: 1_000_000))
        reading.policy.reserve = Ratio(numerator: reserve, denominator: 100)
        let step = StepForecast(
            share: Ratio(numerator: share, denominator: 100), errorRatio: Ratio(numerator: 20, denominator: 100),
            duration: duration)
        let subject = GateSubject(change: .normal, kind: "canary", forecast: step)
        return BudgetGate(policy: reading.policy, subject: subject).judge(reading.measurement)
    }

    @Test func theWorkedExampleFits() {
        // 5 % share, 20 % errors, 30 min at 99.9 % / 30 d: 0.69 % of the budget.
        let judgement = forecast(5, .seconds(1_800), bad: 100, reserve: 5)
        #expect(judgement.verdict == .pass)
        let worst = judgement.figures.first { $0.name == "worst case" }
        #expect(worst?.value.map { abs($0 - 0.006_944_444) < 1e-8 } == true)
        #expect(worst?.text == "5% of traffic failing 20% for 30m costs 0.7% of the budget")
    }

    @Test func aWorstCaseThatJustFitsPassesAndOneMillisecondMoreIsHeld() {
        // 10 % × 20 % for 3 h 36 min is 10 % of the budget: 15 % left, 5 % of them reserved.
        let fits = forecast(10, .seconds(12_960), bad: 850, reserve: 5)
        #expect(fits.verdict == .warning)
        #expect(!fits.reason.contains("at the worst"))
        let over = forecast(10, .milliseconds(12_960_001), bad: 850, reserve: 5)
        #expect(over.verdict == .fail)
        #expect(
            over.reason.hasPrefix(
                "availability: at the worst 10% of traffic failing 20% for 3h36m costs 10% of the budget, "
                    + "more than the 10% there is above the reserve of 5%; "
                    + "released when 15% or more of the budget is left"
            ))
    }

    // MARK: Methods and windows

    private func sliced(
        _ method: BudgetMethod, bad: Int64, billionths: Int64, slices: Int64 = 43_200, measured: Int64 = 43_200
    ) -> Judgement {
        var reading = BudgetCase()
        reading.policy.method = method
        reading.policy.burning = []
        var measurement = reading.measurement
        measurement.slices = SliceSummary(
            slices: slices, measured: measured, bad: bad, badBillionths: billionths)
        return BudgetGate(policy: reading.policy).judge(measurement)
    }

    @Test func timeSlicesAreCountedAndNotRequests() {
        let target = Ratio(numerator: 99, denominator: 100)
        let method = BudgetMethod.timeslices(slice: .seconds(60), target: target)
        // 43.2 bad minutes of a month are the budget of 99.9 %.
        let judgement = sliced(method, bad: 11, billionths: 0)
        #expect(judgement.verdict == .pass)
        #expect(judgement.reason.contains("74.5% of the 30d budget left (11 of 43.2 min spent)"))
        #expect(sliced(method, bad: 44, billionths: 0).verdict == .fail)
    }

    @Test func theMeanOfSlicesIsCountedByShares() {
        let method = BudgetMethod.ratioTimeslices(slice: .seconds(60))
        // Shares that add up to 21.6 bad minutes: half of the budget.
        let judgement = sliced(method, bad: 0, billionths: 21_600_000_000)
        #expect(judgement.reason.contains("50% of the 30d budget left (21.6 of 43.2 min spent)"))
    }

    @Test func aBudgetOfSlicesWithoutThemIsNoData() {
        let method = BudgetMethod.ratioTimeslices(slice: .seconds(60))
        #expect(sliced(method, bad: 0, billionths: 0, measured: 0).verdict == .noData)
    }

    @Test func aCalendarWindowIsAsLongAsItIs() {
        var reading = BudgetCase()
        reading.policy.period = CalendarPeriod(unit: .month, start: "2026-01-01 00:00:00", zone: "America/New_York")
        reading.window = .counts(counts(bad: 1_200, of: 1_000_000))
        var measurement = reading.measurement
        // March 2026 in New York: an hour less than 31 days.
        let from = Instant(millisecondsSinceEpoch: 0)
        let until = from.advanced(by: day * 31 - .seconds(3_600))
        measurement.at = until.advanced(by: .zero - .seconds(7_200))
        measurement.period = BudgetMeasurement.Period(from: from, until: until)
        let judgement = BudgetGate(policy: reading.policy).judge(measurement)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reason.contains("of 44.6 min spent"))
        #expect(judgement.reason.contains("released at 0% or more, or when the next window begins in 2h"))
    }

    @Test func whatWasSeenInPartHolds() {
        var reading = BudgetCase()
        reading.window = .partial(counts(bad: 0, of: 1_000), "2 of 3 shards answered")
        let judgement = reading.judgement
        #expect(judgement.verdict == .inconclusive)
        #expect(judgement.reason.contains("was measured in part: 2 of 3 shards answered"))
    }

    @Test func aStepCostsWhatItsIntervalTookByTheMethod() {
        var policy = BudgetCase().policy
        let gate = BudgetCase().measurement
        let interval = Measurement(
            from: Instant(millisecondsSinceEpoch: 0), to: Instant(millisecondsSinceEpoch: 186_000),
            subject: .counts(counts(bad: 72, of: 300)))
        // 72 of the 1,000 that may fail of a million.
        #expect(StepCost(policy, gate: gate)?.share(of: interval) == 0.072)
        #expect(StepCost(policy, gate: gate)?.text(0.072) == "3.1 of 43.2 min")
        #expect(StepCost(policy, gate: nil)?.share(of: interval) == nil)
        policy.method = .timeslices(slice: .seconds(60), target: Ratio(numerator: 9, denominator: 10))
        #expect(
            StepCost(policy, gate: nil)?.text(StepCost(policy, gate: nil)?.share(of: interval) ?? 0)
                == "3.1 of 43.2 min")
        policy.method = .ratioTimeslices(slice: .seconds(60))
        let mean = StepCost(policy, gate: nil)?.share(of: interval) ?? 0
        #expect(abs(mean - 0.24 * 3.1 / 43.2) < 1e-12)
    }
}
