import Foundation
import Glibc
import Synchronization

/// A service's `/metrics` page that can fall ill: a listening socket and one thread.
final class MetricsPage: Sendable {
    /// How it answers.
    enum Answer: Sendable {
        /// Counters that grow with every look.
        case healthy
        /// As healthy, but half of the requests since it became so fail.
        case failing
        case text(String)
        /// Half of the bytes that it promised.
        case truncated
        /// The connection is closed without a word.
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let answer = Mutex(Answer.healthy)

    var url: String { "http://127.0.0.1:\(port)/metrics" }

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isReady else { throw WaitProblem("no port for a metrics page: \(String(cString: strerror(errno)))") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            var looks = 0
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                looks += 1
                self?.serve(connection, looks)
                close(connection)
            }
        }
    }

    deinit { stop() }

    func become(_ new: Answer) { answer.withLock { $0 = new } }

    /// From here on connections are refused.
    func stop() { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32, _ looks: Int) {
        var request = [UInt8](repeating: 0, count: 4_096)
        guard read(connection, &request, request.count) > 0 else { return }
        switch answer.withLock({ $0 }) {
        case .healthy: send(connection, Self.page(looks))
        case .failing: send(connection, Self.page(looks, bad: looks * 1_000))
        case .text(let body): send(connection, body)
        case .truncated: send(connection, Self.page(looks), promised: 4_096)
        case .silence: return
        }
    }

    private func send(_ connection: Int32, _ body: String, promised: Int? = nil) {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
            + "Content-Length: \(promised ?? body.utf8.count)\r\nConnection: close\r\n\r\n"
        let bytes = Array((head + body).utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private static func page(_ looks: Int, bad: Int? = nil) -> String {
        """
        # TYPE requests_total counter
        requests_total{outcome="good"} \(1_000 * looks)
        requests_total{outcome="bad"} \(bad ?? looks / 100)

        """
    }
}
