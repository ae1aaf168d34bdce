package import TminusModel

/// `POST /v1/triggers`: a tag to look at.
package struct TriggerOrder: Equatable, Sendable {
    /// The name of a repository of the policy, or an address.
    package var repository: String
    package var tag: String
    /// The pipeline's path in the tree; nil for what the policy's triggers say.
    package var pipeline: String?

    package static let bytesMax = 16 << 10

    package init(repository: String, tag: String, pipeline: String? = nil) {
        self.repository = repository
        self.tag = tag
        self.pipeline = pipeline
    }

    package var json: JSON {
        .members([
            "repository": .string(repository), "tag": .string(tag), "pipeline": pipeline.map(JSON.string),
        ])
    }

    /// - Throws: `.badRequest` with the member that is wrong.
    package init(json: JSON) throws(APIError) {
        do throws(APIError) {
            let reader = try WireReader(json)
            repository = try reader.text("repository")
            tag = try reader.text("tag")
            pipeline = try reader.optionalText("pipeline")
        } catch { throw APIError(.badRequest, error.message) }
        guard (1...2_048).contains(repository.utf8.count) else {
            throw APIError(.badRequest, "repository must be 1 to 2048 bytes long")
        }
        guard (1...256).contains(tag.utf8.count) else { throw APIError(.badRequest, "tag must be 1 to 256 bytes long") }
        if let pipeline, !(1...4_096).contains(pipeline.utf8.count) {
            throw APIError(.badRequest, "pipeline must be 1 to 4096 bytes long")
        }
    }
}

/// What became of it.
package struct TriggerReply: Equatable, Sendable {
    /// `started`, `known`, `unmatched`, `held`, `refused` or `retry`.
    package var decision: String
    package var run: String?
    /// Empty where there is a run.
    package var reason: String

    package init(decision: String, run: String?, reason: String) {
        self.decision = decision
        self.run = run
        self.reason = reason
    }

    package var json: JSON {
        .members([
            "decision": .string(decision), "run": run.map(JSON.string),
            "reason": reason.isEmpty ? nil : .string(reason),
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        decision = try reader.text("decision")
        run = try reader.optionalText("run")
        reason = try reader.optionalText("reason") ?? ""
    }
}

extension EngineClient {
    /// Has the engine look at a tag, and make one run of it unless it has.
    ///
    /// - Throws: `.refused` where no run came of it, saying why; `.unreachable` where it could not be asked now.
    package func trigger(_ order: TriggerOrder) async throws(APIError) -> TriggerReply {
        try TriggerReply(json: await post("/v1/triggers", order.json))
    }
}
