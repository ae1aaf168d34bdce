/// A look back that is owed because a change went ahead without the usual one.
package struct Review: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable { case emergency, rollback }

    /// `review-1`, unique in the data directory.
    package var name: String
    package var kind: Kind
    package var run: String
    package var service: String
    package var environment: String
    package var by: String
    package var reason: String
    /// After it, further runs of the service wait until the review is closed.
    package var due: Instant

    package init(
        name: String, kind: Kind, run: String, service: String, environment: String, by: String, reason: String,
        due: Instant
    ) {
        self.name = name
        self.kind = kind
        self.run = run
        self.service = service
        self.environment = environment
        self.by = by
        self.reason = reason
        self.due = due
    }
}

extension Review: ReadFromJSON {
    package var json: JSON {
        .members([
            "name": .string(name), "kind": .string(kind.rawValue), "run": .string(run), "service": .string(service),
            "environment": .string(environment), "by": .string(by), "reason": .string(reason),
            "dueMilliseconds": .milliseconds(due),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), kind: try fields.word("kind"), run: try fields.text("run"),
            service: try fields.text("service"), environment: try fields.text("environment"),
            by: try fields.text("by"), reason: try fields.text("reason"), due: try fields.instant("dueMilliseconds"))
        try fields.finish()
    }
}
