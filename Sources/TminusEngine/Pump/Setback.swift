internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// What happens when the journal refuses: the run is dropped from memory, read anew after a while, and taken up as if
/// the engine had just started. Nothing that was decided but not kept is acted on.
extension Engine {
    /// Refusals by the disk in a row after which the engine gives up: a new process is the only way to know what the
    /// disk holds.
    static let storageFailuresMax = 3
    private static let pauseMax: Int64 = 60_000

    func setBack(_ run: LiveRun, _ error: StoreError) {
        guard live[run.run] === run else { return }
        run.driver = nil
        run.wakeAt = nil
        run.setbacks += 1
        let pause = min(Self.pauseMax, 1_000 << Int64(min(run.setbacks - 1, 6)))
        let again = now.advanced(by: .milliseconds(pause))
        run.takeUpAt = again
        run.refuseAnswers(
            EngineError(.store, "the journal refused it (\(error)); ask again when \(run.run) has been read anew"))
        run.answerBreakers(
            EngineError(.store, "the journal refused it (\(error)); ask again when \(run.run) has been read anew"))
        logger.error(
            "the journal refused \(run.run), which is read anew: \(error)",
            metadata: ["run": "\(run.run)", "pauseMilliseconds": "\(pause)"])
        arm(again)
    }

    func noteStorage(_ error: StoreError, isOfDrivenRun: Bool) {
        switch error.code {
        case .full:
            guard isOfDrivenRun else { return }
            logger.critical(
                "the disk is full: no run goes on. Free space in the data directory; the engine goes on by itself then")
        case .storage:
            storageFailures += 1
            guard storageFailures == Self.storageFailuresMax, !isLeaving else { return }
            isLeaving = true
            let message =
                "the journal's disk failed \(storageFailures) times in a row: \(error). Attempts go on under their "
                + "shims; check the disk, then start the engine again"
            logger.critical("\(message)")
            parts.fatal(message)
        case .conflict, .finished, .unknownRun, .pruned, .corrupt, .newerSchema, .duplicate, .moved, .interrupted:
            return
        }
    }

    /// The fold of a run's journal; nil when it cannot be read, which is logged and tried again later.
    func folded(_ run: LiveRun) async -> RunState? {
        do throws(StoreError) {
            return try await Self.fold(run.run, from: parts.journal)
        } catch {
            setBack(run, error)
            return nil
        }
    }

    /// Events read at a time.
    static let pageSize = 1_000

    /// The fold of a whole journal.
    ///
    /// - Throws: `.corrupt` when events are missing or out of order, and whatever the store throws.
    nonisolated static func fold(_ run: String, from journal: any JournalStore) async throws(StoreError) -> RunState {
        var state: RunState?
        var last = 0
        while true {
            let events = try await journal.events(of: run, after: last, limit: pageSize)
            for event in events {
                guard event.sequence == last + 1 else {
                    throw StoreError(.corrupt, "event \(event.sequence) of \(run) follows \(last); restore a backup")
                }
                last = event.sequence
                switch event.body {
                case .runSubmitted(let submission) where last == 1: state = RunState(submission, at: event.at)
                case .runSubmitted:
                    throw StoreError(.corrupt, "event \(last) of \(run) submits it again; restore a backup")
                default: state?.apply(event)
                }
            }
            if events.count < pageSize { break }
        }
        guard let state else { throw StoreError(.corrupt, "\(run) has no first event; restore a backup") }
        return state
    }

    /// Drives a run from where its journal stands.
    func takeUp(_ run: LiveRun, _ state: RunState) {
        run.know(state.plan)
        run.takeUpAt = nil
        run.durable = state.sequence
        run.summary = state.summary(now: now)
        run.driver = Driver(state: state)
        watchMetrics(of: run, state.plan)
        run.freezesTold = state.freezes
        // Before anything is decided: what began while nobody looked holds the next step.
        let freezes = freezeNews(for: run, state).map { [$0] } ?? []
        feed(run, freezes + [.tookUp] + lockNews(for: run, state))
    }

    /// Reads a run anew after a setback.
    func takeUpAgain(_ run: LiveRun) {
        run.takeUpAt = nil
        Task {
            guard let state = await folded(run), live[run.run] === run, !isLeaving else { return }
            counted.runsTakenUpAgain += 1
            run.feed.reset()
            takeUp(run, state)
        }
    }
}
