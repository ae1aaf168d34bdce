package import TminusModel

/// The local times at which a rule recurs.
///
/// Work is bounded by the days between the bounds that are asked for; where COUNT is given, by those since the start.
package struct Occurrences: Sendable {
    private let rule: RecurrenceRule
    private let start: CivilTime
    private let zone: Zone
    /// Filters with what the start implies: `FREQ=MONTHLY` alone recurs on the start's day of the month.
    private let months: [Int]
    private let monthDays: [Int]
    private let weekdays: [RecurrenceRule.Weekday]

    package init(_ rule: RecurrenceRule, start: CivilTime, zone: Zone) {
        self.rule = rule
        self.start = start
        self.zone = zone
        var months = rule.months
        var monthDays = rule.monthDays
        var weekdays = rule.weekdays
        if monthDays.isEmpty, weekdays.isEmpty {
            let (_, month, day) = start.day.parts
            switch rule.frequency {
            case .yearly:
                if months.isEmpty { months = [month] }
                monthDays = [day]
            case .monthly: monthDays = [day]
            case .weekly: weekdays = [RecurrenceRule.Weekday(number: start.day.weekday)]
            case .daily, .hourly: break
            }
        }
        self.months = months
        self.monthDays = monthDays
        self.weekdays = weekdays
    }

    /// Whether the start is itself one of them, as the RFC wants it.
    package var hasSynchronizedStart: Bool { times(from: start, through: start) == [start] }

    /// The first one from the start on, within ten years; nil when there is none.
    package var first: CivilTime? {
        let end = CivilTime(day: start.day.advanced(by: 3_660), second: 86_399)
        var found: CivilTime?
        visit(from: start, through: end) { time in
            found = time
            return false
        }
        return found
    }

    /// From `from` through `through`, ascending.
    package func times(from: CivilTime, through: CivilTime) -> [CivilTime] {
        var times: [CivilTime] = []
        visit(from: from, through: through) { time in
            times.append(time)
            return true
        }
        return times
    }

    /// Hands times to `take` until it returns false.
    private func visit(from: CivilTime, through: CivilTime, _ take: (CivilTime) -> Bool) {
        var counted = 0
        let skipTo = rule.count == nil ? max(from.day, start.day) : start.day
        var period = firstPeriod(skipTo)
        while days(of: period).lowerBound <= through.day {
            for time in times(in: period) where time >= start {
                if time > through { return }
                if let until = rule.until, zone.instant(time) > until { return }
                counted += 1
                if let count = rule.count, counted > count { return }
                if time >= from, !take(time) { return }
            }
            guard let next = advanced(period) else { return }
            period = next
        }
    }

    // MARK: - Periods

    /// The number of a year, of a month (12 a year), or of a day; of an hourly rule a day too.
    private typealias Period = Int

    private var unit: Int {
        switch rule.frequency {
        case .yearly, .monthly, .daily: rule.interval
        case .weekly: rule.interval * 7
        case .hourly: 1
        }
    }

    private var origin: Period {
        let (year, month, _) = start.day.parts
        switch rule.frequency {
        case .yearly: return year
        case .monthly: return year * 12 + month - 1
        case .weekly: return start.day.number - (start.day.weekday - rule.weekStart + 7) % 7
        case .daily, .hourly: return start.day.number
        }
    }

    /// The last period of the rule that begins on or before `day`, or its first.
    private func firstPeriod(_ day: CivilDay) -> Period {
        let (year, month, _) = day.parts
        let wanted =
            switch rule.frequency {
            case .yearly: year
            case .monthly: year * 12 + month - 1
            case .weekly, .daily, .hourly: day.number
            }
        return origin + max(0, wanted - origin) / unit * unit
    }

    /// Nil past the year 2300.
    private func advanced(_ period: Period) -> Period? {
        let next = period + unit
        let isTooLate =
            switch rule.frequency {
            case .yearly: next > 2_300
            case .monthly: next > 2_300 * 12
            case .weekly, .daily, .hourly: next > 120_600
            }
        return isTooLate ? nil : next
    }

    private func days(of period: Period) -> ClosedRange<CivilDay> {
        switch rule.frequency {
        case .yearly:
            return CivilDay(year: period, month: 1, day: 1)...CivilDay(year: period, month: 12, day: 31)
        case .monthly:
            let first = CivilDay(year: 0, month: period + 1, day: 1)
            return first...CivilDay(year: 0, month: period + 2, day: 0)
        case .weekly: return CivilDay(number: period)...CivilDay(number: period + 6)
        case .daily, .hourly: return CivilDay(number: period)...CivilDay(number: period)
        }
    }

    // MARK: - Times of a period

    private func times(in period: Period) -> [CivilTime] {
        if rule.frequency == .hourly { return hours(of: CivilDay(number: period)) }
        var found: [CivilDay] = []
        let range = days(of: period)
        for number in range.lowerBound.number...range.upperBound.number {
            let day = CivilDay(number: number)
            if isChosen(day) { found.append(day) }
        }
        return chosen(found).map { CivilTime(day: $0, second: start.second) }
    }

    private func hours(of day: CivilDay) -> [CivilTime] {
        guard isChosen(day) else { return [] }
        let passed = (day.number - start.day.number) * 24 - start.second / 3_600
        return (0..<24).compactMap { hour in
            guard (passed + hour).isMultiple(of: rule.interval) else { return nil }
            return CivilTime(day: day, second: hour * 3_600 + start.second % 3_600)
        }
    }

    private func isChosen(_ day: CivilDay) -> Bool {
        let (year, month, number) = day.parts
        if !months.isEmpty, !months.contains(month) { return false }
        if !monthDays.isEmpty {
            let length = CivilDay.length(ofMonth: month, year: year)
            guard monthDays.contains(number) || monthDays.contains(number - length - 1) else { return false }
        }
        guard !weekdays.isEmpty else { return true }
        let weekday = day.weekday
        return weekdays.contains { wanted in
            guard wanted.number == weekday else { return false }
            guard let ordinal = wanted.ordinal else { return true }
            return isNumbered(ordinal, day, year, month, number)
        }
    }

    /// Whether a day is the nth of its weekday, from the front or the end, in its month; in its year for a yearly rule
    /// without months.
    private func isNumbered(_ ordinal: Int, _ day: CivilDay, _ year: Int, _ month: Int, _ number: Int) -> Bool {
        let isInYear = rule.frequency == .yearly && rule.months.isEmpty
        let position = isInYear ? day.number - CivilDay(year: year, month: 1, day: 1).number : number - 1
        let length =
            isInYear ? (CivilDay.isLeap(year) ? 366 : 365) : CivilDay.length(ofMonth: month, year: year)
        return ordinal > 0 ? position / 7 + 1 == ordinal : (length - 1 - position) / 7 + 1 == -ordinal
    }

    private func chosen(_ days: [CivilDay]) -> [CivilDay] {
        guard !rule.positions.isEmpty else { return days }
        let wanted = rule.positions.map { $0 > 0 ? $0 - 1 : days.count + $0 }
        return days.enumerated().filter { wanted.contains($0.offset) }.map(\.element)
    }
}
