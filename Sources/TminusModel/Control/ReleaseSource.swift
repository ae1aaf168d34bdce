/// A pipeline that a tag may lead to: where a hotfix finds what to run when nobody names it.
package struct ReleaseSource: Equatable, Sendable {
    /// The repository's address without credentials.
    package var repository: String
    /// The pipeline's path in the tree.
    package var pipeline: String
    /// Nil where only the pipeline itself says it.
    package var service: String?
    package var environment: String?
    /// What says so: `trigger 2 of the policy`, or a run.
    package var origin: String

    package init(
        repository: String, pipeline: String, service: String? = nil, environment: String? = nil, origin: String
    ) {
        self.repository = repository
        self.pipeline = pipeline
        self.service = service
        self.environment = environment
        self.origin = origin
    }
}

extension ReleaseSource: ReadFromJSON {
    package var json: JSON {
        .members([
            "repository": .string(repository), "pipeline": .string(pipeline), "service": .text(service),
            "environment": .text(environment), "origin": .string(origin),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            repository: try fields.text("repository"), pipeline: try fields.text("pipeline"),
            service: try fields.optional("service"), environment: try fields.optional("environment"),
            origin: try fields.text("origin"))
        try fields.finish()
    }
}
