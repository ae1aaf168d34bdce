package import TminusModel

/// What pruning did, as far as it came.
package struct PruneAnswer: Equatable, Sendable {
    /// Removed, or to be removed by a dry run; newest first.
    package var pruned: [PrunedRun] = []
    /// How many finished runs stay, and why; in the order of `PruneSparing`.
    package var spared: [PruneSparing: Int] = [:]
    /// Given back to the file system.
    package var freedBytes: Int64 = 0
    /// Ask again: there is more to do than was done at one go.
    package var hasMore = false

    package init() {}
}
