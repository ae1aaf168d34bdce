import CLinux
import Foundation

/// One program run to its end, its output captured up to a limit. Blocks: for a process that does nothing else.
///
/// No shell: argv goes to the program as it is. Standard input is empty.
struct ProcessRun {
    /// Bytes of standard output kept, at most 1 MiB.
    static let outputBytesMax = 1024 * 1024

    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    struct Result {
        var end: End
        /// At most `outputBytesMax` bytes.
        var output: [UInt8] = []
        var isOutputCut = false
        /// The last line on standard error that says it is fatal, else the last that is not empty.
        var lastError: String?

        mutating func keep(_ bytes: [UInt8]) {
            let room = max(outputBytesMax - output.count, 0)
            if bytes.count > room { isOutputCut = true }
            output += bytes.prefix(room)
        }

        var succeeded: Bool { end == .exited(0) }
        var outputText: String { String(decoding: output, as: UTF8.self) }

        /// `exit code 1: what it said`.
        var failure: String {
            let how =
                switch end {
                case .exited(let code): "exit code \(code)"
                case .signalled(let signal): "killed by signal \(signal)"
                }
            return lastError.map { "\(how): \(Sentence.cut($0, limit: 200))" } ?? how
        }
    }

    struct Failure: Error {
        var reason: String
    }

    var argv: [String]
    var surroundings: PerformanceSurroundings
    /// Added to the step's environment.
    var extra: [String: String] = [:]
    /// Whether standard output is logged too.
    var logsOutput = false

    /// - Throws: `Failure` when the program could not be started.
    func run() throws(Failure) -> Result {
        var output: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]
        let code = linux_pipe(&output)
        guard code == 0 else { throw Failure(reason: "no pipe: \(Self.systemText(-code))") }
        let otherCode = linux_pipe(&errors)
        defer { for end in [output[0], errors[0]] where end >= 0 { close(end) } }
        let started = Swift.Result { () throws(Failure) -> pid_t in
            guard otherCode == 0 else { throw Failure(reason: "no pipe: \(Self.systemText(-otherCode))") }
            return try spawn(output: output[1], errors: errors[1])
        }
        for end in [output[1], errors[1]] where end >= 0 { close(end) }
        let process = try started.get()
        return collect(process, output: output[0], errors: errors[0])
    }

    private func spawn(output: Int32, errors: Int32) throws(Failure) -> pid_t {
        guard let program = argv.first.flatMap(find) else {
            throw Failure(reason: "there is no program \(argv.first ?? "at all") in PATH; install it or name its path")
        }
        var arguments = argv.map { strdup($0) } + [nil]
        var variables = surroundings.childEnvironment.merging(extra) { $1 }.map { strdup("\($0.key)=\($0.value)") }
        variables.append(nil)
        defer { for text in arguments + variables { free(text) } }
        var process = pid_t()
        let code = linux_spawn_child(
            program, &arguments, &variables, surroundings.workingDirectory, output, errors, &process
        )
        guard code == 0 else { throw Failure(reason: "\(argv[0]) can't be started: \(Self.systemText(-code))") }
        return process
    }

    /// The file to execute: a path as it is, a name by the step's own `PATH`.
    private func find(_ program: String) -> String? {
        guard !program.isEmpty, !program.contains("\0") else { return nil }
        if program.contains("/") { return program }
        let path = surroundings.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    private static func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Reads both pipes until they end or the process has: a grandchild that keeps them open is not waited for.
    private func collect(_ process: pid_t, output: Int32, errors: Int32) -> Result {
        var result = Result(end: .exited(0))
        var outputLines = LineLog()
        var errorLines = LineLog()
        var waitStatus: Int32 = 0
        var hasEnded = false
        var pipes: [Int32] = [output, errors]
        while !pipes.isEmpty {
            let ready = Self.readable(pipes, timeoutMilliseconds: hasEnded ? 0 : 20)
            if ready.isEmpty {
                if hasEnded { break }
                hasEnded = waitpid(process, &waitStatus, WNOHANG) == process
            }
            for pipe in ready {
                let bytes = Self.available(pipe)
                if bytes.isEmpty { pipes.removeAll { $0 == pipe } }
                if pipe == output {
                    result.keep(bytes)
                    if logsOutput { outputLines.take(bytes, surroundings.log) }
                } else {
                    errorLines.take(bytes, surroundings.log)
                }
            }
        }
        outputLines.finish(surroundings.log)
        errorLines.finish(surroundings.log)
        while !hasEnded {
            hasEnded = waitpid(process, &waitStatus, 0) == process || errno != EINTR
        }
        let killer = waitStatus & 0x7F
        result.end = killer == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(killer)
        result.lastError = errorLines.fatal ?? errorLines.last
        return result
    }

    /// Those of `pipes` that have something to read, or have ended.
    private static func readable(_ pipes: [Int32], timeoutMilliseconds: Int32) -> [Int32] {
        var items = pipes.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&items, nfds_t(items.count), timeoutMilliseconds) > 0 else { return [] }
        return items.filter { $0.revents != 0 }.map(\.fd)
    }

    /// What can be read now; empty at the end.
    private static func available(_ descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            var got = read(descriptor, buffer.baseAddress, buffer.count)
            while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, buffer.count) }
            count = max(got, 0)
        }
    }
}

/// Cuts a stream of bytes into lines for the log.
struct LineLog {
    private static let lineBytesMax = 4096

    private var pending: [UInt8] = []
    /// The last line that was not empty.
    private(set) var last: String?
    /// The last line that starts with `Fatal:`, as restic and git do before they add advice.
    private(set) var fatal: String?

    mutating func take(_ bytes: [UInt8], _ log: (String) -> Void) {
        for byte in bytes {
            if byte == 0x0A || pending.count >= Self.lineBytesMax { finish(log) }
            if byte != 0x0A { pending.append(byte) }
        }
    }

    mutating func finish(_ log: (String) -> Void) {
        let line = String(decoding: pending, as: UTF8.self)
        pending.removeAll(keepingCapacity: true)
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        last = line
        if line.lowercased().hasPrefix("fatal:") { fatal = line }
        log(line)
    }
}
