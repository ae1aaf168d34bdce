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
    /// What the paths of its attempts' cgroups begin with: unique among all data directories below one parent.
    private let cgroups: String?
    private let boot: String
    private let watch: AttemptWatch
    private let server: ForkServer
    /// Run directories that are there, and whether all of their run was started in this boot.
    private let runs = Mutex<[String: Bool]>([:])
    private static let runsMax = 1_024

    init(
        dataDirectory: String, shimPath: String, tminusPath: String, cgroupParent: String?, watch: AttemptWatch
    ) throws(SystemFault) {
        self.dataDirectory = dataDirectory
        self.shimPath = shimPath
        self.tminusPath = tminusPath
        let place = dataDirectory.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        cgroups = cgroupParent.map { "\($0)/\(String(place, radix: 16)):" }
        self.watch = watch
        server = ForkServer(shimPath: shimPath)
        boot = try Boot.current()
    }

    /// Starts attempts that have arrived at the watch. What goes wrong with one is its end.
    ///
    /// All are asked for before the first answer is waited for, so that shims are made while files are.
    func start(_ orders: [AttemptOrder]) {
        var prepared: [PreparedAttempt] = []
        prepared.reserveCapacity(orders.count)
        for order in orders {
            guard let attempt = trying(order, { try prepare(order) }) else { continue }
            attempt.isAsked = server.ask(
                attempt.subject.directory.path, attempt.environment, masks: attempt.masks?.descriptor ?? -1)
            prepared.append(attempt)
        }
        for attempt in prepared {
            _ = trying(attempt.order) {
                try begin(attempt)
                return attempt
            }
        }
    }

    private func trying(_ order: AttemptOrder, _ work: () throws -> PreparedAttempt?) -> PreparedAttempt? {
        do {
            return try work()
        } catch let refusal as NotStarted {
            let reason = AttemptSubject.shortened(refusal.reason)
            watch.conclude(order.key, AttemptResult(end: .notStarted(reason)))
        } catch {
            watch.conclude(order.key, AttemptResult(end: .notStarted(AttemptSubject.shortened("\(error)"))))
        }
        return nil
    }

    // MARK: Starting

    /// Nil when it was started before, here or by an engine that is gone: what became of it is in the files.
    private func prepare(_ order: AttemptOrder) throws -> PreparedAttempt? {
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
        try SmallFile.makeDirectory(directory.path, isFirst: true)
        if case .perform(let performance) = order.work {
            let request = paths(of: order).performance(performance).json.bytes
            try OpenFile(directory.request, O_WRONLY | O_CREAT | O_TRUNC).write(request, path: directory.request)
        }
        var maskFile: OpenFile?
        if !encoded.isEmpty {
            let file = linux_memory_file(encoded, encoded.count)
            guard file >= 0 else { throw SystemFault(code: -file, doing: "hand over what to mask in its log") }
            maskFile = OpenFile(adopting: file)
        }
        guard let file = try OpenFile(creating: directory.spec) else {
            pickUp(order)
            return nil
        }
        try file.write(bytes, path: directory.spec)
        let subject = AttemptSubject(key: order.key, directory: directory, masks: masks, unreadableSecret: nil)
        return PreparedAttempt(order: order, subject: subject, environment: environment, masks: maskFile)
    }

    private func begin(_ attempt: PreparedAttempt) throws {
        let pid: pid_t
        switch attempt.isAsked ? server.answer() : .unable {
        case .started(let shim): pid = shim
        case .unable: pid = try spawn(attempt)
        case .unknown:
            // One that is over already is watched by nobody. Not reaped its number can be no other's; and it gave up
            // its lock a moment before it can be reaped.
            if pickUp(attempt.order), let shim = attempt.subject.directory.shim() { linux_reap_soon(shim) }
            return
        }
        // Ours until it is reaped, so the number can be no other's.
        let handle = linux_pidfd_open(pid)
        let process = handle >= 0 ? (pid, handle) : nil
        watch.watch(AttemptWatch.Watched(subject: attempt.subject, process: process), saysRunning: .later)
    }

    private func spawn(_ attempt: PreparedAttempt) throws -> pid_t {
        let arguments = [Array("tminus-shim".utf8), Array(attempt.subject.directory.path.utf8)]
        let input = attempt.masks?.descriptor ?? -1
        switch Spawn.session(shimPath, arguments, attempt.environment, input: input) {
        case .success(let pid): return pid
        case .failure(let fault) where fault.code == E2BIG:
            throw NotStarted(reason: "its environment and arguments are larger than the system allows (E2BIG)")
        case .failure(let fault):
            throw fault
        }
    }

    // MARK: Picking up

    /// Finds out what became of an attempt that has arrived at the watch, and watches it while it lives. True when it
    /// is over.
    @discardableResult
    func pickUp(_ order: AttemptOrder) -> Bool {
        var values: [[UInt8]] = []
        var unreadable: String?
        for secret in order.secrets {
            if let value = try? secret.value() { values.append(value) } else { unreadable = secret.name }
        }
        guard let directory = try? directory(of: order) else {
            // Nothing can be told now; the lock is looked at again and again until something can.
            retryLater(order, values, unreadable)
            return false
        }
        let subject = AttemptSubject(
            key: order.key, directory: directory, masks: SecretMasks(of: values), unreadableSecret: unreadable)
        switch subject.conclusion() {
        case .over(let result):
            watch.conclude(order.key, result)
            return true
        case .alive(let process):
            watch.watch(AttemptWatch.Watched(subject: subject, process: process), saysRunning: .now)
            return false
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
        // `runs/<run>`
        var slashes = 0
        let run = order.directory.utf8.prefix { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes < 2
        }
        let runDirectory = "\(dataDirectory)/\(Substring(run))"
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

    private func cgroup(of order: AttemptOrder) -> String {
        guard let cgroups else { return "" }
        let name = order.directory.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ":") : $0 }
        return cgroups + String(decoding: name.suffix(200), as: UTF8.self)
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

/// An attempt whose files are there, and whose shim is still to be had.
private final class PreparedAttempt {
    let order: AttemptOrder
    let subject: AttemptSubject
    /// `NAME=value`, each.
    let environment: [[UInt8]]
    let masks: OpenFile?
    /// Whether the fork server has been asked for its shim.
    var isAsked = false

    init(order: AttemptOrder, subject: AttemptSubject, environment: [[UInt8]], masks: OpenFile?) {
        self.order = order
        self.subject = subject
        self.environment = environment
        self.masks = masks
    }
}

/// Why an attempt could not begin; a sentence for people, without secrets.
struct NotStarted: Error {
    let reason: String
}
