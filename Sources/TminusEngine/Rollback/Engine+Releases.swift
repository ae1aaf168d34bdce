internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// What was released, by the journal; and where that is gone, by the bundles.
extension Engine {
    /// Ended runs of a target that going back looks at.
    static let releasesSeen = 1_000

    /// Where a run that has ended belongs, and the releases among which it stands.
    ///
    /// - Throws: `.unknownRun`; `.refused` for a rollback.
    func release(of run: String) async throws(EngineError) -> (lock: LockName, stack: ReleaseStack) {
        let lineage: Lineage?
        let lock: LockName
        if parts.emergency != nil, let record = try await bundle(of: run)?.record {
            lineage = record.lineage
            lock = LockName(service: record.service, environment: record.environment)
        } else {
            let state = try await state(of: run)
            lineage = state.lineage
            lock = LockName(state.plan)
        }
        if case .rollback(let undone, _) = lineage {
            throw EngineError(
                .refused,
                "\(run) is itself a rollback, of \(undone); undoing it would be going forward again without a "
                    + "release: run the release again instead")
        }
        return (lock, try await stack(of: lock))
    }

    func stack(of lock: LockName) async throws(EngineError) -> ReleaseStack {
        var records: [ReleaseRecord]
        do throws(StoreError) {
            records = try await parts.journal.releases(
                service: lock.service, environment: lock.environment, limit: Self.releasesSeen)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
        guard parts.emergency != nil, let shelf = parts.shelf else { return ReleaseStack(records) }
        let known = Set(records.map(\.run))
        let kept = try await shelf.bundles(service: lock.service, environment: lock.environment).map(\.record)
        records += kept.filter { !known.contains($0.run) }
        return ReleaseStack(records.sorted { ($1.ended, $1.run) < ($0.ended, $0.run) })
    }

    /// The plan that undoes a run; what an unfinished rollback of it has undone already is left out.
    func inverse(of run: String, _ stack: ReleaseStack) async throws(EngineError) -> RollbackBundle.Inverse {
        var done: [String] = []
        let unfinished = stack.entries.first { $0.record.run == run }?.unfinished ?? []
        for before in unfinished where before != run {
            guard let state = try? await state(of: before) else {
                throw EngineError(
                    .refused, "how far \(before) came in taking \(run) back stands in the journal, which is gone")
            }
            for (index, step) in state.plan.steps.enumerated() where state.steps[index].status == .succeeded {
                done.append(step.name)
            }
        }
        if parts.emergency != nil, let bundle = try await bundle(of: run) { return try inverse(in: bundle, done) }
        let state = try await state(of: run)
        do throws(Refusal) {
            let undo = try RollbackPlan(undoing: state, done: done)
            return RollbackBundle.Inverse(
                plan: undo.plan, digest: parts.digest(undo.plan.json.bytes), lines: undo.lines, pivots: undo.pivots)
        } catch {
            throw EngineError(.refused, error.message)
        }
    }

    private func inverse(in bundle: RollbackBundle, _ done: [String]) throws(EngineError) -> RollbackBundle.Inverse {
        guard var inverse = bundle.inverse else {
            throw EngineError(.refused, bundle.refusal ?? "\(bundle.record.run) can't be undone")
        }
        if done.isEmpty { return inverse }
        inverse.plan = inverse.plan.without(done)
        guard !inverse.plan.steps.isEmpty else {
            throw EngineError(.refused, "nothing of \(bundle.record.run) is left to undo")
        }
        inverse.digest = parts.digest(inverse.plan.json.bytes)
        inverse.lines = inverse.lines.map { line in
            line.deed == .undo && done.contains(line.step)
                ? RollbackLine(deed: .keep, step: line.step, text: "undone already") : line
        }
        return inverse
    }

    /// What a rollback's plan pins, as the run it undoes had it.
    func files(
        of plan: Plan, _ run: String, _ stack: ReleaseStack
    ) async throws(EngineError) -> [String: [UInt8]] {
        if parts.emergency != nil, let record = stack.entries.first(where: { $0.record.run == run })?.record,
            let shelf = parts.shelf
        {
            return try await shelf.files(of: record)
        }
        var files: [String: [UInt8]] = [:]
        for file in plan.files where files[file.digest] == nil {
            files[file.digest] = try await parts.files.content(of: file, in: run)
        }
        return files
    }

    private func bundle(of run: String) async throws(EngineError) -> RollbackBundle? {
        try await parts.shelf?.bundles(service: nil, environment: nil).first { $0.record.run == run }
    }
}
