import Glibc
import Synchronization

/// One conversation with a git host as its watcher sees it: the sockets it has open, what it may take, and why it was
/// stopped.
///
/// libgit2 1.5 has no time limits of its own, and libssh2 waits without end; shutting the sockets down from outside
/// ends every wait of theirs.
final class Transfer: Sendable {
    enum Stop: Equatable {
        case tooSlow
        case tooLarge
        case cancelled
    }

    private struct Place: Equatable {
        var host: String
        var port: String
    }

    private struct State {
        var sockets: [Int32] = []
        var bytesOfClosed = 0
        var place: Place?
        var stop: Stop?
    }

    let limits: GitLimits
    private let deadline: ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ limits: GitLimits) {
        self.limits = limits
        deadline = .now + limits.time
    }

    /// Why it must end, nil while it may go on.
    var stopped: Stop? { state.withLock { $0.stop } }

    /// Ends every wait on a socket. Only the first reason counts.
    func stop(_ reason: Stop) {
        state.withLock { state in
            guard state.stop == nil else { return }
            state.stop = reason
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// From now on, only `host` may be connected to: a redirect leads nobody's password elsewhere.
    func keep(to host: String, port: Int) {
        state.withLock { $0.place = Place(host: host, port: String(port)) }
    }

    /// Whether the conversation may connect there.
    func mayConnect(to host: String, port: String) -> Bool {
        let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return state.withLock { $0.place == Place(host: host.lowercased(), port: port) }
    }

    /// Looked at ten times a second.
    func check() {
        if ContinuousClock.now >= deadline {
            stop(.tooSlow)
        } else if received() > limits.bytes {
            stop(.tooLarge)
        }
    }

    /// - Returns: false if it was stopped; the socket is not taken then.
    func add(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard state.stop == nil else { return false }
            state.sockets.append(socket)
            return true
        }
    }

    /// Forgets and closes: under the lock, so that `stop` never meets a number that is somebody else's by now.
    func close(_ socket: Int32) {
        state.withLock { state in
            guard let index = state.sockets.firstIndex(of: socket) else { return }
            state.sockets.remove(at: index)
            state.bytesOfClosed += Self.received(socket)
            Glibc.close(socket)
        }
    }

    /// Bytes received over all connections, as the kernel counts them: also under libssh2, which reads by itself.
    private func received() -> Int {
        state.withLock { state in
            state.sockets.reduce(state.bytesOfClosed) { $0 + Self.received($1) }
        }
    }

    /// `tcpi_bytes_received` of Linux's `struct tcp_info`, 128 bytes in; 0 if the kernel doesn't say.
    private static func received(_ socket: Int32) -> Int {
        let offset = 128
        return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { buffer in
            var length = socklen_t(buffer.count)
            guard getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, buffer.baseAddress, &length) == 0 else { return 0 }
            guard Int(length) >= offset + 8, let start = buffer.baseAddress else { return 0 }
            return Int(start.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0xFFFF_FFFF_FFFF)
        }
    }
}
