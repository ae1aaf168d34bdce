import CLinux
import Glibc

/// Starts `tminus serve --idle-exit` in a session of its own, and waits until it says that it is ready.
struct EngineStarter {
    let directory: DataDirectory

    /// An engine that takes longer than this to open its stores is in trouble.
    static let readyMax = Duration.seconds(30)

    /// How often an engine that somebody else was starting may vanish under us before we give up.
    private static let triesMax = 5

    /// Returns when an engine listens on the socket, ours or one that somebody else started at the same moment.
    ///
    /// - Throws: `.failed` with the end of the engine's log.
    func start() throws(Failure) {
        try directory.prepare()
        for _ in 0..<Self.triesMax {
            switch try launch() {
            case .ready: return
            case .silent: throw failure("it did not get ready within \(Self.readyMax.components.seconds) s")
            case .closed(let status):
                guard status >> 8 & 0xFF == ExitStatus.held.rawValue else {
                    throw failure("it ended before it was ready")
                }
                if waitForAnother() { return }
            }
        }
        throw failure("other engines came and went")
    }

    private func launch() throws(Failure) -> Answer {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw failure("no pipe: \(String(cString: strerror(errno)))") }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        // The engine gets the other end, and says it is ready by writing to it; its death closes it.
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        let child = try spawn(readyDescriptor: writing)
        let answer = wait(on: reading)
        guard case .closed = answer else { return answer }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return .closed(status: status)
    }

    private enum Answer {
        case ready
        case closed(status: Int32)
        case silent
    }

    private func spawn(readyDescriptor: Int32) throws(Failure) -> pid_t {
        defer { close(readyDescriptor) }
        var arguments = [
            "tminus", "serve", "--data", directory.path, "--idle-exit", "--ready-descriptor", "\(readyDescriptor)",
        ]
        if let number = directory.emergency { arguments += ["--emergency", "\(number)"] }
        var argv = arguments.map { strdup($0) }
        argv.append(nil)
        defer { for pointer in argv { free(pointer) } }
        var child: pid_t = 0
        let result = linux_spawn_session(Executable.path, argv, environ, -1, -1, &child)
        guard result == 0 else { throw failure("it could not be started: \(String(cString: strerror(-result)))") }
        return child
    }

    private func wait(on descriptor: Int32) -> Answer {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.readyMax
        while true {
            let left = deadline - clock.now
            if left <= .zero { return .silent }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(min(left.components.seconds * 1_000 + 999, 60_000))
            let count = poll(&wanted, 1, milliseconds)
            if count < 0, errno != EINTR { return .closed(status: 0) }
            if count <= 0 { continue }
            var byte: UInt8 = 0
            return read(descriptor, &byte, 1) == 1 ? .ready : .closed(status: 0)
        }
    }

    /// Someone else's engine took the lock a moment before ours did; it listens as soon as it is ready.
    private func waitForAnother() -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.readyMax
        while clock.now < deadline {
            if SocketProbe.isListening(directory.socket) { return true }
            guard EngineLock.isHeld(directory) == true else { return false }
            usleep(5_000)
        }
        return false
    }

    private func failure(_ what: String) -> Failure {
        let tail = SmallFile.tail(directory.log, bytesMax: 2_048).split(separator: "\n").suffix(5)
        let end = tail.isEmpty ? "" : "\nthe end of \(directory.log):\n" + tail.joined(separator: "\n")
        return Failure(.failed, "no engine runs for \(directory.path), and one could not be started: \(what)\(end)")
    }
}
