import Synchronization
import TminusModel
import TminusPorts
import TminusSimulation

/// A journal in memory that refuses when told to, and counts.
final class FaultyJournal: JournalStore {
    private struct Faults {
        var appends = 0
        var readRefusals: [StoreError] = []
        var refusals: [@Sendable ([JournalBatch]) -> StoreError?] = []
    }

    let kept: any JournalStore
    private let faults = Mutex(Faults())

    init(_ kept: any JournalStore = MemoryJournal()) {
        self.kept = kept
    }

    /// The next append for which `refusal` says something is refused with it; nothing of it is kept.
    func refuseOnce(_ refusal: @escaping @Sendable ([JournalBatch]) -> StoreError?) {
        faults.withLock { $0.refusals.append(refusal) }
    }

    /// The next reading of events is refused.
    func refuseReadOnce(_ error: StoreError) {
        faults.withLock { $0.readRefusals.append(error) }
    }

    var appends: Int { faults.withLock { $0.appends } }

    func append(_ batches: [JournalBatch]) async throws(StoreError) {
        let error = faults.withLock { faults -> StoreError? in
            faults.appends += 1
            for (position, refusal) in faults.refusals.enumerated() {
                guard let error = refusal(batches) else { continue }
                faults.refusals.remove(at: position)
                return error
            }
            return nil
        }
        if let error { throw error }
        try await kept.append(batches)
    }

    func events(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [Event] {
        if let error = faults.withLock({ $0.readRefusals.popLast() }) { throw error }
        return try await kept.events(of: run, after: sequence, limit: limit)
    }
    func lines(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [String] {
        try await kept.lines(of: run, after: sequence, limit: limit)
    }
    func verify(_ run: String) async throws(StoreError) { try await kept.verify(run) }
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] { try await kept.summaries(query) }
    func summary(of run: String) async throws(StoreError) -> RunSummary? { try await kept.summary(of: run) }
    func liveRuns() async throws(StoreError) -> [RunSummary] { try await kept.liveRuns() }
    func lastNumber(of pipeline: String) async throws(StoreError) -> Int {
        try await kept.lastNumber(of: pipeline)
    }
    func run(of origin: TagOrigin) async throws(StoreError) -> String? { try await kept.run(of: origin) }
    func runs(repository: String, tag: String) async throws(StoreError) -> [TaggedRun] {
        try await kept.runs(repository: repository, tag: tag)
    }
    func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(StoreError) -> [ReleaseRecord] {
        try await kept.releases(service: service, environment: environment, limit: limit)
    }
    func index(_ releases: [ReleaseRecord]) async throws(StoreError) { try await kept.index(releases) }
    func pages() async throws(StoreError) -> [Page] { try await kept.pages() }
    func newestRun(repository: String) async throws(StoreError) -> TaggedRun? {
        try await kept.newestRun(repository: repository)
    }
    func raise(_ key: String, _ reason: String, of run: String, at: Instant) async throws(StoreError) {
        try await kept.raise(key, reason, of: run, at: at)
    }
    func record(_ page: Page) async throws(StoreError) { try await kept.record(page) }
    func ended(before position: Int?, limit: Int) async throws(StoreError) -> [EndedRun] {
        try await kept.ended(before: position, limit: limit)
    }
    func prune(_ run: String, at: Instant, limit: Int) async throws(StoreError) -> Bool {
        try await kept.prune(run, at: at, limit: limit)
    }
    func pruned(after position: Int, limit: Int) async throws(StoreError) -> [(position: Int, run: PrunedRun)] {
        try await kept.pruned(after: position, limit: limit)
    }
    func shrink(bytesMax: Int) async throws(StoreError) -> Int { try await kept.shrink(bytesMax: bytesMax) }
}
