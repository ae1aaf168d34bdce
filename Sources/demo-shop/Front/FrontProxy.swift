import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization

/// The reverse proxy: everything but `/front/…` goes to the side that the weight chooses.
///
/// A side that can't be reached is answered with 502; the other side never stands in, or the split would lie.
struct FrontProxy: Sendable {
    private static let timeoutSeconds: Int64 = 10
    private static let answerBytesMax = 1_048_576
    /// Headers that belong to one connection, and the ones each hop writes itself.
    private static let hopHeaders: Set<String> = [
        "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length", "date",
        "server",
    ]

    let baseline: String
    let candidate: String
    let settings: FrontSettings
    let client: HTTPClient

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/front/status") { _, _ in try HTTPService.json(settings.status()) }
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .head] {
            router.on("**", method: method) { request, _ in await answer(request) }
        }
        return router
    }

    private func answer(_ request: Request) async -> Response {
        let side: TrafficSplit.Side
        switch settings.nextDestination() {
        case .maintenance: return Self.maintenanceAnswer()
        case .upstream(let chosen): side = chosen
        }
        do {
            return try await forward(request, to: side == .baseline ? baseline : candidate)
        } catch {
            return HTTPService.text("the \(side.rawValue) cannot be reached\n", status: .badGateway)
        }
    }

    private func forward(_ request: Request, to origin: String) async throws -> Response {
        var forwarded = HTTPClientRequest(url: origin + request.uri.string)
        forwarded.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.hopHeaders.contains(field.name.canonicalName) {
            forwarded.headers.add(name: field.name.rawName, value: field.value)
        }
        let body = try await request.body.collect(upTo: HTTPService.bodyBytesMax)
        if body.readableBytes > 0 { forwarded.body = .bytes(body) }
        let answer = try await client.execute(forwarded, timeout: .seconds(Self.timeoutSeconds))
        var headers = HTTPFields()
        for (name, value) in answer.headers where !Self.hopHeaders.contains(name.lowercased()) {
            if let name = HTTPFields.Element.Name(name) { headers.append(HTTPFields.Element(name: name, value: value)) }
        }
        return Response(
            status: .init(code: Int(answer.status.code)),
            headers: headers,
            body: .init(byteBuffer: try await answer.body.collect(upTo: Self.answerBytesMax))
        )
    }

    private static func maintenanceAnswer() -> Response {
        var response = HTTPService.text("The shop is closed for maintenance. Please come back soon.\n")
        response.status = .serviceUnavailable
        response.headers[.retryAfter] = "5"
        return response
    }
}
