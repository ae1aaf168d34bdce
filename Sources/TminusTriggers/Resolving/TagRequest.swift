package import TminusModel

/// A tag that somebody or something wants to see released.
package struct TagRequest: Sendable {
    package var repository: RepositorySpec
    package var tag: String
    /// The pipeline's path in the tree.
    package var pipeline: String
    /// Names and values of inputs, in order.
    package var inputs: [Variable]
    /// Nil: as good as the repository's trust can tell. A bad signature is always refused.
    package var signature: TriggerRule.Signature?

    package init(
        repository: RepositorySpec, tag: String, pipeline: String, inputs: [Variable] = [],
        signature: TriggerRule.Signature? = nil
    ) {
        self.repository = repository
        self.tag = tag
        self.pipeline = pipeline
        self.inputs = inputs
        self.signature = signature
    }
}
