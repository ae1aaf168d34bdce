import Foundation
import TminusModel

/// Windows and methods of OpenSLO.
extension OpenSLO {
    struct SLOWindow {
        /// Of a calendar window its usual length.
        let length: Duration
        let period: CalendarPeriod?
    }

    /// A number with one unit of OpenSLO's; nil for anything else. A bare number is minutes.
    private struct Length {
        let count: Int
        let unit: Character

        init?(_ text: String) {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let rest = text.dropFirst(digits.count)
            guard let count = Int(digits), (1...100_000).contains(count), rest.count <= 1 else { return nil }
            self.count = count
            unit = rest.first ?? "m"
            guard "mhdwMQY".contains(unit) else { return nil }
        }

        var calendarUnit: CalendarPeriod.Unit? {
            switch unit {
            case "d": .day
            case "w": .week
            case "M": .month
            case "Q": .quarter
            case "Y": .year
            default: nil
            }
        }

        /// Nil for what has no fixed length.
        var duration: Duration? {
            switch unit {
            case "m": .seconds(count * 60)
            case "h": .seconds(count * 3_600)
            case "d": .seconds(count * 86_400)
            case "w": .seconds(count * 604_800)
            default: nil
            }
        }
    }

    mutating func window(_ spec: YAMLNode) -> SLOWindow? {
        guard let node = spec["timeWindow"]?.oneOrMore.first, let duration = node["duration"] else { return nil }
        let isRolling = node["isRolling"]?.isTrue ?? (node["calendar"] == nil)
        if isRolling {
            if let calendar = node.entry("calendar") {
                error(
                    at: calendar.value, "a rolling window follows no calendar",
                    fix: "write 'isRolling: false', or remove 'calendar'")
                return nil
            }
            return rolling(duration)
        }
        guard let calendar = node["calendar"] else {
            error(
                at: node["isRolling"] ?? node, "a window that does not roll needs a 'calendar'",
                fix: "add 'calendar: {startTime: \"2026-01-01 00:00:00\", timeZone: Europe/Berlin}', "
                    + "or write 'isRolling: true'")
            return nil
        }
        return calendarWindow(duration, calendar)
    }

    private mutating func rolling(_ node: YAMLNode) -> SLOWindow? {
        let length = Length(node.text)
        if let length, length.duration == nil {
            error(
                at: node, "a rolling window of \(node.text) has no fixed length",
                fix: "write days or weeks, such as 30d or 4w, or a calendar window: 'isRolling: false' with 'calendar'")
            return nil
        }
        guard let duration = length?.duration ?? node.duration, duration >= .seconds(60),
            duration <= .milliseconds(Duration.longestMilliseconds)
        else {
            error(
                at: node, "the window '\(node.text)' is no length from 1m to ten years",
                fix: "write a number with m, h, d or w, such as 30d")
            return nil
        }
        return SLOWindow(length: duration, period: nil)
    }

    private mutating func calendarWindow(_ node: YAMLNode, _ calendar: YAMLNode) -> SLOWindow? {
        guard let length = Length(node.text), let unit = length.calendarUnit, length.count <= 100 else {
            error(
                at: node,
                "a calendar window of '\(node.text)' is no whole number of days, weeks, months, quarters or years",
                fix: "write a number with d, w, M, Q or Y, such as 1M")
            return nil
        }
        guard let start = calendar["startTime"], let zone = calendar["timeZone"] else { return nil }
        if TimeZone(identifier: zone.text) == nil {
            let fix = Nearest.fix(
                for: zone.text, in: TimeZone.knownTimeZoneIdentifiers,
                otherwise: "write an IANA name, such as Europe/Berlin or Asia/Tokyo")
            error(at: zone, "no time zone '\(zone.text)'", fix: fix)
            return nil
        }
        guard let written = PeriodFinder.LocalTime(start.text) else {
            error(at: start, "no date and time '\(start.text)'", fix: "write it as \"2026-01-01 00:00:00\"")
            return nil
        }
        let period = CalendarPeriod(count: length.count, unit: unit, start: written.text, zone: zone.text)
        return SLOWindow(length: PeriodFinder.usualLength(period), period: period)
    }

    // MARK: - Methods

    private static let slicesMax: Int64 = 1_000_000

    /// Nil when something about it is wrong, which is reported.
    mutating func method(_ spec: YAMLNode, _ objective: YAMLNode, _ window: Duration) -> BudgetMethod? {
        let name = spec["budgetingMethod"]?.text ?? ""
        let share = objective["timeSliceTarget"]
        let length = objective["timeSliceWindow"]
        if let share, name != "Timeslices" {
            error(at: share, "'timeSliceTarget' belongs to 'budgetingMethod: Timeslices'", fix: "remove it")
            return nil
        }
        if name == "Occurrences" {
            guard let length else { return .occurrences }
            error(
                at: length, "'timeSliceWindow' belongs to Timeslices and RatioTimeslices, and this counts Occurrences",
                fix: "remove it, or change 'budgetingMethod'")
            return nil
        }
        guard let length else {
            error(
                at: objective, "an objective of \(name) needs a 'timeSliceWindow'", fix: "add 'timeSliceWindow: 1m'")
            return nil
        }
        guard let slice = Length(length.text)?.duration ?? length.duration, slice >= .seconds(1), slice <= window,
            window.milliseconds / slice.milliseconds <= Self.slicesMax
        else {
            error(
                at: length,
                "'timeSliceWindow: \(length.text)' does not cut the window into 1 to \(Self.slicesMax) slices",
                fix: "write a number with m or h, such as 1m")
            return nil
        }
        guard name == "Timeslices" else { return .ratioTimeslices(slice: slice) }
        guard let share, let target = share.ratio else {
            error(
                at: objective, "an objective of Timeslices needs a 'timeSliceTarget'",
                fix: "add 'timeSliceTarget: 0.95'")
            return nil
        }
        return .timeslices(slice: slice, target: target)
    }
}
