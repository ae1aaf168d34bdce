import Hummingbird
import Synchronization
package import TminusModel

/// What clients are doing, so that an engine that leaves when idle leaves nobody alone.
package final class Activity: Sendable {
    private struct State {
        var open = 0
        var last: Instant?
    }

    private let state = Mutex(State())

    init() {}

    func begin(_ now: Instant) {
        state.withLock {
            $0.open += 1
            $0.last = now
        }
    }

    func end(_ now: Instant) {
        state.withLock {
            $0.open -= 1
            $0.last = now
        }
    }

    /// Since when no request has been open; nil while one is, `start` when there never was one.
    package func quietSince(start: Instant) -> Instant? {
        state.withLock { $0.open > 0 ? nil : $0.last ?? start }
    }
}

/// Counts a request from its head to the last byte of its answer.
struct CountsActivity: RouterMiddleware {
    typealias Context = ControlContext

    let activity: Activity
    let now: @Sendable () -> Instant

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        activity.begin(now())
        do {
            let response = try await next(request, context)
            guard response.body.contentLength == nil else {
                activity.end(now())
                return response
            }
            // A stream: it is open until its last byte is written, or its reader has gone.
            let stream = response.body
            var counted = response
            counted.body = ResponseBody { [activity, now] writer in
                defer { activity.end(now()) }
                try await stream.write(writer)
            }
            return counted
        } catch {
            activity.end(now())
            throw error
        }
    }
}
