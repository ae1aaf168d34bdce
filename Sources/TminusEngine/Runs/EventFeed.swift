internal import TminusModel

/// The newest durable events of a live run, for those who follow it, and those who wait for the next.
///
/// Bounded: whoever falls behind reads on from the store. A follower keeps its own place, so none is missed or doubled.
///
/// After followers were given something the feed rests for `rest`: what comes meanwhile is given together. A run of
/// many short steps would else wake every follower, and every client behind one, several times a millisecond.
struct EventFeed {
    /// Events kept for followers; a few minutes of the busiest run.
    static let kept = 512
    /// Shorter than an eye notices.
    static let rest = Duration.milliseconds(25)

    private var newest: [Event] = []
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    /// The last sequence that was there when followers were last given something.
    private var shown = 0
    private(set) var isResting = false

    /// Whether anybody waits.
    var isWatched: Bool { !waiting.isEmpty }

    mutating func publish(_ events: [Event]) {
        newest.append(contentsOf: events)
        if newest.count > 2 * Self.kept { newest.removeFirst(newest.count - Self.kept) }
        if !isResting { wakeAll() }
    }

    /// Forgets what it kept: the journal was read anew.
    mutating func reset() {
        newest.removeAll()
        shown = 0
        wakeAll()
    }

    /// Whether a follower at `place` may be given what came after it now, and not only when the rest is over.
    func gives(after place: Int) -> Bool { !isResting || place < shown }

    /// A follower is given all up to `sequence`. True when a rest begins with it, whose end must be told.
    mutating func give(upTo sequence: Int) -> Bool {
        shown = max(shown, sequence)
        defer { isResting = true }
        return !isResting
    }

    mutating func endRest() {
        isResting = false
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
