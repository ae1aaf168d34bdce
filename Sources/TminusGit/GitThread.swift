import Dispatch
import Foundation
import Synchronization

/// Runs what blocks on threads of its own, never on the cooperative pool: at most `concurrencyMax` at once, the rest
/// wait their turn.
///
/// A call returns at its time limit at the latest (and two seconds). If what it ran does not end by then, such as a
/// read of a dead network file system, the thread is left behind.
package enum GitThread {
    /// How many calls run at once.
    package static let concurrencyMax = 8
    /// libgit2 recurses over folders and packs; what it needs is far below.
    private static let stackBytes = 2 << 20
    private static let places = Places(concurrencyMax)

    /// Runs `body` on a thread.
    ///
    /// - Parameters:
    ///   - limit: how long it may take once it runs.
    ///   - what: for the error, such as "reading /srv/shop.git".
    /// - Throws: what `body` throws; `.tooSlow`; `.cancelled`.
    package static func run<T: Sendable>(
        within limit: Duration = .seconds(60), _ what: String,
        _ body: @escaping @Sendable () throws(GitError) -> T
    ) async throws(GitError) -> T {
        try await run(GitLimits(time: limit, bytes: .max), what) { _ throws(GitError) in try body() }
    }

    /// The same, with the network: what `body` connects belongs to the transfer that it gets.
    static func run<T: Sendable>(
        _ limits: GitLimits, _ what: String, _ body: @escaping @Sendable (Transfer) throws(GitError) -> T
    ) async throws(GitError) -> T {
        await places.take()
        let transfer = Transfer(limits)
        let result: Result<T, GitError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start(transfer, what, Answer(continuation), body)
            }
        } onCancel: {
            transfer.stop(.cancelled)
        }
        await places.give()
        return try result.get()
    }

    private static func start<T: Sendable>(
        _ transfer: Transfer, _ what: String, _ answer: Answer<T>,
        _ body: @escaping @Sendable (Transfer) throws(GitError) -> T
    ) {
        watch(transfer, what, answer, stoppedAt: nil)
        let thread = Thread {
            let result: Result<T, GitError> = GuardedSocket.during(transfer) {
                do throws(GitError) {
                    return .success(try body(transfer))
                } catch {
                    return .failure(error)
                }
            }
            // A failure after the stop is its consequence, whatever it says.
            if case .failure = result, let stop = transfer.stopped {
                answer.give(.failure(.stopped(stop, what, transfer.limits)))
            } else {
                answer.give(result)
            }
        }
        thread.stackSize = stackBytes
        thread.name = "git"
        thread.start()
    }

    /// Looks again and again, until there is an answer.
    private static func watch<T: Sendable>(
        _ transfer: Transfer, _ what: String, _ answer: Answer<T>, stoppedAt: ContinuousClock.Instant?
    ) {
        watchers.asyncAfter(deadline: .now() + .milliseconds(100)) {
            guard !answer.isGiven else { return }
            transfer.check()
            guard let stop = transfer.stopped else { return watch(transfer, what, answer, stoppedAt: nil) }
            let start = stoppedAt ?? .now
            // Sockets are shut once it is stopped; what still runs a while after that is left behind.
            guard ContinuousClock.now - start < .seconds(2) else {
                return answer.give(.failure(.stopped(stop, what, transfer.limits)))
            }
            watch(transfer, what, answer, stoppedAt: start)
        }
    }

    private static let watchers = DispatchQueue(label: "tminus.git.watch")
}

/// The first answer counts.
private final class Answer<T: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<T, GitError>, Never>?>

    init(_ continuation: CheckedContinuation<Result<T, GitError>, Never>) {
        self.continuation = Mutex(continuation)
    }

    var isGiven: Bool { continuation.withLock { $0 == nil } }

    func give(_ result: Result<T, GitError>) {
        let taken = continuation.withLock { continuation in
            let taken = continuation
            continuation = nil
            return taken
        }
        taken?.resume(returning: result)
    }
}

/// How many may run; first come, first served.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

extension GitError {
    static func stopped(_ stop: Transfer.Stop, _ what: String, _ limits: GitLimits) -> GitError {
        switch stop {
        case .tooSlow:
            GitError(
                .tooSlow,
                "\(what) took longer than \(limits.time.components.seconds) s and was given up; "
                    + "check the host and the way there, or raise the time limit"
            )
        case .tooLarge:
            GitError(
                .tooLarge,
                "\(what) brought more than \(limits.bytes) bytes or \(limits.objects) objects and was given up; "
                    + "raise the limit if the repository is really that large"
            )
        case .cancelled: GitError(.cancelled, "\(what) was cancelled")
        }
    }
}
