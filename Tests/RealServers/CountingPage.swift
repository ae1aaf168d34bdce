import Foundation
import RawHTTP

/// A service's `/metrics` page whose counters a test moves.
package final class CountingPage: @unchecked Sendable {
    // All state is behind `lock`.
    private let lock = NSLock()
    private var counters: [String: Double] = [:]
    private var reads = 0
    private var server: RawServer?

    package init() throws {
        server = try RawServer { [weak self] connection in
            let page = self?.page() ?? ""
            connection.answer("200 OK", ["Content-Type: text/plain; version=0.0.4"], body: page)
        }
    }

    package var port: Int { server?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)/metrics" }

    /// `name` is a series as it stands on the page, such as `requests_total{code="200"}`.
    package func add(_ count: Double, to name: String) {
        lock.withLock { counters[name, default: 0] += count }
    }

    /// How often it was read.
    package var readCount: Int { lock.withLock { reads } }

    private func page() -> String {
        lock.withLock {
            reads += 1
            return counters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
        }
    }
}
