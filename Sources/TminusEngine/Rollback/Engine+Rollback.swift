internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// Going back: what would be done, and doing it, as a run of its own.
extension Engine {
    /// Ended runs of a target that going back looks at.
    private static let releasesSeen = 1_000

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
            let ended = try await summary(of: run)
            let (_, stack, place) = try await stack(under: ended)
            if let refusal = stack.refusal(toUndo: run, of: place, forced: forced) {
                throw EngineError(.refused, refusal.message)
            }
            return try await propose(run, LockName(ended), stack, forced)
        }
    }

    /// Undoes a run that has ended, by a new run; returns its name once its first event is durable.
    ///
    /// - Throws: `.refused` saying why not and what to do instead; and what `submit` throws.
    package func rollBack(_ order: RollbackOrder, by person: Person) async throws(EngineError) -> String {
        guard isStarted, !isLeaving else { throw .leaving }
        await indexing?.value
        let ended = try await summary(of: order.run)
        let lock = LockName(ended)
        guard undoing.insert(lock).inserted else {
            throw EngineError(.refused, "somebody else asked for a rollback of \(lock.place) a moment ago; look again")
        }
        defer { undoing.remove(lock) }
        let (state, stack, place) = try await stack(under: ended)
        try checkNothingIsLive(on: lock)
        if let refusal = stack.refusal(toUndo: order.run, of: place, forced: order.forced) {
            throw EngineError(.refused, refusal.message)
        }
        let undo = try await undoing(state, stack, order.forced)
        guard order.isPastPivotAllowed || undo.pivots.isEmpty else {
            throw EngineError(
                .refused,
                "\(undo.pivots.joined(separator: ", ")) of \(order.run) was a point of no return: the old version may "
                    + "not work on what it left. If you are sure, say --past-pivot")
        }
        let digest = parts.digest(undo.plan.json.bytes)
        guard order.digest.map({ $0 == digest }) ?? true else {
            throw EngineError(.refused, "what is to be undone of \(order.run) has changed meanwhile; look at it again")
        }
        var files: [String: [UInt8]] = [:]
        for file in undo.plan.files where files[file.digest] == nil {
            files[file.digest] = try await parts.files.content(of: file, in: order.run)
        }
        let restored = stack.restored(afterUndoing: order.run)
        let run = try await submit(
            undo.plan, digest: digest, files: files, by: person, reason: order.reason,
            lineage: .rollback(of: order.run, restores: restored?.record.run))
        logger.notice("rollback", metadata: ["run": "\(run)", "of": "\(order.run)", "by": "\(person.name)"])
        return run
    }

    // MARK: Proposing

    private func propose(_ lock: LockName, to: String?, _ forced: String?) async throws(EngineError) -> RollbackProposal
    {
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
        for entry in way.undone { undone.append(try await shown(entry, stack, forced)) }
        return proposal(lock, live, undone, way.restored)
    }

    private func propose(
        _ run: String, _ lock: LockName, _ stack: ReleaseStack, _ forced: String?
    ) async throws(EngineError) -> RollbackProposal {
        guard let entry = stack.entries.first(where: { $0.record.run == run }) else { throw .unknown(run) }
        return proposal(
            lock, try liveOn(lock), [try await shown(entry, stack, forced)],
            stack.restored(afterUndoing: run))
    }

    private func proposal(
        _ lock: LockName, _ live: LiveOnTarget?, _ undone: [RollbackProposal.Undone],
        _ restored: ReleaseStack.Entry?
    ) -> RollbackProposal {
        let waiting = byAge.filter { $0.lock == lock && $0.run != live?.news.run }.map(\.run)
        return RollbackProposal(
            service: lock.service, environment: lock.environment, live: live?.news, waiting: waiting, undone: undone,
            restored: restored.map { RollbackProposal.Release($0.record) })
    }

    private func shown(
        _ entry: ReleaseStack.Entry, _ stack: ReleaseStack, _ forced: String?
    ) async throws(EngineError) -> RollbackProposal.Undone {
        let undo = try await undoing(try await state(of: entry.record.run), stack, forced)
        return RollbackProposal.Undone(
            release: RollbackProposal.Release(entry.record), digest: parts.digest(undo.plan.json.bytes),
            lines: undo.lines, pivots: undo.pivots)
    }

    /// The plan that undoes a run; what an unfinished rollback of it has undone is left out.
    private func undoing(
        _ state: RunState, _ stack: ReleaseStack, _ forced: String?
    ) async throws(EngineError) -> RollbackPlan {
        var done: [String] = []
        let unfinished = stack.entries.first { $0.record.run == state.run }?.unfinished ?? []
        for run in unfinished where run != state.run {
            let before = try await self.state(of: run)
            for (index, step) in before.plan.steps.enumerated() where before.steps[index].status == .succeeded {
                done.append(step.name)
            }
        }
        do throws(Refusal) { return try RollbackPlan(undoing: state, done: done) } catch {
            throw EngineError(.refused, error.message)
        }
    }

    // MARK: What is there

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

    /// One that waits only for the target has done nothing, and waits on.
    private func checkNothingIsLive(on lock: LockName) throws(EngineError) {
        guard let live = try liveOn(lock) else { return }
        throw EngineError(
            .refused, "\(live.news.run) is live on \(lock.place): stop it first (tminus rollback \(live.news.run))")
    }

    private func stack(of lock: LockName) async throws(EngineError) -> ReleaseStack {
        do throws(StoreError) {
            return ReleaseStack(
                try await parts.journal.releases(
                    service: lock.service, environment: lock.environment, limit: Self.releasesSeen))
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
    }

    /// A run that has ended, and the releases among which it stands.
    private func stack(
        under ended: RunSummary
    ) async throws(EngineError) -> (state: RunState, stack: ReleaseStack, place: String) {
        let state = try await state(of: ended.run)
        if case .rollback(let undone, _) = state.lineage {
            throw EngineError(
                .refused,
                "\(ended.run) is itself a rollback, of \(undone); undoing it would be going forward again without a "
                    + "release: run the release again instead")
        }
        let lock = LockName(ended)
        return (state, try await stack(of: lock), lock.place)
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
