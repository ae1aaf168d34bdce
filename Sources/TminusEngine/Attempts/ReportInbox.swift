internal import Synchronization
package import TminusPorts

/// Where the step runner leaves its reports: safe from any thread, and one hop to the engine for however many arrive
/// before it looks.
package final class ReportInbox: Sendable {
    private struct Waiting {
        var reports: [AttemptReport] = []
        var isAnnounced = false
        var announce: (@Sendable () -> Void)?
    }

    private let waiting = Mutex(Waiting())

    package init() {}

    /// Takes a batch, in order for each attempt. Returns at once.
    package func reported(_ reports: [AttemptReport]) {
        guard !reports.isEmpty else { return }
        let announce = waiting.withLock { waiting -> (@Sendable () -> Void)? in
            waiting.reports.append(contentsOf: reports)
            if waiting.isAnnounced { return nil }
            waiting.isAnnounced = waiting.announce != nil
            return waiting.announce
        }
        announce?()
    }

    /// Calls `announce` when reports arrive, once until the next `take`; at once when some are waiting already.
    func onArrival(_ announce: @escaping @Sendable () -> Void) {
        let isWaiting = waiting.withLock { waiting in
            waiting.announce = announce
            waiting.isAnnounced = !waiting.reports.isEmpty
            return waiting.isAnnounced
        }
        if isWaiting { announce() }
    }

    /// Everything that arrived since the last call, oldest first.
    func take() -> [AttemptReport] {
        waiting.withLock { waiting in
            waiting.isAnnounced = false
            let reports = waiting.reports
            waiting.reports = []
            return reports
        }
    }
}
