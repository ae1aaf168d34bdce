import CLinux
import Foundation
import Synchronization
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

/// The process zoo: for every beast the right end, a bounded log, and nothing left of it.
@Suite(.timeLimit(.minutes(60))) struct ZooTests {
    @Test func thereAreAtLeastFortyBeastsAndNoTwoOfOneName() {
        #expect(Zoo.all.count >= 40)
        #expect(Set(Zoo.all.map(\.name)).count == Zoo.all.count)
    }

    /// Once each; `TMINUS_ZOO_ROUNDS` times in the long form.
    @Test(arguments: Zoo.all)
    func aBeastEndsAsItShouldAndLeavesNothing(beast: Beast) async throws {
        var tally = Tally("process zoo", beast.name)
        defer { tally.write() }
        if let missing = beast.needs.first(where: { !Self.has($0) }) {
            tally.skipped = "needs \(missing.rawValue)"
            try Test.cancel("\(beast.name): needs \(missing.rawValue), which isn't to be had here")
        }
        await Cages.enter()
        defer { Cages.leave() }
        for _ in 0..<Tally.count("TMINUS_ZOO_ROUNDS", otherwise: 1) {
            for killing in beast.needs.contains(.cgroup) ? [Killing.cgroup] : Killing.possible {
                tally.runs += 1
                tally.faults += 1
                for violation in try await Self.violations(of: beast, killing) {
                    tally.violations.append("\(killing): \(violation)")
                }
            }
        }
        #expect(tally.violations == [])
    }

    @Test func everyExitCodeIsToldAsItIs() async throws {
        var tally = Tally("process zoo", "exit codes 0 to 255")
        defer { tally.write() }
        let ground = try Ground()
        for code in 0...255 {
            tally.runs += 1
            let end = try await ground.run(ground.order("exit \(code)", number: code + 1)).end
            if end != .exited(Int32(code)) { tally.violations.append("exit \(code) was told as \(end)") }
        }
        #expect(tally.violations == [])
    }

    @Test func everyDeadlySignalIsToldAsItIs() async throws {
        var tally = Tally("process zoo", "deadly signals")
        defer { tally.write() }
        let ground = try Ground()
        let harmless: Set<Int> = [17, 18, 19, 20, 21, 22, 23, 28, 32, 33]
        for number in (1...64) where !harmless.contains(number) {
            tally.runs += 1
            let end = try await ground.run(ground.order("ulimit -c 0; kill -\(number) $$", number: number)).end
            if end != .signalled(Int32(number)) { tally.violations.append("signal \(number) was told as \(end)") }
        }
        #expect(tally.violations == [])
    }

    @Test func aLogThatIsAPipeIsNoLog() throws {
        let ground = try Ground()
        try FileManager.default.createDirectory(atPath: "\(ground.path)/a", withIntermediateDirectories: true)
        ground.makeSignal("a/log")
        let log = AttemptLog(dataDirectory: ground.path, directory: "a")
        #expect(try log.read(from: 0) == [])
        #expect(log.size == 0)
    }

    /// As another user, whom a directory of mode 000 keeps out.
    @Test func aDirectoryThatWasShutIsOpenedAgain() throws {
        if geteuid() != 0 { try Test.cancel("needs root to be somebody else") }
        let ground = try Ground()
        let user: uid_t = 54_324
        let directory = AttemptDirectory(path: "\(ground.path)/runs/a", boot: ground.boot, runIsOfThisBoot: true)
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        for path in [ground.path, "\(ground.path)/runs", directory.path] { #expect(chown(path, user, user) == 0) }
        // Of this thread alone: it takes the right to read everything along.
        let become = unsafeBitCast(
            try #require(dlsym(nil, "setfsuid")), to: (@convention(c) (uid_t) -> Int32).self)
        _ = become(user)
        defer { _ = become(0) }
        #expect(try directory.settle() == .neverStarted)
        #expect(chmod(directory.path, 0) == 0)
        #expect(access(directory.path, F_OK) == 0)
        #expect(try directory.settle() == .neverStarted)
    }

    // MARK: One beast

    private static func violations(of beast: Beast, _ killing: Killing) async throws -> [String] {
        let ground = try killing.ground()
        let mark = "TMINUS_ZOO=\(UUID().uuidString)"
        let order = order(beast, mark, ground)
        let watchdog = Watchdog(directory: "\(ground.path)/\(order.directory)", patience: beast.patience)
        let began = ContinuousClock.now
        let result = try await live(beast, order, ground)
        var found: [String] = []
        watchdog.cancel()
        if watchdog.barked { found.append("it was not over after \(beast.patience)") }
        if !beast.ends.contains(result.end) { found.append("it ended as \(result.end) instead of \(beast.ends)") }
        // Without a shim nobody ends what it left, so these beasts end by themselves.
        func survivors() -> [pid_t] { Remains.processes(mark: mark, directory: ground.path) }
        if case .vanished = result.end { _ = Remains.settles { survivors().isEmpty } }
        let left = survivors()
        let isSaid = if case .killFailed = result.end { true } else { false }
        if !left.isEmpty, !isSaid {
            found.append("\(left.count) of its processes lived on: \(left.prefix(5).map(describe))")
        }
        for pid in left { Remains.kill(pid, mark: mark, directory: ground.path) }
        found += zombies(of: beast, shim: shim(in: ground.read(order, "claim")))
        let place = "\(ground.path)/runs"
        if !Remains.settles({ Remains.descriptors(in: place).isEmpty }) {
            found.append("descriptors are left: \(Remains.descriptors(in: place))")
        }
        if ContinuousClock.now - began > beast.patience { found.append("it took \(ContinuousClock.now - began)") }
        return found + complaints(about: beast, result, ground.read(order, "log"))
    }

    /// Dead children that nobody reaps; each is told once.
    ///
    /// Beside other suites, whose own dead engines leave some, only its shim is told apart. One that was adopted is
    /// still the child of the dead engine, which here is this process.
    private static func zombies(of beast: Beast, shim: pid_t?) -> [String] {
        let isAlone = ProcessInfo.processInfo.environment["TMINUS_ZOO_ROUNDS"] != nil
        let known = shims.withLock { shims in
            if let shim { shims[shim] = (beast.name, beast.treatment == .adopted) }
            return shims
        }
        let mine = Remains.zombies().filter { (isAlone || $0 == shim) && known[$0]?.isExcused != true }
        if Remains.settles({ Set(Remains.zombies()).isDisjoint(with: mine) }) { return [] }
        let left = Set(Remains.zombies()).intersection(mine).sorted()
        return left.map { pid in
            let whose = known[pid]?.beast ?? "(nobody known)"
            shims.withLock { $0[pid] = (whose, true) }
            return "zombie \(pid) is left, a shim of \(whose)"
        }
    }

    /// Whose shim a process is, and whether it may be a zombie: adopted, or told before.
    private static let shims = Mutex<[pid_t: (beast: String, isExcused: Bool)]>([:])

    /// What the log and the note should be.
    private static func complaints(about beast: Beast, _ result: AttemptResult, _ log: [UInt8]) -> [String] {
        var found: [String] = []
        if log.count > ShimSpec.headBytes + ShimSpec.tailBytes + 200 { found.append("its log has \(log.count) bytes") }
        if let wanted = beast.log, log != Array(wanted.utf8) {
            found.append("its log is \(String(decoding: log.prefix(200), as: UTF8.self).debugDescription)")
        }
        if let wanted = beast.note, result.note?.contains(wanted) != true {
            found.append("its note is \(result.note.debugDescription)")
        }
        let text = Data(log)
        for word in [beast.unwanted, beast.secret].compactMap({ $0 }) where text.range(of: Data(word.utf8)) != nil {
            found.append("its log holds \(word)")
        }
        if !result.outputs.isEmpty { found.append("it has outputs: \(result.outputs)") }
        return found
    }

    /// Nil when the claim doesn't tell: never filled, or made something else by the beast.
    private static func shim(in claim: [UInt8]) -> pid_t? {
        let lines = String(decoding: claim, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("shim ") }.flatMap { pid_t($0.dropFirst(5)) }
    }

    private static func live(_ beast: Beast, _ order: AttemptOrder, _ ground: Ground) async throws -> AttemptResult {
        guard beast.treatment != .leftAlone else { return try await ground.run(order) }
        ground.makeSignal("began")
        ground.makeSignal("go")
        ground.start(order)
        _ = try ground.wait(for: "began")
        if beast.treatment == .stopped {
            await ground.stop(order)
        } else {
            try ground.restartRunner()
            await ground.adopt(order)
            try ground.write("go", "now\n")
        }
        return try await ground.end()
    }

    private static func order(_ beast: Beast, _ mark: String, _ ground: Ground) -> AttemptOrder {
        var order = ground.order(beast.argv, timeout: beast.timeout, grace: beast.grace)
        let parts = mark.split(separator: "=").map(String.init)
        order.environment += [Variable(name: parts[0], value: parts[1])] + beast.environment
        if let secret = beast.secret {
            try? ground.write("secret", secret)
            order.secrets = [SecretReference(name: "ZOO_SECRET", source: .file("\(ground.path)/secret"))]
        }
        return order
    }

    private static func describe(_ pid: pid_t) -> String {
        let words = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
        return "\(pid) \(words.replacing("\0", with: " ").prefix(60))"
    }

    private static func has(_ need: Beast.Need) -> Bool {
        switch need {
        case .root: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
        case .python: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
        case .cgroup: Killing.delegation != nil
        }
    }
}

/// Lets in few beasts at a time: all at once they would only fight for the processors.
enum Cages {
    private static let state = Mutex((free: 3, waiting: [CheckedContinuation<Void, Never>]()))

    static func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free == 0 { state.waiting.append(continuation) }
                defer { state.free = max(0, state.free - 1) }
                return state.free > 0
            }
            if isFree { continuation.resume() }
        }
    }

    static func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// Kills a shim that hangs, so that the test ends and can say so.
final class Watchdog: @unchecked Sendable {
    private let timer: any DispatchSourceTimer
    private let lock = NSLock()
    private var hasBarked = false

    /// - Parameter directory: The attempt's.
    init(directory: String, patience: Duration) {
        timer = DispatchSource.makeTimerSource()
        timer.setEventHandler { [unowned self] in
            lock.withLock { hasBarked = true }
            let attempt = AttemptDirectory(path: directory, boot: "", runIsOfThisBoot: true)
            guard let shim = attempt.orphan() else { return }
            let handle = linux_pidfd_open(shim)
            guard handle >= 0 else { return }
            if attempt.orphan() == shim { _ = linux_pidfd_send_signal(handle, SIGKILL) }
            close(handle)
        }
        timer.schedule(deadline: .now() + .milliseconds(Int(patience.milliseconds)))
        timer.resume()
    }

    var barked: Bool { lock.withLock { hasBarked } }

    func cancel() { timer.cancel() }
}
