import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct SubmitTests {
    @Test func aPlanOfAnotherDigestIsRefused() async throws {
        let engine = try await TestBench().started()
        let error = await #expect(throws: EngineError.self) {
            try await engine.submit(.made(of: 1), digest: String(repeating: "a", count: 64), files: [:], by: ada)
        }
        #expect(error?.code == .badPlan)
    }

    @Test func aFileThatWasNotSentIsNamed() async throws {
        let engine = try await TestBench().started()
        let plan = Plan.made(of: 1) {
            $0.files = [PinnedFile(path: "a/b.sh", digest: digest(of: [1]), size: 1, isExecutable: false)]
        }
        let error = await #expect(throws: EngineError.self) { try await engine.submit(plan) }
        #expect(error?.description == "the content of a/b.sh was not sent along; send it and try again")
    }

    @Test(arguments: [[2] as [UInt8], [1, 1], []])
    func aFileOfOtherContentIsRefused(_ content: [UInt8]) async throws {
        let engine = try await TestBench().started()
        let name = digest(of: [1])
        let plan = Plan.made(of: 1) {
            $0.files = [PinnedFile(path: "a.sh", digest: name, size: 1, isExecutable: false)]
        }
        let error = await #expect(throws: EngineError.self) { try await engine.submit(plan, files: [name: content]) }
        #expect(error?.code == .badPlan)
    }

    @Test(arguments: ["../up", "/etc/passwd", "a//b", "a/./b", "", "a\0b"])
    func aPathThatLeavesTheRunsFolderIsRefused(_ path: String) async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let name = digest(of: [1])
        let plan = Plan.made(of: 1) {
            $0.files = [PinnedFile(path: path, digest: name, size: 1, isExecutable: false)]
        }
        await #expect(throws: EngineError.self) { try await engine.submit(plan, files: [name: [1]]) }
        #expect(bench.files.files(of: "shop-1") == nil)
    }

    @Test(arguments: ["", ".", "..", "a/b", "-x", "a b"])
    func aPipelineThatCouldNotNameAFolderIsRefused(_ name: String) async throws {
        let engine = try await TestBench().started()
        await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1, named: name)) }
    }

    @Test func runsOfAPipelineAreNumberedThroughRestarts() async throws {
        let bench = TestBench()
        let first = try await bench.started()
        #expect(try await first.submit(.made(of: 1)) == "shop-1")
        #expect(try await first.submit(.made(of: 1, named: "other")) == "other-1")
        #expect(try await first.submit(.made(of: 1)) == "shop-2")
        await first.shutdown()
        let second = try await bench.restarted(ScriptedRunner()).started()
        #expect(try await second.submit(.made(of: 1)) == "shop-3")
    }

    @Test func fencesRiseFromRunToRun() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let runs = [try await engine.submit(.made(of: 1)), try await engine.submit(.made(of: 1))]
        for run in runs { _ = try await engine.outcome(of: run) }
        let fences = bench.runner.orders.map { order in order.environment.first { $0.name == "TMINUS_FENCE" }?.value }
        #expect(fences == ["1800000000000", "1800000000001"])
    }

    @Test func aCommandIsAnsweredOnceItIsDurable() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        let answer = try await engine.command(.pause(reason: "lunch"), to: run, by: ada)
        #expect(answer.isAccepted)
        let events = try await bench.journal.events(of: run, after: 0, limit: 100)
        #expect(events.map(\.body).contains(.runPaused(by: "ada", reason: "lunch")))
    }

    @Test func aRunThatIsOverTakesNoCommands() async throws {
        let engine = try await TestBench().started()
        let run = try await engine.submit(.made(of: 1))
        _ = try await engine.outcome(of: run)
        let answer = try await engine.command(.resume, to: run, by: ada)
        #expect(answer.message == "shop-1 is over: it succeeded; a run that is over takes no commands")
        #expect(!answer.isAccepted)
    }

    @Test func anUnknownRunIsSaidToBeUnknown() async throws {
        let engine = try await TestBench().started()
        let error = await #expect(throws: EngineError.self) {
            try await engine.command(.resume, to: "shop-9", by: ada)
        }
        #expect(error?.code == .unknownRun)
        await #expect(throws: EngineError.self) { try await engine.state(of: "shop-9") }
        #expect(await engine.see("shop-9").isEmpty)
    }

    @Test func anEngineThatLeavesTakesNothingIn() async throws {
        let engine = try await TestBench().started()
        await engine.shutdown()
        let error = await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1)) }
        #expect(error?.code == .unavailable)
    }

    /// An older backup was restored: what ran by a name since then must not be taken for what a new run does.
    @Test func aNameUnderWhichSomethingWasStartedIsGivenToNoOther() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let first = try await engine.submit(.made(of: 1))
        let pipeline = String(first.dropLast(2))
        #expect(first == "\(pipeline)-1")
        for number in 2...3 { bench.files.leave("\(pipeline)-\(number)") }
        #expect(try await engine.submit(.made(of: 1)) == "\(pipeline)-4")
        #expect(try await engine.submit(.made(of: 1)) == "\(pipeline)-5")
    }
}
