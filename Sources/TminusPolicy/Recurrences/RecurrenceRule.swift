package import TminusModel

/// The value of an `RRULE` (RFC 5545, 3.3.10), of which we take what a calendar of freezes needs.
///
/// YEARLY to HOURLY, INTERVAL, COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY with ordinals, BYSETPOS and WKST. The rest
/// is refused by name: a freeze that means something else than its writer thought is worse than none.
package struct RecurrenceRule: Equatable, Sendable {
    package enum Frequency: String, CaseIterable, Sendable {
        case yearly = "YEARLY"
        case monthly = "MONTHLY"
        case weekly = "WEEKLY"
        case daily = "DAILY"
        case hourly = "HOURLY"
    }

    package struct Weekday: Hashable, Sendable {
        /// -53...53, not 0; nil for every one.
        package var ordinal: Int?
        /// 1 is Monday.
        package var number: Int
    }

    package var frequency: Frequency
    /// 1...1000.
    package var interval = 1
    /// 1...10,000.
    package var count: Int?
    /// The last instant at which one may start.
    package var until: Instant?
    package var months: [Int] = []
    /// 1...31 and, from the end, -31...-1.
    package var monthDays: [Int] = []
    package var weekdays: [Weekday] = []
    /// 1...366 and, from the end, -366...-1.
    package var positions: [Int] = []
    /// 1 is Monday.
    package var weekStart = 1

    /// What is wrong with a rule, and what to write.
    package struct Fault: Error, Equatable {
        package var message: String
        package var fix: String
    }

    static let weekdayWords = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    private static let unsupported = [
        "BYHOUR": "give the time of day in 'from', or write several freezes",
        "BYMINUTE": "give the time of day in 'from'", "BYSECOND": "give the time of day in 'from'",
        "BYYEARDAY": "use BYMONTH with BYMONTHDAY", "BYWEEKNO": "use BYMONTH with BYDAY",
        "RSCALE": "only the Gregorian calendar is known", "SKIP": "only the Gregorian calendar is known",
    ]

    package init(_ text: String) throws(Fault) {
        guard text.utf8.count <= 500 else {
            throw Fault(message: "is longer than 500 bytes", fix: "write several freezes")
        }
        if text.uppercased().hasPrefix("RRULE:") {
            throw Fault(message: "holds 'RRULE:'", fix: "leave 'RRULE:' out; write what comes after it")
        }
        var parts: [(name: String, value: String)] = []
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: "=") else {
                throw Fault(
                    message: "holds '\(part)', which is no NAME=VALUE", fix: "write, for example, FREQ=WEEKLY;BYDAY=FR")
            }
            let name = String(part[..<sign])
            if parts.contains(where: { $0.name == name }) {
                throw Fault(message: "has \(name) twice", fix: "keep one of the two")
            }
            parts.append((name, String(part[part.index(after: sign)...])))
        }
        guard let word = parts.first(where: { $0.name == "FREQ" })?.value else {
            throw Fault(message: "has no FREQ", fix: "begin with FREQ=WEEKLY, or YEARLY, MONTHLY, DAILY, HOURLY")
        }
        guard let frequency = Frequency(rawValue: word) else {
            throw Fault(
                message: "has FREQ=\(word)", fix: "write FREQ=YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY, in capitals")
        }
        self.frequency = frequency
        for (name, value) in parts where name != "FREQ" { try read(name, value) }
        try check()
    }

    private mutating func read(_ name: String, _ value: String) throws(Fault) {
        switch name {
        case "INTERVAL": interval = try Self.number(name, value, 1...1_000)
        case "COUNT": count = try Self.number(name, value, 1...10_000)
        case "UNTIL": until = try Self.until(value)
        case "BYMONTH": months = try Self.numbers(name, value, 1...12)
        case "BYMONTHDAY": monthDays = try Self.numbers(name, value, -31...31)
        case "BYSETPOS": positions = try Self.numbers(name, value, -366...366)
        case "BYDAY":
            for word in value.split(separator: ",", omittingEmptySubsequences: false) {
                weekdays.append(try Self.weekday(String(word)))
            }
        case "WKST":
            guard let position = Self.weekdayWords.firstIndex(of: value) else {
                throw Fault(message: "has WKST=\(value)", fix: "write one of MO, TU, WE, TH, FR, SA, SU")
            }
            weekStart = position + 1
        default:
            if let fix = Self.unsupported[name] {
                throw Fault(message: "has \(name), which this version of Tminus does not act on", fix: fix)
            }
            let known = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"]
            throw Fault(
                message: "has the unknown part '\(name)'", fix: "it can have: \(known.joined(separator: ", "))")
        }
    }

    private static func number(_ name: String, _ text: String, _ range: ClosedRange<Int>) throws(Fault) -> Int {
        // Digits with at most a sign, as the RFC has it.
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = Int(text), range.contains(value), value != 0
        else {
            let sign = range.lowerBound < 0 ? ", not 0" : ""
            throw Fault(
                message: "has \(name)=\(text)",
                fix: "write a whole number from \(range.lowerBound) to \(range.upperBound)\(sign)")
        }
        return value
    }

    private static func numbers(_ name: String, _ text: String, _ range: ClosedRange<Int>) throws(Fault) -> [Int] {
        var values: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let value = try number(name, String(part), range)
            if !values.contains(value) { values.append(value) }
        }
        return values
    }

    private static func weekday(_ text: String) throws(Fault) -> Weekday {
        guard let position = weekdayWords.firstIndex(of: String(text.suffix(2))) else {
            throw Fault(
                message: "has BYDAY=\(text)", fix: "write MO, TU, WE, TH, FR, SA or SU, such as FR, 2MO or -1FR")
        }
        let number = text.dropLast(2)
        let ordinal = number.isEmpty ? nil : try Self.number("BYDAY", String(number), -53...53)
        return Weekday(ordinal: ordinal, number: position + 1)
    }

    private static func until(_ text: String) throws(Fault) -> Instant {
        if text.hasSuffix("Z"), let time = CivilTime(basicText: String(text.dropLast())) {
            return Zone.utc.instant(time)
        }
        throw Fault(
            message: "has UNTIL=\(text)",
            fix: "write it in UTC, as RFC 5545 wants it where a zone is named: UNTIL=20271231T145959Z")
    }

    /// What the RFC rules out, and what means nothing.
    private func check() throws(Fault) {
        if count != nil, until != nil { throw Fault(message: "has both COUNT and UNTIL", fix: "keep one of them") }
        let hasOrdinals = weekdays.contains { $0.ordinal != nil }
        if hasOrdinals, frequency != .monthly, frequency != .yearly {
            throw Fault(
                message: "has a number in BYDAY with FREQ=\(frequency.rawValue)",
                fix: "use FREQ=MONTHLY or FREQ=YEARLY, or leave the number out")
        }
        let isInMonths = frequency == .monthly || !months.isEmpty
        if isInMonths, let far = weekdays.compactMap(\.ordinal).first(where: { abs($0) > 5 }) {
            throw Fault(message: "has \(far) in BYDAY, and no month has so many weeks", fix: "write -5 to 5")
        }
        if frequency == .weekly, !monthDays.isEmpty {
            throw Fault(message: "has BYMONTHDAY with FREQ=WEEKLY", fix: "use FREQ=MONTHLY, or BYDAY")
        }
        guard !positions.isEmpty else { return }
        if frequency == .daily || frequency == .hourly {
            throw Fault(
                message: "has BYSETPOS with FREQ=\(frequency.rawValue)",
                fix: "BYSETPOS chooses among the days of a year, month or week: use one of these")
        }
        if months.isEmpty, monthDays.isEmpty, weekdays.isEmpty {
            throw Fault(message: "has BYSETPOS and nothing to choose from", fix: "add BYDAY or BYMONTHDAY")
        }
    }
}
