import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts
import TminusSimulation

@Suite(.timeLimit(.minutes(5)))
struct PruneTests {
    /// So many runs that succeeded, each a release where it has an effect.
    private func ran(
        _ count: Int, on engine: Engine, _ clock: HandClock, _ change: (inout Plan) -> Void = { _ in }
    ) async throws {
        for _ in 0..<count {
            clock.advance(by: .seconds(1))
            let run = try await engine.submit(.made(of: 1, change: change))
            #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        }
    }

    /// Runs of the pipeline `slow` stay live.
    private func started() async throws -> (bench: TestBench, engine: Engine) {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { $0.key.run.hasPrefix("slow") ? nil : .exited(0) })
        return (bench, try await bench.started())
    }

    private let all = PruneOrder(olderThan: nil, keep: 0, takesPastCosts: true, reason: "tidy")

    @Test func whatWasPrunedIsRecordedFirstAndListedNoMore() async throws {
        let (bench, engine) = try await started()
        try await ran(4, on: engine, bench.clock)
        let heads = try await bench.journal.ended(before: nil, limit: 9).map(\.rest)
        var dry = all
        dry.isDryRun = true
        let would = try await engine.prune(dry, by: ada)
        #expect(would.pruned.map(\.run) == ["shop-3", "shop-2", "shop-1"])
        #expect(try await engine.summaries(RunQuery()).count == 4)
        let answer = try await engine.prune(all, by: ada)
        #expect(answer.pruned == Array(heads.dropFirst()))
        #expect(answer.spared == [.newest: 1])
        #expect(!answer.hasMore)
        #expect(try await engine.summaries(RunQuery()).map(\.run) == ["shop-4"])
        let events = try await engine.controlEvents(after: 0, limit: 9).map(\.body)
        #expect(events == [.runsPruned(answer.pruned, by: "ada", reason: "tidy")])
        #expect(bench.files.gone == ["shop-3", "shop-2", "shop-1"])
        let error = await #expect(throws: EngineError.self) { try await engine.summary(of: "shop-1") }
        #expect(error?.description == "shop-1 was pruned: tminus audit list says when")
        #expect(try await engine.submit(.made(of: 1)) == "shop-5")
    }

    @Test func liveRunsAndWhatTheyAreOfStay() async throws {
        let (bench, engine) = try await started()
        try await ran(3, on: engine, bench.clock)
        bench.files.hold("shop-2")
        let live = try await engine.submit(.made(of: 1, named: "slow"))
        await bench.runner.when { $0.contains { if case .start(let key) = $0 { key.run == "slow-1" } else { false } } }
        let answer = try await engine.prune(all, by: ada)
        #expect(answer.pruned.map(\.run) == ["shop-3", "shop-1"])
        #expect(answer.spared == [.stillBusy: 1])
        #expect(try await engine.summaries(RunQuery()).map(\.run) == [live, "shop-2"])
    }

    @Test func whatGoingBackNeedsStays() async throws {
        let (bench, engine) = try await started()
        try await ran(15, on: engine, bench.clock) {
            $0.steps[0].hasEffect = true
            $0.steps[0].rollback = .command(
                Command(argv: ["/bin/true"]), retry: RetryPolicy(), timeouts: Timeouts(), isIdempotent: true)
        }
        let answer = try await engine.prune(all, by: ada)
        #expect(answer.pruned.map(\.run) == (1...5).reversed().map { "shop-\($0)" })
        #expect(answer.spared == [.newest: 1, .goingBack: 9])
        let way = try await engine.proposeRollback(.service("shop", environment: "test", to: nil))
        #expect(way.undone.map(\.release.run) == ["shop-15"])
    }

    @Test func whoMayNotIsRefusedAndThatIsKept() async throws {
        let (bench, engine) = try await started()
        try await ran(2, on: engine, bench.clock)
        let error = await #expect(throws: EngineError.self) {
            try await engine.prune(all, by: Person(name: "eve", rights: [.start]))
        }
        #expect(error?.code == .refused)
        #expect(try await engine.summaries(RunQuery()).count == 2)
        #expect(try await engine.controlEvents(after: 0, limit: 9).map(\.body.type) == ["orderRefused"])
    }

    /// A crash after the first piece: the next pruning finishes it, whatever it is asked, and does not record it again.
    @Test func whatWasBegunIsFinished() async throws {
        let (bench, engine) = try await started()
        try await ran(2, on: engine, bench.clock)
        #expect(try await !bench.journal.prune("shop-1", at: bench.clock.now, limit: 1))
        let answer = try await engine.prune(PruneOrder(olderThan: .seconds(1_000_000), keep: nil), by: ada)
        #expect(answer.pruned.map(\.run) == ["shop-1"])
        #expect(try await bench.journal.ended(before: nil, limit: 9).map(\.summary.run) == ["shop-2"])
        #expect(try await engine.controlEvents(after: 0, limit: 9).isEmpty)
    }
}
