import Hummingbird
import TminusAPI
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

/// `/v1/runs`: submitting, listing, looking at one.
struct RunRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.post("/v1/runs") { request, context in
            let person = try await context.person(parts)
            let order = try RunOrder(json: try await request.json(bytesMax: RunOrder.bytesMax))
            var files: [String: [UInt8]] = [:]
            for file in order.files { files[file.digest] = file.bytes }
            let origin = try await parts.engine.origin(of: order.plan, isAgain: order.isAgain)
            let run = try await parts.engine.submit(
                order.plan, digest: order.digest, files: files, by: person, reason: order.reason,
                pausesAfter: order.pausesAfter, origin: origin, changes: order.changes,
                lineage: order.incident.map { .hotfix(incident: $0) }, incident: order.incident,
                endsAfter: order.endsAfter)
            return Answers.json(.members(["run": .string(run)]), status: .created)
        }
        router.get("/v1/runs") { request, _ in
            let summaries = try await parts.engine.summaries(try query(request))
            return Answers.json(.members(["runs": .array(summaries.map(\.json))]))
        }
        router.get("/v1/runs/:run") { _, context in
            let run = try context.parameters.require("run")
            let summary = try await parts.engine.summary(of: run)
            let needs = try await parts.engine.state(of: run).needs(now: parts.now())
            return Answers.json(RunReply(summary: summary, needs: needs.map(\.sentence)).json)
        }
    }

    private func query(_ request: Request) throws -> RunQuery {
        var query = RunQuery(limit: try request.number("limit", in: 1...1_000, default: 50))
        query.service = request.text("service")
        query.environment = request.text("environment")
        if let word = request.text("status") {
            guard let status = RunStatus(word: word) else {
                throw APIError(.badRequest, "there is no status '\(word.prefix(40))'")
            }
            query.status = status
        }
        return query
    }
}
