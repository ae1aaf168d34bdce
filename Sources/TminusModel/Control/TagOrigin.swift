/// What a tag trigger makes one run of, and never two: invariant I26.
package struct TagOrigin: Hashable, Sendable {
    /// The repository's address without credentials.
    package var repository: String
    package var tag: String
    /// The tag object, or the commit of a lightweight tag.
    package var object: String
    /// The pipeline's path in the tree.
    package var pipeline: String

    package init(repository: String, tag: String, object: String, pipeline: String) {
        self.repository = repository
        self.tag = tag
        self.object = object
        self.pipeline = pipeline
    }

    package init(_ source: PlanSource) {
        self.init(repository: source.repository, tag: source.tag, object: source.object, pipeline: source.path)
    }
}
