internal import Logging
internal import TminusCore
internal import TminusJudgement
package import TminusModel
package import TminusPorts

/// Pumps the drivers of all live runs of one data directory: facts in, actions out, one append at a time for all.
///
/// The journal alone is authoritative. Everything here is rebuilt from it: a run that the journal refuses is dropped,
/// folded again and taken up like after a restart. docs/internals/run-lifecycle.md has the whole way.
package actor Engine {
    /// Runs that may be live at once, waiting ones included.
    package static let liveRunsMax = 1_000
    /// Commands of one run that may wait for the journal at once.
    static let commandsWaitingMax = 1_000

    let parts: EngineParts
    let logger: Logger
    let scraper: Scraper
    var live: [String: LiveRun] = [:]
    /// The same runs, oldest first.
    var byAge: [LiveRun] = []
    /// The run that holds each (service, environment).
    var holders: [LockName: LockHold] = [:]
    var pending: [PendingAppend] = []
    var isAppending = false
    /// Whoever waits for the append under way to end.
    var afterAppending: [CheckedContinuation<Void, Never>] = []
    /// What is decided now is appended by the one who asked for it.
    var isDraining = false
    /// Appends in a row that the disk refused.
    var storageFailures = 0
    var alarm: (at: Instant, bell: Task<Void, Never>)?
    var outbox = Outbox()
    let control: ControlBook
    /// Freezes added by command and stopped lines, as runs were last told.
    var freezesAdded: [FreezeRule] = []
    var policyWatch: Task<Void, Never>?
    var counted = EngineFigures()
    var alertBooks: [AlertBookName: AlertBook] = [:]
    /// Kept states of objectives that nothing watches yet.
    var alertRest: [AlertState] = []
    let alertTurn = Turnstile()
    /// Highest number given to a run of each pipeline by this engine.
    var numbers: [String: Int] = [:]
    /// When the newest run was submitted: fences only rise.
    var newestSubmission = Instant.distantPast
    var idleFrom: Instant?
    /// Targets that a rollback is being submitted for.
    var undoing: Set<LockName> = []
    /// Looks at runs that ended before releases were indexed.
    var indexing: Task<Void, Never>?
    /// Rollback bundles being written, and the last of them.
    var shelving = 0
    var shelvingLast: Task<Void, Never>?
    var isPruning = false
    /// Submissions that are not durable yet.
    var submitting = 0
    var tokens = 0
    private var isStarting = false
    /// Runs are known and locks given.
    var isStarted = false
    var isLeaving = false

    package init(_ parts: EngineParts) {
        self.parts = parts
        logger = parts.logger
        scraper = Scraper(parts)
        control = ControlBook(parts.control, now: { parts.clock.now })
    }

    var now: Instant { parts.clock.now }

    /// Where the step runner's reports go; the same as `parts.inbox.reported`.
    package nonisolated func reported(_ reports: [AttemptReport]) {
        parts.inbox.reported(reports)
    }
}

extension Engine {
    /// Takes up every run that has not ended, with whatever of it is still running. Call once, before anything else.
    ///
    /// A run whose journal cannot be read stays live, keeps its lock, and is tried again; the others go on.
    ///
    /// - Throws: `.store` when the journal as a whole cannot be read.
    package func start() async throws(EngineError) {
        precondition(!isStarting, "an engine is started once")
        isStarting = true
        let summaries: [RunSummary]
        do throws(StoreError) {
            summaries = try await parts.journal.liveRuns()
            let newest = try await parts.journal.summaries(RunQuery(limit: 1))
            newestSubmission = (summaries + newest).map(\.submitted).max() ?? .distantPast
            try await control.open()
            freezesAdded = await control.state.rules
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
        var states: [RunState?] = []
        for summary in summaries {
            let run = LiveRun(summary, durable: 0)
            add(run)
            states.append(await folded(run))
        }
        giveLocks(states)
        isStarted = true
        for (run, state) in zip(byAge, states) {
            if let state { takeUp(run, state) }
        }
        await readAlerts()
        rearm()
        parts.inbox.onArrival { [weak self] in
            Task { await self?.drain() }
        }
        readOutbox()
        indexing = Task {
            await self.indexReleases()
            await self.shelveMissing()
        }
        await openOwedReviews(states)
        policyWatch = Task { [weak self] in await self?.keepLookingAtPolicy() }
        logger.info("engine started", metadata: ["live": "\(live.count)"])
    }

    /// Takes nothing more in, and returns when the append under way is durable. Attempts go on under their shims; the
    /// next engine takes them up.
    package func shutdown() async {
        guard !isLeaving else { return }
        isLeaving = true
        alarm?.bell.cancel()
        policyWatch?.cancel()
        for book in alertBooks.values { book.loop?.cancel() }
        await scraper.stop()
        // A change seen just now is not lost with the engine.
        if !alertBooks.isEmpty { await keepAlerts() }
        if isAppending { await withCheckedContinuation { afterAppending.append($0) } }
        await shelvingLast?.value
        refusePending(.leaving)
        for run in byAge {
            run.refuseAnswers(.leaving)
            run.answerBreakers(.leaving)
            run.feed.wakeAll()
        }
        logger.info("engine stopped", metadata: ["live": "\(live.count)"])
    }

    /// Since when there has been nothing to do: no live run, waiting ones included, and no page still being tried.
    /// Nil while there is.
    package func idleSince() -> Instant? {
        isIdle ? idleFrom : nil
    }

    package var isIdle: Bool { isStarted && live.isEmpty && submitting == 0 && shelving == 0 && !outbox.isBusy }

    /// To be called when a reason to stay came or went.
    func noteIdle() {
        idleFrom = isIdle ? idleFrom ?? now : nil
    }

    package func figures() async -> EngineFigures {
        var figures = counted
        figures.runsLive = live.count
        figures.alerts = alertStandings()
        figures.pagesDue = outbox.dueCount
        figures.scrapes = await scraper.count
        figures.scrapeErrors = await scraper.errorCount
        return figures
    }

    /// Today's measurement of a budget, whether or not a run asks for it.
    package nonisolated func measureBudget(_ question: BudgetQuestion) async -> BudgetMeasurement {
        await scraper.measureBudget(question)
    }

    /// What the baseline's history says of each comparing rule of the plan that leaves its tempering to us, in the
    /// plan's order. Never fails: what cannot be read is not known.
    package nonisolated func burstiness(of plan: Plan) async -> [BurstHistory] {
        await scraper.burstiness(of: plan)
    }
}
