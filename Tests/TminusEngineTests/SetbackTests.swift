import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct SetbackTests {
    /// Refuses the append that holds the first end of an attempt.
    private static func atFirstEnd(_ code: StoreError.Code) -> @Sendable ([JournalBatch]) -> StoreError? {
        { batches in
            let isMeant = batches.flatMap(\.events).contains { if case .attemptEnded = $0.body { true } else { false } }
            return isMeant ? StoreError(code, "refused by the test") : nil
        }
    }

    @Test(arguments: [StoreError.Code.storage, .full, .conflict, .finished, .corrupt])
    func aRunTheJournalRefusedIsReadAnewAndGoesOn(_ code: StoreError.Code) async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onAdopt: { _ in .exited(0) })
        bench.journal.refuseOnce(Self.atFirstEnd(code))
        let engine = try await bench.started()
        let run = try await engine.submit(.chain(of: 3))
        await bench.clock.pass(.seconds(1))
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        #expect(bench.runner.orders.map(\.name) == ["shop-1/s0/1", "shop-1/s0/1", "shop-1/s1/1", "shop-1/s2/1"])
        let first = AttemptKey(run: run, attempt: .step(AttemptID(step: 0)))
        #expect(Array(bench.runner.calls.prefix(2)) == [.start(first), .adopt(first)])
        #expect(await engine.figures().runsTakenUpAgain == 1)
        #expect(bench.ends.texts.isEmpty)
    }

    @Test func oneRunsConflictDoesNotHoldUpAnother() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil }, onAdopt: { _ in .exited(0) })
        let engine = try await bench.started()
        let bad = try await engine.submit(.made(of: 1))
        let good = try await engine.submit(.made(of: 1, named: "other") { $0.service = "other" })
        await bench.runner.when { $0.count == 2 }
        for _ in 0..<2 {
            bench.journal.refuseOnce { batches in
                let names = batches.map(\.summary.run)
                return names.contains(bad) ? StoreError(.conflict, "refused by the test") : nil
            }
        }
        let step = AttemptKey.Attempt.step(AttemptID(step: 0))
        engine.reported(
            [bad, good].map { run in
                AttemptReport(
                    key: AttemptKey(run: run, attempt: step), news: .ended(AttemptResult(end: .exited(0))))
            })
        #expect(try await engine.outcome(of: good) == .ended(.succeeded))
        #expect(try await engine.summary(of: bad).status == .running)
        await bench.clock.pass(.seconds(1))
        #expect(try await engine.outcome(of: bad) == .ended(.succeeded))
    }

    @Test func aCommandTheJournalRefusedIsNotAnswered() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        await bench.runner.when { $0.count == 1 }
        bench.journal.refuseOnce { _ in StoreError(.full, "no space") }
        let error = await #expect(throws: EngineError.self) {
            try await engine.command(.pause(reason: "lunch"), to: run, by: ada)
        }
        #expect(error?.code == .store)
        let again = await #expect(throws: EngineError.self) {
            try await engine.command(.pause(reason: "lunch"), to: run, by: ada)
        }
        #expect(again?.code == .unavailable)
    }

    @Test func aRunThatWasNotKeptIsNotSubmitted() async throws {
        let bench = TestBench()
        bench.journal.refuseOnce { _ in StoreError(.full, "no space") }
        let engine = try await bench.started()
        let error = await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1)) }
        #expect(error?.description == "the run was not submitted: no space")
        #expect(await engine.isIdle)
        #expect(try await engine.submit(.made(of: 1)) == "shop-2")
    }

    @Test func aDiskThatFailsThriceInARowEndsTheEngine() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil }, onAdopt: { _ in .exited(0) })
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        await bench.runner.when { $0.count == 1 }
        for _ in 0..<3 { bench.journal.refuseOnce { _ in StoreError(.storage, "input/output error") } }
        bench.runner.finish(AttemptKey(run: run, attempt: .step(AttemptID(step: 0))), .exited(0))
        await bench.clock.pass(.seconds(1))
        await bench.clock.pass(.seconds(2))
        while bench.ends.texts.isEmpty, !Task.isCancelled { await Task.yield() }
        #expect(bench.ends.texts.count == 1)
        let said = "the journal's disk failed 3 times in a row: input/output error"
        #expect(bench.ends.texts[0].hasPrefix(said))
    }

    @Test func aRunThatCannotBeReadAtTheStartKeepsItsLockAndIsTakenUpLater() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let first = try await bench.started()
        let run = try await first.submit(.made(of: 1))
        await bench.runner.when { $0.count == 1 }
        await first.shutdown()

        let after = bench.restarted(ScriptedRunner(onAdopt: { _ in .exited(0) }))
        after.journal.refuseReadOnce(StoreError(.corrupt, "event 2 does not follow"))
        let second = try await after.started()
        let waiter = try await second.submit(.made(of: 1))
        await second.see(waiter) { $0 == .lockWaited(holder: run) }
        #expect(after.runner.calls.isEmpty)
        await after.clock.pass(.seconds(1))
        #expect(try await second.outcome(of: run) == .ended(.succeeded))
        #expect(try await second.outcome(of: waiter) == .ended(.succeeded))
    }

    @Test func nothingIsTakenInBeforeTheStart() async throws {
        let engine = TestBench().engine()
        let error = await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1)) }
        #expect(error?.code == .unavailable)
    }
}
