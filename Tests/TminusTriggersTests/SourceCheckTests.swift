import Foundation
import Testing
import TminusModel

@testable import TminusTriggers

/// A plan that somebody hands in, before a real repository.
@Suite struct SourceCheckTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.commit("first")
    }

    private func check(trust: RepositorySpec.Trust? = nil, since: String? = nil) -> SourceCheck {
        var policy = TriggerPolicy()
        policy.repositories = [scratch.repository]
        policy.repositories[0].trust = trust
        let tags = policy
        return SourceCheck(resolver: TagResolver(scratch.mirrors), policy: { tags }, lastCommit: { _ in since })
    }

    private func plan(_ tag: String, trust: RepositorySpec.Trust? = nil) async throws -> Plan {
        var request = scratch.request(tag)
        request.repository.trust = trust
        return try await TagResolver(scratch.mirrors).resolve(request).plan
    }

    @Test func aPlanThatIsWhatItsTagSaysAgreesAndBringsOurOwnChangelog() async throws {
        let first = try scratch.git("rev-parse", "HEAD")
        try scratch.commit("second")
        try scratch.git("tag", "-a", "-m", "one", "v1")
        let plan = try await plan("v1")
        let changes = try await check(since: first).changes(of: plan, isHotfix: false)
        #expect(changes?.map(\.summary) == ["second"])
        var elsewhere = plan
        elsewhere.source?.repository = "file://\(scratch.path)/"
        #expect(try await check().changes(of: elsewhere, isHotfix: false) == [])
    }

    @Test func forgedWordsOfTheSourceAreRefusedByName() async throws {
        let trust = try scratch.trustAda()
        try scratch.sign("v1")
        let good = try await plan("v1", trust: trust)
        #expect(try await check(trust: trust).changes(of: good, isHotfix: false) == [])
        let forgeries: [(what: String, forge: (inout PlanSource) -> Void)] = [
            ("object", { $0.object = String(repeating: "0", count: 40) }),
            ("commit", { $0.commit = String(repeating: "0", count: 40) }),
            ("tree", { $0.tree = String(repeating: "0", count: 40) }),
            ("tagger", { $0.tagger = "Eve <eve@example.org>" }), ("tagger", { $0.tagger = nil }),
            ("signer", { $0.signer = "SHA256:eve" }), ("signer", { $0.signer = nil }),
            ("time of commit", { $0.committed = Instant(millisecondsSinceEpoch: 0) }),
        ]
        for forgery in forgeries {
            var plan = good
            if var source = plan.source {
                forgery.forge(&source)
                plan.source = source
            }
            let fault = await fault { try await check(trust: trust).changes(of: plan, isHotfix: false) }
            #expect(fault?.code == .refused)
            #expect(fault?.description.contains("the \(forgery.what) is ") == true, "\(String(describing: fault))")
            #expect(fault?.description.contains("tminus trigger --repo shop --tag v1") == true)
        }
    }

    @Test func aPlanThatThePipelineDoesNotSayIsRefused() async throws {
        try scratch.git("tag", "v1")
        let good = try await plan("v1")
        let forgeries: [(what: String, forge: (inout Plan) -> Void)] = [
            ("steps", { $0.steps[0].kind = .run(Command(argv: ["/bin/sh", "-c", "id"])) }),
            ("environment", { $0.environment = "production" }), ("service", { $0.service = "cart" }),
            ("change", { $0.change = .standard }), ("files", { $0.files = [] }),
        ]
        for forgery in forgeries {
            var plan = good
            forgery.forge(&plan)
            let fault = await fault { try await check().changes(of: plan, isHotfix: false) }
            #expect(fault?.code == .refused)
            #expect(
                fault?.description.contains("'\(forgery.what)' differs") == true, "\(String(describing: fault))")
        }
        var elsewhere = good
        elsewhere.source?.path = "pipelines/other.yaml"
        #expect(await fault { try await check().changes(of: elsewhere, isHotfix: false) }?.code == .notFound)
        var traversal = good
        traversal.source?.path = "../../etc/passwd"
        #expect(await fault { try await check().changes(of: traversal, isHotfix: false) }?.code == .refused)
    }

    @Test func aHotfixIsThePlanAsAnEmergencyAndNothingElse() async throws {
        try scratch.git("tag", "v1")
        var plan = try await plan("v1")
        plan.change = .emergency
        plan.release = .hotfix
        #expect(try await check().changes(of: plan, isHotfix: true) == [])
        #expect(await fault { try await check().changes(of: plan, isHotfix: false) }?.code == .refused)
        plan.environment = "production"
        #expect(await fault { try await check().changes(of: plan, isHotfix: true) }?.code == .refused)
    }

    @Test func whatTheEngineKnowsOfThePastIsNoDifference() async throws {
        try scratch.git("tag", "v1")
        var plan = try await plan("v1")
        plan.steps[0].budget = StepBudget(reason: "")
        #expect(try await check().changes(of: plan, isHotfix: false) == [])
    }

    @Test func aRepositoryThatThePolicyDoesNotHaveIsRefusedWithWhatToWrite() async throws {
        try scratch.git("tag", "v1")
        let plan = try await plan("v1")
        let resolver = TagResolver(scratch.mirrors)
        let none = SourceCheck(resolver: resolver, policy: { nil }, lastCommit: { _ in nil })
        #expect(try await none.changes(of: plan, isHotfix: false) == nil)
        let empty = SourceCheck(resolver: resolver, policy: { TriggerPolicy() }, lastCommit: { _ in nil })
        let fault = await fault { try await empty.changes(of: plan, isHotfix: false) }
        #expect(fault?.code == .refused)
        #expect(fault?.description.contains("'NAME: {url: \(scratch.path)}'") == true, "\(String(describing: fault))")
        var untagged = plan
        untagged.source = nil
        #expect(try await empty.changes(of: untagged, isHotfix: false) == nil)
    }

    @Test func aPolicyThatCannotBeReadLetsNothingStart() async throws {
        try scratch.git("tag", "v1")
        let plan = try await plan("v1")
        let broken = SourceCheck(
            resolver: TagResolver(scratch.mirrors),
            policy: { () throws(TriggerFault) in throw TriggerFault(.refused, "line 3") }, lastCommit: { _ in nil })
        #expect(await fault { try await broken.changes(of: plan, isHotfix: false) }?.code == .refused)
    }
}
