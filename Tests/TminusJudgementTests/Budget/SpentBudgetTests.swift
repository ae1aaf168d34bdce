import Testing
import TminusModel

@testable import TminusJudgement

@Suite struct SpentBudgetTests {
    /// Nobl9's worked example: ten slices, target 95 %.
    static let good: [Int64] = [2, 10, 12, 13, 13, 12, 13, 13, 12, 11]
    static let valid: [Int64] = [4, 10, 12, 13, 14, 15, 14, 13, 12, 11]
    static let share = Ratio(numerator: 95, denominator: 100)
    static let slice: Duration = .seconds(60)

    private func readings() -> [ArmReading] {
        zip(Self.good, Self.valid).map { .counts(GoodTotal(good: $0, total: $1) ?? .none) }
    }

    private func budget(_ target: Ratio = share) throws -> ErrorBudget {
        try ErrorBudget(target: target, window: .seconds(600))
    }

    @Test func theThreeMethodsGiveTheWorkedExampleExactly() throws {
        let counts = try #require(GoodTotal(good: Self.good.reduce(0, +), total: Self.valid.reduce(0, +)))
        #expect(counts == GoodTotal(good: 111, total: 118))
        let slices = try #require(SliceSummary(readings(), of: 10, target: Self.share))
        let budget = try budget()
        let occurrences = try #require(budget.spent(counts, slices, method: .occurrences, isCalendar: false))
        let timeslices = try #require(
            budget.spent(
                counts, slices, method: .timeslices(slice: Self.slice, target: Self.share), isCalendar: false))
        let ratios = try #require(
            budget.spent(counts, slices, method: .ratioTimeslices(slice: Self.slice), isCalendar: false))
        #expect(Wording.percent(occurrences.value) == "118.6%")
        #expect(timeslices.value == 8)
        #expect(Wording.percent(timeslices.value) == "800%")
        #expect(Wording.percent(ratios.value) == "168.6%")
        // 7/118 of 5 %, four slices of ten, and the mean of the shares.
        #expect(Wording.decimal(occurrences.value, digits: 9) == "1.186440678")
        #expect(Wording.decimal(100 * (1 - 0.05 * ratios.value), digits: 2) == "91.57")
        #expect(timeslices.remaining == -7)
    }

    @Test func aCalendarWindowCountsSlicesToComeAsGood() throws {
        // 99.9 % of February 2026 in minutes: 40320 of them, 40.32 may be bad.
        let budget = try ErrorBudget(target: Ratio(numerator: 999, denominator: 1_000), window: .seconds(28 * 86_400))
        let method = BudgetMethod.timeslices(slice: Self.slice, target: Self.share)
        let slices = try #require(SliceSummary(slices: 40_320, measured: 1_440, bad: 10, badBillionths: 10_000_000_000))
        let calendar = try #require(budget.spent(.none, slices, method: method, isCalendar: true))
        #expect(Wording.decimal(calendar.value * 40.32, digits: 6) == "10")
        let rolling = try #require(budget.spent(.none, slices, method: method, isCalendar: false))
        #expect(Wording.decimal(rolling.value, digits: 6) == Wording.decimal(10 / 1.44, digits: 6))
    }

    @Test func limitsAreComparedExactlyWithWhatIsLeft() throws {
        let budget = try ErrorBudget(target: Ratio(numerator: 999, denominator: 1_000), window: .seconds(28 * 86_400))
        let method = BudgetMethod.timeslices(slice: Self.slice, target: Self.share)
        // 30 of 40 bad slices: exactly a quarter is left, which is not below a quarter.
        let quarter = try #require(SliceSummary(slices: 40_000, measured: 40_000, bad: 30, badBillionths: 0))
        let spent = try #require(budget.spent(.none, quarter, method: method, isCalendar: false))
        #expect(!spent.isRemaining(below: Ratio(numerator: 25, denominator: 100)))
        #expect(spent.isRemaining(below: Ratio(numerator: 250_000_001, denominator: 1_000_000_000)))
        let over = try #require(SliceSummary(slices: 40_000, measured: 40_000, bad: 80, badBillionths: 0))
        let double = try #require(budget.spent(.none, over, method: method, isCalendar: false))
        #expect(double.remaining == -1)
        #expect(!double.isRemaining(below: Ratio(numerator: -1, denominator: 1)))
        #expect(double.isRemaining(below: Ratio(numerator: -99, denominator: 100)))
    }

    @Test func nothingMeasuredIsNoNumber() throws {
        let budget = try budget()
        let none = try #require(
            SliceSummary([.noData("gone"), .counts(.none), .error("down")], of: 10, target: Self.share))
        #expect(none.measured == 0)
        #expect(budget.spent(.none, none, method: .occurrences, isCalendar: false) == nil)
        #expect(budget.spent(.none, none, method: .ratioTimeslices(slice: Self.slice), isCalendar: true) == nil)
        let counts = try #require(GoodTotal(good: 1, total: 2))
        #expect(budget.spent(counts, nil, method: .ratioTimeslices(slice: Self.slice), isCalendar: false) == nil)
    }

    @Test func aSliceAtItsTargetIsGood() throws {
        let at = ArmReading.counts(counts(bad: 5, of: 100))
        let below = ArmReading.counts(counts(bad: 51, of: 1_000))
        #expect(SliceSummary([at, below], of: 2, target: Self.share)?.bad == 1)
        #expect(SliceSummary([at, below], of: 1, target: Self.share) == nil)
    }
}

@Suite struct BudgetForecastTests {
    private func budget() throws -> ErrorBudget {
        try ErrorBudget(target: Ratio(numerator: 999, denominator: 1_000), window: .seconds(30 * 86_400))
    }

    private let step = StepForecast(
        share: Ratio(numerator: 5, denominator: 100), errorRatio: Ratio(numerator: 20, denominator: 100),
        duration: .seconds(1_800))

    @Test func theWorkbooksExampleCostsLessThanOnePercent() throws {
        let forecast = BudgetForecast(step, try budget())
        #expect(Wording.percent(forecast.value) == "0.7%")
        #expect(Wording.decimal(forecast.value * 100, digits: 4) == "0.6944")
        #expect(
            BudgetForecast.text(step, try budget())
                == "5% of traffic failing 20% for 30m costs 0.7% of the budget")
    }

    @Test func whatJustFitsIsAllowed() throws {
        let budget = try budget()
        // One request in two fails everything for 43.2 min: exactly half of the budget.
        let half = StepForecast(
            share: Ratio(numerator: 1, denominator: 2), errorRatio: Ratio(numerator: 1, denominator: 1),
            duration: .milliseconds(2_592_000))
        let spent = try #require(SpentBudget(counts(bad: 400, of: 1_000_000), budget.target))
        let forecast = BudgetForecast(half, budget)
        #expect(forecast.value == 0.5)
        #expect(!forecast.exceeds(spent, reserve: Ratio(numerator: 10, denominator: 100)))
        #expect(forecast.exceeds(spent, reserve: Ratio(numerator: 100_000_001, denominator: 1_000_000_000)))
        #expect(!forecast.exceeds(Ratio(numerator: 1, denominator: 2)))
        #expect(forecast.exceeds(Ratio(numerator: 499_999_999, denominator: 1_000_000_000)))
    }

    @Test func sumsOfProductsCarryOverLimbs() {
        let most = ExactProduct([.max, .max])
        #expect(most + ExactProduct([1]) > most)
        #expect(ExactProduct([.max]) + ExactProduct([1]) == ExactProduct([1 << 32, 1 << 32]))
        #expect(ExactProduct([0]) + most == most)
    }
}
