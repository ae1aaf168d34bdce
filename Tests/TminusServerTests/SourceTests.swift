import Synchronization
import Testing
import TminusAPI
import TminusEngine
import TminusModel
import TminusServer

/// Orders from tags over the control socket and TCP, with a repository that answers as a test says.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct SourceTests {
    /// What the repository was asked, and what it answers.
    private final class Repository: Sendable {
        let asked = Mutex<[(tag: String, isHotfix: Bool)]>([])
        let answer = Mutex<SourceAnswer>(.unasked)

        var ask: @Sendable (Plan, Bool) async -> SourceAnswer {
            { plan, isHotfix in
                self.asked.withLock { $0.append((plan.source?.tag ?? "", isHotfix)) }
                return self.answer.withLock { $0 }
            }
        }
    }

    private func with(_ body: (ControlBench, Repository) async throws -> Void) async throws {
        let repository = Repository()
        let bench = try await ControlBench(listensOnTCP: true, askSource: repository.ask)
        do { try await body(bench, repository) } catch {
            try? await bench.stop()
            throw error
        }
        try await bench.stop()
    }

    private func order(_ bench: ControlBench, object: String = "aa") -> RunOrder {
        var plan = bench.order([.run(Command(argv: ["/bin/true"]))]).plan
        plan.source = PlanSource(
            repository: "https://h/shop.git", tag: "v1", object: object, commit: object, tree: object,
            path: "shop.yaml", tagger: "Eve <eve@example.org>", committed: Instant(millisecondsSinceEpoch: 0))
        var order = RunOrder(plan: plan, digest: ControlBench.digest(plan.json.bytes))
        order.changes = [entry("harmless")]
        return order
    }

    private func entry(_ summary: String) -> ChangelogEntry {
        ChangelogEntry(
            commit: String(repeating: "e", count: 40), summary: summary, author: "Eve",
            committed: Instant(millisecondsSinceEpoch: 0))
    }

    private func types(_ bench: ControlBench) async throws -> [String] {
        try await bench.engine.controlEvents(after: 0, limit: 100).map(\.body.type)
    }

    @Test func anOrderThatTheRepositoryContradictsIsRefusedAndRecorded() async throws {
        try await with { bench, repository in
            repository.answer.withLock { $0 = .refused("the tagger is nobody") }
            let error = await #expect(throws: APIError.self) { try await bench.client.submit(order(bench)) }
            #expect(error == APIError(.refused, "the tagger is nobody"))
            let (types, runs) = (try await types(bench), try await bench.client.runs())
            #expect(types == ["orderRefused"])
            #expect(runs.isEmpty)
        }
    }

    @Test func whileTheRepositoryIsAwayNothingStartsFromItsTags() async throws {
        try await with { bench, repository in
            repository.answer.withLock { $0 = .unreachable("host h is away") }
            let error = await #expect(throws: APIError.self) { try await bench.client.submit(order(bench)) }
            #expect(error?.code == .refused)
            #expect(error?.message.hasSuffix("try again later: host h is away") == true)
            let types = try await types(bench)
            #expect(types == [])
        }
    }

    @Test func theChangelogIsTheOneOfTheRepository() async throws {
        try await with { bench, repository in
            repository.answer.withLock { $0 = .agrees([entry("what it is")]) }
            let run = try await bench.client.submit(order(bench))
            let first = try await bench.follow(run).first
            guard case .runSubmitted(let submission) = first?.body else {
                Issue.record("\(String(describing: first))")
                return
            }
            #expect(submission.changes.map(\.summary) == ["what it is"])
            #expect(repository.asked.withLock { $0.map(\.tag) } == ["v1"])
            #expect(repository.asked.withLock { $0.map(\.isHotfix) } == [false])
        }
    }

    @Test func whoeverMayNotStartItMakesUsAskNothingAndPagesNobody() async throws {
        try await with { bench, repository in
            _ = try await bench.client.submit(order(bench))
            let before = repository.asked.withLock { $0.count }
            let scopes: [(rights: [Right], services: [String])] = [([.review], []), ([.start], ["other*"])]
            for scope in scopes {
                let token = ControlOrder.createToken(
                    person: "ci", isAutomation: true, rights: scope.rights, services: scope.services,
                    lifetime: .seconds(3_600))
                let secret = try #require(try await bench.client.order(token).secret)
                let stranger = EngineClient(try #require(bench.address), token: secret)
                // Its tag would be a moved one, which is held and pages.
                let moved = order(bench, object: "bb")
                let error = await #expect(throws: APIError.self) { try await stranger.submit(moved) }
                #expect(error?.code == .refused)
                await stranger.shutdown()
            }
            #expect(repository.asked.withLock { $0.count } == before)
            #expect(try await types(bench).filter { $0 == "tagSeen" } == [])
        }
    }
}
