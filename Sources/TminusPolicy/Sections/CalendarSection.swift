import TminusModel
import TminusPipeline

/// `calendars`: which days are business days.
extension PolicySection {
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static let calendar = KeyTable(
        noun: "a calendar",
        keys: [
            .optional("zone", .text(.zoneName), "Asia/Tokyo", "Where a day begins. Default: the policy's zone."),
            .optional(
                "workdays", .list(.choice(weekdays), 1...7), "[mon, tue, wed, thu, fri]",
                "Days of the week on which people work. Default: Monday to Friday."),
            .optional(
                "holidays", .list(.text(.date), 1...2_000), "[japan, \"12-31\", \"2026-12-29\"]",
                "Days off: `japan` for Japan's public holidays (computed for 1980 to 2099), a day, or MM-DD for every "
                    + "year."),
        ])

    static let calendars = PolicySection(
        key: .optional(
            "calendars",
            .named(.policyName("a calendar's name", example: "jp"), .keys(calendar), noun: "calendar", 1...100),
            "{jp: {zone: Asia/Tokyo, holidays: [japan]}}", "Calendars in which business days are counted.")
    ) { node, decoding in
        for entry in node.entries {
            guard let zone = decoding.zone(entry.value["zone"]) else { continue }
            var calendar = WorkCalendar(name: entry.key.text, zone: zone.name)
            if let workdays = entry.value["workdays"] {
                let numbers = workdays.oneOrMore.compactMap { weekdays.firstIndex(of: $0.text) }.map { $0 + 1 }
                if Set(numbers).count != numbers.count {
                    decoding.error(at: workdays, "a weekday is listed twice", fix: "list each once")
                }
                calendar.workdays = numbers.sorted()
            }
            for element in entry.value["holidays"]?.oneOrMore ?? [] {
                guard let holiday = holiday(element, &decoding) else { continue }
                if calendar.holidays.contains(holiday) {
                    decoding.error(at: element, "'\(element.text)' is listed twice", fix: "keep one of the two")
                }
                calendar.holidays.append(holiday)
            }
            decoding.policy.calendars.append(calendar)
        }
    }

    private static func holiday(_ node: YAMLNode, _ decoding: inout PolicyDecoding) -> WorkCalendar.Holiday? {
        let text = node.text
        if text == "japan" { return .japan }
        if let day = CivilDay(text: text) { return .day(day) }
        // A leap year, so that 02-29 is a day.
        if text.utf8.count == 5, let day = CivilDay(text: "2000-\(text)") {
            return .yearly(month: day.parts.month, day: day.parts.day)
        }
        let fix = Nearest.fix(
            for: text, in: ["japan"],
            otherwise: "write japan, a day such as \"2026-12-29\", or \"12-29\" for every year")
        decoding.error(at: node, "'\(text)' is no day and no set of holidays", fix: fix)
        return nil
    }
}
