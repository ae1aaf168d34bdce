package import TminusModel

/// One burn alert as the engine keeps it over time.
package struct BudgetAlert: Equatable, Sendable {
    /// The same for all notices of one alert: `checkout/production/availability/fast`.
    package var key: String
    package var name: String
    /// `inactive`, `pending`, `firing` or `resolved`; a newer engine may know more.
    package var state: String
    /// Nil while inactive.
    package var since: Instant?
    /// Nil while it can be measured.
    package var unmeasuredSince: Instant?

    package init(key: String, name: String, state: String, since: Instant?, unmeasuredSince: Instant?) {
        self.key = key
        self.name = name
        self.state = state
        self.since = since
        self.unmeasuredSince = unmeasuredSince
    }

    package var json: JSON {
        .members([
            "key": .string(key), "name": .string(name), "state": .string(state),
            "sinceMilliseconds": since.map { .integer($0.millisecondsSinceEpoch) },
            "unmeasuredSinceMilliseconds": unmeasuredSince.map { .integer($0.millisecondsSinceEpoch) },
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        key = try reader.text("key")
        name = try reader.text("name")
        state = try reader.text("state")
        since = try reader.optionalInstant("sinceMilliseconds")
        unmeasuredSince = try reader.optionalInstant("unmeasuredSinceMilliseconds")
    }
}
