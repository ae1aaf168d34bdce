import CLinux
import Glibc
import Synchronization
import TminusPorts

/// The thread that starts shims: it writes to disks and waits for processes, which must not block a thread that Swift's
/// tasks share.
final class StartQueue: Sendable {
    /// Attempts are taken together up to so many: they wait for each other's files, but not for each other's shims.
    static let batchMax = 8

    private struct State {
        /// Oldest first, from `next` on.
        var orders: [AttemptOrder] = []
        var next = 0
        /// The thread looks again without being told to.
        var isLooking = false
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
        try OwnThread.start { [self] in run() }
    }

    deinit {
        Glibc.close(semaphore)
    }

    func add(_ order: AttemptOrder) {
        let isLooking = state.withLock { state in
            state.orders.append(order)
            defer { state.isLooking = true }
            return state.isLooking
        }
        if !isLooking { _ = linux_semaphore_signal(semaphore, 1) }
    }

    /// Lets the thread end; what was not begun yet is left for adoption.
    func close() {
        state.withLock { $0.isClosing = true }
        _ = linux_semaphore_signal(semaphore, 1)
    }

    private func run() {
        while linux_semaphore_wait(semaphore) >= 0 {
            while let orders = take() {
                if orders.isEmpty { break }
                starter.start(orders)
            }
            if state.withLock({ $0.isClosing }) { return }
        }
    }

    /// Nothing when there is nothing to do; nil when closing.
    private func take() -> [AttemptOrder]? {
        state.withLock { state in
            guard !state.isClosing else { return nil }
            let end = min(state.next + Self.batchMax, state.orders.count)
            defer {
                state.next = end
                if end == state.orders.count {
                    state.orders.removeAll(keepingCapacity: true)
                    state.next = 0
                }
            }
            let taken = Array(state.orders[state.next..<end])
            state.isLooking = !taken.isEmpty
            return taken
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
