import Foundation

/// A TCP server on 127.0.0.1 that reads a request's head and then does exactly what it is told, byte by byte.
///
/// It lives as long as the test process, so that no test depends on when its last reference goes.
package struct RawServer: Sendable {
    package let port: Int

    package init(_ behaviour: @escaping @Sendable (Connection) -> Void) throws {
        let (listener, port) = try Self.bound()
        guard listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
        self.port = port
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread {
                    if let head = Connection.readHead(client) {
                        behaviour(Connection(descriptor: client, head: head))
                    }
                    close(client)
                }
            }
        }
    }

    /// An address that refuses connections, on a port that stays taken.
    package static func refusingURL() throws -> String { "http://127.0.0.1:\(try bound().port)/metrics" }

    private static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    package var url: String { "http://127.0.0.1:\(port)/metrics" }

    package struct Connection: Sendable {
        package let descriptor: Int32
        /// The request line and headers as received.
        package let head: String

        /// The request's body, by its Content-Length; at most 1 MiB.
        package func body() -> String {
            let length =
                head.split(separator: "\r\n").compactMap { line in
                    line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).drop { $0 == " " }) : nil
                }.first ?? 0
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while bytes.count < min(length, 1_048_576) {
                let count = recv(descriptor, &piece, min(piece.count, length - bytes.count), 0)
                guard count > 0 else { break }
                bytes += piece.prefix(count)
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// False when the client left.
        @discardableResult
        package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        @discardableResult
        package func write(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// A whole answer with its length.
        package func answer(_ status: String = "200 OK", _ headers: [String] = [], body: String) {
            answer(status, headers, body: Array(body.utf8))
        }

        package func answer(_ status: String = "200 OK", _ headers: [String] = [], body: [UInt8]) {
            let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
            write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        }

        /// Waits until the client leaves, or is silent for `milliseconds`; true when it left.
        @discardableResult
        package func waitForLeaving(milliseconds: Int32 = -1) -> Bool {
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            var bytes = [UInt8](repeating: 0, count: 4096)
            while poll(&item, 1, milliseconds) > 0 {
                guard recv(descriptor, &bytes, bytes.count, 0) > 0 else { return true }
            }
            return false
        }

        /// Closes with a reset instead of a proper end.
        package func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }

        /// Nil when the client leaves before the head has ended.
        static func readHead(_ descriptor: Int32) -> String? {
            var head: [UInt8] = []
            var byte: UInt8 = 0
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard head.count < 65_536, recv(descriptor, &byte, 1, 0) == 1 else { return nil }
                head.append(byte)
            }
            return String(decoding: head, as: UTF8.self)
        }
    }
}
