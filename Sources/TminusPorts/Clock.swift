package import TminusModel

/// The engine's only view of time.
package protocol EngineClock: Sendable {
    /// Wall time for the journal and for people.
    var now: Instant { get }
    /// Returns when `instant` has come, or throws `CancellationError`.
    func sleep(until instant: Instant) async throws
}
