package import ArgumentParser
package import TminusModel
import TminusPolicy

/// Where and for whom a freeze holds.
package struct FreezeScope: ParsableArguments {
    @Option(
        name: .customLong("environment"), parsing: .singleValue,
        help: "Where, as a name or a pattern such as 'eu-*'; repeatable. Everywhere when none is named.")
    package var environments: [String] = []

    @Option(
        name: .customLong("service"), parsing: .singleValue,
        help: "For which service, as a name or a pattern; repeatable. For all when none is named.")
    package var services: [String] = []

    package init() {}
}

/// When a freeze holds.
package struct FreezeTimesOptions: ParsableArguments {
    @Option(help: "Local start, such as 2026-12-28T17:00. Now when left out.")
    package var from: String?

    @Option(help: "Local end. Without it and --lasts the freeze holds until somebody ends it.")
    package var until: String?

    @Option(help: "How long it lasts, such as 64h or 2d.")
    package var lasts: LengthOption?

    @Option(
        name: .customLong("repeat"),
        help: "How it recurs: the value of an RRULE (RFC 5545), such as FREQ=WEEKLY;BYDAY=FR; with --from and --lasts.")
    package var rule: String?

    @Option(help: "The IANA zone of these times. This machine's when left out.")
    package var zone: String?

    package init() {}

    /// What the options say; `now` where they name no start.
    ///
    /// - Throws: `.usage` with what to write.
    package func times(now: Instant) throws(Failure) -> FreezeRule.Times {
        let zone = try chosenZone()
        if let rule { return .recurring(try recurrence(rule, zone)) }
        let start = try from.map { text throws(Failure) in try Self.time(text, "--from") }
        let begins = start.map(zone.instant) ?? now
        if let lasts {
            guard until == nil else { throw Failure(.usage, "--until and --lasts both say the end; keep one of them") }
            let local = start ?? zone.local(now)
            let ends =
                start == nil
                ? begins.advanced(by: lasts.length) : FreezeTimes.end(of: local, lasting: lasts.length, in: zone)
            return .once(from: begins, until: ends)
        }
        guard let until else { return .once(from: begins, until: nil) }
        let ends = zone.instant(try Self.time(until, "--until"))
        guard ends > begins, ends > now else {
            throw Failure(.usage, "--until \(until) (\(zone.name)) is over, or before the start; write a later end")
        }
        return .once(from: begins, until: ends)
    }

    private func recurrence(_ rule: String, _ zone: Zone) throws(Failure) -> Recurrence {
        guard let from, let lasts, until == nil else {
            throw Failure(
                .usage, "--repeat goes with --from (the first one) and --lasts; an end of it all is UNTIL in the rule")
        }
        let start = try Self.time(from, "--from")
        return Recurrence(start: start.basicText, zone: zone.name, duration: lasts.length, rule: rule)
    }

    private func chosenZone() throws(Failure) -> Zone {
        guard let zone else { return .current }
        guard let known = Zone(zone) else {
            throw Failure(.usage, "there is no time zone '\(zone)'; write an IANA name, such as Europe/Berlin")
        }
        return known
    }

    private static func time(_ text: String, _ option: String) throws(Failure) -> CivilTime {
        guard let time = CivilTime(text: text) else {
            throw Failure(.usage, "\(option) is a local time such as 2026-12-28T17:00, not '\(text)'")
        }
        return time
    }
}
