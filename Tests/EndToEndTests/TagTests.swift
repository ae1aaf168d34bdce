import Foundation
import Testing

/// From a real `git push` of a tag to one run.
@Suite struct TagTests {
    /// With the hook of the guide in the bare repository.
    private static func shop(environment: String = "staging") async throws -> TagShop {
        let shop = try await TagShop(environment: environment)
        let hook = try String(
            contentsOf: Tminus.root.appendingPathComponent("docs/guides/ci/post-receive"), encoding: .utf8)
        try shop.tminus.write("shop.git/hooks/post-receive", hook, executable: true)
        return shop
    }

    @Test func aPushedTagBecomesOneRunHoweverOftenItIsTold() async throws {
        let shop = try await Self.shop()
        try await shop.git("-C", "work", "tag", "-a", "-m", "one", "v1")
        let pushed = try await shop.git("-C", "work", "push", "origin", "main", "v1")
        #expect(pushed.errors.contains("shop-1 "), "\(pushed.errors)")
        let waited = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1")
        #expect(waited.status == 0, "\(waited.output)\(waited.errors)")
        #expect(waited.errors.contains("tag v1: known, shop-1"), "\(waited.errors)")
        try await withThrowingTaskGroup(of: Ended.self) { group in
            for _ in 0..<10 {
                group.addTask { try await shop.tminus.run("trigger", "--repo=shop", "--tag=v1", "--no-wait", "--json") }
            }
            for try await ended in group {
                #expect(ended.status == 0, "\(ended.errors)")
                #expect((ended.json as? [String: Any])?["run"] as? String == "shop-1", "\(ended.output)")
            }
        }
        #expect(try await shop.runs() == ["shop-1"])
        // Pushed again and moved: said, and not run.
        try await shop.git("-C", "work", "commit", "--quiet", "--allow-empty", "-m", "second")
        try await shop.git("-C", "work", "tag", "--force", "-a", "-m", "one", "v1")
        let moved = try await shop.git("-C", "work", "push", "--force", "origin", "v1")
        #expect(moved.errors.contains("was moved"), "\(moved.errors)")
        #expect(try await shop.runs() == ["shop-1"])
    }

    @Test func aTagThatNoTriggerTakesOrWhosePipelineGoesElsewhereIsSaidAndNotRun() async throws {
        let shop = try await Self.shop(environment: "production")
        try await shop.git("-C", "work", "tag", "nightly")
        try await shop.git("-C", "work", "tag", "v1")
        let pushed = try await shop.git("-C", "work", "push", "origin", "nightly", "v1")
        #expect(pushed.errors.contains("no trigger of repository shop takes tag nightly"), "\(pushed.errors)")
        #expect(pushed.errors.contains("releases to staging, and the trigger is for production"), "\(pushed.errors)")
        #expect(try await shop.runs() == [])
        let refused = try await shop.tminus.run("trigger", "--repo", "shop", "--tag", "v1", "--no-wait")
        #expect(refused.status == 1)
    }

    @Test func aPipelineIsRunFromTheTaggedCommitOfARepositoryThatIsNamedByItsAddress() async throws {
        let shop = try await Self.shop()
        try shop.writePolicy(url: shop.tminus.folder.path + "/work")
        try await shop.git("-C", "work", "tag", "v1")
        try shop.tminus.write("work/pipelines/place", "#!/bin/sh\nexit 1\n", executable: true)
        let ended = try await shop.tminus.run(
            "run", "--repo", "file://\(shop.tminus.folder.path)/work", "--tag", "v1", "pipelines/shop.yaml")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("tag v1 is object "), "\(ended.errors)")
        let again = try await shop.tminus.run(
            "run", "--repo", "\(shop.tminus.folder.path)/work", "--tag", "v1", "pipelines/shop.yaml")
        #expect(again.status == 1)
        #expect(again.errors.contains("has made shop-1 already"), "\(again.errors)")
    }

    /// With the tag alone: by the trigger that takes it, then by what was released, and not where two say otherwise.
    @Test func aHotfixNeedsNoMoreThanItsTagAndItsIncident() async throws {
        let shop = try await Self.shop()
        let tminus = shop.tminus
        try shop.writePolicy(url: tminus.folder.path + "/work")
        try await shop.git("-C", "work", "tag", "v1")
        try await shop.git("-C", "work", "tag", "fix-1")
        let url = "file://\(tminus.folder.path)/work"
        let unknown = try await tminus.run("hotfix", "--tag", "fix-1", "--incident", "INC-7")
        #expect(unknown.status == 65)
        #expect(unknown.errors.contains("nothing says which pipeline fix-1 belongs to"), "\(unknown.errors)")
        #expect(try await tminus.run("run", "--repo", url, "--tag", "v1", "pipelines/shop.yaml").status == 0)
        let known = try await tminus.run("hotfix", "--tag", "fix-1", "--incident", "INC-7")
        #expect(known.status == 0, "\(known.output)\(known.errors)")
        #expect(known.errors.contains("as shop-1, the last release of it has it"), "\(known.errors)")
        #expect(try await tminus.run("run", "show", "shop-2").output.contains("hotfix for INC-7"))
        // Trigger and release name one repository, each in its own way.
        let done = try await tminus.run("hotfix", "--tag", "v1", "--incident", "INC-8")
        #expect(done.status == 1)
        #expect(done.errors.contains("as trigger 1 of the policy has it"), "\(done.errors)")
        #expect(done.errors.contains("tag v1 has made shop-1 already"), "\(done.errors)")
    }
}
