import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct RunTests {
    @Test func aChainOfThreeStepsSucceedsInOrder() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let run = try await engine.submit(.chain(of: 3))
        #expect(run == "shop-1")
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        #expect(bench.runner.orders.map(\.name) == ["shop-1/s0/1", "shop-1/s1/1", "shop-1/s2/1"])
        #expect(await engine.figures().attemptsStarted == 3)
        #expect(await engine.figures().runsEnded == [1, 0, 0, 0, 0])
    }

    @Test func anAttemptIsOrderedWithAllItNeeds() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let content = Array("#!/bin/sh\n".utf8)
        let file = PinnedFile(path: "deploy.sh", digest: digest(of: content), size: 10, isExecutable: true)
        let plan = Plan.made(of: 1) { plan in
            plan.files = [file]
            plan.inputs = [PlanInput(name: "version", kind: .version, value: "1.2")]
            plan.steps[0].timeouts = Timeouts(attempt: .seconds(7), grace: .seconds(2))
            plan.steps[0].secrets = [SecretReference(name: "TOKEN", source: .environment("TOKEN"))]
            plan.steps[0].environment = [Variable(name: "COLOUR", value: "blue")]
        }
        let run = try await engine.submit(plan, files: [file.digest: content])
        _ = try await engine.outcome(of: run)
        let order = try #require(bench.runner.orders.first)
        #expect(order.directory == "runs/shop-1/s0/1")
        #expect(order.timeout == .seconds(7))
        #expect(order.grace == .seconds(2))
        #expect(order.workingDirectory == "/srv/shop")
        #expect(order.pinnedFiles == "runs/shop-1/files")
        #expect(order.pinned == ["deploy.sh"])
        #expect(order.secrets == plan.steps[0].secrets)
        #expect(order.work == .command(Command(argv: ["/bin/true"]), environment: []))
        #expect(order.environment.prefix(2).map(\.name) == ["PATH", "COLOUR"])
        #expect(order.environment.contains(Variable(name: "TMINUS_INPUT_VERSION", value: "1.2")))
        #expect(order.environment.contains(Variable(name: "TMINUS_IDEMPOTENCY_KEY", value: "shop-1/s0")))
        #expect(order.environment.contains(Variable(name: "TMINUS_FENCE", value: "1800000000000")))
        #expect(bench.files.files(of: run) == [PinnedContent(file: file, content: content)])
    }

    @Test func aFailedStepRollsBackWithTheRollbacksOwnTimeout() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { $0.name.contains("/s1/") ? .exited(3) : .exited(0) })
        let engine = try await bench.started()
        let plan = Plan.chain(of: 2) { plan in
            plan.steps[0].hasEffect = true
            plan.steps[0].rollback = .command(
                Command(argv: ["/bin/undo"]), retry: .once, timeouts: Timeouts(attempt: .seconds(9)),
                isIdempotent: false)
        }
        let run = try await engine.submit(plan)
        #expect(try await engine.outcome(of: run) == .ended(.rolledBack))
        let undo = try #require(bench.runner.orders.last)
        #expect(undo.name == "shop-1/s0/rollback-1")
        #expect(undo.timeout == .seconds(9))
        #expect(undo.work == .command(Command(argv: ["/bin/undo"]), environment: []))
    }

    @Test func anEngineStartedInTheMiddleAdoptsWhatRuns() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { $0.name.contains("/s1/") ? nil : .exited(0) })
        let first = try await bench.started()
        let run = try await first.submit(.chain(of: 3))
        await bench.runner.when { $0.count == 2 }
        await first.shutdown()

        let after = bench.restarted(ScriptedRunner(onAdopt: { _ in .exited(0) }))
        let second = try await after.started()
        #expect(try await second.outcome(of: run) == .ended(.succeeded))
        #expect(bench.runner.orders.map(\.name) == ["shop-1/s0/1", "shop-1/s1/1"])
        #expect(after.runner.orders.map(\.name) == ["shop-1/s1/1", "shop-1/s2/1"])
        let middle = AttemptKey(run: run, attempt: .step(AttemptID(step: 1)))
        #expect(after.runner.calls.first == .adopt(middle))
    }

    @Test func aSecondRunOfTheServiceWaitsAndNamesTheHolder() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { $0.name.hasPrefix("shop-1/") ? nil : .exited(0) })
        let engine = try await bench.started()
        let first = try await engine.submit(.made(of: 1))
        let second = try await engine.submit(.made(of: 1))
        await engine.see(second) { $0 == .lockWaited(holder: "shop-1") }
        #expect(try await engine.summary(of: second).status == .waiting)
        await bench.runner.when { $0.count == 1 }
        bench.runner.finish(AttemptKey(run: first, attempt: .step(AttemptID(step: 0))), .exited(0))
        #expect(try await engine.outcome(of: second) == .ended(.succeeded))
        #expect(bench.runner.orders.map(\.name) == ["shop-1/s0/1", "shop-2/s0/1"])
        #expect(await engine.isIdle)
    }

    @Test func aRunThatHadStartedKeepsItsLockThroughARestart() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let first = try await bench.started()
        let holder = try await first.submit(.made(of: 1))
        let waiter = try await first.submit(.made(of: 1))
        await first.see(waiter) { $0 == .lockWaited(holder: holder) }
        await bench.runner.when { $0.count == 1 }
        await first.shutdown()

        let after = bench.restarted(ScriptedRunner(onAdopt: { _ in nil }))
        let second = try await after.started()
        await after.runner.when { $0.count == 1 }
        #expect(try await second.summary(of: waiter).status == .waiting)
        after.runner.finish(AttemptKey(run: holder, attempt: .step(AttemptID(step: 0))), .exited(0))
        #expect(try await second.outcome(of: waiter) == .ended(.succeeded))
    }

    @Test func aTimedWaitEndsWhenTheClockSaysSo() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let plan = Plan.made(of: 1) { $0.steps[0].kind = .wait(.seconds(90)) }
        let run = try await engine.submit(plan)
        await engine.see(run) { if case .holdStarted = $0 { true } else { false } }
        #expect(await engine.idleSince() == nil)
        await bench.clock.pass(.seconds(90))
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        #expect(await engine.idleSince() == bench.clock.now)
    }

    @Test func anEngineWithNothingLiveIsIdleFromItsStart() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        await engine.whenIdle()
        #expect(await engine.idleSince() == bench.clock.now)
    }
}
