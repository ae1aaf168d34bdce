package import TminusModel

/// Keeps what concerns more than one run, beside the journals and in the same file, so that one backup holds both.
package protocol ControlStore: Sendable {
    /// Appends, durable when this returns. A store that is the journal of runs too lists those of a `runsPruned` as
    /// pruned in the same transaction: what is recorded is begun.
    ///
    /// - Throws: `.conflict` when `expected` is not the last sequence, `.storage`.
    func appendControl(_ events: [ControlEvent], expected: Int) async throws(StoreError)

    /// Events after `sequence` (0 for all), oldest first, at most `limit`.
    ///
    /// - Throws: `.corrupt` with the first sequence whose hash does not follow, `.storage`.
    func controlEvents(after sequence: Int, limit: Int) async throws(StoreError) -> [ControlEvent]

    /// Notes a delivery whose signature was right; durable when this returns. False when its (sender, id) was taken
    /// within the last 30 days: nothing is kept then.
    func accept(_ delivery: Delivery) async throws(StoreError) -> Bool

    /// Deliveries that are not settled and due at `now`, oldest first, at most `limit`.
    func dueDeliveries(at now: Instant, limit: Int) async throws(StoreError) -> [Delivery]

    /// Notes how a delivery was settled, or when to try again. - Throws: `.conflict` when it is settled already.
    func record(_ delivery: Delivery) async throws(StoreError)

    /// Forgets settled deliveries received before; their ids may then come again. Returns how many.
    func forgetDeliveries(before: Instant) async throws(StoreError) -> Int
}

/// A webhook's word that a tag may be there. Only a hint: what counts is fetched and verified by ourselves.
package struct Delivery: Equatable, Sendable {
    package enum State: String, Sendable, CaseIterable { case due, settled }

    /// Given by the store, from 1; 0 before.
    package var number: Int
    /// The name of the webhook in the policy.
    package var sender: String
    /// The sender's id for this delivery, else the digest of its body; at most 256 bytes.
    package var id: String
    package var repository: String
    package var tag: String
    package var received: Instant
    package var state: State
    package var tried: Int
    /// When to try (again).
    package var due: Instant
    /// How it was settled, or what the last try met; one sentence, may be empty.
    package var outcome: String

    package init(
        number: Int = 0, sender: String, id: String, repository: String, tag: String, received: Instant,
        state: State = .due, tried: Int = 0, due: Instant, outcome: String = ""
    ) {
        self.number = number
        self.sender = sender
        self.id = id
        self.repository = repository
        self.tag = tag
        self.received = received
        self.state = state
        self.tried = tried
        self.due = due
        self.outcome = outcome
    }
}
