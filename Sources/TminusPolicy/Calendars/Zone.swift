import Foundation
package import TminusModel

/// An IANA time zone: instants to wall-clock times and back.
package struct Zone: Sendable {
    package let name: String
    private let zone: TimeZone

    /// Years about 1900 to 2300: what lies beyond counts as its end, so that no arithmetic overflows.
    private static let secondsRange: ClosedRange<Int64> = -2_200_000_000...10_400_000_000

    /// Nil for a zone that this machine does not know, and for abbreviations such as `JST`.
    package init?(_ name: String) {
        guard name == "UTC" || name.contains("/"), !name.contains(".."), let zone = TimeZone(identifier: name) else {
            return nil
        }
        self.name = name
        self.zone = zone
    }

    package static let utc = Zone(utc: ())

    private init(utc: ()) {
        name = "UTC"
        zone = .gmt
    }

    /// This machine's.
    package static var current: Zone { Zone(TimeZone.current.identifier) ?? .utc }

    package static var known: [String] { TimeZone.knownTimeZoneIdentifiers }

    private func offset(atSeconds seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    /// The wall-clock time at `instant`, without its milliseconds.
    package func local(_ instant: Instant) -> CivilTime {
        let milliseconds = instant.millisecondsSinceEpoch
        let whole = (milliseconds - (milliseconds > Int64.min + 1_000 ? Self.modulo(milliseconds, 1_000) : 0)) / 1_000
        let seconds = min(max(whole, Self.secondsRange.lowerBound), Self.secondsRange.upperBound)
        let shifted = seconds + offset(atSeconds: seconds)
        let second = Self.modulo(shifted, 86_400)
        return CivilTime(day: CivilDay(number: Int((shifted - second) / 86_400)), second: Int(second))
    }

    /// As RFC 5545 (3.3.5) has it: a time that comes twice is the first of the two; one that the clocks skip is told
    /// with the offset from before they were set.
    package func instant(_ time: CivilTime) -> Instant {
        let day = Int64(min(max(time.day.number, -25_500), 120_000))
        let local = day * 86_400 + Int64(time.second)
        let before = offset(atSeconds: local - 86_400)
        let after = offset(atSeconds: local + 86_400)
        var seconds = local - before
        if before != after {
            let isBefore = offset(atSeconds: local - before) == before
            let isAfter = offset(atSeconds: local - after) == after
            if isAfter, !isBefore || local - after < seconds { seconds = local - after }
        }
        return Instant(millisecondsSinceEpoch: seconds * 1_000)
    }

    /// The offset in seconds that holds from a day before to a day after `day`; nil when it changes.
    func constantOffset(on day: CivilDay) -> Int64? {
        guard (-25_500...120_000).contains(day.number) else { return nil }
        let midnight = Int64(day.number) * 86_400
        let before = offset(atSeconds: midnight - 86_400)
        return before == offset(atSeconds: midnight + 2 * 86_400) ? before : nil
    }

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// For people: `Mon 2026-12-28 10:00 (Asia/Tokyo)`.
    package func text(_ instant: Instant) -> String { "\(shortText(instant)) (\(name))" }

    /// `Mon 2026-12-28 10:00`.
    package func shortText(_ instant: Instant) -> String {
        let time = local(instant)
        return "\(time.day.weekdayText) \(time.day.text) \(time.clockText)"
    }
}
