import CLinux
import Dispatch
import Glibc
import TminusModel
import TminusPorts

/// One short program run to its end in a session of its own; what it started dies with it.
struct CommandRun: Sendable {
    /// Bytes of standard output, at most 64 KiB.
    static let outputBytesMax = 64 << 10

    /// Never empty; no shell.
    var argv: [String]
    /// Absolute.
    var folder: String
    var environment: [Variable]
    var timeout: Duration

    /// What it printed on standard output.
    ///
    /// - Throws: `.unreachable` when it can't be started, `.refused` when it ended with anything but 0, `.timeout`,
    ///   `.tooLarge`. It is dead by then.
    func output() async throws(MetricError) -> [UInt8] {
        let result: Result<[UInt8], MetricError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(MetricError) { continuation.resume(returning: .success(try run())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private func run() throws(MetricError) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        let output = try Pipe()
        let errors = try Pipe()
        let process = try spawn(output: output.write, errors: errors.write)
        output.closeWrite()
        errors.closeWrite()
        var said = Said()
        let fault = said.collect(output: output.read, errors: errors.read, until: deadline)
        let isLate = !waited(process, until: fault == nil ? deadline : .now)
        // The group has the process's own number, and lives while any of it does.
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if let fault { throw late(fault) }
        if isLate { throw late(.timeout) }
        guard status == 0 else { throw MetricError(.refused, Self.ending(status) + said.lastError) }
        return said.output
    }

    private func late(_ code: MetricError.Code) -> MetricError {
        code == .tooLarge
            ? MetricError(.tooLarge, "printed more than \(Self.outputBytesMax / 1_024) KiB")
            : MetricError(.timeout, "did not end within \(timeout.releaseText), and was killed")
    }

    private static func ending(_ status: Int32) -> String {
        let signal = status & 0x7F
        return signal == 0 ? "ended with exit code \((status >> 8) & 0xFF)" : "was killed by signal \(signal)"
    }

    /// Whether the process ended in time; it is not reaped, so that its number stays its own.
    private func waited(_ process: pid_t, until deadline: ContinuousClock.Instant) -> Bool {
        let descriptor = linux_pidfd_open(process)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        while true {
            let left = min(max((deadline - .now).milliseconds, 0), Int64(Int32.max))
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&item, 1, Int32(left))
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }

    private func spawn(output: Int32, errors: Int32) throws(MetricError) -> pid_t {
        guard argv.allSatisfy({ !$0.contains("\0") }), let program = argv.first.flatMap(find) else {
            let name = (argv.first ?? "").sentence(limit: 80)
            throw MetricError(.unreachable, "there is no program \(name) in PATH; install it or name its path")
        }
        var arguments = argv.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.name)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process = pid_t()
        let code = linux_spawn_apart(program, &arguments, &variables, folder, output, errors, &process)
        guard code == 0 else {
            throw MetricError(.unreachable, "can't be started in \(folder): \(String(cString: strerror(-code)))")
        }
        return process
    }

    /// The file to execute: a path as it is, a name by `PATH`.
    private func find(_ program: String) -> String? {
        guard !program.isEmpty else { return nil }
        if program.contains("/") { return program }
        let path = environment.first { $0.name == "PATH" }?.value ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}

/// A pipe that closes its ends.
private final class Pipe {
    let read: Int32
    private(set) var write: Int32

    init() throws(MetricError) {
        var ends: [Int32] = [-1, -1]
        let code = linux_pipe(&ends)
        guard code == 0 else { throw MetricError(.unreachable, "no pipe: \(String(cString: strerror(-code)))") }
        (read, write) = (ends[0], ends[1])
    }

    func closeWrite() {
        if write >= 0 { close(write) }
        write = -1
    }

    deinit {
        closeWrite()
        close(read)
    }
}

/// What a program has said so far.
private struct Said {
    /// Bytes of standard error kept: its end.
    private static let errorBytesMax = 4_096

    var output: [UInt8] = []
    private var errors: [UInt8] = []

    /// Reads until standard output ends; standard error is read along, and not waited for.
    mutating func collect(
        output: Int32, errors: Int32, until deadline: ContinuousClock.Instant
    ) -> MetricError.Code? {
        var isErrorOpen = true
        while true {
            let left = (deadline - .now).milliseconds
            guard left > 0 else { return .timeout }
            var items = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
            if isErrorOpen { items.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
            let count = poll(&items, nfds_t(items.count), Int32(min(left, Int64(Int32.max))))
            guard count > 0 else { continue }
            if isErrorOpen, items[1].revents != 0 {
                let bytes = Self.available(errors)
                isErrorOpen = !bytes.isEmpty
                self.errors = (self.errors + bytes).suffix(Self.errorBytesMax)
            }
            guard items[0].revents != 0 else { continue }
            let bytes = Self.available(output)
            if bytes.isEmpty { break }
            self.output += bytes
            if self.output.count > CommandRun.outputBytesMax { return .tooLarge }
        }
        while isErrorOpen {
            var item = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
            guard poll(&item, 1, 0) > 0 else { break }
            let bytes = Self.available(errors)
            if bytes.isEmpty { break }
            self.errors = (self.errors + bytes).suffix(Self.errorBytesMax)
        }
        return nil
    }

    /// `: ` and the last line of standard error, or nothing.
    var lastError: String {
        let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let last = lines.last(where: { line in line.contains { !$0.isWhitespace } }) else { return "" }
        return ": \(String(last).sentence())"
    }

    /// What can be read now; empty at the end.
    private static func available(_ descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            var got = read(descriptor, buffer.baseAddress, buffer.count)
            while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, buffer.count) }
            count = max(got, 0)
        }
    }
}
