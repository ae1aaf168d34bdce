import Testing
import TminusModel

@testable import TminusPolicy

@Suite struct BusinessClockTests {
    private func clock(_ holidays: [WorkCalendar.Holiday] = [.japan]) throws -> BusinessClock {
        try #require(BusinessClock(WorkCalendar(name: "jp", zone: "Asia/Tokyo", holidays: holidays)))
    }

    private func end(_ count: Int, _ from: String) throws -> String {
        let clock = try clock()
        let end = try #require(clock.adding(count, to: instant(from, "Asia/Tokyo"))?.end)
        return clock.zone.shortText(end)
    }

    @Test func theDayOfSubmissionDoesNotCount() throws {
        #expect(try end(3, "2026-11-16T10:00") == "Thu 2026-11-19 10:00")
        #expect(try end(1, "2026-11-16T23:59") == "Tue 2026-11-17 23:59")
    }

    @Test func weekendsAndHolidaysDoNotCount() throws {
        // Monday, 23 November 2026 is Labour Thanksgiving Day.
        #expect(try end(1, "2026-11-20T10:00") == "Tue 2026-11-24 10:00")
        #expect(try end(3, "2026-11-20T10:00") == "Thu 2026-11-26 10:00")
        // Golden Week 2026: Wed 29 April, then Sunday 3 May to Wednesday 6 May (a substitute).
        #expect(try end(3, "2026-04-28T10:00") == "Thu 2026-05-07 10:00")
    }

    @Test func aDayOffCountsAsTheNextBusinessDay() throws {
        #expect(try end(1, "2026-11-21T15:00") == "Wed 2026-11-25 00:00")
        #expect(try end(0, "2026-11-21T15:00") == "Tue 2026-11-24 00:00")
    }

    @Test func whatWasNotCountedIsTold() throws {
        var policy = Policy(digest: "")
        policy.calendars = [WorkCalendar(name: "jp", zone: "Asia/Tokyo", holidays: [.japan])]
        let span = TimeSpan.businessDays(3, calendar: "jp")
        let reckoned = try #require(policy.end(of: span, from: instant("2026-11-20T10:00", "Asia/Tokyo"))).reckoned
        #expect(
            reckoned == "3 business days of calendar jp from Fri 2026-11-20 10:00 (Asia/Tokyo), until Thu 2026-11-26 "
                + "10:00 (Asia/Tokyo); not counted besides weekends: Mon 2026-11-23")
    }

    @Test func lengthsAddUpAndLaterIsNeverEarlier() throws {
        let clock = try clock([.japan, .yearly(month: 12, day: 31), .day(CivilDay(year: 2026, month: 7, day: 1))])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let at = Instant(
                millisecondsSinceEpoch: Int64.random(in: 1_700_000_000...1_900_000_000, using: &generator) * 1_000)
            let (first, second) = (Int.random(in: 0...9, using: &generator), Int.random(in: 0...9, using: &generator))
            let step = try #require(clock.adding(first, to: at)).end
            let both = try #require(clock.adding(second, to: step)).end
            let whole = try #require(clock.adding(first + second, to: at)).end
            #expect(both == whole)
            let later = try #require(clock.adding(first, to: at.advanced(by: .seconds(3_600)))).end
            #expect(later >= step)
            #expect(step >= at)
            let passed = try businessDays(clock, from: at, until: step)
            #expect(passed == first)
        }
    }

    /// Business days after the day of `from` (for a day off, after the first that is none), up to the day of `until`.
    private func businessDays(_ clock: BusinessClock, from: Instant, until: Instant) throws -> Int {
        let first = clock.zone.local(from).day
        let last = clock.zone.local(until).day
        let days = (first.number...last.number).map { CivilDay(number: $0) }.filter(clock.isBusinessDay)
        return days.count - 1
    }

    @Test func aCalendarWithoutBusinessDaysHasNoEnd() throws {
        let days = (0..<500).map { WorkCalendar.Holiday.day(CivilDay(year: 2026, month: 11, day: 1).advanced(by: $0)) }
        #expect(try clock(days).adding(1, to: instant("2026-11-21", "Asia/Tokyo")) == nil)
    }

    @Test func civilDaysGoRound() {
        for number in stride(from: -25_000, through: 120_000, by: 13) {
            let day = CivilDay(number: number)
            let (year, month, dayOfMonth) = day.parts
            #expect(CivilDay(year: year, month: month, day: dayOfMonth) == day)
            if (1900...2199).contains(year) { #expect(CivilDay(text: day.text) == day) }
        }
        #expect(CivilDay(text: "2026-02-29") == nil)
        #expect(CivilDay(year: 2026, month: 11, day: 21).weekdayText == "Sat")
    }
}
