import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// `/v1/triggers`: looks at a tag, and makes one run of it, however often it is asked.
struct TriggerRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        guard let take = parts.trigger else { return }
        router.post("/v1/triggers") { request, context in
            let person = try await context.person(parts)
            let order = try TriggerOrder(json: try await request.json(bytesMax: TriggerOrder.bytesMax))
            // Asked before anything is fetched: whoever may not start runs makes us fetch nothing.
            guard person.may(.start) else {
                try await parts.engine.note(
                    .orderRefused(
                        by: person.name, order: "trigger", reason: "it takes the right start, which the policy grants"))
                throw APIError(
                    .refused,
                    "\(person.name) may not start runs: that takes the right start, which the policy grants")
            }
            let reply = await take(order, person)
            switch reply.decision {
            case "started": return Answers.json(reply.json, status: .created)
            case "known": return Answers.json(reply.json)
            case "retry": throw APIError(.unreachable, "the tag could not be looked at: \(reply.reason)")
            default: throw APIError(.refused, reply.reason)
            }
        }
    }
}
