package import TminusModel

/// A run's events as they come. It knows the run's steps from the first event, so a stream that starts later is given
/// the plan.
package struct EventStream {
    private var lines: ByteLines
    private var names: StepNames?

    init(_ lines: ByteLines) {
        self.lines = lines
    }

    /// The same stream, its events read with the names of this plan.
    package func reading(_ plan: Plan) -> EventStream {
        var stream = self
        stream.names = StepNames(plan)
        return stream
    }

    /// Whether an event is here already, so that asking for it does not wait.
    package var hasEventReady: Bool { lines.hasLineReady }

    /// The next event; nil when the stream has ended.
    ///
    /// - Throws: `.unreachable` when the connection broke, `.malformed` for an event this version cannot read.
    package mutating func nextEvent() async throws(APIError) -> Event? {
        guard let line = try await lines.nextLine() else { return nil }
        let event: Event
        do {
            event = try Event(json: try JSON(parsing: line), names: names)
        } catch {
            throw APIError(.malformed, "an event could not be read: \(error)")
        }
        if case .runSubmitted(let submission) = event.body { names = StepNames(submission.plan) }
        return event
    }
}
