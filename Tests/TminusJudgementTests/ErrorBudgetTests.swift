import Testing
import TminusModel

@testable import TminusJudgement

private let day: Duration = .seconds(86_400)
private let hour: Duration = .seconds(3_600)

/// Reads better than a failable initialiser in a hundred places.
func counts(bad: Int64, of total: Int64) -> GoodTotal {
    guard let counts = GoodTotal(good: total - bad, total: total) else { preconditionFailure("\(bad) of \(total)") }
    return counts
}

private func ratio(_ text: String) throws -> Ratio { try #require(Ratio(decimalText: text)) }

private func budget(_ target: String = "99.9%", _ window: Duration = day * 30) throws -> ErrorBudget {
    try ErrorBudget(target: ratio(target), window: window)
}

struct ErrorBudgetTests {
    @Test func theWorkedExampleOfOccurrencesConsumes118Percent() throws {
        let good = [2, 10, 12, 13, 13, 12, 13, 13, 12, 11].reduce(0, +)
        let valid = [4, 10, 12, 13, 14, 15, 14, 13, 12, 11].reduce(0, +)
        let counts = try #require(GoodTotal(good: Int64(good), total: Int64(valid)))
        let remaining = try #require(budget("95%").remaining(counts))
        #expect((1 - remaining - 1.186).magnitude < 0.001)
        #expect(remaining < 0)
        #expect(try budget("95%").isRemaining(counts, below: .zero))
    }

    @Test func noRequestsAreNeverANumber() throws {
        let budget = try budget()
        #expect(budget.remaining(.none) == nil)
        #expect(budget.burnRate(.none) == nil)
        #expect(budget.cost(of: counts(bad: 1, of: 1), in: .none) == nil)
        #expect(GoodTotal.none.badShare == nil)
        #expect(!budget.isBurning(.none, above: .one))
        #expect(!budget.isRemaining(.none, below: .zero))
    }

    @Test func aTotalOutageBurnsAThousandTimesNotOnePointThreeNine() throws {
        #expect(try budget().burnRate(counts(bad: 60, of: 60)) == 1000)
    }

    @Test func theBoundaryOfFourteenPointFourIsExact() throws {
        let budget = try budget()
        let page = BurnPair(.fast, window: day * 30).threshold
        // 144 of 10,000 is exactly 14.4 times 0.1 %; in floating point it is 14.39999….
        #expect(!budget.isBurning(counts(bad: 144, of: 10_000), above: page))
        #expect(budget.isBurning(counts(bad: 145, of: 10_000), above: page))
        #expect(budget.isBurning(counts(bad: 144, of: 9_999), above: page))
        let slow = BurnPair(.slow, window: day * 30).threshold
        #expect(!budget.isBurning(counts(bad: 6, of: 1_000), above: slow))
        #expect(budget.isBurning(counts(bad: 6, of: 999), above: slow))
        // The largest counts there are: one bad request more decides, 19 digits in.
        let most = Int64.max / 10_000 * 10_000
        #expect(!budget.isBurning(counts(bad: most / 10_000 * 144, of: most), above: page))
        #expect(budget.isBurning(counts(bad: most / 10_000 * 144 + 1, of: most), above: page))
        #expect(budget.isBurning(counts(bad: .max, of: .max), above: page))
    }

    @Test func theRemainingBudgetComparesExactly() throws {
        let budget = try budget()
        // 75 of 100,000 spends exactly three quarters.
        let threeQuarters = counts(bad: 75, of: 100_000)
        #expect(try !budget.isRemaining(threeQuarters, below: ratio("25%")))
        #expect(try budget.isRemaining(counts(bad: 76, of: 100_000), below: ratio("25%")))
        #expect(try !budget.isRemaining(counts(bad: 100, of: 100_000), below: ratio("0%")))
        #expect(try budget.isRemaining(counts(bad: 101, of: 100_000), below: ratio("0%")))
        #expect(try !budget.isRemaining(counts(bad: 120, of: 100_000), below: ratio("-20%")))
        #expect(try budget.isRemaining(counts(bad: 121, of: 100_000), below: ratio("-20%")))
        #expect(try !budget.isRemaining(counts(bad: 0, of: 1), below: ratio("100%")))
        #expect(try budget.isRemaining(counts(bad: 0, of: 1), below: ratio("100.1%")))
        #expect(budget.isRemaining(counts(bad: 0, of: 1), below: Ratio(numerator: .max, denominator: 1)))
        #expect(!budget.isRemaining(counts(bad: 1, of: .max), below: Ratio(numerator: .min, denominator: .max)))
    }

    @Test func thresholdsAreDerivedFromTheWindow() throws {
        func thresholds(_ days: Int) -> [Double] {
            let alerts = BurnAlert.allCases.map { BurnPair($0, window: day * days).threshold.value }
            return alerts + BurnPair.tickets(window: day * days).map(\.threshold.value)
        }
        #expect(thresholds(30) == [14.4, 6, 3, 1])
        #expect(thresholds(28).map { ($0 * 1000).rounded() } == [13_440, 5_600, 2_800, 933])
        #expect(thresholds(7).map { ($0 * 1000).rounded() } == [3_360, 1_400, 700, 233])
        let fast = BurnPair(.fast, window: day * 30)
        #expect(fast.long == hour && fast.short == .seconds(300))
        #expect(BurnPair.lookbacks(window: day * 28) == [hour, .seconds(300), hour * 6, .seconds(1_800)])
    }

    @Test func aShortWindowScalesItsLookbacksDownToTheFloor() {
        // One hour is 1/720 of 30 d: 5 s & 0.416 s, 30 s & 2.5 s; the thresholds are those of 30 d.
        #expect(
            BurnPair.lookbacks(window: hour)
                == [.seconds(5), .milliseconds(416), .seconds(30), .milliseconds(2_500)])
        #expect(BurnAlert.allCases.map { BurnPair($0, window: hour).threshold.value } == [14.4, 6])
        // With scrapes every 2 s nothing below 4 s can be counted; the thresholds follow what is measured.
        let floored = BurnPair.lookbacks(window: hour, lookbackMin: .seconds(20))
        #expect(floored == [.seconds(20), .seconds(20), .seconds(30), .seconds(20)])
        #expect(BurnPair(.fast, window: hour, lookbackMin: .seconds(20)).threshold.value == 3.6)
        // A floor as long as the window would make 2 % an alert; it never alerts below 1.
        let whole = BurnPair(.fast, window: hour, lookbackMin: day)
        #expect(whole.long == hour && whole.short == hour && whole.threshold == .one)
        #expect(BurnPair.lookbacks(window: .zero) == Array(repeating: .milliseconds(1), count: 4))
        #expect(BurnPair.lookbacks(window: day * 7).first == hour)
    }

    @Test func budgetTimeNeedsItsWindow() throws {
        #expect((try budget().allowedSeconds - 43.2 * 60).magnitude < 1e-9)
        #expect((try budget("99.9%", day * 28).allowedSeconds - 40.32 * 60).magnitude < 1e-9)
    }

    @Test func exhaustionAndDetectionTimesAreTheReferences() throws {
        let budget = try budget()
        #expect(budget.timeToExhaustion(remaining: 1, burnRate: 14.4) == hour * 50)
        #expect(budget.timeToExhaustion(remaining: 0, burnRate: 14.4) == .zero)
        #expect(budget.timeToExhaustion(remaining: -0.1, burnRate: 0) == .zero)
        #expect(budget.timeToExhaustion(remaining: 1, burnRate: 0) == nil)
        #expect(budget.timeToExhaustion(remaining: 1, burnRate: .nan) == nil)
        let page = BurnPair(.fast, window: day * 30)
        func detection(_ share: Double) -> Duration? {
            budget.detectionTime(of: share, page.threshold, lookback: page.long)
        }
        #expect(detection(1) == .milliseconds(51_840))
        #expect(detection(0.1) == .milliseconds(518_400))
        #expect(detection(0.02) == .milliseconds(2_592_000))
        #expect(detection(0.0144) == nil)
        #expect(detection(.nan) == nil)
    }

    @Test func aStepCostsItsShareOfTheBudget() throws {
        let budget = try budget()
        let forecast = budget.cost(weight: 0.05, badShare: 0.2, for: hour / 2)
        #expect((forecast - 0.0069).magnitude < 0.0001)
        #expect(budget.cost(of: counts(bad: 50, of: 70), in: counts(bad: 60, of: 100_000)) == 0.5)
    }

    @Test func uselessObjectivesAreRefused() throws {
        #expect(throws: TargetError.outOfRange("100%")) { try budget("1") }
        #expect(throws: TargetError.windowOutOfRange("0s")) { try budget("0.9", .zero) }
        #expect(throws: TargetError.windowOutOfRange("-1h")) { try budget("0.9", .zero - hour) }
        #expect(throws: TargetError.self) { try budget("0.9", day * 4_000) }
        #expect(throws: TargetError.self) { try budget("0.9", .seconds(Int64.max) * 9) }
    }
}
