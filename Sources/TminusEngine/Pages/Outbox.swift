internal import TminusModel
internal import TminusPorts

/// What the engine knows of the pages it has to deliver. The journal's outbox is authoritative.
struct Outbox {
    struct Entry {
        var page: Page
        var order: PageOrder
        /// A try is under way, or its outcome not recorded yet.
        var isTrying = false
        /// An earlier engine may have started the next try.
        var mayBeStarted: Bool
    }

    /// What a page's tries have in common.
    struct PageOrder {
        var command: Command
        var environment: [Variable]
        var workingDirectory: String
        var pinned: [String]
    }

    /// By the page's number.
    var entries: [Int: Entry] = [:]
    /// Pages of pipelines that say no `onPage`: shown, never tried.
    var shown: Set<Int> = []
    let lane = Lane()
    var isReading = false
    var isStale = false
    /// Until it was read once: an earlier engine may have begun to try what is in it.
    var isUnread = true

    /// Pages still to be tried, or whose outcome is still to be recorded.
    var isBusy: Bool { !entries.isEmpty || isReading }
    var dueCount: Int { entries.count }

    /// The instant of the next try; nil when none waits for one.
    var nextDue: Instant? {
        entries.values.filter { !$0.isTrying }.map(\.page.due).min()
    }
}
