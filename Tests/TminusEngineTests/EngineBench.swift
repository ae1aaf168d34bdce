import Foundation
import Synchronization
import Testing
import TminusEngine
import TminusModel
import TminusPorts

/// What the engine itself costs a step: an instant runner, a journal in memory, one follower. Run in release mode with
/// `TMINUS_BENCH=1 swift test -c release -Xswiftc -enable-testing --filter EngineBench`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TMINUS_BENCH"] != nil))
struct EngineBench {
    @Test(arguments: [1_000, 10_000], [true, false])
    func stepsThatDoNothing(_ count: Int, _ isChain: Bool) async throws {
        let bench = TestBench(journal: FaultyJournal(ArrayJournal()))
        let engine = try await bench.started()
        let plan: Plan = isChain ? .chain(of: count) : .made(of: count)
        let before = Self.anonymousKilobytes
        let begin = ContinuousClock.now
        let used = Self.processorMicroseconds
        let run = try await engine.submit(plan)
        let submitted = ContinuousClock.now
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        let elapsed = ContinuousClock.now - submitted
        let figures = await engine.figures()
        let micros = Double(elapsed.milliseconds) * 1_000 / Double(count)
        let processor = Double(Self.processorMicroseconds - used) / Double(count)
        print(
            """
            \(isChain ? "chain" : "flat ") \(count): \(String(format: "%.1f", micros)) µs/step \
            (\(String(format: "%.1f", processor)) µs of processor), submit \
            \((submitted - begin).milliseconds) ms, \(figures.appends) appends, \(figures.events) events, \
            anonymous memory \(before) -> \(Self.anonymousKilobytes) kB
            """)
    }

    /// User and system time of this process.
    private static var processorMicroseconds: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private static var anonymousKilobytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }
}

/// One run's events in an array, checked for nothing: what is measured is the engine.
private final class ArrayJournal: JournalStore {
    private struct Kept {
        var events: [Event] = []
        var summary: RunSummary?
    }

    private let kept = Mutex(Kept())

    func append(_ batches: [JournalBatch]) async throws(StoreError) {
        kept.withLock { kept in
            for batch in batches {
                kept.events.append(contentsOf: batch.events)
                kept.summary = batch.summary
            }
        }
    }

    func events(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [Event] {
        kept.withLock { Array($0.events.dropFirst(sequence).prefix(limit)) }
    }
    func summary(of run: String) async throws(StoreError) -> RunSummary? { kept.withLock { $0.summary } }
    func lines(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [String] { [] }
    func verify(_ run: String) async throws(StoreError) {}
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] { [] }
    func liveRuns() async throws(StoreError) -> [RunSummary] { [] }
    func lastNumber(of pipeline: String) async throws(StoreError) -> Int { 0 }
    func run(of origin: TagOrigin) async throws(StoreError) -> String? { nil }
    func runs(repository: String, tag: String) async throws(StoreError) -> [TaggedRun] { [] }
    func index(_ releases: [ReleaseRecord]) async throws(StoreError) {}
    func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(StoreError) -> [ReleaseRecord] { [] }
    func pages() async throws(StoreError) -> [Page] { [] }
    func newestRun(repository: String) async throws(StoreError) -> TaggedRun? { nil }
    func raise(_ key: String, _ reason: String, of run: String, at: Instant) async throws(StoreError) {}
    func record(_ page: Page) async throws(StoreError) {}
    func ended(before position: Int?, limit: Int) async throws(StoreError) -> [EndedRun] { [] }
    func prune(_ run: String, at: Instant, limit: Int) async throws(StoreError) -> Bool { true }
    func pruned(after position: Int, limit: Int) async throws(StoreError) -> [(position: Int, run: PrunedRun)] { [] }
    func shrink(bytesMax: Int) async throws(StoreError) -> Int { 0 }
}
