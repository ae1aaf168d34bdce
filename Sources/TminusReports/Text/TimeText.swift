package import TminusModel

/// Turns instants into the wall clock of whoever reads them.
package struct WallClock: Equatable, Sendable {
    /// East of UTC, in seconds; within a day.
    package var offsetSeconds: Int

    package init(offsetSeconds: Int = 0) {
        self.offsetSeconds = max(-86_400, min(86_400, offsetSeconds))
    }

    package static let utc = WallClock()

    /// `02:13:05`.
    package func time(_ instant: Instant) -> String {
        let parts = parts(instant)
        return "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
    }

    /// `2026-11-20 02:13:05 +09:00`.
    package func full(_ instant: Instant) -> String { "\(date(instant)) \(time(instant)) \(zone)" }

    /// `2026-11-20 02:13`.
    package func short(_ instant: Instant) -> String {
        let parts = parts(instant)
        return "\(date(instant)) \(two(parts.hour)):\(two(parts.minute))"
    }

    /// `2026-11-20`.
    package func date(_ instant: Instant) -> String {
        let parts = parts(instant)
        return "\(parts.year)-\(two(parts.month))-\(two(parts.day))"
    }

    /// `UTC` or `+09:00`.
    package var zone: String {
        guard offsetSeconds != 0 else { return "UTC" }
        let minutes = abs(offsetSeconds) / 60
        return "\(offsetSeconds < 0 ? "-" : "+")\(two(Int64(minutes / 60))):\(two(Int64(minutes % 60)))"
    }

    private struct Parts {
        var year: Int64
        var month: Int64
        var day: Int64
        var hour: Int64
        var minute: Int64
        var second: Int64
    }

    /// The proleptic Gregorian calendar, counted in eras of 400 years from 0000-03-01.
    private func parts(_ instant: Instant) -> Parts {
        // Beyond ±100,000 years no clock of ours was right anyway.
        let bound: Int64 = 3_155_760_000_000_000
        let milliseconds = max(-bound, min(bound, instant.millisecondsSinceEpoch))
        let seconds = floorDivide(milliseconds, 1_000) + Int64(offsetSeconds)
        let days = floorDivide(seconds, 86_400)
        let rest = seconds - days * 86_400
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return Parts(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, hour: rest / 3_600, minute: rest % 3_600 / 60,
            second: rest % 60
        )
    }

    private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
