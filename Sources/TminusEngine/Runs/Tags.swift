internal import Logging
package import TminusModel
internal import TminusPorts

/// One run per tag object and pipeline, and none of a tag that was moved.
extension Engine {
    /// What to claim for a run of a plan; nil for one that no tag made, or another run of a tag that has made one.
    ///
    /// The store has the last word: of two that ask at once, one is refused there.
    ///
    /// - Parameter isAgain: a person wants another run.
    /// - Throws: `.duplicate` naming the run there is, `.moved` when the tag was another object before, `.store`.
    package func origin(of plan: Plan, isAgain: Bool = false) async throws(EngineError) -> TagOrigin? {
        guard let source = plan.source else { return nil }
        let origin = TagOrigin(source)
        let runs: [TaggedRun]
        do throws(StoreError) {
            runs = try await parts.journal.runs(repository: source.repository, tag: source.tag)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
        if let other = runs.last(where: { $0.origin.object != source.object }) {
            throw await held(origin, other)
        }
        guard let first = runs.first(where: { $0.origin.isSameRun(as: origin) }) else { return origin }
        if isAgain { return nil }
        throw EngineError(
            .duplicate,
            "tag \(source.tag) has made \(first.run) already: tminus watch \(first.run); to run it once more, say "
                + "--again with --reason")
    }

    /// Records that a tag is held because it was moved since it made `other`, and pages whom that run names.
    private func held(_ origin: TagOrigin, _ other: TaggedRun) async -> EngineError {
        let reason = other.movedTo(origin.object)
        let paged = await pageHeldTag(
            other.run, repository: origin.repository, key: "tag-held:\(origin.tag):\(origin.object.prefix(12))",
            reason: reason)
        do throws(EngineError) {
            try await note(
                .tagSeen(
                    repository: origin.repository, tag: origin.tag, object: origin.object, decision: "held",
                    reason: "\(reason) (tminus run); \(paged)", run: nil))
        } catch {
            logger.error("a held tag could not be recorded: \(error)")
        }
        return EngineError(.moved, reason)
    }
}
