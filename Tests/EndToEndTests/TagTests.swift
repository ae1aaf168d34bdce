import Foundation
import Testing

/// From a real `git push` of a tag to one run.
@Suite struct TagTests {
    /// A data directory with a policy, a bare repository beside it with the hook of the guide, and a clone to work in.
    private static func shop(environment: String = "staging") async throws -> Tminus {
        let tminus = try Tminus()
        try tminus.write(
            "data/tminus.yaml",
            """
            repositories:
              shop: {url: \(tminus.folder.path)/shop.git}
            triggers:
              - repository: shop
                tags: "v*"
                signature: none
                pipeline: pipelines/shop.yaml
                environment: \(environment)

            """)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: tminus.data.path)
        try tminus.write(
            "work/pipelines/shop.yaml",
            """
            pipeline: shop
            service: shop
            environment: staging
            steps:
              deploy: {run: [./place, now], effect: none}

            """)
        try tminus.write("work/pipelines/place", "#!/bin/sh\necho placed\n", executable: true)
        try await git(tminus, "init", "--quiet", "--bare", "shop.git")
        try await git(tminus, "init", "--quiet", "--initial-branch=main", "work")
        try await git(tminus, "-C", "work", "add", "--all")
        try await git(tminus, "-C", "work", "commit", "--quiet", "-m", "first")
        try await git(tminus, "-C", "work", "remote", "add", "origin", "../shop.git")
        try await git(tminus, "-C", "shop.git", "config", "tminus.repository", "shop")
        let hook = try String(
            contentsOf: Tminus.root.appendingPathComponent("docs/guides/ci/post-receive"), encoding: .utf8)
        try tminus.write("shop.git/hooks/post-receive", hook, executable: true)
        return tminus
    }

    @discardableResult
    private static func git(_ tminus: Tminus, _ arguments: String...) async throws -> Ended {
        var environment = tminus.environment
        environment["HOME"] = tminus.folder.path
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = "Ada"
            environment["GIT_\(role)_EMAIL"] = "ada@example.org"
        }
        let ended = try await Started("/usr/bin/git", arguments, environment, in: tminus.folder).ended()
        try #require(ended.status == 0, "git \(arguments): \(ended.errors)")
        return ended
    }

    private static func runs(_ tminus: Tminus) async throws -> [String] {
        let ended = try await tminus.run("run", "list", "--json")
        let runs = (ended.json as? [String: Any])?["runs"] as? [[String: Any]] ?? ended.jsonLines
        return runs.compactMap { $0["run"] as? String }
    }

    @Test func aPushedTagBecomesOneRunHoweverOftenItIsTold() async throws {
        let tminus = try await Self.shop()
        try await Self.git(tminus, "-C", "work", "tag", "-a", "-m", "one", "v1")
        let pushed = try await Self.git(tminus, "-C", "work", "push", "origin", "main", "v1")
        #expect(pushed.errors.contains("shop-1 "), "\(pushed.errors)")
        let waited = try await tminus.run("trigger", "--repo", "shop", "--tag", "v1")
        #expect(waited.status == 0, "\(waited.output)\(waited.errors)")
        #expect(waited.errors.contains("tag v1: known, shop-1"), "\(waited.errors)")
        try await withThrowingTaskGroup(of: Ended.self) { group in
            for _ in 0..<10 {
                group.addTask { try await tminus.run("trigger", "--repo=shop", "--tag=v1", "--no-wait", "--json") }
            }
            for try await ended in group {
                #expect(ended.status == 0, "\(ended.errors)")
                #expect((ended.json as? [String: Any])?["run"] as? String == "shop-1", "\(ended.output)")
            }
        }
        #expect(try await Self.runs(tminus) == ["shop-1"])
        // Pushed again and moved: said, and not run.
        try await Self.git(tminus, "-C", "work", "commit", "--quiet", "--allow-empty", "-m", "second")
        try await Self.git(tminus, "-C", "work", "tag", "--force", "-a", "-m", "one", "v1")
        let moved = try await Self.git(tminus, "-C", "work", "push", "--force", "origin", "v1")
        #expect(moved.errors.contains("was moved"), "\(moved.errors)")
        #expect(try await Self.runs(tminus) == ["shop-1"])
    }

    @Test func aTagThatNoTriggerTakesOrWhosePipelineGoesElsewhereIsSaidAndNotRun() async throws {
        let tminus = try await Self.shop(environment: "production")
        try await Self.git(tminus, "-C", "work", "tag", "nightly")
        try await Self.git(tminus, "-C", "work", "tag", "v1")
        let pushed = try await Self.git(tminus, "-C", "work", "push", "origin", "nightly", "v1")
        #expect(pushed.errors.contains("no trigger of repository shop takes tag nightly"), "\(pushed.errors)")
        #expect(pushed.errors.contains("releases to staging, and the trigger is for production"), "\(pushed.errors)")
        #expect(try await Self.runs(tminus) == [])
        let refused = try await tminus.run("trigger", "--repo", "shop", "--tag", "v1", "--no-wait")
        #expect(refused.status == 1)
    }

    @Test func aPipelineIsRunFromTheTaggedCommitOfARepositoryThatIsNamedByItsAddress() async throws {
        let tminus = try await Self.shop()
        try await Self.git(tminus, "-C", "work", "tag", "v1")
        try tminus.write("work/pipelines/place", "#!/bin/sh\nexit 1\n", executable: true)
        let ended = try await tminus.run(
            "run", "--repo", "file://\(tminus.folder.path)/work", "--tag", "v1", "pipelines/shop.yaml")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("tag v1 is object "), "\(ended.errors)")
        let again = try await tminus.run(
            "run", "--repo", "\(tminus.folder.path)/work", "--tag", "v1", "pipelines/shop.yaml")
        #expect(again.status == 1)
        #expect(again.errors.contains("has made shop-1 already"), "\(again.errors)")
    }

    /// With the tag alone: by the trigger that takes it, then by what was released, and not where two say otherwise.
    @Test func aHotfixNeedsNoMoreThanItsTagAndItsIncident() async throws {
        let tminus = try await Self.shop()
        try await Self.git(tminus, "-C", "work", "tag", "v1")
        try await Self.git(tminus, "-C", "work", "tag", "fix-1")
        try await Self.git(tminus, "-C", "work", "push", "--quiet", "origin", "fix-1")
        let url = "file://\(tminus.folder.path)/work"
        let unknown = try await tminus.run("hotfix", "--tag", "fix-1", "--incident", "INC-7")
        #expect(unknown.status == 65)
        #expect(unknown.errors.contains("nothing says which pipeline fix-1 belongs to"), "\(unknown.errors)")
        #expect(try await tminus.run("run", "--repo", url, "--tag", "v1", "pipelines/shop.yaml").status == 0)
        let known = try await tminus.run("hotfix", "--tag", "fix-1", "--incident", "INC-7")
        #expect(known.status == 0, "\(known.output)\(known.errors)")
        #expect(known.errors.contains("as shop-1, the last release of it has it"), "\(known.errors)")
        #expect(try await tminus.run("run", "show", "shop-2").output.contains("hotfix for INC-7"))
        let torn = try await tminus.run("hotfix", "--tag", "v1", "--incident", "INC-8")
        #expect(torn.status == 65)
        #expect(torn.errors.contains("v1 may be any of these; say which:"), "\(torn.errors)")
        #expect(torn.errors.contains("--incident INC-8 pipelines/shop.yaml   (staging, trigger 1"), "\(torn.errors)")
    }
}
