import Foundation

@testable import TminusAttempts

/// `strace`, which can make any system call fail, or end a process at it.
enum Tracer {
    static let path = "/usr/bin/strace"

    /// Why it can't be used here; nil when it can.
    static let impossible: String? = {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            return "strace isn't installed (scripts/setup --for tests installs it)"
        }
        let tried = try? Spawn.session(
            path, [path, "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "/bin/true"].map { Array($0.utf8) },
            [Array("PATH=/usr/bin:/bin".utf8)]
        ).get()
        guard let tried, Ground.wait(tried) == 0 else { return "tracing processes isn't permitted here" }
        return nil
    }()

    /// A point in the life of a shim: the `number`th call of `call`.
    struct Point: Sendable {
        let call: String
        let number: Int
    }

    /// All system calls of one undisturbed shim, in order.
    static func points(_ scene: Scene, in ground: Ground) throws -> [Point] {
        let file = "\(ground.path)/calls"
        let trial = try Trial(
            scene, injector: [path, "-o", file], secondShimFirst: false, in: ground, number: 0)
        let violations = try trial.play().found
        guard violations.isEmpty else { throw SystemFault(code: EIO, doing: "run undisturbed: \(violations)") }
        var counts: [String: Int] = [:]
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            guard let end = line.firstIndex(of: "("), line.first?.isLetter == true else { return nil }
            let call = String(line[..<end])
            counts[call, default: 0] += 1
            return Point(call: call, number: counts[call, default: 1])
        }
    }

    /// A shim that hangs is let go after twenty seconds, and is then found holding its lock.
    private static let traced = ["/usr/bin/timeout", "-s", "KILL", "20", path, "-o", "/dev/null"]

    static func killing(at point: Point) -> [String] {
        traced + ["-e", "inject=\(point.call):signal=KILL:when=\(point.number)"]
    }

    /// - Parameter stays: Whether every later call fails too.
    static func failing(_ error: String, at point: Point, stays: Bool) -> [String] {
        let when = "\(point.number)\(stays ? "+" : "")"
        return traced + ["-e", "inject=\(point.call):error=\(error):when=\(when)"]
    }

    /// What can go wrong with a call, and really does.
    static func errors(of call: String) -> [String] {
        switch call {
        case "open", "openat", "mkdir": ["ENOSPC", "EMFILE", "ENFILE", "EINTR", "EIO", "ENOMEM", "EACCES"]
        case "write", "pwrite64": ["ENOSPC", "EIO", "EINTR", "EDQUOT"]
        case "read", "pread64", "getdents64": ["EIO", "EINTR"]
        case "fsync", "fdatasync", "close": ["EIO", "EINTR", "ENOSPC"]
        case "rename": ["ENOSPC", "EIO", "EACCES"]
        case "pipe2", "fcntl", "dup2", "dup3": ["EMFILE", "ENFILE", "EINTR"]
        case "vfork", "clone", "clone3", "fork": ["EAGAIN", "ENOMEM"]
        case "brk", "mmap", "mprotect": ["ENOMEM"]
        case "wait4", "waitid": ["EINTR"]
        case "ppoll", "poll": ["EINTR", "ENOMEM"]
        case "flock": ["EINTR", "ENOLCK"]
        case "newfstatat", "fstat", "chdir": ["EIO", "EACCES"]
        case "pidfd_open": ["EMFILE", "ENOMEM"]
        case "kill": ["EPERM"]
        default: []
        }
    }

    /// Calls that may go on failing without the shim having to wait for them for ever.
    static func mayStay(_ call: String, in scene: Scene) -> Bool {
        // A shim that can't open anything takes ten seconds to give up on a daemon: left to the long form.
        let isLong = ProcessInfo.processInfo.environment["TMINUS_FAULT_STRIDE"] != nil
        if scene.secret != nil, call == "openat", !isLong { return false }
        return ["open", "openat", "write", "pwrite64", "rename", "fsync", "mkdir", "brk", "mmap"].contains(call)
    }
}
