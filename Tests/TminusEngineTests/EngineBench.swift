import Foundation
import Testing
import TminusEngine
import TminusModel
import TminusSimulation

/// What the engine itself costs a step: an instant runner, a journal in memory. Run in release mode with
/// `TMINUS_BENCH=1 swift test -c release -Xswiftc -enable-testing --filter EngineBench`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TMINUS_BENCH"] != nil))
struct EngineBench {
    @Test(arguments: [1_000, 10_000], [true, false])
    func stepsThatDoNothing(_ count: Int, _ isChain: Bool) async throws {
        let journal = MemoryJournal()
        let bench = TestBench(journal: FaultyJournal(journal))
        let engine = try await bench.started()
        let plan: Plan = isChain ? .chain(of: count) : .made(of: count)
        let before = Self.anonymousKilobytes
        let begin = ContinuousClock.now
        let run = try await engine.submit(plan)
        let submitted = ContinuousClock.now
        while await !engine.isIdle { try await Task.sleep(for: .milliseconds(1)) }
        let elapsed = ContinuousClock.now - submitted
        #expect(try await engine.summary(of: run).status == .ended(.succeeded))
        let figures = await engine.figures()
        let micros = Double(elapsed.milliseconds) * 1_000 / Double(count)
        print(
            """
            \(isChain ? "chain" : "flat ") \(count): \(String(format: "%.1f", micros)) µs/step, submit \
            \((submitted - begin).milliseconds) ms, \(figures.appends) appends, \(figures.events) events, \
            anonymous memory \(before) -> \(Self.anonymousKilobytes) kB
            """)
    }

    private static var anonymousKilobytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }
}
