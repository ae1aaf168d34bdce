import Testing
import TminusModel

@testable import TminusSteps

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-20T12:00:00Z", 1_795_176_000_000),
        ("2026-11-20T21:00:00.5+09:00", 1_795_176_000_500), ("2026-11-20t07:30:00.123456789-04:30", 1_795_176_000_123),
        ("2024-02-29T23:59:60Z", 1_709_251_200_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("1969-12-31T23:59:59.999Z", -1), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func aTimestampIsReadToTheMillisecond(text: String, milliseconds: Int64) {
        #expect(Timestamp.instant(text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T12:00:00", "2026-11-20 12:00:00Z", "2026-11-20T12:00Z", "2026-11-31T12:00:00Z",
        "2025-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-00-01T12:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T12:60:00Z", "2026-11-20T12:00:00.Z", "2026-11-20T12:00:00+9:00",
        "2026-11-20T12:00:00+0900", "2026-11-20T12:00:00+24:00", "-026-11-20T12:00:00Z", "２026-11-20T12:00:00Z",
        "2026-11-20T12:00:00Z ", "1795176000", "+026-11-20T12:00:00Z",
    ])
    func anythingElseIsNone(text: String) {
        #expect(Timestamp.instant(text) == nil)
    }

    @Test func whatIsWrittenIsReadBack() {
        let first: Int64 = -62_167_219_200_000
        for milliseconds in stride(from: first, through: 253_402_300_799_999, by: 987_654_321_987) {
            let instant = Instant(millisecondsSinceEpoch: milliseconds)
            #expect(Timestamp.instant(Timestamp.text(instant)) == instant)
        }
        #expect(Timestamp.text(Scratch.noon) == "2026-11-20T12:00:00.000Z")
    }
}
