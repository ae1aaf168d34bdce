import Synchronization
import TminusEngine
import TminusModel
import TminusPorts

/// Starts nothing: what becomes of an attempt is what the test says.
final class ScriptedRunner: StepRunner {
    enum Call: Equatable, Sendable {
        case start(AttemptKey)
        case adopt(AttemptKey)
        case stop(AttemptKey)
    }

    private struct Log {
        var calls: [Call] = []
        var orders: [AttemptOrder] = []
        var watchers: [(isSeen: @Sendable ([Call]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    let inbox: ReportInbox
    private let onStart: @Sendable (AttemptOrder) -> AttemptEnd?
    private let onAdopt: @Sendable (AttemptOrder) -> AttemptEnd?
    private let log = Mutex(Log())

    /// What `onStart` and `onAdopt` return is reported at once; nil leaves the attempt running.
    init(
        inbox: ReportInbox = ReportInbox(),
        onStart: @escaping @Sendable (AttemptOrder) -> AttemptEnd? = { _ in .exited(0) },
        onAdopt: @escaping @Sendable (AttemptOrder) -> AttemptEnd? = { _ in .tombstoned }
    ) {
        self.inbox = inbox
        self.onStart = onStart
        self.onAdopt = onAdopt
    }

    var calls: [Call] { log.withLock { $0.calls } }
    var orders: [AttemptOrder] { log.withLock { $0.orders } }

    func start(_ order: AttemptOrder) {
        note(.start(order.key), order)
        if let end = onStart(order) { finish(order.key, end) }
    }

    func adopt(_ order: AttemptOrder) async {
        note(.adopt(order.key), order)
        if let end = onAdopt(order) {
            finish(order.key, end)
        } else {
            inbox.reported([AttemptReport(key: order.key, news: .running)])
        }
    }

    func stop(_ key: AttemptKey) async {
        note(.stop(key), nil)
        finish(key, .stopped)
    }

    func finish(_ key: AttemptKey, _ end: AttemptEnd, outputs: [Variable] = []) {
        inbox.reported([AttemptReport(key: key, news: .ended(AttemptResult(end: end, outputs: outputs)))])
    }

    /// Returns once the calls so far satisfy `isSeen`.
    func when(_ isSeen: @escaping @Sendable ([Call]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isSeenAlready = log.withLock { log in
                if isSeen(log.calls) { return true }
                log.watchers.append((isSeen, continuation))
                return false
            }
            if isSeenAlready { continuation.resume() }
        }
    }

    private func note(_ call: Call, _ order: AttemptOrder?) {
        let told = log.withLock { log in
            log.calls.append(call)
            if let order { log.orders.append(order) }
            let calls = log.calls
            let told = log.watchers.filter { $0.isSeen(calls) }.map(\.continuation)
            log.watchers.removeAll { $0.isSeen(calls) }
            return told
        }
        for continuation in told { continuation.resume() }
    }
}

extension AttemptOrder {
    /// `run/step/1` as in the environment; a page by its number and try.
    var name: String {
        switch key.attempt {
        case .step: String(directory.dropFirst("runs/".count))
        case .page(let number, let tried): "page \(number).\(tried)"
        }
    }
}
