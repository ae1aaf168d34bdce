import Testing
import TminusCommands
import TminusModel
import TminusReports

@Suite
struct WindowFinderTests {
    /// 2026-11-20 00:00:00 UTC, a day without a change of clocks.
    private static let midnight = Instant(millisecondsSinceEpoch: 1_795_132_800_000)

    private func opening(_ from: Int, _ until: Int, _ zone: String, at now: Instant) -> [String]? {
        let window = Window(fromMinute: from, untilMinute: until, zone: zone)
        return WindowFinder.opening(of: window, at: now).map { found in
            [WallClock.utc.full(found.opens), WallClock.utc.full(found.closes)]
        }
    }

    @Test func beforeItOpensItIsTodays() {
        let found = opening(120, 240, "UTC", at: Self.midnight)
        #expect(found == ["2026-11-20 02:00:00 UTC", "2026-11-20 04:00:00 UTC"])
    }

    @Test func whileItIsOpenItIsThisOne() {
        let found = opening(120, 240, "UTC", at: Self.midnight.advanced(by: .seconds(3 * 3_600)))
        #expect(found == ["2026-11-20 02:00:00 UTC", "2026-11-20 04:00:00 UTC"])
    }

    @Test func whenItClosesItIsTomorrows() {
        let found = opening(120, 240, "UTC", at: Self.midnight.advanced(by: .seconds(4 * 3_600)))
        #expect(found == ["2026-11-21 02:00:00 UTC", "2026-11-21 04:00:00 UTC"])
    }

    @Test func anotherZoneHasAnotherDay() {
        let found = opening(120, 240, "Asia/Tokyo", at: Self.midnight)
        #expect(found == ["2026-11-20 17:00:00 UTC", "2026-11-20 19:00:00 UTC"])
    }

    @Test func midnightIsTheEndOfTheDay() {
        let found = opening(1_380, 1_440, "UTC", at: Self.midnight)
        #expect(found == ["2026-11-20 23:00:00 UTC", "2026-11-21 00:00:00 UTC"])
    }

    /// In New York the clocks go from 02:00 to 03:00 on 2026-03-08.
    @Test func onTheDayTheClocksGoForwardAMissingHourCountsAsTheNext() {
        let before = Instant(millisecondsSinceEpoch: 1_772_949_600_000)  // 2026-03-08 06:00 UTC, 01:00 there
        let found = opening(90, 240, "America/New_York", at: before)
        #expect(found == ["2026-03-08 06:30:00 UTC", "2026-03-08 08:00:00 UTC"])
    }

    /// They go back from 02:00 to 01:00 on 2026-11-01.
    @Test func onTheDayTheClocksGoBackTheWindowIsAnHourLonger() {
        let before = Instant(millisecondsSinceEpoch: 1_793_491_200_000)  // 2026-11-01 00:00 UTC
        let found = opening(30, 180, "America/New_York", at: before)
        #expect(found == ["2026-11-01 04:30:00 UTC", "2026-11-01 08:00:00 UTC"])
    }

    @Test func anUnknownZoneOpensNever() {
        #expect(opening(0, 60, "Mars/Olympus", at: Self.midnight) == nil)
    }

    @Test func whateverTheMomentTheWindowIsNotOver() {
        let window = Window(fromMinute: 60, untilMinute: 180, zone: "Europe/Berlin")
        for hour in 0..<(24 * 400) {
            let now = Self.midnight.advanced(by: .seconds(Int64(hour) * 3_600 + 1))
            guard let found = WindowFinder.opening(of: window, at: now) else {
                Issue.record("none at \(WallClock.utc.full(now))")
                return
            }
            #expect(found.opens < found.closes && now < found.closes)
            #expect(found.opens.since(now) <= .seconds(25 * 3_600))
        }
    }
}
