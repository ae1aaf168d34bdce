import Testing
import TminusModel

@testable import TminusJudgement

@Suite struct CanarySizingTests {
    private func budget(_ target: Int64 = 999, days: Int64 = 30) throws -> ErrorBudget {
        try ErrorBudget(target: Ratio(numerator: target, denominator: 1_000), window: .seconds(days * 86_400))
    }

    private func limits(_ percent: Int64, _ detection: Int64, _ rollback: Int64) -> CanarySizing.Limits {
        CanarySizing.Limits(
            spendAtMost: Ratio(numerator: percent, denominator: 100), detection: .seconds(detection),
            rollback: .seconds(rollback), interval: .seconds(30))
    }

    @Test func theWorstCaseStaysInsideAndOnePercentMoreWouldNot() throws {
        // 5 % of 43.2 min are 129.6 s of full outage; 10 min at 21 % are 126 s, at 22 % they are 132 s.
        let budget = try budget()
        let sizing = try CanarySizing(budget, limits(5, 100, 500))
        #expect(sizing.weights == [1, 2, 5, 10, 21])
        #expect(sizing.every == .seconds(120))
        let five = Ratio(numerator: 5, denominator: 100)
        #expect(!BudgetForecast(sizing.forecast, budget).exceeds(five))
        #expect(BudgetForecast(CanarySizing.worst(22, .seconds(600)), budget).exceeds(five))
        #expect(
            sizing.text
                == "5% of 43.2 min of budget is 2.16 min; found in 1m40s and taken back in 8m20s, a version that fails "
                + "everything costs at 21% of traffic 2.1 min, 4.9%")
    }

    @Test func aWeightThatJustFitsIsTaken() throws {
        // 10 min at 21.6 % are exactly 5 %, and so are 12.96 min at 10 % … 1296 s.
        let sizing = try CanarySizing(try budget(), limits(5, 296, 1_000))
        #expect(sizing.weights == [1, 2, 5, 10])
        #expect(BudgetForecast(sizing.forecast, try budget()).value == 0.05)
    }

    @Test func itEndsAtHalfOfTheTraffic() throws {
        #expect(try CanarySizing(try budget(950), limits(50, 60, 60)).weights == [1, 2, 5, 10, 25, 50])
    }

    @Test func whatFitsNowhereIsRefusedWithTheArithmetic() throws {
        let error = #expect(throws: CanarySizingError.self) {
            try CanarySizing(try budget(), limits(1, 60, 3_600))
        }
        #expect(
            error?.description
                == "1% of traffic failing 100% for 1h1m costs 1.4% of the budget, more than the 1% that it may cost")
    }

    @Test func noWeightIsLeftBeforeAFailureAtItCouldBeKnown() throws {
        var short = limits(5, 100, 500)
        short.every = .seconds(99)
        #expect(throws: CanarySizingError.tooShort(every: .seconds(99), detection: .seconds(100))) {
            try CanarySizing(try budget(), short)
        }
        short.every = .seconds(100)
        #expect(try CanarySizing(try budget(), short).every == .seconds(100))
    }

    @Test func everySizeOfManyStaysInside() throws {
        for target in stride(from: Int64(900), through: 999, by: 9) {
            for detection in [Int64(10), 77, 600] {
                for percent in [Int64(1), 3, 20] {
                    let budget = try budget(target, days: 28)
                    guard let sizing = try? CanarySizing(budget, limits(percent, detection, 61)) else { continue }
                    let limit = Ratio(numerator: percent, denominator: 100)
                    #expect(!BudgetForecast(sizing.forecast, budget).exceeds(limit))
                    #expect(sizing.every >= .seconds(detection))
                    #expect(sizing.weights == sizing.weights.sorted())
                }
            }
        }
    }
}
