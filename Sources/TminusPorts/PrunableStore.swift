package import TminusModel

/// Removes what nobody needs any more from a journal. What may go is decided by whoever asks; that only runs that have
/// ended may is the store's own rule.
package protocol PrunableStore: Sendable {
    /// Runs that have ended and whose events are there, wholly or in part, newest first: those submitted before the
    /// one at `position` (nil for all), at most `limit`.
    func ended(before position: Int?, limit: Int) async throws(StoreError) -> [EndedRun]

    /// Removes at most `limit` of a run's events, and its pages, in one transaction; true when none is left. From the
    /// first call on, or from the control event that records it, the run is no longer listed or read; its name, where
    /// it came from, its release and the end of its chain stay.
    ///
    /// - Throws: `.conflict` when the run has not ended, `.unknownRun`, `.storage`.
    func prune(_ run: String, at: Instant, limit: Int) async throws(StoreError) -> Bool

    /// What stays of the runs that were pruned, oldest first: those submitted after the one at `position` (0 for all).
    func pruned(after position: Int, limit: Int) async throws(StoreError) -> [(position: Int, run: PrunedRun)]

    /// Gives at most so many bytes of what was removed back to the file system; how many, 0 when nothing is left to
    /// give.
    func shrink(bytesMax: Int) async throws(StoreError) -> Int
}

/// A run that may be pruned, as far as the store can tell.
package struct EndedRun: Equatable, Sendable {
    /// Rises with every run.
    package var position: Int
    package var summary: RunSummary
    package var rest: PrunedRun
    /// It is recorded as pruned, and its files or some of its events may be gone already.
    package var isPruned: Bool

    package init(position: Int, summary: RunSummary, rest: PrunedRun, isPruned: Bool = false) {
        self.position = position
        self.summary = summary
        self.rest = rest
        self.isPruned = isPruned
    }
}
