import Hummingbird
import TminusAPI
import TminusModel

/// `/v1/backup`: copies the journal while runs go on.
struct StoreRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.post("/v1/backup") { request, context in
            _ = try await context.person(parts)
            let json = try await request.json(bytesMax: 1 << 16)
            guard let path = json["to"]?.text, path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw APIError(.badRequest, "member 'to' must be an absolute path")
            }
            try await parts.backUp(path)
            return Answers.json(.members(["to": .string(path)]))
        }
    }
}
