import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct PeriodFinderTests {
    private func instant(_ text: String) throws -> Instant {
        let date = try Date(text, strategy: .iso8601)
        return Instant(millisecondsSinceEpoch: Int64(date.timeIntervalSince1970 * 1_000))
    }

    private func found(_ period: CalendarPeriod, _ now: String) throws -> BudgetMeasurement.Period {
        try #require(PeriodFinder.period(of: period, at: instant(now)))
    }

    private func month(_ zone: String, start: String = "2020-01-01 00:00:00", count: Int = 1) -> CalendarPeriod {
        CalendarPeriod(count: count, unit: .month, start: start, zone: zone)
    }

    /// Minutes of full outage that 99.9 % allow, in hundredths.
    private func allowed(_ period: BudgetMeasurement.Period) -> Int64 {
        period.until.since(period.from).milliseconds / 600_000
    }

    @Test func theBudgetOfAMonthFollowsItsLength() throws {
        #expect(try allowed(found(month("UTC"), "2026-02-10T00:00:00Z")) == 4_032)
        // An hour less in March, when the clocks go forward, and one more in November.
        #expect(try allowed(found(month("America/New_York"), "2026-03-20T00:00:00Z")) == 4_458)
        #expect(try allowed(found(month("America/New_York"), "2026-11-20T00:00:00Z")) == 4_326)
        #expect(try allowed(found(month("UTC"), "2028-02-29T23:59:59Z")) == 4_176)
        #expect(try allowed(found(month("Europe/Berlin"), "2026-10-20T00:00:00Z")) == 4_470)
    }

    @Test func itBeginsAtLocalMidnight() throws {
        let march = try found(month("America/New_York"), "2026-03-20T00:00:00Z")
        #expect(try march.from == instant("2026-03-01T05:00:00Z"))
        #expect(try march.until == instant("2026-04-01T04:00:00Z"))
        // The first instant belongs to it, the last to the next.
        #expect(try found(month("America/New_York"), "2026-04-01T04:00:00Z").from == march.until)
        #expect(try found(month("America/New_York"), "2026-04-01T03:59:59Z").until == march.until)
    }

    @Test func aStartInTheMiddleOfAMonthIsKept() throws {
        let period = month("America/New_York", start: "2020-01-21 12:30:00")
        let found = try found(period, "2026-02-10T00:00:00Z")
        #expect(try found.from == instant("2026-01-21T17:30:00Z"))
        #expect(try found.until == instant("2026-02-21T17:30:00Z"))
    }

    @Test func theThirtyFirstComesBackAfterShorterMonths() throws {
        let period = month("UTC", start: "2026-01-31 00:00:00")
        #expect(try found(period, "2026-03-15T00:00:00Z").from == instant("2026-02-28T00:00:00Z"))
        #expect(try found(period, "2026-03-15T00:00:00Z").until == instant("2026-03-31T00:00:00Z"))
        #expect(try found(period, "2026-04-30T12:00:00Z").until == instant("2026-05-31T00:00:00Z"))
    }

    @Test func weeksQuartersDaysAndYears() throws {
        let week = CalendarPeriod(unit: .week, start: "2026-01-05 00:00:00", zone: "Europe/Berlin")
        let october = try found(week, "2026-10-23T00:00:00Z")
        #expect(october.until.since(october.from) == .seconds(7 * 86_400 + 3_600))
        let quarter = CalendarPeriod(unit: .quarter, start: "2020-01-01 00:00:00", zone: "Asia/Tokyo")
        #expect(try found(quarter, "2026-11-21T00:00:00Z").from == instant("2026-09-30T15:00:00Z"))
        #expect(try found(quarter, "2026-11-21T00:00:00Z").until == instant("2026-12-31T15:00:00Z"))
        let twoWeeks = CalendarPeriod(count: 2, unit: .week, start: "2026-01-05 00:00:00", zone: "UTC")
        #expect(try found(twoWeeks, "2026-01-20T00:00:00Z").from == instant("2026-01-19T00:00:00Z"))
        let day = CalendarPeriod(unit: .day, start: "2026-01-01 00:00:00", zone: "America/New_York")
        let short = try found(day, "2026-03-08T12:00:00Z")
        #expect(short.until.since(short.from) == .seconds(23 * 3_600))
        let year = CalendarPeriod(unit: .year, start: "2020-04-01 00:00:00", zone: "Asia/Tokyo")
        #expect(try found(year, "2026-03-31T14:59:59Z").from == instant("2025-03-31T15:00:00Z"))
    }

    @Test func timesBeforeTheStartHavePeriodsToo() throws {
        #expect(
            try found(month("UTC", start: "2026-06-01 00:00:00"), "2025-12-31T23:59:59Z").from
                == instant("2025-12-01T00:00:00Z"))
        #expect(try found(month("UTC", count: 5), "2019-12-31T23:59:59Z").from == instant("2019-08-01T00:00:00Z"))
    }

    @Test func everyInstantOfTwoYearsIsInExactlyOnePeriod() throws {
        let period = month("America/New_York", start: "2019-11-03 01:30:00")
        var now = try instant("2026-01-01T00:00:00Z")
        let end = try instant("2028-01-01T00:00:00Z")
        var last = try #require(PeriodFinder.period(of: period, at: now))
        while now < end {
            let found = try #require(PeriodFinder.period(of: period, at: now))
            #expect(found.from <= now && now < found.until)
            #expect(found == last || found.from == last.until)
            last = found
            now = now.advanced(by: .seconds(5 * 3_600 + 1))
        }
    }

    @Test(arguments: [
        "2026-02-30 00:00:00", "2026-1-01 00:00:00", "2026-01-01 24:00:00", "2026-01-01 00:00", "yesterday", "",
        "2026-00-10 00:00:00", "0001-01-01 00:00:00", "2026-01-01 00:00:00 Z",
    ]) func whatIsNoDateHasNoPeriod(_ start: String) throws {
        #expect(PeriodFinder.period(of: month("UTC", start: start), at: try instant("2026-01-01T00:00:00Z")) == nil)
    }

    @Test func farInstantsAndUnknownZonesHaveNoPeriodAndTrapNothing() {
        #expect(PeriodFinder.period(of: month("Mars/Olympus"), at: Instant(millisecondsSinceEpoch: 0)) == nil)
        #expect(PeriodFinder.period(of: month("UTC"), at: .distantFuture) == nil)
        #expect(PeriodFinder.period(of: month("UTC"), at: .distantPast) == nil)
    }
}
