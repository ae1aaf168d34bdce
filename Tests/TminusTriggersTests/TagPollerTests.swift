import Synchronization
import Testing
import TminusModel

@testable import TminusTriggers

@Suite struct TagPollerTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.commit("first")
        try scratch.git("tag", "v1")
    }

    /// The tags that one look finds, by a poller that knows only the file.
    private func look(_ outcome: TagOutcome = .started("shop-1"), url: String? = nil) async -> [String] {
        let scratch = scratch
        let found = Found()
        let poller = TagPoller(
            path: scratch.folder + "/tags-seen.json",
            policy: {
                var policy = TriggerPolicy()
                var repository = scratch.repository
                repository.poll = .seconds(10)
                if let url { repository.url = url }
                policy.repositories = [repository]
                policy.rules = [
                    TriggerRule(repository: "shop", tags: "v*", signature: .unsigned, pipeline: "a.yaml")
                ]
                return policy
            },
            take: { _, tag in
                found.tags.withLock { $0.append(tag) }
                return outcome
            }, log: { Issue.record("\($0)") })
        await poller.lookAtDue(now: .now)
        return found.tags.withLock { $0 }
    }

    final class Found: Sendable {
        let tags = Mutex<[String]>([])
    }

    @Test func whatWasThereAtTheFirstLookIsNotReleasedAndWhatComesIsOnce() async throws {
        #expect(await look() == [])
        try scratch.git("tag", "v2")
        try scratch.git("tag", "nightly")
        #expect(await look() == ["v2"])
        #expect(await look() == [])
    }

    @Test func aPollerThatIsCancelledEnds() async throws {
        let poller = TagPoller(
            path: scratch.folder + "/tags-seen.json", policy: { nil }, take: { _, _ in .known("x") }, log: { _ in })
        let running = Task { await poller.run() }
        running.cancel()
        await running.value
    }

    @Test func whatWasSeenUnderOneAddressWasSeenUnderTheOthers() async throws {
        #expect(await look() == [])
        try scratch.git("tag", "v2")
        #expect(await look(url: "file://\(scratch.path)/") == ["v2"])
        #expect(await look(url: scratch.path + "/.git") == [])
        #expect(await look() == [])
    }

    @Test func aTagThatMovedOrCameBackIsLookedAtAgain() async throws {
        #expect(await look() == [])
        try scratch.commit("second")
        try scratch.git("tag", "--force", "v1")
        #expect(await look() == ["v1"])
        try scratch.git("tag", "--delete", "v1")
        #expect(await look() == [])
        try scratch.git("tag", "v1")
        #expect(await look() == ["v1"])
    }

    @Test func aTagThatCouldNotBeLookedAtIsTriedAgain() async throws {
        #expect(await look() == [])
        try scratch.git("tag", "v2")
        #expect(await look(.retry("the host is away")) == ["v2"])
        #expect(await look() == ["v2"])
    }
}
