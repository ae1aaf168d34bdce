internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// Going back: what would be done, and doing it, as a run of its own.
extension Engine {
    /// What going back would do now; nothing is changed.
    ///
    /// - Throws: `.refused` with why there is no way back and what to do instead; `.unknownRun`, `.store`.
    package func proposeRollback(
        _ target: RollbackTarget, forced: String? = nil
    ) async throws(EngineError) -> RollbackProposal {
        guard isStarted, !isLeaving else { throw .leaving }
        await indexing?.value
        switch target {
        case .service(let service, let environment, let to):
            return try await propose(LockName(service: service, environment: environment), to: to, forced)
        case .run(let run):
            let found = try await release(of: run)
            if let refusal = found.stack.refusal(toUndo: run, of: found.lock.place, forced: forced) {
                throw EngineError(.refused, refusal.message)
            }
            let undone = try await shown(run, found.stack)
            return await proposal(
                found.lock, try liveOn(found.lock), [undone], found.stack.restored(afterUndoing: run), found.stack)
        }
    }

    /// Undoes a run that has ended, by a new run; returns its name once its first event is durable.
    ///
    /// - Throws: `.refused` saying why not and what to do instead; and what `submit` throws.
    package func rollBack(_ order: RollbackOrder, by person: Person) async throws(EngineError) -> String {
        guard isStarted, !isLeaving else { throw .leaving }
        await indexing?.value
        let (lock, stack) = try await release(of: order.run)
        guard undoing.insert(lock).inserted else {
            throw EngineError(.refused, "somebody else asked for a rollback of \(lock.place) a moment ago; look again")
        }
        defer { undoing.remove(lock) }
        if let live = try liveOn(lock) {
            throw EngineError(
                .refused, "\(live.news.run) is live on \(lock.place): stop it first (tminus rollback \(live.news.run))")
        }
        if let refusal = stack.refusal(toUndo: order.run, of: lock.place, forced: order.forced) {
            throw EngineError(.refused, refusal.message)
        }
        let undo = try await inverse(of: order.run, stack)
        guard order.isPastPivotAllowed || undo.pivots.isEmpty else {
            throw EngineError(
                .refused,
                "\(undo.pivots.joined(separator: ", ")) of \(order.run) was a point of no return: the old version may "
                    + "not work on what it left. If you are sure, say --past-pivot")
        }
        guard order.digest.map({ $0 == undo.digest }) ?? true else {
            throw EngineError(.refused, "what is to be undone of \(order.run) has changed meanwhile; look at it again")
        }
        if parts.emergency != nil {
            try await parts.shelf?.stopLostAttempts(of: Self.pipelines(stack))
        }
        let restored = stack.restored(afterUndoing: order.run)
        let run = try await submit(
            undo.plan, digest: undo.digest, files: try await files(of: undo.plan, order.run, stack), by: person,
            reason: order.reason, lineage: .rollback(of: order.run, restores: restored?.record.run))
        logger.notice("rollback", metadata: ["run": "\(run)", "of": "\(order.run)", "by": "\(person.name)"])
        return run
    }

    // MARK: Proposing

    private func propose(
        _ lock: LockName, to: String?, _ forced: String?
    ) async throws(EngineError) -> RollbackProposal {
        let live = try liveOn(lock)
        let stack = try await stack(of: lock)
        let way: ReleaseStack.Way
        do throws(Refusal) {
            way = try stack.wayBack(
                to: to, of: lock.place, forced: forced, isUnderLive: live.map(\.hasDoneSomething) ?? false)
        } catch {
            throw EngineError(.refused, error.message)
        }
        var undone: [RollbackProposal.Undone] = []
        for entry in way.undone { undone.append(try await shown(entry.record.run, stack)) }
        return await proposal(lock, live, undone, way.restored, stack)
    }

    private func proposal(
        _ lock: LockName, _ live: LiveOnTarget?, _ undone: [RollbackProposal.Undone],
        _ restored: ReleaseStack.Entry?, _ stack: ReleaseStack
    ) async -> RollbackProposal {
        let waiting = byAge.filter { $0.lock == lock && $0.run != live?.news.run }.map(\.run)
        var proposal = RollbackProposal(
            service: lock.service, environment: lock.environment, live: live?.news, waiting: waiting, undone: undone,
            restored: restored.map { RollbackProposal.Release($0.record) })
        guard let number = parts.emergency else { return proposal }
        proposal.warnings = [
            "the journal is gone: this goes by the rollback bundles on this machine, and is kept in emergency/\(number)"
        ]
        let lost = await parts.shelf?.lostAttempts(of: Self.pipelines(stack)) ?? []
        if !lost.isEmpty {
            proposal.warnings.append(
                "\(lost.prefix(5).joined(separator: ", ")) is under way, of a run whose journal is gone: it is stopped "
                    + "first, and what it did so far stays")
        }
        return proposal
    }

    private func shown(_ run: String, _ stack: ReleaseStack) async throws(EngineError) -> RollbackProposal.Undone {
        guard let entry = stack.entries.first(where: { $0.record.run == run }) else { throw .unknown(run) }
        let undo = try await inverse(of: run, stack)
        return RollbackProposal.Undone(
            release: RollbackProposal.Release(entry.record), digest: undo.digest, lines: undo.lines,
            pivots: undo.pivots)
    }

    private static func pipelines(_ stack: ReleaseStack) -> [String] {
        Set(stack.entries.map(\.record.pipeline)).sorted()
    }

    // MARK: What is live

    private struct LiveOnTarget {
        var news: RollbackProposal.Live
        var hasDoneSomething: Bool
    }

    /// The run that holds the target and has begun; nil when none does.
    ///
    /// - Throws: `.refused` when it is a rollback itself.
    private func liveOn(_ lock: LockName) throws(EngineError) -> LiveOnTarget? {
        guard let holder = holders[lock]?.run, let run = live[holder] else { return nil }
        guard let state = run.driver?.state else {
            throw EngineError(
                .unavailable, "\(holder) is on \(lock.place), and is being read anew; try again in a minute")
        }
        if case .rollback(let undone, _) = state.lineage {
            throw EngineError(
                .refused, "\(holder) is taking \(undone) back on \(lock.place) already: tminus watch \(holder)")
        }
        let hasDoneSomething = state.plan.steps.indices.contains {
            state.plan.steps[$0].hasEffect && state.mayHaveHadEffect($0)
        }
        let deed: RollbackProposal.Live.Deed =
            state.rollback != nil ? .wait : state.startedAt != nil && hasDoneSomething ? .rollback : .abort
        return LiveOnTarget(
            news: RollbackProposal.Live(run: holder, version: state.plan.version, deed: deed),
            hasDoneSomething: hasDoneSomething)
    }
}

extension LockName {
    /// For people: `checkout in production`.
    var place: String { "\(service) in \(environment)" }
}

extension RollbackProposal.Release {
    fileprivate init(_ record: ReleaseRecord) {
        self.init(run: record.run, version: record.version, ended: record.ended)
    }
}
