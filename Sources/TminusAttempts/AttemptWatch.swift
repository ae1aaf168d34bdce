import CLinux
import Glibc
import Synchronization
import TminusModel
import TminusPorts

/// Waits for shims to end: one thread, one epoll set of process handles, so a thousand attempts cost no thread each.
///
/// Reports leave in batches and in order for each attempt: all of them pass through this thread.
final class AttemptWatch: Sendable {
    /// How long an attempt must live before its running is news.
    static let runningNewsMilliseconds: Int64 = 250
    /// How often a lock is looked at whose holder can't be waited for.
    static let lockPollMilliseconds: Int64 = 100
    /// With so many attempts alive nobody waits for the end of one alone: ends are gathered for a moment, and are then
    /// decided on, recorded and told together. At most until a third of them have ended: while those are seen to, the
    /// others keep the processors busy.
    static let crowd = 4
    static let gatherPart = 3
    static let gatherMicroseconds: UInt32 = 250
    static let gathersMax = 8

    struct Watched: Sendable {
        let subject: AttemptSubject
        /// The shim, and a handle on it; nil when only its lock can be watched.
        var process: (pid: pid_t, handle: Int32)?
        /// When its running is news; nil once that was said.
        var newsAt: Int64?
    }

    enum Saying {
        case now
        /// If it still lives a quarter of a second from now.
        case later
        /// As was decided before.
        case asPlanned
    }

    private struct State {
        var watched: [UInt64: Watched] = [:]
        var keys: [AttemptKey: UInt64] = [:]
        /// Attempts between the call of `start` or `adopt` and their watch, and whether a stop came meanwhile.
        var arriving: [AttemptKey: Bool] = [:]
        /// Stops that wait for a handle on the shim.
        var stopsWaiting: Set<AttemptKey> = []
        var lastID: UInt64 = 0
        /// When which attempt's running is news; in order of time.
        var newsDue: [(at: Int64, id: UInt64)] = []
        var pollsDue: [(at: Int64, id: UInt64)] = []
        var pending: [AttemptReport] = []
        /// When the thread next looks by itself; a date before that needs a wake.
        var looksAt = Int64.min
        var isClosing = false
    }

    private let state = Mutex(State())
    private let epoll: Int32
    private let waker: Int32
    private let onReports: @Sendable ([AttemptReport]) -> Void
    /// The waker's key in the epoll set; attempts count from 1.
    private static let wakerKey: UInt64 = 0

    init(onReports: @escaping @Sendable ([AttemptReport]) -> Void) throws(SystemFault) {
        let epoll = linux_epoll_create()
        guard epoll >= 0 else { throw SystemFault(code: -epoll, doing: "make an epoll set") }
        let waker = linux_eventfd()
        guard waker >= 0, linux_epoll_add(epoll, waker, Self.wakerKey) == 0 else {
            close(epoll)
            throw SystemFault(code: max(1, -waker), doing: "make an event counter")
        }
        self.epoll = epoll
        self.waker = waker
        self.onReports = onReports
        try OwnThread.start { [self] in run() }
    }

    deinit {
        close(epoll)
        close(waker)
    }

    /// Lets the thread end. Shims live on: that is what they are for.
    func shutDown() {
        state.withLock { $0.isClosing = true }
        _ = linux_eventfd_signal(waker)
    }

    /// False when the attempt is already being started or watched: then there is nothing to do.
    func arrive(_ key: AttemptKey) -> Bool {
        state.withLock { state in
            guard state.keys[key] == nil, state.arriving[key] == nil else { return false }
            state.arriving[key] = false
            return true
        }
    }

    /// The attempt is over, without a shim to wait for.
    func conclude(_ key: AttemptKey, _ result: AttemptResult) {
        state.withLock { state in
            state.arriving[key] = nil
            state.pending.append(AttemptReport(key: key, news: .ended(result)))
        }
        _ = linux_eventfd_signal(waker)
    }

    /// Watches an attempt that lives.
    func watch(_ arrived: Watched, saysRunning saying: Saying) {
        let key = arrived.subject.key
        let (needsWake, stops) = state.withLock { state -> (Bool, Bool) in
            if state.isClosing {
                if let process = arrived.process { close(process.handle) }
                return (false, false)
            }
            let stopsEarly = state.arriving.removeValue(forKey: key) ?? false
            let stops = state.stopsWaiting.remove(key) != nil || stopsEarly
            state.lastID += 1
            let id = state.lastID
            var watched = arrived
            switch saying {
            case .now: state.pending.append(AttemptReport(key: key, news: .running))
            case .later: watched.newsAt = Self.now() + Self.runningNewsMilliseconds
            case .asPlanned: break
            }
            if let newsAt = watched.newsAt { state.newsDue.append((newsAt, id)) }
            state.watched[id] = watched
            state.keys[key] = id
            if let process = watched.process, linux_epoll_add(epoll, process.handle, id) == 0 {
                return (!state.pending.isEmpty || (watched.newsAt ?? .max) < state.looksAt, stops)
            }
            state.pollsDue.append((Self.now() + Self.lockPollMilliseconds, id))
            return (true, stops)
        }
        if needsWake { _ = linux_eventfd_signal(waker) }
        if stops { stop(key) }
    }

    /// Sends TERM to the attempt's shim, by its handle: a number alone might be another process by now.
    func stop(_ key: AttemptKey) {
        state.withLock { state in
            if state.arriving[key] != nil { state.arriving[key] = true }
            guard let id = state.keys[key], let watched = state.watched[id] else { return }
            if let process = watched.process {
                _ = linux_pidfd_send_signal(process.handle, SIGTERM)
                // Its step may have stopped it, and then it would take no signal.
                _ = linux_pidfd_send_signal(process.handle, SIGCONT)
            } else {
                state.stopsWaiting.insert(key)
            }
        }
    }

    // MARK: The thread

    private func run() {
        let capacity = Int(linux_ready_batch_max)
        let ready = UnsafeMutablePointer<linux_ready>.allocate(capacity: capacity)
        defer { ready.deallocate() }
        var count: Int32 = 0
        while true {
            let lingers = count > 0
            let (timeout, alive) = state.withLock { (Self.timeout(&$0, lingers: lingers), $0.watched.count) }
            count = linux_epoll_wait(epoll, ready, Int32(capacity), timeout)
            if count > 0, alive >= Self.crowd {
                for _ in 0..<Self.gathersMax where Int(count) * Self.gatherPart < min(alive, capacity) {
                    usleep(Self.gatherMicroseconds)
                    // What was ready still is, and what became so meanwhile is with it.
                    count = linux_epoll_wait(epoll, ready, Int32(capacity), 0)
                }
            }
            var ids: [UInt64] = []
            for index in 0..<max(0, Int(count)) {
                let id = ready[index].key
                if id == Self.wakerKey { _ = linux_eventfd_clear(waker) } else { ids.append(id) }
            }
            guard let (ended, early) = collect(ids) else { return }
            var reports = early
            for watched in ended { reports.append(contentsOf: settle(watched)) }
            if !reports.isEmpty { onReports(reports) }
        }
    }

    /// How long to wait, in milliseconds; -1 for as long as it takes.
    ///
    /// After something happened the thread looks once more by itself before it sleeps for good: an attempt that comes
    /// meanwhile has its news due no earlier, so that a chain of short steps wakes nobody but for its ends.
    private static func timeout(_ state: inout State, lingers: Bool) -> Int32 {
        guard state.pending.isEmpty else {
            state.looksAt = .min
            return 0
        }
        let now = now()
        var next = Int64.max
        if let news = state.newsDue.first { next = min(next, news.at) }
        if let poll = state.pollsDue.first { next = min(next, poll.at) }
        if lingers { next = min(next, now + runningNewsMilliseconds) }
        state.looksAt = next
        return next == .max ? -1 : Int32(clamping: max(0, next - now))
    }

    /// Takes what is due out of the state: attempts to settle, and reports that waited. Nil when closing.
    private func collect(_ ids: [UInt64]) -> (ended: [(Watched, Int32)], reports: [AttemptReport])? {
        state.withLock { state in
            if state.isClosing {
                for watched in state.watched.values { _ = release(watched) }
                state = State()
                state.isClosing = true
                return nil
            }
            let now = Self.now()
            var reports = state.pending
            state.pending.removeAll(keepingCapacity: true)
            let polled = Self.due(&state.pollsDue, now)
            let ended = (ids + polled).compactMap { id -> (Watched, Int32)? in
                guard let watched = state.watched.removeValue(forKey: id) else { return nil }
                state.keys[watched.subject.key] = nil
                state.arriving[watched.subject.key] = false
                return (watched, release(watched))
            }
            for id in Self.due(&state.newsDue, now) {
                guard let watched = state.watched[id] else { continue }
                state.watched[id]?.newsAt = nil
                reports.append(AttemptReport(key: watched.subject.key, news: .running))
            }
            // Most attempts are over before their running is news: no waking up for those.
            state.newsDue.removeFirst(state.newsDue.prefix { state.watched[$0.id] == nil }.count)
            return (ended, reports)
        }
    }

    private static func due(_ queue: inout [(at: Int64, id: UInt64)], _ now: Int64) -> [UInt64] {
        let count = queue.prefix { $0.at <= now }.count
        defer { queue.removeFirst(count) }
        return queue.prefix(count).map(\.id)
    }

    /// Gives the handle back, and reaps the shim if it is our child. The order matters: a child just being spawned
    /// holds a copy of the handle until its exec, so closing alone would leave it in the set, and it would end twice.
    ///
    /// - Returns: The wait status of an ended child, else -1.
    private func release(_ watched: Watched) -> Int32 {
        guard let process = watched.process else { return -1 }
        _ = linux_epoll_delete(epoll, process.handle)
        close(process.handle)
        var status: Int32 = -1
        return linux_reap(process.pid, &status) == 0 ? status : -1
    }

    private func settle(_ ended: (watched: Watched, status: Int32)) -> [AttemptReport] {
        let subject = ended.watched.subject
        switch subject.conclusion(shimStatus: ended.status, wasSeen: ended.watched.process != nil) {
        case .over(let result):
            state.withLock { state in
                state.arriving[subject.key] = nil
                state.stopsWaiting.remove(subject.key)
            }
            return [AttemptReport(key: subject.key, news: .ended(result))]
        case .alive(let process):
            watch(
                Watched(subject: subject, process: process, newsAt: ended.watched.newsAt), saysRunning: .asPlanned)
            return []
        }
    }

    static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
