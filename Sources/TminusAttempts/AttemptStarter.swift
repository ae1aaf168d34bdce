import CLinux
import Glibc
import Synchronization
import TminusModel
import TminusPorts

/// Turns orders into shims, or into what became of them.
final class AttemptStarter: Sendable {
    private let dataDirectory: String
    private let shimPath: String
    private let tminusPath: String
    private let cgroupParent: String?
    private let boot: String
    private let watch: AttemptWatch
    /// Run directories that are there, and whether all of their run was started in this boot.
    private let runs = Mutex<[String: Bool]>([:])
    private static let runsMax = 1_024

    init(
        dataDirectory: String, shimPath: String, tminusPath: String, cgroupParent: String?, watch: AttemptWatch
    ) throws(SystemFault) {
        self.dataDirectory = dataDirectory
        self.shimPath = shimPath
        self.tminusPath = tminusPath
        self.cgroupParent = cgroupParent
        self.watch = watch
        boot = try Boot.current()
    }

    /// Starts an attempt that has arrived at the watch. What goes wrong is its end.
    func start(_ order: AttemptOrder) {
        do {
            try begin(order)
        } catch let refusal as NotStarted {
            let reason = AttemptSubject.shortened(refusal.reason)
            watch.conclude(order.key, AttemptResult(end: .notStarted(reason)))
        } catch {
            watch.conclude(order.key, AttemptResult(end: .notStarted(AttemptSubject.shortened("\(error)"))))
        }
    }

    // MARK: Starting

    private func begin(_ order: AttemptOrder) throws {
        let directory = try directory(of: order)
        let (environment, masks) = try environment(of: order, in: directory)
        let encoded = masks.encoded
        guard encoded.count <= SecretMasks.encodedBytesMax else {
            throw NotStarted(reason: "its secrets are too long to be masked in its log")
        }
        let arguments = try arguments(of: order)
        let spec = ShimSpec(
            boot: boot, timeoutMilliseconds: Self.milliseconds(order.timeout),
            graceMilliseconds: Self.milliseconds(order.grace), masksBytes: encoded.count,
            cgroup: cgroup(of: order), workingDirectory: order.workingDirectory, arguments: arguments)
        guard let bytes = spec.bytes else {
            throw NotStarted(reason: "its command holds a NUL, or is longer than \(ShimSpec.bytesMax) bytes")
        }
        try SmallFile.makeDirectory(directory.path)
        if case .perform(let performance) = order.work {
            let request = paths(of: order).performance(performance).json.bytes
            try OpenFile(directory.request, O_WRONLY | O_CREAT | O_TRUNC).write(request, path: directory.request)
        }
        guard let file = try OpenFile(creating: directory.spec) else {
            // Started before, here or by an engine that is gone: what became of it is in the files.
            pickUp(order)
            return
        }
        try file.write(bytes, path: directory.spec)
        let process = try spawn(directory, environment, masks: encoded)
        let subject = AttemptSubject(key: order.key, directory: directory, masks: masks, unreadableSecret: nil)
        watch.watch(AttemptWatch.Watched(subject: subject, process: process), saysRunning: .later)
    }

    private func spawn(
        _ directory: AttemptDirectory, _ environment: [[UInt8]], masks: [UInt8]
    ) throws -> (pid: pid_t, handle: Int32)? {
        var input: Int32 = -1
        if !masks.isEmpty {
            input = linux_memory_file(masks, masks.count)
            guard input >= 0 else { throw SystemFault(code: -input, doing: "hand over what to mask in its log") }
        }
        defer { if input >= 0 { close(input) } }
        let arguments = [Array("tminus-shim".utf8), Array(directory.path.utf8)]
        let spawned = Spawn.session(shimPath, arguments, environment, input: input)
        switch spawned {
        case .success(let pid):
            let handle = linux_pidfd_open(pid)
            return handle >= 0 ? (pid, handle) : nil
        case .failure(let fault) where fault.code == E2BIG:
            throw NotStarted(reason: "its environment and arguments are larger than the system allows (E2BIG)")
        case .failure(let fault):
            throw fault
        }
    }

    // MARK: Picking up

    /// Finds out what became of an attempt that has arrived at the watch, and watches it while it lives.
    func pickUp(_ order: AttemptOrder) {
        var values: [[UInt8]] = []
        var unreadable: String?
        for secret in order.secrets {
            if let value = try? secret.value() { values.append(value) } else { unreadable = secret.name }
        }
        guard let directory = try? directory(of: order) else {
            // Nothing can be told now; the lock is looked at again and again until something can.
            return retryLater(order, values, unreadable)
        }
        let subject = AttemptSubject(
            key: order.key, directory: directory, masks: SecretMasks(of: values), unreadableSecret: unreadable)
        switch subject.conclusion() {
        case .over(let result): watch.conclude(order.key, result)
        case .alive(let process):
            watch.watch(AttemptWatch.Watched(subject: subject, process: process), saysRunning: .now)
        }
    }

    private func retryLater(_ order: AttemptOrder, _ values: [[UInt8]], _ unreadable: String?) {
        let directory = AttemptDirectory(
            path: "\(dataDirectory)/\(order.directory)", boot: boot, runIsOfThisBoot: false)
        let subject = AttemptSubject(
            key: order.key, directory: directory, masks: SecretMasks(of: values), unreadableSecret: unreadable)
        watch.watch(AttemptWatch.Watched(subject: subject, process: nil), saysRunning: .now)
    }

    // MARK: What an order means

    private func directory(of order: AttemptOrder) throws(SystemFault) -> AttemptDirectory {
        let run = order.directory.split(separator: "/").prefix(2).joined(separator: "/")
        let runDirectory = "\(dataDirectory)/\(run)"
        return AttemptDirectory(
            path: "\(dataDirectory)/\(order.directory)", boot: boot, runIsOfThisBoot: try coversRun(runDirectory))
    }

    /// Whether all of the run was started in this boot: what it says once holds for as long as this process lives.
    private func coversRun(_ directory: String) throws(SystemFault) -> Bool {
        if let known = runs.withLock({ $0[directory] }) { return known }
        try SmallFile.makeDirectory(directory)
        let covers = try Boot.coversRun(directory, boot: boot)
        runs.withLock { runs in
            if runs.count >= Self.runsMax { runs.removeAll() }
            runs[directory] = covers
        }
        return covers
    }

    private func paths(of order: AttemptOrder) -> PinnedPaths {
        PinnedPaths(directory: "\(dataDirectory)/\(order.pinnedFiles)", pinned: order.pinned)
    }

    private func arguments(of order: AttemptOrder) throws(NotStarted) -> [String] {
        switch order.work {
        case .command(let command, _):
            guard !command.argv.isEmpty else { throw NotStarted(reason: "its command is empty") }
            return paths(of: order).command(command).argv
        case .perform: return [tminusPath, "perform"]
        }
    }

    /// Unique among all data directories below one cgroup.
    private func cgroup(of order: AttemptOrder) -> String {
        guard let cgroupParent else { return "" }
        let place = dataDirectory.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let name = order.directory.split(separator: "/").joined(separator: ":")
        return "\(cgroupParent)/\(String(place, radix: 16)):\(name.suffix(200))"
    }

    private func environment(
        of order: AttemptOrder, in directory: AttemptDirectory
    ) throws -> (entries: [[UInt8]], masks: SecretMasks) {
        var environment = StepEnvironment()
        for variable in order.environment { try environment.set(variable.name, Array(variable.value.utf8)) }
        if case .command(_, let own) = order.work {
            for variable in own { try environment.set(variable.name, Array(variable.value.utf8)) }
        } else {
            try environment.set("TMINUS_REQUEST", Array(directory.request.utf8))
        }
        var values: [[UInt8]] = []
        for secret in order.secrets {
            let value = try secret.value()
            try environment.set(secret.name, value)
            values.append(value)
        }
        try environment.set("TMINUS_OUTPUT", Array(directory.output.utf8))
        return (environment.entries, SecretMasks(of: values))
    }

    /// At least 1 for a limit that is set, so that a limit of nothing isn't none.
    private static func milliseconds(_ duration: Duration?) -> Int64 {
        guard let duration else { return 0 }
        return min(max(1, duration.milliseconds), Duration.longestMilliseconds)
    }
}

/// Why an attempt could not begin; a sentence for people, without secrets.
struct NotStarted: Error {
    let reason: String
}
