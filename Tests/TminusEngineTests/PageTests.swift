import Synchronization
import TestClock
import Testing
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct PageTests {
    /// A run whose step fails and whose undoing fails: it pages.
    private static func plan(onPage: Command?) -> Plan {
        .chain(of: 2) { plan in
            plan.onPage = onPage
            plan.steps[0].hasEffect = true
            plan.steps[0].rollback = .command(
                Command(argv: ["/bin/undo"]), retry: .once, timeouts: .standard, isIdempotent: false)
        }
    }

    private static let pager = Command(argv: ["/bin/page"])

    /// Fails step `s1` and every rollback; pages end as `paging` says for each try.
    private static func runner(_ paging: @escaping @Sendable (Int) -> AttemptEnd?) -> ScriptedRunner {
        ScriptedRunner(
            onStart: { order in
                if case .page(_, let tried) = order.key.attempt { return paging(tried) }
                return order.name.contains("/s0/1") ? .exited(0) : .exited(1)
            },
            onAdopt: { order in
                if case .page(_, let tried) = order.key.attempt { return paging(tried) }
                return .exited(1)
            })
    }

    private static func pageOrders(_ runner: ScriptedRunner) -> [AttemptOrder] {
        runner.orders.filter { if case .page = $0.key.attempt { true } else { false } }
    }

    private static func tries(_ runner: ScriptedRunner, are count: Int) async {
        await runner.when { calls in
            calls.count {
                switch $0 {
                case .start(let key), .adopt(let key): if case .page = key.attempt { true } else { false }
                case .stop: false
                }
            } == count
        }
    }

    @Test func aPageIsTriedUntilItIsDeliveredThoughItsRunIsOver() async throws {
        var bench = TestBench()
        bench.runner = Self.runner { $0 == 3 ? .exited(0) : .exited(1) }
        let engine = try await bench.started()
        let run = try await engine.submit(Self.plan(onPage: Self.pager))
        #expect(try await engine.outcome(of: run) == .ended(.rollbackIncomplete))
        await Self.tries(bench.runner, are: 1)
        #expect(await engine.idleSince() == nil)
        await bench.clock.pass(.seconds(5))
        await Self.tries(bench.runner, are: 2)
        await bench.clock.pass(.seconds(10))
        await Self.tries(bench.runner, are: 3)
        await engine.whenIdle()
        let orders = Self.pageOrders(bench.runner)
        #expect(orders.map(\.directory) == ["1.1", "1.2", "1.3"].map { "runs/shop-1/.pages/\($0)" })
        #expect(Set(orders.map { $0.environment.first { $0.name == "TMINUS_PAGE_KEY" }?.value }).count == 1)
        #expect(orders[0].environment.contains(Variable(name: "TMINUS_RUN", value: run)))
        #expect(try await bench.journal.pages().isEmpty)
        #expect(await engine.figures().pagesDelivered == 1)
        #expect(await engine.figures().pageTriesFailed == 2)
    }

    @Test func aPageIsGivenUpAfterTwentyTries() async throws {
        var bench = TestBench()
        bench.runner = Self.runner { _ in .exited(1) }
        let engine = try await bench.started()
        let run = try await engine.submit(Self.plan(onPage: Self.pager))
        _ = try await engine.outcome(of: run)
        for count in 1...19 {
            await Self.tries(bench.runner, are: count)
            await bench.clock.pass(.seconds(300))
        }
        await Self.tries(bench.runner, are: 20)
        await engine.whenIdle()
        #expect(await engine.figures().pagesGivenUp == 1)
        #expect(try await bench.journal.pages().isEmpty)
    }

    @Test func withoutOnPageAPageStaysToBeShown() async throws {
        var bench = TestBench()
        bench.runner = Self.runner { _ in .exited(0) }
        let engine = try await bench.started()
        let run = try await engine.submit(Self.plan(onPage: nil))
        _ = try await engine.outcome(of: run)
        await engine.whenIdle()
        #expect(Self.pageOrders(bench.runner).isEmpty)
        #expect(try await engine.pages().map(\.run) == [run])
    }

    @Test func aPageThatAnEarlierEngineBeganIsAdopted() async throws {
        var bench = TestBench()
        bench.runner = Self.runner { _ in nil }
        let first = try await bench.started()
        let run = try await first.submit(Self.plan(onPage: Self.pager))
        _ = try await first.outcome(of: run)
        await Self.tries(bench.runner, are: 1)
        await first.shutdown()

        let after = bench.restarted(Self.runner { $0 == 1 ? .tombstoned : .exited(0) })
        let second = try await after.started()
        await Self.tries(after.runner, are: 2)
        await second.whenIdle()
        #expect(Self.pageOrders(after.runner).map(\.name) == ["page 1.1", "page 1.2"])
        let one = AttemptKey(run: run, attempt: .page(number: 1, tried: 1))
        let two = AttemptKey(run: run, attempt: .page(number: 1, tried: 2))
        #expect(after.runner.calls == [.adopt(one), .start(two)])
        #expect(try await after.journal.pages().isEmpty)
    }
}
