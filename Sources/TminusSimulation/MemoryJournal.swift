import Synchronization
package import TminusModel
package import TminusPorts

/// A journal that lives as long as the process. It means the same as the SQLite one; the conformance suite holds both
/// to that. Events are kept as values: what the journal's lines would be is worked out when somebody asks.
package final class MemoryJournal: JournalStore {
    private struct Kept: Sendable {
        var events: [Event]
        var summary: RunSummary
        let plan: Plan
        /// Set once it is pruned.
        var rest: PrunedRun?
    }

    /// Everything, copied before an append and put back when it fails.
    private struct Content: Sendable {
        /// In the order the runs were submitted.
        var runs: [Kept] = []
        var positions: [String: Int] = [:]
        var pages: [Page] = []
        var origins: [TagOrigin: String] = [:]
        var releases: [ReleaseRecord] = []
    }

    private let content = Mutex(Content())

    package init() {}

    // MARK: Appending

    package func append(_ batches: [JournalBatch]) async throws(StoreError) {
        let failure: StoreError? = content.withLock { content in
            let before = content
            for batch in batches {
                do throws(StoreError) { try Self.append(batch, &content) } catch {
                    content = before
                    return error
                }
            }
            return nil
        }
        if let failure { throw failure }
    }

    private static func append(_ batch: JournalBatch, _ content: inout Content) throws(StoreError) {
        let run = batch.summary.run
        guard let last = batch.events.last else { throw StoreError(.conflict, "a batch of run \(run) has no events") }
        for (offset, event) in batch.events.enumerated() where event.sequence != batch.expected + 1 + offset {
            throw StoreError(
                .conflict,
                "event \(event.sequence) of run \(run) stands where \(batch.expected + 1 + offset) belongs")
        }
        let position: Int
        if let known = content.positions[run] {
            position = known
        } else {
            guard batch.expected == 0 else {
                throw StoreError(.conflict, "run \(run) has no events, not \(batch.expected)")
            }
            if let origin = batch.origin {
                if let refusal = TaggedRun.refusal(of: origin, after: runs(of: origin, content)) { throw refusal }
                content.origins[origin] = run
            }
            position = content.runs.count
            content.positions[run] = position
            content.runs.append(Kept(events: [], summary: batch.summary, plan: batch.plan))
            content.runs[position].summary.status = .running
        }
        let kept = content.runs[position]
        guard !kept.summary.status.isTerminal else {
            throw StoreError(.finished, "run \(run) has ended; nothing is added to it")
        }
        guard kept.events.count == batch.expected else {
            throw StoreError(.conflict, "run \(run) has \(kept.events.count) events, not \(batch.expected)")
        }
        content.runs[position].events += batch.events
        content.runs[position].summary.status = batch.summary.status
        content.runs[position].summary.headline = batch.summary.headline
        content.runs[position].summary.ended =
            batch.summary.status.isTerminal ? batch.summary.ended ?? last.at : nil
        for event in batch.events { raise(event, run, &content) }
        if let release = batch.release { content.releases.append(release) }
    }

    private static func raise(_ event: Event, _ run: String, _ content: inout Content) {
        guard case .pageRaised(let key, let reason) = event.body else { return }
        raise(key, reason, run, event.at, &content)
    }

    private static func raise(
        _ key: String, _ reason: String, _ run: String, _ at: Instant, _ content: inout Content
    ) {
        guard !content.pages.contains(where: { $0.run == run && $0.key == key }) else { return }
        content.pages.append(
            Page(
                number: (content.pages.last?.number ?? 0) + 1, run: run, key: key, reason: reason, raised: at, due: at))
    }

    // MARK: Reading

    private func kept(_ run: String) throws(StoreError) -> Kept {
        let kept = content.withLock { content in content.positions[run].map { content.runs[$0] } }
        if kept?.rest != nil { throw StoreError(.pruned, "\(run) was pruned: tminus audit list says when") }
        guard let kept else { throw StoreError(.unknownRun, "there is no run \(run); tminus run list shows all") }
        return kept
    }

    package func events(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [Event] {
        Array(try kept(run).events.dropFirst(max(0, sequence)).prefix(max(0, limit)))
    }

    package func lines(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [String] {
        var lines: [String] = []
        Self.chain(try kept(run)) { event, line, hash in
            guard event.sequence > sequence, lines.count < limit else { return }
            let text = String(decoding: line.dropLast(), as: UTF8.self)
            lines.append(text + ",\"hash\":\"\(Self.hexadecimal(hash))\"}")
        }
        return lines
    }

    private static func chain(_ kept: Kept, _ each: (Event, [UInt8], [UInt8]) -> Void) {
        let names = StepNames(kept.plan)
        var hash = [UInt8](repeating: 0, count: 32)
        for event in kept.events {
            let line = event.json(names).bytes
            hash = SHA256.digest(hash + line)
            each(event, line, hash)
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Nothing outside this process can have changed it.
    package func verify(_ run: String) async throws(StoreError) { _ = try kept(run) }

    package func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] {
        let all = content.withLock { content in content.runs.filter { $0.rest == nil }.map(\.summary) }
        let matching = all.reversed().filter { summary in
            (query.service == nil || query.service == summary.service)
                && (query.environment == nil || query.environment == summary.environment)
                && (query.status == nil || query.status == summary.status)
        }
        return Array(matching.prefix(max(1, min(query.limit, 1000))))
    }

    package func summary(of run: String) async throws(StoreError) -> RunSummary? {
        content.withLock { content in
            content.positions[run].map { content.runs[$0] }.flatMap { $0.rest == nil ? $0.summary : nil }
        }
    }

    package func liveRuns() async throws(StoreError) -> [RunSummary] {
        content.withLock { content in content.runs.map(\.summary).filter { !$0.status.isTerminal } }
    }

    package func lastNumber(of pipeline: String) async throws(StoreError) -> Int {
        content.withLock { content in
            let names = content.runs.map(\.summary).filter { $0.pipeline == pipeline }.map(\.run)
            let numbers = names.compactMap { Int($0.dropFirst(pipeline.count + 1)) }
            return max(names.count, numbers.max() ?? 0)
        }
    }

    package func run(of origin: TagOrigin) async throws(StoreError) -> String? {
        content.withLock { Self.runs(of: origin, $0).first { $0.origin.isSameRun(as: origin) }?.run }
    }

    package func runs(repository: String, tag: String) async throws(StoreError) -> [TaggedRun] {
        let origin = TagOrigin(repository: repository, tag: tag, object: "", pipeline: "")
        return content.withLock { Self.runs(of: origin, $0) }
    }

    package func newestRun(repository: String) async throws(StoreError) -> TaggedRun? {
        let identity = RepositoryIdentity(repository)
        return content.withLock { content in
            content.origins.filter { RepositoryIdentity($0.key.repository) == identity }
                .max { (content.positions[$0.value] ?? 0) < (content.positions[$1.value] ?? 0) }
                .map { TaggedRun(origin: $0.key, run: $0.value) }
        }
    }

    /// Every run of the same tag, oldest first.
    private static func runs(of origin: TagOrigin, _ content: Content) -> [TaggedRun] {
        content.origins.filter { $0.key.isSameTag(as: origin) }
            .map { TaggedRun(origin: $0.key, run: $0.value) }
            .sorted { (content.positions[$0.run] ?? 0) < (content.positions[$1.run] ?? 0) }
    }

    package func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(StoreError) -> [ReleaseRecord] {
        let matching = content.withLock { $0.releases }.filter { record in
            (service == nil || service == record.service)
                && (environment == nil || environment == record.environment)
        }
        let newestFirst = matching.sorted { ($1.ended, $1.run) < ($0.ended, $0.run) }
        return Array(newestFirst.prefix(max(1, limit)))
    }

    package func index(_ releases: [ReleaseRecord]) async throws(StoreError) {
        content.withLock { content in
            for release in releases where !content.releases.contains(where: { $0.run == release.run }) {
                content.releases.append(release)
            }
        }
    }

    // MARK: Pruning

    package func ended(before position: Int?, limit: Int) async throws(StoreError) -> [EndedRun] {
        let kept = content.withLock { $0.runs }
        var found: [EndedRun] = []
        for (place, run) in kept.enumerated().reversed() where place < position ?? .max && found.count < limit {
            guard run.summary.status.isTerminal, !run.events.isEmpty else { continue }
            found.append(
                EndedRun(
                    position: place, summary: run.summary, rest: run.rest ?? Self.rest(of: run),
                    isPruned: run.rest != nil))
        }
        return found
    }

    private static func rest(of kept: Kept) -> PrunedRun {
        var head = [UInt8](repeating: 0, count: 32)
        chain(kept) { _, _, hash in head = hash }
        return PrunedRun(run: kept.summary.run, events: kept.events.count, head: hexadecimal(head))
    }

    package func prune(_ run: String, at: Instant, limit: Int) async throws(StoreError) -> Bool {
        let result: Result<Bool, StoreError> = content.withLock { content in
            guard let position = content.positions[run] else {
                return .failure(StoreError(.unknownRun, "there is no run \(run); tminus run list shows all"))
            }
            let kept = content.runs[position]
            guard kept.summary.status.isTerminal else {
                return .failure(StoreError(.conflict, "\(run) has not ended, and is not pruned"))
            }
            content.runs[position].rest = kept.rest ?? Self.rest(of: kept)
            content.pages.removeAll { $0.run == run }
            content.runs[position].events.removeLast(min(max(1, limit), kept.events.count))
            return .success(content.runs[position].events.isEmpty)
        }
        return try result.get()
    }

    package func pruned(
        after position: Int, limit: Int
    ) async throws(StoreError) -> [(position: Int, run: PrunedRun)] {
        let kept = content.withLock { $0.runs }
        return kept.enumerated().compactMap { place, run in run.rest.map { (place + 1, $0) } }
            .filter { $0.0 > position }.prefix(limit).map { (position: $0.0, run: $0.1) }
    }

    /// Memory is given back at once.
    package func shrink(bytesMax: Int) async throws(StoreError) -> Int { 0 }

    // MARK: Pages

    package func pages() async throws(StoreError) -> [Page] {
        content.withLock { content in content.pages.filter { $0.state == .due } }
    }

    package func raise(_ key: String, _ reason: String, of run: String, at: Instant) async throws(StoreError) {
        _ = try kept(run)
        content.withLock { Self.raise(key, reason, run, at, &$0) }
    }

    package func record(_ page: Page) async throws(StoreError) {
        let failure: StoreError? = content.withLock { content in
            guard let position = content.pages.firstIndex(where: { $0.number == page.number }),
                content.pages[position].run == page.run, content.pages[position].key == page.key
            else { return StoreError(.conflict, "there is no page \(page.number) of run \(page.run)") }
            let state = content.pages[position].state
            guard state == .due else {
                return state == page.state
                    ? nil
                    : StoreError(.conflict, "page \(page.number) of run \(page.run) is \(state.rawValue) already")
            }
            content.pages[position].tried = page.tried
            content.pages[position].state = page.state
            content.pages[position].due = page.due
            return nil
        }
        if let failure { throw failure }
    }
}
