internal import Logging
internal import TminusModel
internal import TminusPorts

/// Pages about tags that somebody has to look into: moved ones, and those with a bad signature.
extension Engine {
    /// Pages whom a run's pipeline names (`onPage`), through the outbox, once for each key. Returns what became of it,
    /// half a sentence for the record.
    ///
    /// The run's frozen plan says whom: what a tag in doubt says is not asked.
    ///
    /// - Parameters:
    ///   - run: the run that the tag made before it was in doubt; nil for the newest of its repository.
    ///   - key: one page for each.
    package func pageHeldTag(_ run: String?, repository: String, key: String, reason: String) async -> String {
        let nobody = "nobody is paged"
        do throws(StoreError) {
            var known = run
            if known == nil { known = try await parts.journal.newestRun(repository: repository)?.run }
            guard let known else { return "\(nobody), for no tag of this repository has made a run yet" }
            let first = try await parts.journal.events(of: known, after: 0, limit: 1).first
            guard case .runSubmitted(let submission) = first?.body, submission.plan.onPage != nil else {
                return "\(nobody), for the pipeline of \(known) says no onPage"
            }
            try await parts.journal.raise(key, reason, of: known, at: now)
            readOutbox()
            return "whom \(known) names in onPage is paged"
        } catch {
            logger.error("a page about a held tag could not be raised: \(error)")
            return "\(nobody), for the journal could not be written"
        }
    }
}
