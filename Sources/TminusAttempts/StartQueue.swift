import CLinux
import Glibc
import Synchronization
import TminusPorts

/// Threads that spawn shims. Spawning waits until the new process has had its turn on a processor, so one after the
/// other would leave processors idle; and it must not block a thread that Swift's tasks share.
final class StartQueue: Sendable {
    static let threadCount = 2

    private struct State {
        /// Oldest first, from `next` on.
        var orders: [AttemptOrder] = []
        var next = 0
        var isClosing = false
    }

    private let state = Mutex(State())
    private let starter: AttemptStarter
    private let semaphore: Int32

    init(starter: AttemptStarter) throws(SystemFault) {
        self.starter = starter
        let semaphore = linux_semaphore()
        guard semaphore >= 0 else { throw SystemFault(code: -semaphore, doing: "make a semaphore") }
        self.semaphore = semaphore
        for _ in 0..<Self.threadCount { try OwnThread.start { [self] in run() } }
    }

    deinit {
        Glibc.close(semaphore)
    }

    func add(_ order: AttemptOrder) {
        state.withLock { $0.orders.append(order) }
        _ = linux_semaphore_signal(semaphore, 1)
    }

    /// Lets the threads end; what was not begun yet is left for adoption.
    func close() {
        state.withLock { $0.isClosing = true }
        _ = linux_semaphore_signal(semaphore, UInt32(Self.threadCount))
    }

    private func run() {
        while linux_semaphore_wait(semaphore) >= 0, let order = take() { starter.start(order) }
    }

    private func take() -> AttemptOrder? {
        state.withLock { state in
            guard !state.isClosing, state.next < state.orders.count else { return nil }
            defer {
                state.next += 1
                if state.next == state.orders.count {
                    state.orders.removeAll(keepingCapacity: true)
                    state.next = 0
                }
            }
            return state.orders[state.next]
        }
    }
}

/// A thread of the operating system, for work that blocks.
enum OwnThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// - Throws: `SystemFault` when the system has none left.
    static func start(_ run: @escaping @Sendable () -> Void) throws(SystemFault) {
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw SystemFault(code: code, doing: "start a thread")
        }
        pthread_detach(thread)
    }
}
