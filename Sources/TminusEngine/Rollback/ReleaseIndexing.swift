internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// Fills the index of releases with runs that ended before there was one.
extension Engine {
    /// The newest so many runs are looked at.
    private static let runsLookedAt = 1_000

    func indexReleases() async {
        do throws(StoreError) {
            let ended = try await parts.journal.summaries(RunQuery(limit: Self.runsLookedAt)).filter(
                \.status.isTerminal)
            let known = Set(
                try await parts.journal.releases(service: nil, environment: nil, limit: 10 * Self.runsLookedAt)
                    .map(\.run))
            var found: [ReleaseRecord] = []
            for summary in ended where !known.contains(summary.run) {
                // One that can't be read is no release that anybody could go back to.
                guard !isLeaving, let state = try? await Self.fold(summary.run, from: parts.journal) else { continue }
                if let release = state.release { found.append(release) }
            }
            if !found.isEmpty {
                try await parts.journal.index(found)
                logger.info("older runs were added to the index of releases", metadata: ["count": "\(found.count)"])
            }
        } catch {
            logger.error("the index of releases could not be completed: \(error)")
        }
    }
}
