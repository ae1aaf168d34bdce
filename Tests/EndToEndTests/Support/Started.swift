import Foundation
import Glibc
import Synchronization

/// How a process ended, and what it wrote.
struct Ended: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Standard output as one JSON value; nil when it isn't one.
    var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }

    /// Standard output as JSON lines.
    var jsonLines: [[String: Any]] {
        output.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }
}

/// A running process. Its output goes to files, so that nothing it starts can keep a reader waiting; and its end is
/// told by `waitpid`: Foundation's `Process` waits until nobody holds a descriptor that every child started meanwhile
/// inherits, and engines live long.
final class Started: Sendable {
    /// Held while a process starts, and while a program is written: a child that holds a file for writing, until it is
    /// a program itself, lets nobody run that file ("text file busy").
    private static let starting = Mutex(())

    let pid: Int32
    private let folder: URL
    private let exit: AsyncStream<Int32>
    private let isOver = Atomic<Bool>(false)

    /// Whether it has not ended yet.
    var isRunning: Bool { !isOver.load(ordering: .acquiring) }

    init(_ program: String, _ arguments: [String], _ environment: [String: String], in folder: URL) throws {
        let out = folder.appendingPathComponent("out-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        let pid = try Self.spawn(
            ["/usr/bin/env", "--chdir=\(folder.path)", program] + arguments, environment, out: out.path)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.folder = out
        self.pid = pid
        exit = stream
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            self.isOver.store(true, ordering: .releasing)
            let signal = status & 0x7F
            continuation.yield(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            continuation.finish()
        }
    }

    /// Writes a file that may be a program.
    static func write(_ text: String, to file: URL) throws {
        try starting.withLock { _ in try Data(text.utf8).write(to: file) }
    }

    private static func spawn(
        _ command: [String], _ environment: [String: String], out: String
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, out + "/out", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, out + "/err", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A thread of ours may block signals or ignore them; a program that a person starts does neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGPIPE, SIGCHLD] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var argv = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = starting.withLock { _ in posix_spawn(&pid, command[0], &actions, &attributes, &argv, &variables) }
        guard code == 0 else { throw WaitProblem("\(command) did not start: \(String(cString: strerror(code)))") }
        return pid
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    /// Bytes written to standard output so far.
    var outputSize: Int {
        var status = stat()
        return stat(folder.appendingPathComponent("out").path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func text(_ name: String) -> String {
        let bytes = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

    /// Waits for its end; call once.
    func ended() async -> Ended {
        var status: Int32 = -1
        for await code in exit { status = code }
        return Ended(status: status, output: output, errors: errors)
    }
}
