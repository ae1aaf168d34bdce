import Hummingbird
import TminusAPI
import TminusEngine
import TminusModel

/// Lets nobody through who brings no valid token, but for `/health` and for webhooks, which prove themselves by their
/// signatures. A wrong token is answered like a missing one, after a pause that makes guessing slow.
struct RequiresToken: RouterMiddleware {
    typealias Context = ControlContext

    let parts: ControlParts

    static let webhooks = "/v1/webhooks/"
    private static let pause = Duration.milliseconds(250)

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if path == "/health" || path.hasPrefix(Self.webhooks) { return try await next(request, context) }
        guard let secret = bearer(request), let holder = await parts.engine.holder(ofToken: secret) else {
            try await Task.sleep(for: Self.pause)
            throw APIError(
                .forbidden, "a valid token is needed: set TMINUS_TOKEN (tminus token create makes one)")
        }
        var known = context
        known.bearer = holder.person
        return try await next(request, known)
    }

    private func bearer(_ request: Request) -> String? {
        guard let value = request.headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
