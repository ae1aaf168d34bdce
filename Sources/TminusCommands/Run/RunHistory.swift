import TminusAPI
import TminusCore
import TminusModel

/// A whole journal, read through the engine.
struct RunHistory {
    let state: RunState
    /// Oldest first.
    let events: [Event]

    /// - Throws: `.failed` when the engine sent something that is no journal.
    static func read(_ run: String, _ client: EngineClient) async throws -> RunHistory {
        var stream = try await client.events(of: run, follows: false)
        var events: [Event] = []
        while let event = try await stream.nextEvent() {
            guard event.sequence == events.count + 1 else {
                throw Failure(.failed, "event \(event.sequence) of \(run) does not follow event \(events.count)")
            }
            events.append(event)
        }
        guard let state = RunState(folding: events) else {
            throw Failure(.failed, "what the engine sent of \(run) is no journal; tminus doctor says more")
        }
        return RunHistory(state: state, events: events)
    }
}
