import Hummingbird
import Synchronization

/// Keeps requests waiting until the engine has taken up its runs: the socket is there a moment earlier.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Those that were cancelled before they waited.
        var cancelled: Set<Int> = []
        var tickets = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            let waiting = state.waiting.values
            state.waiting = [:]
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once the gate is open.
    ///
    /// - Throws: `CancellationError` when whoever waits is cancelled first: the engine may never start.
    package func pass() async throws(CancellationError) {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let isOver = state.isOpen || state.cancelled.remove(ticket) != nil
                    if !isOver { state.waiting[ticket] = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                let waiting = state.waiting.removeValue(forKey: ticket)
                if waiting == nil, !state.isOpen { state.cancelled.insert(ticket) }
                return waiting
            }
            waiting?.resume()
        }
        let isOpen = state.withLock { state in
            state.cancelled.remove(ticket)
            return state.isOpen
        }
        if !isOpen { throw CancellationError() }
    }
}

struct WaitsForEngine: RouterMiddleware {
    typealias Context = ControlContext

    let gate: Gate

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try await gate.pass()
        return try await next(request, context)
    }
}
