import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TminusModel
import TminusPorts

/// One HTTP request to a place that has numbers.
struct WebRequest: Sendable {
    var url: String
    /// Sent by POST as a form; nil asks by GET.
    var form: String?
    var accept: String
    /// For the `Authorization` header; never printed.
    var authorization: String?
    var bodyBytesMax: Int

    init(
        url: String, form: String? = nil, accept: String, authorization: String? = nil,
        bodyBytesMax: Int = Web.bodyBytesMax
    ) {
        self.url = url
        self.form = form
        self.accept = accept
        self.authorization = authorization
        self.bodyBytesMax = bodyBytesMax
    }
}

/// A whole answer, uncompressed.
struct WebAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    /// Whether its end can be told from a cut.
    var isFramed: Bool
}

/// HTTP as all sources speak it: a connection of its own for each request, no redirects at all, no proxy, no
/// compression, certificates checked, and limits on time and bytes.
enum Web {
    /// Bytes of an answer, at most 8 MiB.
    static let bodyBytesMax = 8 * 1024 * 1024

    /// Lives as long as the process.
    private static let client = HTTPClient(
        configuration: {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.connectionPool.retryConnectionEstablishment = false
            return configuration
        }())

    /// - Throws: `.timeout`, `.unreachable`, `.tooLarge`, `.malformed` for compression; each names `address`.
    static func ask(
        _ request: WebRequest, at address: Address, timeout: Duration
    ) async throws(MetricError) -> WebAnswer {
        do {
            return try await withinTime(timeout) { try await fetch(request, timeout: timeout) }
        } catch {
            throw translate(error, request, address: address, timeout: timeout)
        }
    }

    private static func fetch(_ question: WebRequest, timeout: Duration) async throws -> WebAnswer {
        var request = HTTPClientRequest(url: question.url)
        request.headers.add(name: "Accept", value: question.accept)
        request.headers.add(name: "User-Agent", value: "tminus")
        request.headers.add(name: "Connection", value: "close")
        if let authorization = question.authorization {
            request.headers.add(name: "Authorization", value: authorization)
        }
        if let form = question.form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await client.execute(request, timeout: .milliseconds(max(timeout.milliseconds, 1)))
        if let encoding = response.headers["content-encoding"].first, encoding.lowercased() != "identity" {
            throw MetricError(.malformed, "the answer is compressed, which was not asked for")
        }
        let isFramed =
            response.version.major >= 2 || response.headers.contains(name: "content-length")
            || response.headers["transfer-encoding"].contains { $0.lowercased().contains("chunked") }
        let body = try await response.body.collect(upTo: question.bodyBytesMax)
        return WebAnswer(
            status: Int(response.status.code), body: Array(body.readableBytesView), isFramed: isFramed)
    }

    /// What to add to "answered 401 instead of 200".
    static func hint(_ status: Int) -> String {
        switch status {
        case 300..<400: "; redirects are not followed, so name the final address"
        case 401, 403: "; it must be readable with the access that the pipeline names"
        case 404: "; check the path"
        default: ""
        }
    }

    private static func translate(
        _ error: any Error, _ request: WebRequest, address: Address, timeout: Duration
    ) -> MetricError {
        let place = address.shown
        let late = MetricError(.timeout, "\(place): no whole answer within \(timeout.releaseText)")
        switch error {
        case let error as MetricError where error.code == .timeout: return late
        case let error as MetricError: return MetricError(error.code, "\(place): \(error.description)")
        case is NIOTooManyBytesError:
            return MetricError(.tooLarge, "\(place): more than \(request.bodyBytesMax / 1_048_576) MiB of answer")
        case is CancellationError: return MetricError(.timeout, "\(place): the reading was cancelled")
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .readTimeout, .connectTimeout, .cancelled, .getConnectionFromPoolTimeout:
                return late
            case .remoteConnectionClosed:
                return MetricError(.unreachable, "\(place): the connection was cut before the answer ended")
            default: return MetricError(.unreachable, "\(place): \(error.shortDescription)")
            }
        default:
            return MetricError(.unreachable, "\(place): \(String(String(describing: error).prefix(200)))")
        }
    }
}

/// Throws `.timeout` when `operation` takes longer; the operation is cancelled then.
func withinTime<Answer: Sendable>(
    _ timeout: Duration, _ operation: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: timeout)
            throw MetricError(.timeout, "no answer within \(timeout.releaseText)")
        }
        defer { group.cancelAll() }
        guard let answer = try await group.next() else { throw CancellationError() }
        return answer
    }
}
