import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// `/v1/backup` copies the journal while runs go on; `/v1/prune` removes finished runs, and `/v1/pruned` lists what
/// stays of them.
struct StoreRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.post("/v1/backup") { request, context in
            let person = try await context.person(parts)
            // The engine's own account can read the file as it is.
            let isOwn = try await context.isOwnAccount
            guard isOwn || person.may(.manageStore) else {
                throw try await parts.engine.refuse(
                    "back the journal up", by: person,
                    "\(person.name) may not back the journal up: that takes the right manageStore, which the policy "
                        + "grants")
            }
            let json = try await request.json(bytesMax: 1 << 16)
            guard let path = json["to"]?.text, path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw APIError(.badRequest, "member 'to' must be an absolute path")
            }
            try await parts.backUp(path)
            return Answers.json(.members(["to": .string(path)]))
        }
        router.post("/v1/prune") { request, context in
            let person = try await context.person(parts)
            let json = try await request.json(bytesMax: 1 << 16)
            let order: PruneOrder
            do { order = try PruneOrder(json: json) } catch { throw APIError(.badRequest, "\(error)") }
            guard order.olderThan != nil || order.keep != nil else {
                throw APIError(.badRequest, "say how old or how many: olderThanMilliseconds or keep")
            }
            return Answers.json(PruneReply(try await parts.engine.prune(order, by: person)).json)
        }
        router.get("/v1/pruned") { request, _ in
            let after = try request.number("after", in: 0...Int.max, default: 0)
            let limit = try request.number("limit", in: 1...1_000, default: 1_000)
            let runs = try await parts.engine.prunedRuns(after: after, limit: limit)
            let last = runs.last?.position ?? after
            return Answers.json(
                .members(["runs": .array(runs.map(\.run.json)), "last": .integer(last)]))
        }
    }
}

extension PruneReply {
    fileprivate init(_ answer: PruneAnswer) {
        self.init(
            pruned: answer.pruned,
            spared: PruneSparing.allCases.compactMap { reason in
                answer.spared[reason].map { Spared(reason: reason, runs: $0) }
            },
            freedBytes: answer.freedBytes, hasMore: answer.hasMore)
    }
}
