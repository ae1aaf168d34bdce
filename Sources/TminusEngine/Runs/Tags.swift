package import TminusModel
internal import TminusPorts

/// One run per tag object and pipeline, and none of a tag that was moved.
extension Engine {
    /// What to claim for a run of a plan; nil for one that no tag made, or another run of a tag that has made one.
    ///
    /// The store has the last word: of two that ask at once, one is refused there.
    ///
    /// - Parameter isAgain: a person wants another run.
    /// - Throws: `.duplicate` naming the run there is, `.refused` when the tag was another object before, `.store`.
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
            throw EngineError(
                .refused,
                "tag \(source.tag) of \(source.repository) was moved: it was object \(other.origin.object.prefix(12)) "
                    + "when it made \(other.run), and is \(source.object.prefix(12)) now; find out who moved it, and "
                    + "release under a new tag")
        }
        guard let first = runs.first(where: { $0.origin == origin }) else { return origin }
        if isAgain { return nil }
        throw EngineError(
            .duplicate,
            "tag \(source.tag) has made \(first.run) already: tminus watch \(first.run); to run it once more, say "
                + "--again with --reason")
    }
}
