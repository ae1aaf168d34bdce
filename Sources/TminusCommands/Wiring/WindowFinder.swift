import Foundation
package import TminusModel

/// Turns a phase's daily window into instants, in its own zone, across changes of the clocks.
package enum WindowFinder {
    /// The opening that is on at `now`, or else the next one; nil for a zone that this machine does not know.
    ///
    /// On the day the clocks go forward, a time that does not exist counts as the first one that does; a window that
    /// lies wholly in the gap does not open that day. On the day they go back, both bounds are the first of their kind.
    package static func opening(of window: Window, at now: Instant) -> (opens: Instant, closes: Instant)? {
        guard let zone = TimeZone(identifier: window.zone) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = Date(timeIntervalSince1970: Double(now.millisecondsSinceEpoch) / 1_000)
        guard let yesterday = calendar.date(byAdding: .day, value: -1, to: date) else { return nil }
        let first = calendar.dateComponents([.year, .month, .day], from: yesterday)
        for day in 0..<4 {
            guard let opens = instant(first, day, window.fromMinute, calendar),
                let closes = instant(first, day, window.untilMinute, calendar), opens < closes
            else { continue }
            if now < closes { return (opens, closes) }
        }
        return nil
    }

    private static func instant(_ first: DateComponents, _ day: Int, _ minute: Int, _ calendar: Calendar) -> Instant? {
        var parts = first
        // Components beyond their range carry over: day 32 is the first of the next month, minute 1440 the next day.
        parts.day = (first.day ?? 1) + day + minute / 1_440
        parts.hour = minute % 1_440 / 60
        parts.minute = minute % 60
        guard let date = calendar.date(from: parts) else { return nil }
        return Instant(millisecondsSinceEpoch: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }
}
