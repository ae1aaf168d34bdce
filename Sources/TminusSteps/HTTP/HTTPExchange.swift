import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import TminusModel

/// One request and its answer, on a connection of its own; redirects are not followed.
struct HTTPExchange {
    /// Bytes of an answer's body, at most 1 MiB.
    static let bodyBytesMax = 1024 * 1024

    struct Answer: Sendable {
        var status = 0
        /// In the order received.
        var headers: [Variable] = []
        var body: [UInt8] = []
        /// From before the connection was made to the last byte of the body.
        var elapsed: Duration = .zero
    }

    struct Failure: Error, Equatable {
        /// Whether any byte of the request may have reached the other side.
        var wasSent: Bool
        /// Whether an answer came, only larger than the limit.
        var isTooLarge = false
        var reason: String
    }

    var method: String
    var url: String
    var headers: [Variable]
    var body: String?

    /// - Throws: `Failure`; not sent when the request is malformed or no connection came about.
    func run(within limit: Duration) async throws(Failure) -> Answer {
        let request: HTTPClient.Request
        do {
            request = try prepared()
        } catch {
            throw Failure(wasSent: false, reason: "the request makes no sense: \(Self.words(error))")
        }
        let delegate = AnswerDelegate()
        let start = ContinuousClock.now
        do {
            let milliseconds = max(1, min(limit.milliseconds, 86_400_000))
            let answering = Self.client.execute(
                request: request, delegate: delegate, deadline: .now() + .milliseconds(milliseconds)
            )
            var answer = try await answering.get()
            answer.elapsed = ContinuousClock.now - start
            return answer
        } catch let error as AnswerDelegate.TooLarge {
            throw Failure(wasSent: true, isTooLarge: true, reason: error.description)
        } catch {
            throw Failure(wasSent: delegate.wasSent, reason: Self.reason(error, limit: limit, sent: delegate.wasSent))
        }
    }

    /// Lives as long as the process. No redirects, no proxy, no decompression, nothing sent twice.
    private static let client = HTTPClient(
        configuration: {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.timeout.connect = .seconds(10)
            return configuration
        }())

    private func prepared() throws -> HTTPClient.Request {
        var fields = HTTPHeaders()
        fields.add(name: "User-Agent", value: "tminus")
        for header in headers { fields.replaceOrAdd(name: header.name, value: header.value) }
        fields.replaceOrAdd(name: "Connection", value: "close")
        return try HTTPClient.Request(
            url: url, method: HTTPMethod(rawValue: method), headers: fields, body: body.map { .string($0) }
        )
    }

    private static func reason(_ error: any Error, limit: Duration, sent: Bool) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded where sent: "no whole answer within \(limit.releaseText)"
        case .deadlineExceeded, .connectTimeout: "no connection within \(limit.releaseText)"
        case .remoteConnectionClosed: "the connection was cut before the answer ended"
        default: words(error)
        }
    }

    /// The library's own words; they hold addresses and codes, never headers or bodies.
    private static func words(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return Sentence.cut(String(describing: error), limit: 200)
    }
}

/// Collects an answer, and knows whether the request left.
private final class AnswerDelegate: HTTPClientResponseDelegate {
    typealias Response = HTTPExchange.Answer

    struct TooLarge: Error, CustomStringConvertible {
        let description = "the answer is larger than \(HTTPExchange.bodyBytesMax / 1_048_576) MiB"
    }

    private struct State {
        var wasSent = false
        var answer = HTTPExchange.Answer()
    }

    private let state = Mutex(State())

    var wasSent: Bool { state.withLock { $0.wasSent } }

    func didSendRequestHead(task: HTTPClient.Task<Response>, _ head: HTTPRequestHead) {
        state.withLock { $0.wasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { state in
            state.wasSent = true
            state.answer.status = Int(head.status.code)
            state.answer.headers = head.headers.map { Variable(name: $0.name, value: $0.value) }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.answer.body.count + buffer.readableBytes <= HTTPExchange.bodyBytesMax else { return false }
            state.answer.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
        state.withLock { $0.answer }
    }
}
