import Foundation
import Glibc
import TminusModel

/// One request as its bytes go over the wire: nothing is added that a test does not see.
struct HTTPRequest: Sendable {
    var method: String
    var path: String
    var fields: [(String, String)]
    var body: [UInt8]
    /// Another length than the body's is promised; nil for its own.
    var promises: Int?

    init(_ method: String, _ path: String, _ fields: [(String, String)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.fields = fields
        self.body = body
    }

    var bytes: [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: tminus\r\nContent-Length: \(promises ?? body.count)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}

struct HTTPAnswer: Sendable {
    var status: Int
    var text: String
    var json: JSON? { try? JSON(parsing: Array(text.utf8)) }
}

/// A blocking connection, kept open between requests; use it on a thread of its own.
final class HTTPConnection {
    private let descriptor: Int32

    init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        descriptor = try Self.connected(AF_INET, address, MemoryLayout<sockaddr_in>.size)
    }

    init(socket path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        descriptor = try Self.connected(AF_UNIX, address, MemoryLayout<sockaddr_un>.size)
    }

    deinit { close(descriptor) }

    private static func connected<Address>(_ family: Int32, _ address: Address, _ size: Int) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = address
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(size)) }
        }
        guard descriptor >= 0, code == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw WaitProblem("no connection: \(reason)")
        }
        return descriptor
    }

    func send(_ request: HTTPRequest) throws -> HTTPAnswer {
        try write(request.bytes)
        return try answer(isHead: request.method == "HEAD")
    }

    /// The next answer if it has begun to come; nil when nothing has, after 1 ms.
    func answerIfThere() throws -> HTTPAnswer? {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waited, 1, 1) > 0 ? try answer() : nil
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(descriptor, raw.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw WaitProblem("the engine hung up: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// The next answer, once it is whole.
    func answer(isHead: Bool = false) throws -> HTTPAnswer {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = bytes.firstRange(of: end) {
                let text = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
                let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                let body = bytes[head.upperBound...]
                if let length = isHead ? 0 : length, body.count >= length {
                    let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                    return HTTPAnswer(status: status, text: String(decoding: body.prefix(length), as: UTF8.self))
                }
            }
            var piece = [UInt8](repeating: 0, count: 16_384)
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else {
                throw WaitProblem("no whole answer came: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
            }
            bytes += piece.prefix(count)
        }
    }
}

/// For what blocks: the threads of Swift's tasks are few.
enum OwnThread {
    static func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }
}
