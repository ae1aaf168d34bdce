import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// `/v1/sealed`: going on from what another run sealed; `/v1/sources`: which pipelines a tag may lead to.
struct SealRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.post("/v1/sealed") { request, context in
            let person = try await context.person(parts)
            let order = try SealedOrder(json: try await request.json(bytesMax: SealedOrder.bytesMax))
            let run = try await parts.engine.submit(
                sealed: Array(order.seal.utf8), by: person, reason: order.reason)
            return Answers.json(.members(["run": .string(run)]), status: .created)
        }
        router.get("/v1/sources") { request, _ in
            guard let tag = request.text("tag"), (1...256).contains(tag.utf8.count) else {
                throw APIError(.badRequest, "say tag, in at most 256 bytes")
            }
            return Answers.json(.members(["sources": .array(await parts.sources(tag).map(\.json))]))
        }
    }
}
