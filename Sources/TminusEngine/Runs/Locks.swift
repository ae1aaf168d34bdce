internal import Logging
internal import TminusCore
package import TminusModel

/// One run at a time may change a (service, environment), until it ends or somebody breaks its lock. Of those that wait
/// the next is a run that undoes a release, else the oldest; runs whose lock was broken come after all others.
extension Engine {
    func add(_ run: LiveRun) {
        live[run.run] = run
        byAge.append(run)
        noteIdle()
    }

    /// After a start: a run that has started, and did not lose its lock, holds it; of the others the first in the queue
    /// gets it. `states` stand in the order of `byAge`, nil for one that could not be read: it may have started, so it
    /// counts as if it had.
    func giveLocks(_ states: [RunState?]) {
        for (run, state) in zip(byAge, states) {
            guard let state else { continue }
            run.note(state)
            guard state.holdsLock else { continue }
            holders[run.lock] = LockHold(run: run.run, since: state.lockedAt ?? state.submittedAt)
        }
        for (run, state) in zip(byAge, states) where state == nil && holders[run.lock] == nil {
            holders[run.lock] = LockHold(run: run.run, since: run.submitted)
        }
        for run in byAge where holders[run.lock] == nil {
            guard let next = waiting(for: run.lock).first else { continue }
            holders[run.lock] = LockHold(run: next.run, since: now)
        }
    }

    func lockNews(for run: LiveRun, _ state: RunState) -> [Input] {
        run.note(state)
        if state.holdsLock || state.outcome != nil { return [] }
        let holder = holders[run.lock] ?? LockHold(run: run.run, since: now)
        holders[run.lock] = holder
        return [holder.run == run.run ? .lockGranted : .lockHeld(by: holder.run)]
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
        run.answerBreakers(EngineError(.refused, "\(run.run) has just ended, and its lock went on by itself"))
        forgetMetrics(of: run)
        logger.info("run ended", metadata: ["run": "\(run.run)", "outcome": "\(outcome.rawValue)"])
        if holders[run.lock]?.run == run.run { passLock(run.lock) }
        noteIdle()
    }

    /// Who waits for a lock, the next one first.
    private func waiting(for lock: LockName) -> [LiveRun] {
        let all = byAge.filter { $0.lock == lock && $0.run != holders[lock]?.run }
        let fresh = all.filter { !$0.isLockLost }
        return fresh.filter(\.isRollback) + fresh.filter { !$0.isRollback } + all.filter(\.isLockLost)
    }

    private func passLock(_ lock: LockName) {
        holders[lock] = nil
        guard let next = waiting(for: lock).first else { return }
        holders[lock] = LockHold(run: next.run, since: now)
        feed(next, [.lockGranted])
        for run in waiting(for: lock) { feed(run, [.lockHeld(by: next.run)]) }
    }
}

/// Who holds a lock, and since when.
struct LockHold: Equatable {
    var run: String
    var since: Instant
}

/// A (service, environment) that somebody holds, as people see it.
package struct LockStanding: Equatable, Sendable {
    package struct Waiting: Equatable, Sendable {
        package var run: String
        package var by: String
        package var since: Instant
        /// It undoes a release, and so goes before those that do not.
        package var isRollback: Bool
        /// Its lock was broken.
        package var isBroken: Bool
    }

    package var service: String
    package var environment: String
    package var holder: String
    /// Who started the holder, and why, when they said so.
    package var by: String
    package var reason: String?
    package var since: Instant
    /// In the order in which they will get it.
    package var queue: [Waiting]
}

extension Engine {
    /// All locks that are held, by service, then environment. Each holder should be live; one that isn't is told too.
    package func locks() -> [LockStanding] {
        holders.map { lock, hold in
            let run = live[hold.run]
            return LockStanding(
                service: lock.service, environment: lock.environment, holder: hold.run, by: run?.summary.by ?? "",
                reason: run?.reason, since: hold.since,
                queue: waiting(for: lock).map { run in
                    LockStanding.Waiting(
                        run: run.run, by: run.summary.by, since: run.submitted, isRollback: run.isRollback,
                        isBroken: run.isLockLost)
                })
        }.sorted { ($0.service, $0.environment) < ($1.service, $1.environment) }
    }

    /// Makes the holder give its lock up, and returns its name once that is durable. What it has under way goes on to
    /// its end; it starts nothing, undoing included, until it has the lock again and a person resumes it. The next in
    /// the queue gets the lock at once; with nobody there the holder gets it back, and stays paused.
    ///
    /// - Throws: `.refused` when the person may not, gives no reason, or nobody holds it; `.unavailable` when the
    ///   holder's journal can't be written now; `.store`.
    package func breakLock(
        service: String, environment: String, by person: Person, reason: String
    ) async throws(EngineError) -> String {
        guard isStarted, !isLeaving else { throw .leaving }
        guard person.may(.breakLock) else {
            throw EngineError(
                .refused,
                "\(person.name) may not break locks: \(whoMay(.breakLock))")
        }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw EngineError(.refused, "breaking a lock needs a reason; it is kept in the journal")
        }
        let lock = LockName(service: service, environment: environment)
        guard let hold = holders[lock], let run = live[hold.run] else {
            throw EngineError(
                .refused,
                "nobody holds \(service.prefix(80)) in \(environment.prefix(80)); `tminus lock show` lists locks")
        }
        guard let state = run.driver?.state else {
            throw EngineError(
                .unavailable,
                "the journal of \(run.run) can't be read or written now, so nobody knows what it does; "
                    + "`tminus doctor` says more")
        }
        guard state.holdsLock, run.breakers.count < Self.commandsWaitingMax else {
            throw EngineError(.unavailable, "\(run.run) is just getting or leaving the lock; ask again in a moment")
        }
        let failure = await withCheckedContinuation { breaker in
            run.breakers.append(breaker)
            feed(run, [.lockBroken(by: person.name, reason: reason)])
        }
        if let failure { throw failure }
        return run.run
    }

    /// It is durable that this run gave its lock up.
    func lockGivenUp(_ run: LiveRun) {
        run.isLockLost = true
        logger.warning("lock broken", metadata: ["run": "\(run.run)"])
        run.answerBreakers(nil)
        if holders[run.lock]?.run == run.run { passLock(run.lock) }
    }
}
