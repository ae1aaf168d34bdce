import Foundation
import Testing

/// An environment with `source: tag` takes no plan that was made from files.
@Suite(.timeLimit(.minutes(5)))
struct TagsOnlyTests {
    private static let pipeline = """
        pipeline: shop
        service: shop
        environment: staging
        T-1:
          steps:
            look: {run: [/bin/true], effect: none}
        T-0:
          steps:
            deploy: {run: [./place, now], rollback: {run: [./place, back]}}

        """

    private static let refusal = "only tags are released to staging, and this plan was made from files"

    private func shop() async throws -> TagShop {
        let shop = try await TagShop(policy: "environments:\n  staging: {source: tag}\n")
        let marks = "\(shop.tminus.folder.path)/marks"
        try shop.tminus.write("work/pipelines/shop.yaml", Self.pipeline)
        try shop.tminus.write(
            "work/pipelines/place", "#!/bin/sh\necho $TMINUS_RUN $1 >>\(marks)\n", executable: true)
        try await shop.git("-C", "work", "commit", "--quiet", "--all", "-m", "second")
        for name in ["v1", "v2"] { try await shop.tag(name) }
        return shop
    }

    private func run(_ shop: TagShop, _ words: String...) async throws -> Ended {
        try await shop.tminus.start(words).ended()
    }

    @Test func onlyWhatATagSaysIsReleasedThere() async throws {
        let shop = try await shop()
        let file = "work/pipelines/shop.yaml"
        let plain = try await run(shop, "run", file)
        #expect(plain.status == 1)
        #expect(plain.errors.contains(Self.refusal), "\(plain.errors)")
        #expect(plain.errors.contains("tminus run --repo ADDRESS --tag TAG PIPELINE"), "\(plain.errors)")
        let hotfix = try await run(shop, "hotfix", file, "--incident", "INC-7")
        #expect(hotfix.status == 1)
        #expect(hotfix.errors.contains(Self.refusal), "\(hotfix.errors)")
        let refused = try await shop.audit("orderRefused")
        #expect(refused.count == 2)
        #expect(refused.allSatisfy { ($0["reason"] as? String)?.hasPrefix(Self.refusal) == true }, "\(refused)")
        #expect(try await shop.runs() == [])

        let repository = "\(shop.tminus.folder.path)/shop.git"
        let tagged = try await run(shop, "run", "--repo", repository, "--tag", "v1", "pipelines/shop.yaml")
        #expect(tagged.status == 0, "\(tagged.output)\(tagged.errors)")
        let urgent = try await run(
            shop, "hotfix", "--repo", repository, "--tag", "v2", "--incident", "INC-7", "pipelines/shop.yaml")
        #expect(urgent.status == 0, "\(urgent.output)\(urgent.errors)")
        let back = try await run(
            shop, "rollback", "--service", "shop", "--environment", "staging", "--reason", "flooded", "--yes")
        #expect(back.status == 0, "\(back.output)\(back.errors)")
        #expect(shop.tminus.lines("marks") == ["shop-1 now", "shop-2 now", "shop-3 back"])
        #expect(try await shop.tminus.run("audit", "verify").status == 0)
    }

    @Test func whatWasSealedOfATagGoesOnThere() async throws {
        let shop = try await shop()
        let ended = try await run(
            shop, "run", "--repo", "\(shop.tminus.folder.path)/shop.git", "--tag", "v1", "--until", "T-1",
            "pipelines/shop.yaml")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        let sealed = try await run(shop, "run", "--sealed", "data/seals/shop-1.T-1.seal")
        #expect(sealed.status == 0, "\(sealed.output)\(sealed.errors)")
        #expect(shop.tminus.lines("marks") == ["shop-2 now"])
    }
}
