/// A day of the Gregorian calendar, without a zone: the number of days since 1970-01-01.
package struct CivilDay: Hashable, Comparable, Sendable {
    package var number: Int

    package init(number: Int) { self.number = number }

    /// Any month and day carry over: month 13 is January of the next year, day 0 the last of the month before.
    ///
    /// The year is taken between -100,000 and 100,000, so that no arithmetic on it overflows.
    package init(year: Int, month: Int, day: Int) {
        let months = min(max(year, -100_000), 100_000) * 12 + min(max(month, -100_000), 100_000) - 1
        let index = Self.modulo(months, 12)
        // The year begins in March, so that the leap day is its last.
        let shifted = (months - index) / 12 - (index < 2 ? 1 : 0)
        let era = (shifted - Self.modulo(shifted, 400)) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (index < 2 ? index + 10 : index - 2) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468 + min(max(day, -1_000_000), 1_000_000) - 1
    }

    /// `YYYY-MM-DD`; nil for anything else and for days that do not exist. Years 1900...2199.
    package init?(text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Self.digits(parts[0]), let month = Self.digits(parts[1]), let day = Self.digits(parts[2]),
            (1900...2199).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }

    package func advanced(by days: Int) -> CivilDay { CivilDay(number: number + days) }

    /// 1 is Monday, 7 Sunday.
    package var weekday: Int { Self.modulo(number + 3, 7) + 1 }

    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let dayOfEra = Self.modulo(shifted, 146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let index = (5 * dayOfYear + 2) / 153
        let month = index < 10 ? index + 3 : index - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
    }

    /// `YYYY-MM-DD`.
    package var text: String {
        let (year, month, day) = parts
        return "\(year)-\(Self.padded(month))-\(Self.padded(day))"
    }

    /// `Mon`.
    package var weekdayText: String { Self.weekdayNames[weekday - 1] }
    package static let weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Of 1...12; 30 for no month.
    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 1, 3, 5, 7, 8, 10, 12: 31
        case 2: isLeap(year) ? 29 : 28
        default: 30
        }
    }

    package static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// 0..<divisor.
    private static func modulo(_ value: Int, _ divisor: Int) -> Int {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func digits(_ bytes: Substring.UTF8View) -> Int? {
        guard bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    private static func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}

/// A wall-clock time in no particular zone.
package struct CivilTime: Hashable, Comparable, Sendable {
    package var day: CivilDay
    /// Of the day, 0..<86,400.
    package var second: Int

    package init(day: CivilDay, second: Int) {
        self.day = day
        self.second = second
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        left.day != right.day ? left.day < right.day : left.second < right.second
    }

    /// `2026-12-20T17:00`, `2026-12-20T17:00:30`, `2026-12-20 17:00`, or a day alone for its midnight; nil otherwise.
    package init?(text: String) {
        guard let day = CivilDay(text: String(text.prefix(10))) else { return nil }
        let rest = Array(text.utf8.dropFirst(10))
        if rest.isEmpty {
            self.init(day: day, second: 0)
            return
        }
        guard rest[0] == UInt8(ascii: "T") || rest[0] == UInt8(ascii: " "),
            let second = Self.second(rest.dropFirst().filter { $0 != UInt8(ascii: ":") }), Self.hasColons(rest)
        else { return nil }
        self.init(day: day, second: second)
    }

    /// RFC 5545's local form, `20261220T170000`; nil otherwise.
    package init?(basicText text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 15, bytes[8] == UInt8(ascii: "T"), let second = Self.second(Array(bytes[9...])) else {
            return nil
        }
        let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8]].map { String(decoding: $0, as: UTF8.self) }
        guard let day = CivilDay(text: parts.joined(separator: "-")) else { return nil }
        self.init(day: day, second: second)
    }

    /// RFC 5545's local form.
    package var basicText: String {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        return String(decoding: digits, as: UTF8.self) + (second % 60 == 0 ? "00" : "")
    }

    /// `2026-12-20T17:00`, with seconds only where there are some.
    package var text: String { "\(day.text)T\(clockText)" }

    /// `17:00`, with seconds only where there are some.
    package var clockText: String {
        let clock = [second / 3_600, second / 60 % 60] + (second % 60 == 0 ? [] : [second % 60])
        return clock.map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
    }

    private static func hasColons(_ bytes: [UInt8]) -> Bool {
        let colon = UInt8(ascii: ":")
        return bytes.count == 6 && bytes[3] == colon || bytes.count == 9 && bytes[3] == colon && bytes[6] == colon
    }

    /// Of `HHMM` or `HHMMSS`.
    private static func second(_ bytes: [UInt8]) -> Int? {
        guard bytes.count == 4 || bytes.count == 6, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let digits = bytes.map { Int($0) - 0x30 }
        let hour = digits[0] * 10 + digits[1]
        let minute = digits[2] * 10 + digits[3]
        let second = digits.count == 6 ? digits[4] * 10 + digits[5] : 0
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return hour * 3_600 + minute * 60 + second
    }
}
