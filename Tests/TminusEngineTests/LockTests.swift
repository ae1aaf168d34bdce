import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

/// The lock of a (service, environment): who has it, who comes next, and how it is taken away.
@Suite(.timeLimit(.minutes(5)))
struct LockTests {
    /// Steps of the run named first never end by themselves.
    private func bench(hanging run: String = "shop-1") -> TestBench {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { $0.name.hasPrefix("\(run)/") ? nil : .exited(0) })
        return bench
    }

    @Test func aLockSaysWhoHasItAndWhoComesNext() async throws {
        let bench = bench()
        let engine = try await bench.started()
        #expect(await engine.locks().isEmpty)
        let plan = Plan.chain(of: 2)
        let hash = digest(of: plan.json.bytes)
        _ = try await engine.submit(plan, digest: hash, files: [:], by: ada, reason: "the spring release")
        _ = try await engine.submit(plan, by: Person(name: "bob"))
        let back = try await engine.submit(
            plan, digest: hash, files: [:], by: ada, lineage: .rollback(of: "shop-0", restores: nil))
        await engine.see("shop-1") { $0 == .runStarted }
        let lock = try #require(await engine.locks().first)
        #expect(lock.service == "shop")
        #expect(lock.environment == "test")
        #expect(lock.holder == "shop-1")
        #expect(lock.by == "ada")
        #expect(lock.reason == "the spring release")
        #expect(lock.since == bench.clock.now)
        #expect(back == "shop-3")
        #expect(lock.queue.map(\.run) == ["shop-3", "shop-2"])
        #expect(lock.queue.map(\.isRollback) == [true, false])
        #expect(lock.queue.map(\.by) == ["ada", "bob"])
    }

    @Test func aRollbackPassesReleasesThatWait() async throws {
        let bench = bench()
        let engine = try await bench.started()
        let plan = Plan.chain(of: 2)
        _ = try await engine.submit(plan)
        _ = try await engine.submit(plan)
        _ = try await engine.submit(
            plan, digest: digest(of: plan.json.bytes), files: [:], by: ada,
            lineage: .rollback(of: "shop-0", restores: nil))
        await bench.runner.when { !$0.isEmpty }
        _ = try await engine.command(.abort(reason: "stop", keepsEffects: true), to: "shop-1", by: ada)
        #expect(try await engine.outcome(of: "shop-2") == .ended(.succeeded))
        #expect(bench.runner.orders.map(\.key.run) == ["shop-1", "shop-3", "shop-3", "shop-2", "shop-2"])
    }

    @Test func breakingALockPausesItsRunAndLetsTheNextOneGo() async throws {
        let bench = bench()
        let engine = try await bench.started()
        let plan = Plan.chain(of: 2)
        _ = try await engine.submit(plan)
        _ = try await engine.submit(plan)
        await bench.runner.when { !$0.isEmpty }
        let holder = try await engine.breakLock(service: "shop", environment: "test", by: ada, reason: "it hangs")
        #expect(holder == "shop-1")
        #expect(try await engine.outcome(of: "shop-2") == .ended(.succeeded))
        // What was under way ended by itself, and nothing follows it.
        bench.runner.finish(AttemptKey(run: "shop-1", attempt: .step(AttemptID(step: 0))), .exited(0))
        await engine.see("shop-1") { $0 == .stepSucceeded(step: 0) }
        #expect(bench.runner.orders.count { $0.key.run == "shop-1" } == 1)
        let lock = try #require(await engine.locks().first)
        #expect(lock.holder == "shop-1")
        var started = 0
        let seen = await engine.see("shop-1") { body in
            if body == .runStarted { started += 1 }
            return started == 2
        }
        #expect(seen.contains { $0.body == .lockBroken(by: "ada", reason: "it hangs") })
        #expect(try await engine.command(.resume, to: "shop-1", by: ada).isAccepted)
        await bench.runner.when { calls in calls.count { $0.isStart(of: "shop-1") } == 2 }
    }

    @Test func aLockBrokenWithNobodyWaitingComesBackAndThePauseStays() async throws {
        let bench = bench()
        let engine = try await bench.started()
        _ = try await engine.submit(.chain(of: 2))
        await bench.runner.when { !$0.isEmpty }
        _ = try await engine.breakLock(service: "shop", environment: "test", by: ada, reason: "it hangs")
        var started = 0
        await engine.see("shop-1") { body in
            if body == .runStarted { started += 1 }
            return started == 2
        }
        #expect(try await engine.summary(of: "shop-1").status == .paused)
        #expect(await engine.locks().map(\.holder) == ["shop-1"])
    }

    @Test func aRestartedEngineGivesABrokenLockToWhoeverGotIt() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let first = try await bench.started()
        let plan = Plan.chain(of: 2)
        _ = try await first.submit(plan)
        _ = try await first.submit(plan)
        await bench.runner.when { !$0.isEmpty }
        _ = try await first.breakLock(service: "shop", environment: "test", by: ada, reason: "it hangs")
        await first.see("shop-2") { $0 == .runStarted }
        await first.shutdown()

        let after = bench.restarted(ScriptedRunner(onAdopt: { _ in nil }))
        let second = try await after.started()
        let lock = try #require(await second.locks().first)
        #expect(lock.holder == "shop-2")
        #expect(lock.queue.map(\.run) == ["shop-1"])
        #expect(lock.queue.map(\.isBroken) == [true])
    }

    @Test func whoMayNotBreakALockIsToldWhy() async throws {
        let bench = bench()
        let engine = try await bench.started()
        await #expect(throws: EngineError.self) {
            try await engine.breakLock(service: "shop", environment: "test", by: ada, reason: "it hangs")
        }
        _ = try await engine.submit(.chain(of: 2))
        await bench.runner.when { !$0.isEmpty }
        let error = await #expect(throws: EngineError.self) {
            let eve = Person(name: "eve", rights: [.start])
            return try await engine.breakLock(service: "shop", environment: "test", by: eve, reason: "it hangs")
        }
        #expect(error?.code == .refused)
        #expect(
            error?.description
                == "eve may not break locks: that takes the right breakLock, which the policy grants "
                + "(tminus policy show)")
        await #expect(throws: EngineError.self) {
            try await engine.breakLock(service: "shop", environment: "test", by: ada, reason: " ")
        }
        #expect(await engine.locks().map(\.holder) == ["shop-1"])
    }

    @Test func twoWhoBreakTheSameLockAtOnceBreakItOnce() async throws {
        let bench = bench()
        let engine = try await bench.started()
        let plan = Plan.chain(of: 2)
        _ = try await engine.submit(plan)
        _ = try await engine.submit(plan)
        await bench.runner.when { !$0.isEmpty }
        let broken = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try? await engine.breakLock(service: "shop", environment: "test", by: ada, reason: "it hangs")
                }
            }
            var all: [String] = []
            for await name in group { if let name { all.append(name) } }
            return all
        }
        #expect(!broken.isEmpty)
        let events = try await engine.events(of: "shop-1", after: 0, limit: 100)
        let times = events.count { $0.body.type == .lockBroken }
        #expect(times >= 1)
        #expect(times <= broken.count { $0 == "shop-1" })
    }
}

extension ScriptedRunner.Call {
    fileprivate func isStart(of run: String) -> Bool {
        if case .start(let key) = self { key.run == run } else { false }
    }
}
