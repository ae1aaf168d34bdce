/// Time in which a freeze keeps a run from acting: one stretch of a recurring freeze, the time outside of an allowed
/// window, or a stopped line. Calendars and zones were resolved at the edge; only instants are left.
package struct FreezeSpan: Hashable, Sendable {
    /// What a freeze can forbid. Rolling back and leaving maintenance are never on the list.
    package enum Action: String, Hashable, Sendable, CaseIterable { case start, advance, approve, retry, bypass }

    /// The freeze's name, by which it is overridden; a stopped line's is `line`.
    package var name: String
    /// One sentence for people.
    package var reason: String
    package var from: Instant
    /// `distantFuture` when nobody knows.
    package var until: Instant
    /// What is forbidden meanwhile; never empty. `start` is a run's first step, `advance` every later one.
    package var actions: [Action]
    /// Whether a person with the right may go on all the same, with a reason.
    package var isOverridable: Bool

    package init(
        name: String, reason: String, from: Instant, until: Instant,
        actions: [Action] = [.start, .advance, .retry], isOverridable: Bool = true
    ) {
        self.name = name
        self.reason = reason
        self.from = from
        self.until = until
        self.actions = actions
        self.isOverridable = isOverridable
    }

    /// `from` belongs to it, `until` does not.
    package func holds(_ instant: Instant) -> Bool { from <= instant && instant < until }
}

extension FreezeSpan: ReadFromJSON {
    package var json: JSON {
        .members([
            "name": .string(name), "reason": .string(reason), "fromMilliseconds": .milliseconds(from),
            "untilMilliseconds": until == .distantFuture ? nil : .milliseconds(until),
            "actions": .strings(actions.map(\.rawValue)), "isFinal": .ifTrue(!isOverridable),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), reason: try fields.text("reason"),
            from: try fields.instant("fromMilliseconds"),
            until: try fields.optionalInstant("untilMilliseconds") ?? .distantFuture,
            actions: try fields.words("actions"),
            isOverridable: !(try fields.flag("isFinal")))
        try fields.finish()
    }
}
