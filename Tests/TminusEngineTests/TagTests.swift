import Synchronization
import Testing
import TminusEngine
import TminusModel
import TminusPorts

/// Tags that make runs, and those that are held.
@Suite(.timeLimit(.minutes(2)))
struct TagTests {
    private static func plan(_ object: String, repository: String = "https://h/shop.git") -> Plan {
        .made(of: 1) { plan in
            plan.onPage = Command(argv: ["/bin/page"])
            plan.source = PlanSource(
                repository: repository, tag: "v1", object: object, commit: object, tree: object, path: "shop.yaml",
                committed: Instant(millisecondsSinceEpoch: 0))
        }
    }

    private static func submit(_ plan: Plan, to engine: Engine) async -> Result<String, EngineError> {
        do throws(EngineError) {
            // As a desk whose look was over before any of the others had made its run.
            let origin = plan.source.map { TagOrigin($0) }
            return .success(
                try await engine.submit(plan, digest: digest(of: plan.json.bytes), files: [:], by: ada, origin: origin))
        } catch { return .failure(error) }
    }

    @Test func ofManyThatSubmitAMovedTagAtOnceOnlyThoseOfOneObjectStart() async throws {
        for _ in 0..<20 {
            let bench = TestBench()
            let engine = try await bench.started()
            let results = await withTaskGroup(of: Result<String, EngineError>.self) { group in
                for number in 0..<20 {
                    let address = number % 4 < 2 ? "https://h/shop.git" : "git@H:shop"
                    let plan = Self.plan(number % 2 == 0 ? "aa" : "bb", repository: address)
                    group.addTask { await Self.submit(plan, to: engine) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { (try? $0.get()) != nil } == 1)
            let codes = results.compactMap { result -> EngineError.Code? in
                guard case .failure(let error) = result else { return nil }
                return error.code
            }
            #expect(codes.count { $0 == .duplicate } == 9)
            #expect(codes.count { $0 == .moved } == 10)
            #expect(try await bench.journal.runs(repository: "ssh://git@h/shop", tag: "v1").count == 1)
        }
    }

    @Test func aMovedTagPagesWhomItsRunNamesOnceAndIsRecorded() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in .exited(0) })
        let engine = try await bench.started()
        let run = try await Self.submit(Self.plan("aa"), to: engine).get()
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        for _ in 0..<3 {
            let error = await #expect(throws: EngineError.self) {
                try await engine.origin(of: Self.plan("bb", repository: "git@h:shop"))
            }
            #expect(error?.code == .moved)
            #expect(error?.description.contains("was object aa when it made shop-1") == true)
        }
        await engine.whenIdle()
        let pages = bench.runner.orders.filter { if case .page = $0.key.attempt { true } else { false } }
        #expect(pages.count == 1)
        #expect(pages.first?.environment.contains(Variable(name: "TMINUS_PAGE_KEY", value: "tag-held:v1:bb")) == true)
        let events = try await engine.controlEvents(after: 0, limit: 10)
        let reasons = events.compactMap { event -> String? in
            guard case .tagSeen(_, "v1", "bb", "held", let reason, nil) = event.body else { return nil }
            return reason
        }
        #expect(reasons.count == 3)
        #expect(reasons.allSatisfy { $0.hasSuffix("; whom shop-1 names in onPage is paged") }, "\(reasons)")
    }

    @Test func aTagOfARepositoryThatHasMadeNoRunPagesNobodyAndSaysSo() async throws {
        let engine = try await TestBench().started()
        let paged = await engine.pageHeldTag(nil, repository: "https://h/x", key: "tag-held:v1:aa", reason: "bad")
        #expect(paged == "nobody is paged, for no tag of this repository has made a run yet")
    }

    @Test func aTagInDoubtPagesWhomTheNewestRunOfItsRepositoryNames() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in .exited(0) })
        let engine = try await bench.started()
        let run = try await Self.submit(Self.plan("aa"), to: engine).get()
        _ = try await engine.outcome(of: run)
        let paged = await engine.pageHeldTag(nil, repository: "git@h:shop", key: "tag-held:v2:cc", reason: "bad")
        #expect(paged == "whom shop-1 names in onPage is paged")
        await engine.whenIdle()
        #expect(await engine.figures().pagesDelivered == 1)
    }
}
