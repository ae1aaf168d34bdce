/// What stays known of a run whose events were removed: how many there were, and the last hash of their chain.
///
/// An export of the run that is kept elsewhere can still be proven by it.
package struct PrunedRun: Equatable, Sendable {
    package var run: String
    package var events: Int
    /// 64 hexadecimal digits.
    package var head: String

    package init(run: String, events: Int, head: String) {
        self.run = run
        self.events = events
        self.head = head
    }
}

extension PrunedRun: ReadFromJSON {
    package var json: JSON {
        .members(["run": .string(run), "events": .integer(events), "head": .string(head)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), events: try fields.integer("events", in: 0...Int.max),
            head: try fields.text("head"))
        try fields.finish()
    }
}
