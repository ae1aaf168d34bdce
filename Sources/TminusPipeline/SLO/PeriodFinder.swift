import Foundation
package import TminusModel

/// Turns a calendar window into instants, in its own zone, across changes of the clocks and short months.
package enum PeriodFinder {
    /// The period that holds `now`: from its first instant, until the first of the next one.
    ///
    /// Periods are counted from the start that was written, each time anew: one that starts on the 31st starts on the
    /// last day of shorter months and on the 31st again after them. A local time that the clocks skip counts as the
    /// first one that exists. Nil for a zone that this machine does not know, or a start that is no date.
    package static func period(of period: CalendarPeriod, at now: Instant) -> BudgetMeasurement.Period? {
        guard let zone = TimeZone(identifier: period.zone), let start = LocalTime(period.start), period.count >= 1
        else {
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        guard let anchor = calendar.date(from: start.components) else { return nil }
        let (component, size) = units(period.unit)
        let step = size * period.count
        let seconds = min(max(Double(now.millisecondsSinceEpoch) / 1_000, -60e9), 250e9)
        let date = Date(timeIntervalSince1970: seconds)
        let passed = calendar.dateComponents([component], from: anchor, to: date).value(for: component) ?? 0
        var index = passed / step - 2
        guard var from = instant(anchor, component, index * step, calendar) else { return nil }
        for _ in 0..<6 {
            guard let until = instant(anchor, component, (index + 1) * step, calendar) else { return nil }
            if from <= now, now < until { return BudgetMeasurement.Period(from: from, until: until) }
            from = until
            index += 1
        }
        return nil
    }

    /// How long such a period usually is; for thresholds and forecasts. At most ten years.
    package static func usualLength(_ period: CalendarPeriod) -> Duration {
        let days: Int64 =
            switch period.unit {
            case .day: 1
            case .week: 7
            case .month: 30
            case .quarter: 91
            case .year: 365
            }
        let count = Int64(min(max(period.count, 1), 10_000))
        return min(.seconds(days * 86_400 * count), .milliseconds(Duration.longestMilliseconds))
    }

    private static func units(_ unit: CalendarPeriod.Unit) -> (Calendar.Component, Int) {
        switch unit {
        case .day: (.day, 1)
        case .week: (.day, 7)
        case .month: (.month, 1)
        case .quarter: (.month, 3)
        case .year: (.year, 1)
        }
    }

    private static func instant(
        _ anchor: Date, _ component: Calendar.Component, _ count: Int, _ calendar: Calendar
    ) -> Instant? {
        guard let date = calendar.date(byAdding: component, value: count, to: anchor) else { return nil }
        return Instant(millisecondsSinceEpoch: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// A local date and time, `2020-01-21 12:30:00`; the time may be left out.
    struct LocalTime {
        let components: DateComponents
        /// In the form above.
        let text: String

        /// Nil for a date that does not exist.
        init?(_ text: String) {
            let halves = text.split(separator: text.contains("T") ? "T" : " ", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count), let date = halves.first else { return nil }
            let time = halves.count == 2 ? halves[1] : "00:00:00"
            guard let day = Self.numbers(date, "-", [4, 2, 2]), let clock = Self.numbers(time, ":", [2, 2, 2]),
                (1_970...2_999).contains(day[0]), clock[0] < 24, clock[1] < 60, clock[2] < 60
            else { return nil }
            var parts = DateComponents(
                year: day[0], month: day[1], day: day[2], hour: clock[0], minute: clock[1], second: clock[2])
            parts.nanosecond = 0
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            guard (1...12).contains(day[1]), day[2] >= 1, let first = calendar.date(from: parts),
                calendar.dateComponents([.day], from: first).day == day[2]
            else { return nil }
            components = parts
            self.text = "\(date) \(time)"
        }

        private static func numbers(_ text: Substring, _ separator: Character, _ widths: [Int]) -> [Int]? {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.map(\.utf8.count) == widths, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
            else { return nil }
            let values = parts.compactMap { Int($0) }
            return values.count == widths.count ? values : nil
        }
    }
}
