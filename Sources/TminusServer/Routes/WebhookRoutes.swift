import Hummingbird
import NIOCore
import TminusAPI
import TminusModel
import TminusPorts

/// `POST /v1/webhooks/NAME`: a sender's word that a tag may be there. It needs no token, for it proves itself by its
/// signature, and it is cheap to refuse: headers are looked at before a byte of the body is kept.
struct WebhookRoutes: Sendable {
    private let receiver: any WebhookReceiver
    private let slots = BodySlots(slotsMax, waitingMax: waitingMax)

    /// The longest body, in bytes; it counts as often as there are slots.
    private static let bytesMax = 1 << 20
    private static let slotsMax = 64
    private static let waitingMax = 512
    /// How long a body may take to come: a slow one keeps others waiting.
    private static let patience = Duration.seconds(5)

    init(_ receiver: any WebhookReceiver) {
        self.receiver = receiver
    }

    func add(to router: Router<ControlContext>) {
        router.post("/v1/webhooks/:name") { request, context in
            let name = try context.parameters.require("name")
            let headers = WebhookHeaders(request.headers.map { ($0.name.canonicalName, $0.value) })
            if let refusal = receiver.refusal(name, headers) { return answer(refusal) }
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bytesMax {
                throw Self.tooLarge
            }
            guard await slots.enter() else { return answer(.unavailable) }
            defer { slots.leave() }
            let body = try await Self.read(request.body)
            return answer(await receiver.take(name, headers, body: body))
        }
    }

    private static let tooLarge = APIError(.tooLarge, "a webhook's body may have at most \(bytesMax >> 20) MiB")

    private static func read(_ body: RequestBody) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return Array(try await body.collect(upTo: bytesMax).readableBytesView)
                } catch is NIOTooManyBytesError {
                    throw tooLarge
                }
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw APIError(.badRequest, "the body did not come within \(patience.components.seconds) seconds")
            }
            guard let bytes = try await group.next() else { throw CancellationError() }
            return bytes
        }
    }

    private func answer(_ answer: WebhookAnswer) -> Response {
        switch answer {
        case .accepted(let tag): return Answers.json(Self.json("accepted", tag: tag), status: .accepted)
        case .known(let tag): return Answers.json(Self.json("known", tag: tag))
        case .ignored(let reason): return Answers.json(Self.json("ignored", reason: reason))
        case .unknown: return Answers.fault(.notFound, "there is no such webhook", status: .notFound)
        case .refused:
            return Answers.fault(
                .forbidden, "the delivery does not prove that it comes from the sender", status: .forbidden)
        case .malformed(let reason): return Answers.fault(.badRequest, reason, status: .badRequest)
        case .unavailable:
            var response = Answers.fault(
                .store, "the delivery was not taken; send it again in a moment", status: .serviceUnavailable)
            response.headers[.retryAfter] = "5"
            return response
        }
    }

    private static func json(_ status: String, tag: String? = nil, reason: String? = nil) -> JSON {
        .members([
            "status": .string(status), "tag": tag.map(JSON.string), "reason": reason.map(JSON.string),
        ])
    }
}

extension Answers {
    fileprivate static func fault(_ code: APIError.Code, _ message: String, status: HTTPResponse.Status) -> Response {
        json(APIError(code, message).json, status: status)
    }
}
