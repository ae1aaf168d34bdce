import Foundation
import Synchronization
import Testing
import TminusModel
import TminusPorts

@testable import TminusTriggers

/// The desk before a real repository; behind it a journal that keeps one run of each origin.
@Suite struct TagDeskTests {
    final class Journal: Sendable {
        struct Content {
            var runs: [TaggedRun] = []
            var submissions: [TaggedSubmission] = []
            var facts: [ControlEvent.Body] = []
            var held: [HeldTag] = []
        }
        let content = Mutex(Content())

        func submit(_ submission: TaggedSubmission) -> TagSubmitted {
            content.withLock { content in
                let same = content.runs.filter { $0.origin.isSameTag(as: submission.origin) }
                switch TaggedRun.refusal(of: submission.origin, after: same)?.code {
                case nil: break
                case .moved: return .moved("moved meanwhile")
                default: return .duplicate
                }
                let run = "shop-\(content.runs.count + 1)"
                content.runs.append(TaggedRun(origin: submission.origin, run: run))
                content.submissions.append(submission)
                return .run(run)
            }
        }

        var reasons: [String] {
            content.withLock { content in
                content.facts.compactMap { fact in
                    guard case .tagSeen(_, _, _, _, let reason, _) = fact else { return nil }
                    return reason
                }
            }
        }

        var decisions: [String] {
            content.withLock { content in
                content.facts.compactMap { fact in
                    guard case .tagSeen(_, _, _, let decision, _, _) = fact else { return nil }
                    return decision
                }
            }
        }
    }

    private let scratch: Scratch
    private let journal = Journal()

    init() throws {
        scratch = try Scratch()
        try scratch.commit("first")
    }

    private func desk(hasPolicy: Bool = true, _ change: (inout TriggerPolicy) -> Void = { _ in }) -> TagDesk {
        var policy = TriggerPolicy()
        policy.repositories = [scratch.repository]
        policy.rules = [
            TriggerRule(repository: "shop", tags: "v*", signature: .unsigned, pipeline: "pipelines/shop.yaml")
        ]
        change(&policy)
        let (journal, tags) = (journal, policy)
        return TagDesk(
            TagDesk.Parts(
                resolver: TagResolver(scratch.mirrors), policy: { hasPolicy ? tags : nil },
                runs: { repository, tag in
                    journal.content.withLock { content in
                        let origin = TagOrigin(repository: repository, tag: tag, object: "", pipeline: "")
                        return content.runs.filter { $0.origin.isSameTag(as: origin) }
                    }
                },
                lastCommit: { _ in nil }, submit: { journal.submit($0) },
                note: { fact in journal.content.withLock { $0.facts.append(fact) } },
                page: { held in
                    journal.content.withLock { $0.held.append(held) }
                    return "ada is paged"
                }, log: { _, _ in }))
    }

    @Test func aTagThatATriggerTakesStartsARunAsAProgram() async throws {
        try scratch.git("tag", "-a", "-m", "one", "v1")
        let outcome = await desk().take(repository: "shop", tag: "v1", cause: "poll")
        #expect(outcome == .started("shop-1"))
        let submission = try #require(journal.content.withLock { $0.submissions.first })
        #expect(submission.person == Person(name: "tag:shop", rights: [.start], isAutomation: true))
        #expect(submission.reason == "tag v1 (poll)")
        #expect(submission.origin.tag == "v1")
        #expect(journal.decisions == ["started"])
    }

    @Test func fiftyThatAskAtOnceGetOneRun() async throws {
        try scratch.git("tag", "v1")
        let desk = desk()
        let outcomes = await withTaskGroup(of: TagOutcome.self) { group in
            for number in 0..<50 {
                group.addTask { await desk.take(repository: "shop", tag: "v1", cause: "webhook \(number)") }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 50)
        #expect(outcomes.count { $0 == .started("shop-1") } == 1)
        #expect(outcomes.count { $0 == .known("shop-1") } == 49)
        #expect(journal.content.withLock { $0.submissions.count } == 1)
        #expect(journal.decisions == ["started", "known"])
    }

    @Test func aTagThatNoTriggerTakesIsNotRun() async throws {
        try scratch.git("tag", "nightly")
        let outcome = await desk().take(repository: "shop", tag: "nightly", cause: "poll")
        #expect(outcome == .unmatched("no trigger of repository shop takes tag nightly"))
        let unknown = await desk().take(repository: "chop", tag: "v1", cause: "poll")
        #expect(unknown.word == "unmatched")
        #expect(journal.decisions == ["unmatched", "unmatched"])
    }

    @Test func theFirstTriggerWhoseSignerMadeTheTagDecides() async throws {
        let trust = try scratch.trustAda()
        try scratch.commit("other", ["pipelines/signed.yaml": Scratch.pipeline(environment: "production")])
        try scratch.git("tag", "-a", "-m", "one", "v1")
        try scratch.sign("v2")
        let desk = desk { policy in
            policy.repositories[0].trust = trust
            policy.rules.insert(
                TriggerRule(
                    repository: "shop", tags: "v*", signature: .signed(by: ["ada@*"]),
                    pipeline: "pipelines/signed.yaml"), at: 0)
        }
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .started("shop-1"))
        #expect(await desk.take(repository: "shop", tag: "v2", cause: "poll") == .started("shop-2"))
        #expect(
            journal.content.withLock { $0.submissions.map(\.plan.plan.environment) } == ["staging", "production"])
    }

    @Test func aTagThatNobodyTrustedSignedIsNotRun() async throws {
        let trust = try scratch.trustAda()
        try scratch.git("tag", "-a", "-m", "one", "v1")
        let desk = desk { policy in
            policy.repositories[0].trust = trust
            policy.rules[0].signature = .signed(by: [])
        }
        let outcome = await desk.take(repository: "shop", tag: "v1", cause: "poll")
        #expect(outcome.word == "unmatched")
        #expect(outcome.reason.hasPrefix("trigger 1: "), "\(outcome)")
    }

    @Test func aPipelineThatReleasesElsewhereIsRefused() async throws {
        try scratch.git("tag", "v1")
        let elsewhere = desk { $0.rules[0].environment = "production" }
        #expect(
            await elsewhere.take(repository: "shop", tag: "v1", cause: "poll")
                == .refused("pipelines/shop.yaml releases to staging, and the trigger is for production"))
        let other = desk { $0.rules[0].change = .standard }
        #expect(
            await other.take(repository: "shop", tag: "v1", cause: "poll")
                == .refused("pipelines/shop.yaml is a normal change, and the trigger is for standard"))
        #expect(journal.content.withLock { $0.submissions.isEmpty })
    }

    @Test func aTagThatWasMovedIsHeld() async throws {
        try scratch.git("tag", "v1")
        let desk = desk()
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .started("shop-1"))
        try scratch.commit("second")
        try scratch.git("tag", "--force", "v1")
        let outcome = await desk.take(repository: "shop", tag: "v1", cause: "poll")
        #expect(outcome.word == "held")
        #expect(outcome.reason.contains("was moved"), "\(outcome)")
        #expect(journal.content.withLock { $0.submissions.count } == 1)
        let held = journal.content.withLock { $0.held }
        #expect(held.map(\.run) == ["shop-1"])
        #expect(held.map(\.tag) == ["v1"])
        #expect(held.first?.reason == outcome.reason)
        #expect(journal.reasons.last == "\(outcome.reason) (poll); ada is paged")
    }

    @Test func aTagThatIsDeletedAndMadeAnewIsHeldAndTheSameObjectAgainIsKnown() async throws {
        try scratch.git("tag", "-a", "-m", "one", "v1")
        let object = try scratch.git("rev-parse", "v1")
        let desk = desk()
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .started("shop-1"))
        try scratch.git("tag", "-d", "v1")
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll").word == "retry")
        try scratch.git("tag", "v1", object)
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .known("shop-1"))
        try scratch.git("tag", "-d", "v1")
        try scratch.git("tag", "-a", "-m", "one, made anew", "v1")
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll").word == "held")
        #expect(journal.content.withLock { $0.held.map(\.run) } == ["shop-1"])
    }

    @Test func aBadSignatureAndAnOldObjectUnderANewNameAreHeldAndPage() async throws {
        let trust = try scratch.trustAda()
        try scratch.sign("v1")
        try scratch.git("update-ref", "refs/tags/v2", "refs/tags/v1")
        let tampered = try scratch.git("cat-file", "tag", "v1").replacing("tagger Ada", with: "tagger Eve")
        try tampered.write(toFile: scratch.folder + "/tag", atomically: false, encoding: .utf8)
        let object = try scratch.git("hash-object", "-t", "tag", "-w", scratch.folder + "/tag")
        try scratch.git("update-ref", "refs/tags/v1", object)
        let desk = desk { $0.repositories[0].trust = trust }
        for tag in ["v1", "v2"] {
            #expect(await desk.take(repository: "shop", tag: tag, cause: "poll").word == "held")
        }
        let held = journal.content.withLock { $0.held }
        #expect(held.map(\.tag) == ["v1", "v2"])
        #expect(held.map(\.run) == [nil, nil])
        #expect(held.first?.object == object)
        #expect(held.first?.reason.hasPrefix("the signature of tag v1 is refused") == true, "\(held)")
        #expect(held.last?.reason.contains("an old tag under a new name") == true, "\(held)")
        #expect(journal.decisions == ["held", "held"])
    }

    @Test func whoeverPushesManyBadTagsPagesFiveTimesAnHour() async throws {
        try scratch.git("tag", "-a", "-m", "one", "v0")
        let desk = desk()
        for number in 1...7 {
            try scratch.git("update-ref", "refs/tags/v\(number)", "refs/tags/v0")
            #expect(await desk.take(repository: "shop", tag: "v\(number)", cause: "poll").word == "held")
        }
        #expect(journal.content.withLock { $0.held.count } == HeldPages.ofOneRepositoryMax)
        let tooMany = "; nobody was paged, for too many tags of this repository were held within the hour"
        #expect(journal.reasons.last?.hasSuffix(tooMany) == true)
    }

    @Test func aRepositoryUnderAnotherOfItsAddressesIsTheSame() async throws {
        try scratch.git("tag", "v1")
        let desk = desk()
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .started("shop-1"))
        for address in ["file://\(scratch.path)", scratch.path + "/", scratch.path + "/.git"] {
            let order = TagOrder(
                repository: address, tag: "v1", pipeline: "pipelines/shop.yaml", person: Person(name: "ann"),
                cause: "tminus trigger")
            #expect(await desk.take(order) == .known("shop-1"))
        }
    }

    @Test func aTagThatIsNotThereYetIsTriedAgain() async throws {
        let desk = desk()
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll").word == "retry")
        #expect(journal.decisions.isEmpty)
        try scratch.git("tag", "v1")
        #expect(await desk.take(repository: "shop", tag: "v1", cause: "poll") == .started("shop-1"))
    }

    @Test(arguments: ["v1$(id)", "-rf", "v1\u{202E}", "../v1", "v1.lock"])
    func aHostileNameIsRefusedBeforeAnythingIsFetched(_ tag: String) async throws {
        #expect(await desk().take(repository: "shop", tag: tag, cause: "poll").word == "refused")
    }

    @Test func aPersonMayNameAPipelineAndAnAddressButAProgramMayNot() async throws {
        try scratch.git("tag", "v1")
        let desk = desk(hasPolicy: false)
        let order = TagOrder(
            repository: scratch.path, tag: "v1", pipeline: "./pipelines/shop.yaml", person: Person(name: "ann"),
            cause: "tminus trigger")
        var program = order
        program.person = nil
        #expect(await desk.take(program).word == "unmatched")
        var stranger = order
        stranger.person = Person(name: "eve", rights: [])
        #expect(await desk.take(stranger).word == "refused")
        #expect(await desk.take(order) == .started("shop-1"))
        #expect(journal.content.withLock { $0.submissions.first?.person.name } == "ann")
    }

    @Test func anAddressThatThePolicyDoesNotHaveIsRefusedWithWhatToWrite() async throws {
        try scratch.git("tag", "v1")
        let desk = desk { $0 = TriggerPolicy() }
        let order = TagOrder(
            repository: scratch.path, tag: "v1", pipeline: "pipelines/shop.yaml", person: Person(name: "ann"),
            cause: "tminus trigger")
        let outcome = await desk.take(order)
        #expect(outcome.word == "refused")
        #expect(outcome.reason.contains("'NAME: {url: \(scratch.path)}'"), "\(outcome)")
    }

    @Test func anAddressThatCannotBeOpenedSaysWhoseCredentialsAreMissing() async throws {
        let order = TagOrder(
            repository: scratch.folder + "/nothing", tag: "v1", pipeline: "pipelines/shop.yaml",
            person: Person(name: "ann"), cause: "tminus trigger")
        let outcome = await desk(hasPolicy: false).take(order)
        #expect(outcome.word == "refused")
        #expect(outcome.reason.contains("the engine has no credentials for an address"), "\(outcome)")
        #expect(outcome.reason.contains("tminus run --repo"), "\(outcome)")
    }
}
