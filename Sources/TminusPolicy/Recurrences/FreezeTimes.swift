package import TminusModel

/// The times of a freeze as instants.
package struct FreezeTimes: Sendable {
    package struct Stretch: Hashable, Sendable {
        package var from: Instant
        package var until: Instant
    }

    private enum Kind {
        case once(Stretch)
        case recurring(Occurrences, Zone, Duration, except: [CivilTime], extra: [CivilTime])
    }

    private let kind: Kind

    /// Why a freeze's times cannot be reckoned.
    package struct Fault: Error, Equatable {
        package var message: String
        package var fix: String
    }

    package init(_ times: FreezeRule.Times) throws(Fault) {
        switch times {
        case .once(let from, let until):
            let until = until ?? .distantFuture
            guard from < until else { throw Fault(message: "ends before it begins", fix: "write a later end") }
            kind = .once(Stretch(from: from, until: until))
        case .recurring(let recurrence): kind = try Self.recurring(recurrence)
        }
    }

    /// A year; longer ones would lie over themselves.
    package static let durationMax = Duration.seconds(366 * 86_400)
    package static let datesMax = 366

    private static func recurring(_ recurrence: Recurrence) throws(Fault) -> Kind {
        guard let zone = Zone(recurrence.zone) else {
            throw Fault(message: "names the unknown time zone '\(recurrence.zone)'", fix: "write an IANA name")
        }
        let start = try time(recurrence.start)
        guard recurrence.duration > .zero, recurrence.duration <= durationMax else {
            throw Fault(message: "lasts \(recurrence.duration.releaseText)", fix: "write 1ms to 366d")
        }
        guard recurrence.exceptDates.count <= datesMax, recurrence.extraDates.count <= datesMax else {
            throw Fault(message: "lists more than \(datesMax) dates", fix: "write a rule for them")
        }
        let rule: RecurrenceRule
        do throws(RecurrenceRule.Fault) {
            rule = try RecurrenceRule(recurrence.rule)
        } catch {
            throw Fault(message: "recurs by a rule that \(error.message)", fix: error.fix)
        }
        let occurrences = Occurrences(rule, start: start, zone: zone)
        guard occurrences.hasSynchronizedStart else {
            let next = occurrences.first.map { "; the first time that does is \($0.text)" } ?? ""
            throw Fault(
                message: "begins on \(start.day.weekdayText) \(start.text), which its own rule does not have\(next)",
                fix: occurrences.first.map { "begin at \($0.text)" } ?? "write another rule: this one never comes")
        }
        var except: [CivilTime] = []
        for text in recurrence.exceptDates {
            let date = try time(text)
            guard occurrences.times(from: date, through: date) == [date] else {
                throw Fault(
                    message: "leaves out \(date.text), when it would not be anyway",
                    fix: "write the time at which the one to leave out begins")
            }
            except.append(date)
        }
        var extra: [CivilTime] = []
        for text in recurrence.extraDates { extra.append(try time(text)) }
        return .recurring(occurrences, zone, recurrence.duration, except: except, extra: extra)
    }

    private static func time(_ text: String) throws(Fault) -> CivilTime {
        guard let time = CivilTime(basicText: text) else {
            throw Fault(message: "holds '\(text)', which is no local time", fix: "write it like 20261220T170000")
        }
        return time
    }

    /// Those that overlap `[from, until)`, ascending; ones that meet or overlap are one.
    package func stretches(from: Instant, until: Instant) -> [Stretch] {
        switch kind {
        case .once(let stretch): return stretch.from < until && from < stretch.until ? [stretch] : []
        case .recurring(let occurrences, let zone, let duration, let except, let extra):
            let day = Duration.seconds(86_400)
            let earliest = zone.local(from.advanced(by: .zero - duration - day))
            let latest = zone.local(until.advanced(by: day))
            var times = occurrences.times(from: earliest, through: latest)
            let left = Set(except)
            times.removeAll { left.contains($0) }
            times += extra.filter { $0 >= earliest && $0 <= latest }
            let stretches = Self.resolved(times, zone, duration)
            return Self.merged(stretches).filter { $0.from < until && from < $0.until }
        }
    }

    /// Whole days last until the same time of day on the wall; anything else lasts exactly so long.
    private static func resolved(_ times: [CivilTime], _ zone: Zone, _ duration: Duration) -> [Stretch] {
        let day: Int64 = 86_400_000
        let (days, rest) = duration.milliseconds.quotientAndRemainder(dividingBy: day)
        var offsets = ZoneOffsets(zone)
        return times.map { time in
            let from = offsets.instant(time)
            guard rest == 0 else { return Stretch(from: from, until: from.advanced(by: duration)) }
            let end = CivilTime(day: time.day.advanced(by: Int(days)), second: time.second)
            return Stretch(from: from, until: offsets.instant(end))
        }
    }

    /// The end of one that begins at a local time, by the same rule.
    package static func end(of start: CivilTime, lasting duration: Duration, in zone: Zone) -> Instant {
        resolved([start], zone, duration).first?.until ?? zone.instant(start)
    }

    package static func merged(_ stretches: [Stretch]) -> [Stretch] {
        var merged: [Stretch] = []
        for stretch in stretches.sorted(by: { ($0.from, $0.until) < ($1.from, $1.until) }) {
            if let last = merged.last, stretch.from <= last.until {
                merged[merged.count - 1].until = max(last.until, stretch.until)
            } else {
                merged.append(stretch)
            }
        }
        return merged
    }
}

/// Times of few days to instants, asking the zone once for each day on which nothing changes.
private struct ZoneOffsets {
    private let zone: Zone
    private var seconds: [CivilDay: Int64?] = [:]

    init(_ zone: Zone) { self.zone = zone }

    mutating func instant(_ time: CivilTime) -> Instant {
        let offset: Int64?
        if let known = seconds[time.day] {
            offset = known
        } else {
            offset = zone.constantOffset(on: time.day)
            seconds[time.day] = .some(offset)
        }
        guard let offset else { return zone.instant(time) }
        let local = Int64(time.day.number) * 86_400 + Int64(time.second)
        return Instant(millisecondsSinceEpoch: (local - offset) * 1_000)
    }
}
