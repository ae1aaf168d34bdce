import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import TminusModel
package import TminusPorts

/// Reads counters straight from a service's own `/metrics` page: one GET on a connection of its own.
///
/// Redirects are not followed, anything but 200 is an error, and an answer whose end can't be told from a cut is
/// refused, because half a page looks like a healthier service.
package struct ScrapeSource: MetricSource {
    /// Bytes of a page, at most 8 MiB.
    package static let bodyBytesMax = 8 * 1024 * 1024

    package init() {}

    package func read(
        _ selectors: [CounterSelector], from endpoint: String, timeout: Duration
    ) async throws(MetricError) -> [CounterValue] {
        let address = try Address(endpoint)
        do {
            let body = try await Self.withinTime(timeout) { try await Self.fetch(endpoint, timeout: timeout) }
            return try PrometheusPage.counters(selectors, in: body)
        } catch {
            throw Self.translate(error, address: address, timeout: timeout)
        }
    }

    /// Lives as long as the process. No redirects, no proxy, no decompression.
    private static let client = HTTPClient(
        configuration: {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.connectionPool.retryConnectionEstablishment = false
            return configuration
        }())

    private static func fetch(_ endpoint: String, timeout: Duration) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: endpoint)
        request.headers.add(name: "Accept", value: "text/plain;version=0.0.4")
        request.headers.add(name: "User-Agent", value: "tminus")
        request.headers.add(name: "Connection", value: "close")
        let response = try await client.execute(request, timeout: .milliseconds(max(timeout.milliseconds, 1)))
        let status = Int(response.status.code)
        guard status == 200 else {
            let hint =
                switch status {
                case 300..<400: "; redirects are not followed, so name the final address"
                case 401, 403: "; the page must be readable without signing in"
                case 404: "; check the path"
                default: ""
                }
            throw MetricError(.refused, "answered \(status) instead of 200\(hint)")
        }
        if let encoding = response.headers["content-encoding"].first, encoding.lowercased() != "identity" {
            throw MetricError(.malformed, "the answer is compressed, which was not asked for")
        }
        let isFramed =
            response.version.major >= 2 || response.headers.contains(name: "content-length")
            || response.headers["transfer-encoding"].contains { $0.lowercased().contains("chunked") }
        let body = Array(try await response.body.collect(upTo: bodyBytesMax).readableBytesView)
        guard isFramed || body.suffix(6).elementsEqual("# EOF\n".utf8) else {
            throw MetricError(
                .malformed,
                "the answer has neither a Content-Length nor chunks nor a final # EOF, so a cut one looks whole"
            )
        }
        return body
    }

    /// Throws `.timeout` when `operation` takes longer.
    private static func withinTime(
        _ timeout: Duration, _ operation: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask(operation: operation)
            group.addTask {
                try await Task.sleep(for: timeout)
                throw MetricError(.timeout, "")
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw CancellationError() }
            return body
        }
    }

    private static func translate(_ error: any Error, address: Address, timeout: Duration) -> MetricError {
        let place = address.shown
        let late = MetricError(.timeout, "\(place): no whole answer within \(timeout.releaseText)")
        switch error {
        case let error as MetricError where error.code == .timeout: return late
        case let error as MetricError: return MetricError(error.code, "\(place): \(error.description)")
        case is NIOTooManyBytesError:
            return MetricError(.tooLarge, "\(place): more than \(bodyBytesMax / 1_048_576) MiB of metrics")
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
