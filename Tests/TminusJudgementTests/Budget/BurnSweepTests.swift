import Testing
import TminusModel

@testable import TminusJudgement

@Suite struct BurnSweepTests {
    private let minute: Int64 = 60_000

    @Test func windowsAreDifferencesOfRunningSums() throws {
        let ends = (1...10).map { Int64($0) * minute }
        let counts = (1...10).map { GoodTotal(good: Int64($0), total: 10) ?? .none }
        let history = try #require(
            CountHistory(start: Instant(millisecondsSinceEpoch: 0), ends: ends, counts: counts))
        let now = Instant(millisecondsSinceEpoch: 10 * minute)
        #expect(history.counts(.seconds(60), until: now) == GoodTotal(good: 10, total: 10))
        #expect(history.counts(.seconds(180), until: now) == GoodTotal(good: 27, total: 30))
        #expect(history.counts(.seconds(600), until: now) == GoodTotal(good: 55, total: 100))
        #expect(history.counts(.seconds(601), until: now) == nil)
        #expect(history.counts(.seconds(60), until: now.advanced(by: .seconds(1))) == nil)
    }

    @Test func slotsThatDoNotRiseAreRefused() {
        let start = Instant(millisecondsSinceEpoch: 5)
        #expect(CountHistory(start: start, ends: [5], counts: [.none]) == nil)
        #expect(CountHistory(start: start, ends: [9, 9], counts: [.none, .none]) == nil)
        #expect(CountHistory(start: start, ends: [9], counts: []) == nil)
    }

    @Test func theExampleBurnsWhereItWasMadeTo() throws {
        let (sweep, now) = try BurnSweep.example(200)
        let standings = sweep.standings(at: now)
        #expect(standings.count == 800)
        for (index, standing) in standings.enumerated() {
            // One in twenty fails: fifty times the budgeted rate, above every threshold.
            #expect(standing == (index / 4 % 100 == 99 ? .burning : .quiet), "pair \(index)")
        }
        #expect(sweep.standings(at: now.advanced(by: .seconds(1))).allSatisfy { $0 == .unmeasured })
    }
}
