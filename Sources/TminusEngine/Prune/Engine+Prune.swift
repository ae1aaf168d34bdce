internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// Removes finished runs that nobody needs any more, in small pieces between other work.
extension Engine {
    /// Runs that are named in one event, and removed before the next is recorded.
    private static let runsAtOnce = 50
    /// Of one transaction: a few milliseconds.
    private static let eventsAtOnce = 500
    private static let listedAtOnce = 1_000
    /// How long one order may take before whoever gave it is answered.
    private static let patience = Duration.seconds(3)
    private static let shrunkAtOnce = 1 << 20
    private static let reasonBytesMax = 4_096

    /// Removes the events, pages, attempts, logs and pinned files of finished runs, oldest last; their names, releases
    /// and last hashes stay, and what was removed by whom is recorded first. Asked again, it goes on.
    ///
    /// - Throws: `.refused` saying who may; `.unavailable` while another pruning is under way, or what live runs need
    ///   can't be told; `.store`, `.files`.
    package func prune(_ order: PruneOrder, by person: Person) async throws(EngineError) -> PruneAnswer {
        guard isStarted, !isLeaving else { throw .leaving }
        guard person.may(.manageStore) else {
            throw try await refuse(
                "prune the journal", by: person,
                "\(person.name) may not prune the journal: that takes the right manageStore, which the policy grants")
        }
        guard parts.emergency == nil else {
            throw EngineError(.refused, "nothing is pruned while the journal is away")
        }
        guard order.reason.utf8.count <= Self.reasonBytesMax else {
            throw EngineError(.refused, "the reason is longer than \(Self.reasonBytesMax) bytes")
        }
        guard !isPruning else { throw EngineError(.unavailable, "somebody else is pruning; try again in a moment") }
        isPruning = true
        defer { isPruning = false }
        await indexing?.value
        let start = ContinuousClock.now
        var answer = PruneAnswer()
        let chosen = try await choose(order, &answer)
        if order.isDryRun {
            answer.pruned = chosen.map(\.rest)
            return answer
        }
        var rest = chosen[...]
        while !rest.isEmpty, start.duration(to: .now) < Self.patience, !isLeaving {
            let batch = Array(rest.prefix(Self.runsAtOnce))
            rest = rest.dropFirst(batch.count)
            try await remove(batch, order, by: person, &answer)
        }
        answer.hasMore = !rest.isEmpty
        while !answer.hasMore, !isLeaving {
            guard start.duration(to: .now) < Self.patience else {
                answer.hasMore = true
                break
            }
            let freed = try await stored { store throws(StoreError) in
                try await store.shrink(bytesMax: Self.shrunkAtOnce)
            }
            if freed == 0 { break }
            answer.freedBytes += Int64(freed)
            await letOthersGo()
        }
        if !answer.pruned.isEmpty {
            logger.notice(
                "pruned", metadata: ["runs": "\(answer.pruned.count)", "by": "\(person.name)"])
        }
        return answer
    }

    private func choose(_ order: PruneOrder, _ answer: inout PruneAnswer) async throws(EngineError) -> [EndedRun] {
        var guarded = PruneChoice.Guarded()
        var targets: Set<LockName> = []
        try await eachEnded { ended in targets.insert(LockName(ended.summary)) }
        for target in targets.sorted(by: { $0.place < $1.place }) {
            guarded.goingBack.formUnion(PruneChoice.needed(of: try await stack(of: target)))
        }
        guarded.reviewed = Set(await control.state.reviews.map(\.run))
        guarded.busy = Set(try await pages().filter { !outbox.shown.contains($0.number) }.map(\.run))
        for run in byAge {
            guard let state = run.driver?.state else {
                throw EngineError(.unavailable, "\(run.run) can't be read now, and so not what it needs; try again")
            }
            guard case .rollback(let undone, let restores) = state.lineage else { continue }
            guarded.byLiveRuns.insert(undone)
            if let restores { guarded.byLiveRuns.insert(restores) }
        }
        let newest = try await stored { store throws(StoreError) in try await store.summaries(RunQuery(limit: 1)) }
            .first
        var choice = PruneChoice(order, guarded: guarded, now: now)
        var chosen: [EndedRun] = []
        var spared: [PruneSparing: Int] = [:]
        try await eachEnded { ended in
            // One that was begun is finished, whatever was ordered.
            if ended.isPruned { return chosen.append(ended) }
            if let reason = choice.sparing(ended.summary, isNewest: ended.summary.run == newest?.run) {
                spared[reason, default: 0] += 1
            } else {
                chosen.append(ended)
            }
        }
        answer.spared = spared
        return chosen
    }

    private func eachEnded(_ look: (EndedRun) -> Void) async throws(EngineError) {
        var position: Int?
        while true {
            let before = position
            let page = try await stored { store throws(StoreError) in
                try await store.ended(before: before, limit: Self.listedAtOnce)
            }
            for ended in page { look(ended) }
            guard let last = page.last, page.count == Self.listedAtOnce else { return }
            position = last.position
        }
    }

    private func remove(
        _ batch: [EndedRun], _ order: PruneOrder, by person: Person, _ answer: inout PruneAnswer
    ) async throws(EngineError) {
        var going: [EndedRun] = []
        for ended in batch {
            if !ended.isPruned, await parts.files.isBusy(ended.summary.run) {
                answer.spared[.stillBusy, default: 0] += 1
            } else {
                going.append(ended)
            }
        }
        let fresh = going.filter { !$0.isPruned }.map(\.rest)
        // From here on they are begun: whatever is asked next finishes them.
        if !fresh.isEmpty { try await note(.runsPruned(fresh, by: person.name, reason: order.reason)) }
        for ended in going {
            let run = ended.summary.run
            // Files first: where they remain, so does the run, and the next pruning finds it.
            guard let freed = try await parts.files.remove(run) else {
                answer.spared[.stillBusy, default: 0] += 1
                continue
            }
            let sealed = await parts.shelf?.removeSeals(of: run) ?? 0
            let at = now
            var isDone = false
            while !isDone {
                isDone = try await stored { store throws(StoreError) in
                    try await store.prune(run, at: at, limit: Self.eventsAtOnce)
                }
                await letOthersGo()
            }
            answer.freedBytes += freed + sealed
            answer.pruned.append(ended.rest)
        }
    }

    /// Between two pieces: appends of live runs, which came meanwhile, go first.
    private func letOthersGo() async {
        await Task.yield()
        if !byAge.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
    }

    private func stored<Value: Sendable>(
        _ ask: (any JournalStore) async throws(StoreError) -> Value
    ) async throws(EngineError) -> Value {
        do throws(StoreError) { return try await ask(parts.journal) } catch {
            throw EngineError(.store, "\(error)")
        }
    }
}

extension Engine {
    /// What stays of pruned runs, oldest first: those after `position` (0 for all), at most `limit`.
    ///
    /// - Throws: `.store`.
    package func prunedRuns(
        after position: Int, limit: Int
    ) async throws(EngineError) -> [(position: Int, run: PrunedRun)] {
        do throws(StoreError) {
            return try await parts.journal.pruned(after: Self.place(position), limit: max(limit, 1))
        } catch {
            throw EngineError(.store, "\(error)")
        }
    }
}
