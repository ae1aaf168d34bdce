/// A freeze as people state it: in the policy file, or with `tminus freeze add`. The edge makes `FreezeSpan`s of it.
package struct FreezeRule: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Nothing may happen within its times.
        case deny
        /// Something may happen only within the times of one of the allowing rules that apply.
        case allow
    }
    package enum Times: Equatable, Sendable {
        /// `until` nil: until somebody ends it.
        case once(from: Instant, until: Instant?)
        /// RFC 5545: local start (`20261220T170000`), IANA zone, duration, `RRULE` value, `EXDATE`s and `RDATE`s.
        case recurring(Recurrence)
    }
    package enum Invoker: String, Hashable, Sendable, CaseIterable { case user, automation }

    /// Unique among the freezes in force; 1...63 letters, digits, - _ .
    package var name: String
    package var reason: String
    package var kind: Kind
    package var times: Times
    /// Empty lists match everything; entries of the first two are globs.
    package var environments: [String] = []
    package var services: [String] = []
    package var changes: [ChangeClass] = []
    package var actions: [FreezeSpan.Action] = [.start, .advance, .retry]
    package var invokers: [Invoker] = Invoker.allCases
    package var isOverridable = true

    package init(name: String, reason: String, kind: Kind, times: Times) {
        self.name = name
        self.reason = reason
        self.kind = kind
        self.times = times
    }
}

/// A recurring time of RFC 5545, as text that was checked when it was read.
package struct Recurrence: Hashable, Sendable {
    /// Local date and time of the first one, `YYYYMMDDTHHMMSS`.
    package var start: String
    /// IANA name.
    package var zone: String
    /// How long each one lasts, in local wall-clock terms where it is whole days.
    package var duration: Duration
    /// The value of `RRULE`, such as `FREQ=WEEKLY;BYDAY=FR`.
    package var rule: String
    /// Local starts that are left out, and added, written as `start`.
    package var exceptDates: [String] = []
    package var extraDates: [String] = []

    package init(start: String, zone: String, duration: Duration, rule: String) {
        self.start = start
        self.zone = zone
        self.duration = duration
        self.rule = rule
    }
}

extension FreezeRule: ReadFromJSON {
    package var json: JSON {
        var members: [JSON.Member] = [
            JSON.Member("name", .string(name)), JSON.Member("reason", .string(reason)),
            JSON.Member("kind", .string(kind.rawValue)),
        ]
        switch times {
        case .once(let from, let until):
            members.append(JSON.Member("fromMilliseconds", .milliseconds(from)))
            if let until { members.append(JSON.Member("untilMilliseconds", .milliseconds(until))) }
        case .recurring(let recurrence): members.append(JSON.Member("recurring", recurrence.json))
        }
        let scope = JSON.members([
            "environments": .unlessEmpty(environments), "services": .unlessEmpty(services),
            "changes": .unlessEmpty(changes.map(\.rawValue)), "actions": .strings(actions.map(\.rawValue)),
            "invokers": invokers == Invoker.allCases ? nil : .strings(invokers.map(\.rawValue)),
            "isFinal": .ifTrue(!isOverridable),
        ])
        return .object(members + (scope.members ?? []))
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let name = try fields.text("name")
        let reason = try fields.text("reason")
        let kind = try fields.word("kind", as: Kind.self)
        if let recurrence = try fields.optional("recurring", as: Recurrence.self) {
            self.init(name: name, reason: reason, kind: kind, times: .recurring(recurrence))
        } else {
            let from = try fields.instant("fromMilliseconds")
            let until = try fields.optionalInstant("untilMilliseconds")
            self.init(name: name, reason: reason, kind: kind, times: .once(from: from, until: until))
        }
        environments = try fields.list("environments")
        services = try fields.list("services")
        changes = try fields.words("changes")
        actions = try fields.words("actions")
        invokers = try fields.optionalWords("invokers") ?? Invoker.allCases
        isOverridable = !(try fields.flag("isFinal"))
        try fields.finish()
    }
}

extension Recurrence: ReadFromJSON {
    package var json: JSON {
        .members([
            "start": .string(start), "zone": .string(zone), "durationMilliseconds": .milliseconds(duration),
            "rule": .string(rule), "exceptDates": .unlessEmpty(exceptDates), "extraDates": .unlessEmpty(extraDates),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            start: try fields.text("start"), zone: try fields.text("zone"),
            duration: try fields.duration("durationMilliseconds", atLeast: 1), rule: try fields.text("rule"))
        exceptDates = try fields.list("exceptDates")
        extraDates = try fields.list("extraDates")
        try fields.finish()
    }
}
