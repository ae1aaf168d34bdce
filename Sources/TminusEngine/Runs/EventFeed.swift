internal import TminusModel

/// The newest durable events of a live run, for those who follow it, and those who wait for the next.
///
/// Bounded: whoever falls behind reads on from the store. A follower keeps its own place, so none is missed or doubled.
struct EventFeed {
    /// Events kept for followers; a few minutes of the busiest run.
    static let kept = 512

    private var newest: [Event] = []
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    /// Whether anybody waits.
    var isWatched: Bool { !waiting.isEmpty }

    mutating func publish(_ events: [Event]) {
        newest.append(contentsOf: events)
        if newest.count > 2 * Self.kept { newest.removeFirst(newest.count - Self.kept) }
        wakeAll()
    }

    /// Forgets what it kept: the journal was read anew.
    mutating func reset() {
        newest.removeAll()
        wakeAll()
    }

    /// The kept events after `sequence`; nil when they begin later than that, or none is kept.
    func events(after sequence: Int, limit: Int) -> [Event]? {
        guard let first = newest.first, first.sequence <= sequence + 1 else { return nil }
        return Array(newest.dropFirst(sequence + 1 - first.sequence).prefix(limit))
    }

    mutating func wait(_ continuation: CheckedContinuation<Void, Never>, as follower: Int) {
        waiting[follower] = continuation
    }

    mutating func wake(_ follower: Int) {
        waiting.removeValue(forKey: follower)?.resume()
    }

    mutating func wakeAll() {
        guard !waiting.isEmpty else { return }
        let woken = waiting
        waiting.removeAll()
        for (_, continuation) in woken { continuation.resume() }
    }
}
