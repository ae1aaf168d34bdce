import Clibgit2
import Glibc

/// The sockets below libgit2's https and ssh: they belong to the `Transfer` of the thread that opens them, so that it
/// can end them. A thread without one opens none.
enum GuardedSocket {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// libgit2's message after a redirect to another host.
    static let elsewhere = "it redirects to another host"

    /// Runs `body` with `transfer` as this thread's.
    static func during<T>(_ transfer: Transfer, _ body: () -> T) -> T {
        pthread_setspecific(key, Unmanaged.passUnretained(transfer).toOpaque())
        defer { pthread_setspecific(key, nil) }
        return withExtendedLifetime(transfer, body)
    }

    /// Once per process.
    static func register() {
        var registration = git_stream_registration()
        registration.version = GIT_STREAM_VERSION
        registration.`init` = { out, host, port in GuardedSocket.make(out, host, port) }
        _ = git_stream_register(GIT_STREAM_STANDARD, &registration)
    }

    private static func make(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?,
        _ host: UnsafePointer<CChar>?, _ port: UnsafePointer<CChar>?
    ) -> Int32 {
        guard let out, let host, let port, let transfer = pthread_getspecific(key) else {
            return fail("no network outside of a transfer")
        }
        let owner = Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
        guard owner.mayConnect(to: String(cString: host), port: String(cString: port)) else { return fail(elsewhere) }
        let socket = UnsafeMutablePointer<tminus_git_socket>.allocate(capacity: 1)
        socket.initialize(to: tminus_git_socket())
        socket.pointee.host = strdup(host)
        socket.pointee.port = strdup(port)
        socket.pointee.descriptor = -1
        socket.pointee.transfer = transfer
        socket.pointee.parent.version = GIT_STREAM_VERSION
        socket.pointee.parent.connect = { GuardedSocket.connect($0) }
        socket.pointee.parent.read = { GuardedSocket.read($0, $1, $2) }
        socket.pointee.parent.write = { stream, bytes, count, _ in GuardedSocket.write(stream, bytes, count) }
        socket.pointee.parent.close = { GuardedSocket.close($0) }
        socket.pointee.parent.free = { GuardedSocket.free($0) }
        out.pointee = UnsafeMutableRawPointer(socket).assumingMemoryBound(to: git_stream.self)
        return 0
    }

    private static func socket(
        _ stream: UnsafeMutablePointer<git_stream>?
    ) -> UnsafeMutablePointer<tminus_git_socket>? {
        stream.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: tminus_git_socket.self) }
    }

    private static func transfer(_ socket: UnsafeMutablePointer<tminus_git_socket>) -> Transfer? {
        socket.pointee.transfer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func fail(_ message: String) -> Int32 {
        git_error_set_str(Int32(GIT_ERROR_NET.rawValue), message)
        return -1
    }

    private static func connect(_ stream: UnsafeMutablePointer<git_stream>?) -> Int32 {
        guard let socket = socket(stream), let transfer = transfer(socket) else { return -1 }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(socket.pointee.host, socket.pointee.port, &hints, &found)
        guard code == 0 else {
            return fail("its name can't be looked up (\(String(cString: gai_strerror(code))))")
        }
        defer { freeaddrinfo(found) }
        var reason = ECONNREFUSED
        var next = found
        while let address = next?.pointee {
            switch open(address, transfer) {
            case .success(let descriptor):
                socket.pointee.descriptor = descriptor
                return 0
            case .failure(let failure): reason = failure.number
            }
            next = address.ai_next
        }
        return fail("connecting failed (\(String(cString: strerror(reason))))")
    }

    private struct SystemError: Error {
        var number: Int32
    }

    private static func open(_ address: addrinfo, _ transfer: Transfer) -> Result<Int32, SystemError> {
        let kind = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { return .failure(SystemError(number: errno)) }
        guard transfer.add(descriptor) else {
            Glibc.close(descriptor)
            return .failure(SystemError(number: ECANCELED))
        }
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            let number = errno == EINPROGRESS ? wait(descriptor, transfer) : errno
            guard number == 0 else {
                transfer.close(descriptor)
                return .failure(SystemError(number: number))
            }
        }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        return .success(descriptor)
    }

    /// Until it is connected (0), failed (why) or the transfer was stopped.
    private static func wait(_ descriptor: Int32, _ transfer: Transfer) -> Int32 {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while transfer.stopped == nil {
            let count = poll(&watched, 1, 100)
            if count < 0, errno != EINTR { return errno }
            guard count > 0 else { continue }
            var number: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) == 0 else { return errno }
            return number
        }
        return ETIMEDOUT
    }

    private static func read(
        _ stream: UnsafeMutablePointer<git_stream>?, _ bytes: UnsafeMutableRawPointer?, _ count: Int
    ) -> Int {
        guard let socket = socket(stream) else { return -1 }
        while true {
            let received = recv(socket.pointee.descriptor, bytes, count, 0)
            if received >= 0 { return received }
            if errno == EINTR { continue }
            return Int(fail("receiving failed (\(String(cString: strerror(errno))))"))
        }
    }

    /// Without SIGPIPE, which would end the engine when the other side hangs up.
    private static func write(
        _ stream: UnsafeMutablePointer<git_stream>?, _ bytes: UnsafePointer<CChar>?, _ count: Int
    ) -> Int {
        guard let socket = socket(stream) else { return -1 }
        while true {
            let sent = send(socket.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL))
            if sent >= 0 { return sent }
            if errno == EINTR { continue }
            return Int(fail("sending failed (\(String(cString: strerror(errno))))"))
        }
    }

    private static func close(_ stream: UnsafeMutablePointer<git_stream>?) -> Int32 {
        guard let socket = socket(stream) else { return -1 }
        if socket.pointee.descriptor >= 0 { transfer(socket)?.close(socket.pointee.descriptor) }
        socket.pointee.descriptor = -1
        return 0
    }

    private static func free(_ stream: UnsafeMutablePointer<git_stream>?) {
        guard let socket = socket(stream) else { return }
        _ = close(stream)
        Glibc.free(socket.pointee.host)
        Glibc.free(socket.pointee.port)
        socket.deallocate()
    }
}
