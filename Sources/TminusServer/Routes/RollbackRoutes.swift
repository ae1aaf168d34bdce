import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// `/v1/rollback`: what going back would do, and doing it.
struct RollbackRoutes {
    let parts: ControlParts
    private static let bytesMax = 64 << 10

    func add(to router: Router<ControlContext>) {
        router.get("/v1/rollback") { request, _ in
            let proposal = try await parts.engine.proposeRollback(
                try target(request), forced: request.text("forced"))
            return Answers.json(proposal.json)
        }
        router.post("/v1/rollback") { request, context in
            let person = try await context.person(parts)
            let order: RollbackOrder
            let json = try await request.json(bytesMax: Self.bytesMax)
            do { order = try RollbackOrder(json: json) } catch { throw APIError(.badRequest, "\(error)") }
            let run = try await parts.engine.rollBack(order, by: person)
            return Answers.json(.members(["run": .string(run)]), status: .created)
        }
    }

    private func target(_ request: Request) throws -> RollbackTarget {
        if let run = request.text("run") { return .run(run) }
        guard let service = request.text("service"), let environment = request.text("environment") else {
            throw APIError(.badRequest, "say run, or service and environment")
        }
        return .service(service, environment: environment, to: request.text("to"))
    }
}
