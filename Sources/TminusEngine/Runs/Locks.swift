internal import Logging
internal import TminusCore
internal import TminusModel

/// One run at a time may change a (service, environment): the oldest live one, until it ends.
extension Engine {
    func add(_ run: LiveRun) {
        live[run.run] = run
        byAge.append(run)
        noteIdle()
    }

    /// After a start: a run that has started holds its lock; of the others the oldest gets it. `states` stand in the
    /// order of `byAge`, nil for one that could not be read: it may have started, so it counts as if it had.
    func giveLocks(_ states: [RunState?]) {
        for (run, state) in zip(byAge, states) where state?.startedAt != nil { holders[run.lock] = run.run }
        for (run, state) in zip(byAge, states) where state == nil && holders[run.lock] == nil {
            holders[run.lock] = run.run
        }
        for run in byAge where holders[run.lock] == nil { holders[run.lock] = run.run }
    }

    func lockNews(for run: LiveRun, isStarted: Bool) -> [Input] {
        if isStarted { return [] }
        let holder = holders[run.lock] ?? run.run
        holders[run.lock] = holder
        return [holder == run.run ? .lockGranted : .lockHeld(by: holder)]
    }

    /// A run was submitted, and its first event is durable.
    func open(_ run: LiveRun, _ state: RunState) {
        counted.runsSubmitted += 1
        add(run)
        logger.info("run submitted", metadata: ["run": "\(run.run)", "by": "\(state.by)"])
        takeUp(run, state)
    }

    /// A run is over, and its last event durable.
    func finish(_ run: LiveRun, _ outcome: RunOutcome) {
        guard live.removeValue(forKey: run.run) != nil else { return }
        shelve(run.driver?.state)
        byAge.removeAll { $0 === run }
        counted.countEnd(outcome)
        run.wakeAt = nil
        run.feed.wakeAll()
        run.refuseAnswers(EngineError(.unavailable, "\(run.run) is over; it takes no commands"))
        forgetMetrics(of: run)
        logger.info("run ended", metadata: ["run": "\(run.run)", "outcome": "\(outcome.rawValue)"])
        if holders[run.lock] == run.run { passLock(run.lock) }
        noteIdle()
    }

    private func passLock(_ lock: LockName) {
        holders[lock] = nil
        let waiting = byAge.filter { $0.lock == lock }
        guard let next = waiting.first else { return }
        holders[lock] = next.run
        feed(next, [.lockGranted])
        for run in waiting.dropFirst() { feed(run, [.lockHeld(by: next.run)]) }
    }
}
