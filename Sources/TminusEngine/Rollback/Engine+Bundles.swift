internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// Leaves a rollback bundle behind every run that changed something, so that going back needs no journal.
extension Engine {
    /// How many of each target are written anew at a start, when they are missing.
    private static let missingMax = 10

    /// To be called once a run is over and its last event durable. The engine is not idle before it is kept.
    func shelve(_ state: RunState?) {
        guard parts.shelf != nil, let state, state.release?.hadEffect == true else { return }
        if state.outcome == .rolledBack { return }
        shelving += 1
        let before = shelvingLast
        shelvingLast = Task {
            await before?.value
            await self.keepBundle(of: state)
            await self.mirrorBundles()
            self.shelving -= 1
            self.noteIdle()
        }
    }

    private func mirrorBundles() async {
        guard let fault = await parts.shelf?.mirror() else { return }
        logger.error("the second place of rollback bundles is not what it should be: \(fault)")
    }

    private func keepBundle(of state: RunState) async {
        guard let shelf = parts.shelf, let record = state.release else { return }
        do throws(EngineError) {
            var bundle = RollbackBundle(record: record, by: state.by, inverse: nil)
            var files: [String: [UInt8]] = [:]
            if case .rollback = state.lineage {
                bundle.refusal = "\(state.run) is itself a rollback"
            } else {
                do throws(Refusal) {
                    let undo = try RollbackPlan(undoing: state)
                    bundle.inverse = RollbackBundle.Inverse(
                        plan: undo.plan, digest: parts.digest(undo.plan.json.bytes), lines: undo.lines,
                        pivots: undo.pivots)
                } catch {
                    bundle.refusal = error.message
                }
            }
            for file in bundle.inverse?.plan.files ?? [] where files[file.digest] == nil {
                files[file.digest] = try await parts.files.content(of: file, in: state.run)
            }
            try await shelf.keep(bundle, files: files)
        } catch {
            logger.error("no rollback bundle of \(state.run) could be kept, so going back needs the journal: \(error)")
        }
    }

    /// What a crash kept from being written, and from being dropped.
    func shelveMissing() async {
        guard let shelf = parts.shelf, parts.emergency == nil else { return }
        let records: [ReleaseRecord]
        do throws(StoreError) {
            records = try await parts.journal.releases(service: nil, environment: nil, limit: 500)
        } catch {
            return
        }
        var looked: Set<LockName> = []
        for record in records where !isLeaving {
            let target = LockName(service: record.service, environment: record.environment)
            guard looked.insert(target).inserted else { continue }
            // Before the stack: what is on the shelf by now is in the journal by then.
            let before = await shelf.runs(service: record.service, environment: record.environment)
            guard let stack = try? await stack(of: target) else { continue }
            await dropTakenBack(before, of: target, stack, on: shelf)
            let known = await shelf.runs(service: record.service, environment: record.environment)
            // What was taken back stays away: without its rollback it would seem to be in place again.
            for entry in stack.entries.suffix(Self.missingMax) {
                for run in [entry.record.run] + entry.unfinished where !known.contains(run) {
                    if let state = try? await Self.fold(run, from: parts.journal) { await keepBundle(of: state) }
                }
            }
        }
        await mirrorBundles()
    }

    /// An engine that ended between a rollback's last event and its bundle left what was taken back on the shelf: to
    /// whoever goes by the bundles it would seem to be in place.
    private func dropTakenBack(
        _ known: [String], of target: LockName, _ stack: ReleaseStack, on shelf: any BundleShelf
    ) async {
        let kept = Set(stack.entries.flatMap { [$0.record.run] + $0.unfinished })
        let rest = Set(known).subtracting(kept)
        if rest.isEmpty { return }
        do {
            let records = try await parts.journal.releases(
                service: target.service, environment: target.environment, limit: Self.releasesSeen)
            let shelved = try await shelf.bundles(service: target.service, environment: target.environment)
                .map(\.record).filter { rest.contains($0.run) }
            var gone: [String] = []
            var takers: [String] = []
            for record in records {
                guard case .rollback(let undone, _)? = record.lineage else { continue }
                if rest.contains(record.run) { takers.append(record.run) }
                // One that ended later has the name of another journal's run.
                let isOlder = shelved.contains { $0.run == undone && $0.ended <= record.ended }
                if record.outcome == .succeeded, isOlder { gone.append(undone) }
            }
            try await shelf.drop(gone + takers, service: target.service, environment: target.environment)
        } catch {
            logger.error("rollback bundles of what was taken back could not be dropped: \(error)")
        }
    }
}
