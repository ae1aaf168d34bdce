import Synchronization

/// How many requests may hold a body in memory at once. Whoever comes while all slots are taken waits in turn; when too
/// many wait already, they are turned away.
final class BodySlots: Sendable {
    private struct State {
        var free: Int
        /// Oldest first; few, for `waitingMax` bounds them.
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let state: Mutex<State>
    private let waitingMax: Int

    init(_ count: Int, waitingMax: Int) {
        state = Mutex(State(free: count))
        self.waitingMax = waitingMax
    }

    /// True once a slot is taken, which `leave` gives back; false, at once, when too many wait.
    func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                guard state.waiting.count < waitingMax else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Gives a slot back, or hands it to whoever waits longest.
    func leave() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
