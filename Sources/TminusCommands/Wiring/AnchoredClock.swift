package import TminusModel
import TminusPorts

/// The engine's clock: wall time read once, when the engine starts, and monotonic time added to it ever after.
///
/// So an engine's life has no second that comes twice and no jump: a wall clock that is set back does not make a
/// deadline wait longer, and one that is set forward does not expire an approval. A restart takes a new anchor. The
/// monotonic clock counts suspended time.
package struct AnchoredClock: EngineClock {
    private let wall: Instant
    private let anchor: ContinuousClock.Instant

    package init(wall: Instant = LocalTime.now) {
        self.wall = wall
        anchor = ContinuousClock.now
    }

    package var now: Instant { wall.advanced(by: ContinuousClock.now - anchor) }

    package func sleep(until instant: Instant) async throws {
        // A day at a time: the runtime counts a sleep in nanoseconds, and some instants are never meant to come.
        while true {
            let left = instant.since(now)
            if left <= .zero { return try Task.checkCancellation() }
            try await Task.sleep(for: min(left, Duration.seconds(86_400)), clock: .continuous)
        }
    }

    /// How far the wall clock has moved away from ours since the engine started; positive when it is ahead.
    package var drift: Duration { LocalTime.now.since(now) }
}
