import Hummingbird
import TminusAPI
import TminusModel
import TminusPorts

/// `/v1/releases`: what ended where.
struct ReleaseRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.get("/v1/releases") { request, _ in
            let records = try await parts.journal.releases(
                service: request.text("service"), environment: request.text("environment"),
                limit: try request.number("limit", in: 1...1_000, default: 100))
            return Answers.json(.members(["releases": .array(records.map(\.json))]))
        }
    }
}
