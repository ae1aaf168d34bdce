import Testing
import TminusModel

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("6h", 21_600_000), ("2d", 172_800_000),
            ("4w", 2_419_200_000), ("1h30m", 5_400_000), ("1w2d3h4m5s6ms", 788_645_006), ("0s", 0), ("90m", 5_400_000),
            ("3650d", 315_360_000_000),
        ] as [(String, Int64)])
    func aDurationIsRead(_ text: String, _ milliseconds: Int64) {
        #expect(Duration(releaseText: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "5", "-1s", "+1s", "1.5h", "1 h", "h", "1x", "1h1h", "1m1h", "30s5", "99999999h", "3651d", "1H", "１s",
        "9223372036854775807w", "99999999999999999999999s", "1ms1s", "ms", "1hm",
    ])
    func anythingElseIsNot(_ text: String) {
        #expect(Duration(releaseText: text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (850, "850ms"), (1000, "1s"), (1250, "1.2s"), (9_999, "9.9s"), (10_500, "10s"), (65_000, "1m5s"),
            (245_000, "4m5s"), (5_400_000, "1h30m"), (5_405_000, "1h30m"), (86_400_000, "1d"), (90_000_000, "1d1h"),
            (-65_000, "-1m5s"), (Int64.min, "-106751991167d7h"),
        ] as [(Int64, String)])
    func aDurationIsWrittenForPeople(_ milliseconds: Int64, _ text: String) {
        #expect(Duration.milliseconds(milliseconds).releaseText == text)
    }

    @Test func millisecondsSaturate() {
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect(Duration.seconds(Int64.min).milliseconds == .min)
        #expect(Duration.microseconds(1_999).milliseconds == 1)
        #expect(Duration.microseconds(-1_999).milliseconds == -1)
    }

    @Test func instantsSaturate() {
        #expect(Instant.distantFuture.advanced(by: .seconds(1)) == .distantFuture)
        #expect(Instant.distantPast.advanced(by: .seconds(-1)) == .distantPast)
        #expect(Instant.distantFuture.since(.distantPast).milliseconds == .max)
        #expect(Instant(millisecondsSinceEpoch: 5).since(Instant(millisecondsSinceEpoch: 9)) == .milliseconds(-4))
    }
}
