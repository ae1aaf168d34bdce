package import TminusModel

/// A calendar's business days, in its zone.
///
/// A length of N business days from a time on a business day ends at the same time of day on the Nth business day
/// after it; from a time on a day off it is counted from 00:00 of the next business day. So the day of submission
/// never counts, lengths add up, and a later submission never ends earlier.
package struct BusinessClock: Sendable {
    private let calendar: WorkCalendar
    package let zone: Zone
    private let days: Set<CivilDay>
    /// Month × 100 + day.
    private let yearly: Set<Int>
    private let isJapanese: Bool

    /// A year of days off in a row: such a calendar is a slip of the finger.
    private static let daysOffMax = 400

    /// Nil for a zone that this machine does not know.
    package init?(_ calendar: WorkCalendar) {
        guard let zone = Zone(calendar.zone) else { return nil }
        self.calendar = calendar
        self.zone = zone
        var days = Set<CivilDay>()
        var yearly = Set<Int>()
        var isJapanese = false
        for holiday in calendar.holidays {
            switch holiday {
            case .japan: isJapanese = true
            case .day(let day): days.insert(day)
            case .yearly(let month, let day): yearly.insert(month * 100 + day)
            }
        }
        self.days = days
        self.yearly = yearly
        self.isJapanese = isJapanese
    }

    package func isBusinessDay(_ day: CivilDay) -> Bool {
        guard calendar.workdays.contains(day.weekday), !days.contains(day) else { return false }
        let (_, month, number) = day.parts
        if yearly.contains(month * 100 + number) { return false }
        return !(isJapanese && JapaneseHolidays.contains(day))
    }

    /// When `count` business days from `start` are over, and the days off among them that are no weekend. Nil when
    /// the calendar has not so many business days.
    package func adding(_ count: Int, to start: Instant) -> (end: Instant, holidays: [CivilDay])? {
        let local = zone.local(start)
        var holidays: [CivilDay] = []
        guard let first = businessDay(from: local.day, &holidays) else { return nil }
        let isOff = first != local.day
        var day = first
        for _ in 0..<min(max(count, 0), 1_000) {
            guard let next = businessDay(from: day.advanced(by: 1), &holidays) else { return nil }
            day = next
        }
        if count <= 0, !isOff { return (start, []) }
        return (zone.instant(CivilTime(day: day, second: isOff ? 0 : local.second)), holidays)
    }

    private func businessDay(from day: CivilDay, _ holidays: inout [CivilDay]) -> CivilDay? {
        for offset in 0...Self.daysOffMax {
            let candidate = day.advanced(by: offset)
            if isBusinessDay(candidate) { return candidate }
            if calendar.workdays.contains(candidate.weekday), holidays.count < 20 { holidays.append(candidate) }
        }
        return nil
    }
}

extension Policy {
    /// When a length of time from `start` is over, and how that was reckoned, as the end of a sentence. Nil when a
    /// calendar has not so many business days.
    package func end(of span: TimeSpan, from start: Instant) -> (end: Instant, reckoned: String)? {
        let told = Zone(zone) ?? .utc
        switch span {
        case .elapsed(let duration):
            let end = start.advanced(by: duration)
            return (end, "\(duration.releaseText) from \(told.text(start)), until \(told.text(end))")
        case .businessDays(let count, let name):
            guard let calendar = calendar(named: name), let clock = BusinessClock(calendar),
                let (end, holidays) = clock.adding(count, to: start)
            else { return nil }
            let shown = holidays.prefix(5).map { "\($0.weekdayText) \($0.text)" }.joined(separator: ", ")
            let more = holidays.count > 5 ? " and \(holidays.count - 5) more" : ""
            let off = holidays.isEmpty ? "" : "; not counted besides weekends: \(shown)\(more)"
            let days = count == 1 ? "1 business day" : "\(count) business days"
            return (
                end,
                "\(days) of calendar \(name) from \(clock.zone.text(start)), until \(clock.zone.text(end))\(off)"
            )
        }
    }
}
