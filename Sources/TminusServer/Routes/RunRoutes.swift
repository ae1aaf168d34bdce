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
            var changes = order.changes
            var origin: TagOrigin?
            if mayStart(order, person) {
                changes = try await self.changes(of: order, by: person)
                origin = try await parts.engine.origin(of: order.plan, isAgain: order.isAgain)
            }
            let run = try await parts.engine.submit(
                order.plan, digest: order.digest, files: files, by: person, reason: order.reason,
                pausesAfter: order.pausesAfter, origin: origin, changes: changes,
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

    /// Whoever may not start it makes us fetch nothing, and nobody is paged for them; submitting refuses them.
    private func mayStart(_ order: RunOrder, _ person: Person) -> Bool {
        (person.may(.start) || person.may(.emergency)) && person.mayTouch(service: order.plan.service)
    }

    /// What the order brings beyond the last release: under a policy, what its repository says. Asked before anything
    /// else is believed of the plan's source, and without holding up the engine.
    ///
    /// - Throws: `.refused` when the plan is not what its tag says; it is recorded then.
    private func changes(of order: RunOrder, by person: Person) async throws -> [ChangelogEntry] {
        guard order.plan.source != nil, let ask = parts.askSource else { return order.changes }
        switch await ask(order.plan, order.incident != nil) {
        case .unasked: return order.changes
        case .agrees(let changes): return changes
        case .refused(let reason):
            try await parts.engine.note(
                .orderRefused(by: person.name, order: "run \(order.plan.pipeline.prefix(80))", reason: reason))
            throw APIError(.refused, reason)
        case .unreachable(let reason):
            throw APIError(
                .refused, "the tag cannot be verified now, and under a policy it must be; try again later: \(reason)")
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
