/// Asks the front what is in force, until it is what was written.
struct FrontStatusPoll: Sendable {
    struct Status: Decodable, Sendable {
        let weight: Int
        let maintenance: String
    }

    /// The front's address, such as `http://127.0.0.1:8100`.
    let front: String

    /// - Throws: ``Refusal`` after 5 s, or at once when cancelled.
    func wait(untilSaying what: String, _ accepts: @Sendable (Status) -> Bool) async throws {
        let probe = JSONProbe(url: front + "/front/status")
        let deadline = ContinuousClock.now + .seconds(5)
        repeat {
            if let status = try? await probe.read(Status.self), accepts(status) { return }
            try await Task.sleep(for: .milliseconds(25))
        } while ContinuousClock.now < deadline
        throw Refusal("the front at \(front) did not report \(what) within 5 s; is it running and reading this file?")
    }
}
