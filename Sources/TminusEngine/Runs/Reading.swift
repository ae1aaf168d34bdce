internal import Logging
package import TminusCore
package import TminusModel
package import TminusPorts

/// What clients read. A live run's state may be ahead of the journal by the append that is under way.
extension Engine {
    /// - Throws: `.unknownRun`, `.store`.
    package func summary(of run: String) async throws(EngineError) -> RunSummary {
        if let known = live[run] { return known.summary }
        do throws(StoreError) {
            if let summary = try await parts.journal.summary(of: run) { return summary }
            // It says whether there was such a run, and it was pruned.
            try await parts.journal.verify(run)
        } catch {
            throw Self.unread(run, error)
        }
        throw .unknown(run)
    }

    /// Newest first. - Throws: `.store`.
    package func summaries(_ query: RunQuery) async throws(EngineError) -> [RunSummary] {
        do throws(StoreError) {
            return try await parts.journal.summaries(query)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
    }

    /// Where a run stands, in full: of a live run a copy, of one that is over the fold of its journal.
    ///
    /// - Throws: `.unknownRun`, `.store`.
    package func state(of run: String) async throws(EngineError) -> RunState {
        if let state = live[run]?.driver?.state { return state }
        _ = try await summary(of: run)
        do throws(StoreError) {
            return try await Self.fold(run, from: parts.journal)
        } catch {
            throw Self.unread(run, error)
        }
    }

    /// A run's durable events after `sequence` (0 for all), oldest first, at most `limit`.
    ///
    /// - Throws: `.unknownRun`, `.store`.
    package func events(of run: String, after sequence: Int, limit: Int) async throws(EngineError) -> [Event] {
        do throws(StoreError) {
            return try await parts.journal.events(of: run, after: Self.place(sequence), limit: max(limit, 1))
        } catch {
            throw Self.unread(run, error)
        }
    }

    /// Pages that wait for somebody: those still tried, and those of pipelines that say no `onPage`, which nobody can
    /// be told but by showing them. Oldest first.
    ///
    /// - Throws: `.store`.
    package func pages() async throws(EngineError) -> [Page] {
        do throws(StoreError) {
            return try await parts.journal.pages()
        } catch {
            throw EngineError(.store, "the outbox could not be read: \(error)")
        }
    }

    private static func unread(_ run: String, _ error: StoreError) -> EngineError {
        switch error.code {
        case .unknownRun: .unknown(run)
        case .pruned: EngineError(.unknownRun, error.description)
        default: EngineError(.store, "\(run) could not be read: \(error)")
        }
    }

    /// A place in a journal from outside, kept where arithmetic is safe.
    static func place(_ sequence: Int) -> Int { min(max(sequence, 0), 1 << 50) }
}

extension Engine {
    /// A run's events after `sequence`, first those in the store and then each as it becomes durable, until the run
    /// ends or the engine leaves. None is missed or doubled: the stream keeps its place, and one that falls behind
    /// reads the store. Ends early when the store cannot be read; a client goes on from the last event it saw.
    package nonisolated func follow(_ run: String, after sequence: Int) -> AsyncStream<[Event]> {
        let follower = Follower(place: Self.place(sequence))
        return AsyncStream { await follower.next(of: run, from: self) }
    }

    func newFollower() -> Int {
        tokens += 1
        return tokens
    }

    /// The next events after `place`, waiting for them if need be; nil when there will be none.
    func next(of name: String, after place: Int, as follower: Int) async -> [Event]? {
        while !isLeaving, !Task.isCancelled {
            guard let run = live[name] else {
                let last = await stored(name, after: place)
                return last.isEmpty ? nil : last
            }
            if run.durable > place, run.feed.gives(after: place) {
                if run.feed.give(upTo: run.durable) { rest(name) }
                let kept = run.feed.events(after: place, limit: Self.followedAtOnce) ?? []
                let events = kept.isEmpty ? await stored(name, after: place) : kept
                return events.isEmpty ? nil : events
            }
            await withTaskCancellationHandler {
                await self.wait(for: run, as: follower)
            } onCancel: {
                Task { await self.wake(follower, of: name) }
            }
        }
        return nil
    }

    /// Events a follower is given at a time.
    private static let followedAtOnce = 500

    /// Ends the rest of a run's feed when its time has come. A run that ends meanwhile wakes its followers by itself.
    private func rest(_ run: String) {
        Task {
            try? await Task.sleep(for: EventFeed.rest)
            live[run]?.feed.endRest()
        }
    }

    /// A method of its own: a closure that does not capture the engine would not run in its isolation.
    private func wait(for run: LiveRun, as follower: Int) async {
        await withCheckedContinuation { run.feed.wait($0, as: follower) }
    }

    private func wake(_ follower: Int, of run: String) {
        live[run]?.feed.wake(follower)
    }

    private func stored(_ run: String, after place: Int) async -> [Event] {
        do throws(StoreError) {
            return try await parts.journal.events(of: run, after: place, limit: Self.followedAtOnce)
        } catch {
            if error.code != .unknownRun { logger.error("\(run) could not be followed: \(error)") }
            return []
        }
    }
}

/// One reader's place in a run.
private actor Follower {
    private var place: Int
    private var number: Int?

    init(place: Int) {
        self.place = place
    }

    func next(of run: String, from engine: Engine) async -> [Event]? {
        let number: Int
        if let known = self.number { number = known } else { number = await engine.newFollower() }
        self.number = number
        let events = await engine.next(of: run, after: place, as: number)
        if let last = events?.last { place = last.sequence }
        return events
    }
}
