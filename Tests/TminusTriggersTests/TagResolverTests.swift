import Foundation
import Testing
import TminusGit
import TminusModel
import TminusPipeline

@testable import TminusTriggers

@Suite struct TagResolverTests {
    private let scratch: Scratch
    private let resolver: TagResolver

    init() throws {
        scratch = try Scratch()
        resolver = TagResolver(scratch.mirrors)
    }

    @Test func thePipelineAndItsFilesAreThoseOfTheTaggedCommit() async throws {
        let commit = try scratch.commit("first")
        try scratch.git("tag", "-a", "-m", "one", "v1")
        let object = try scratch.git("rev-parse", "v1")
        try scratch.commit("second", ["pipelines/shop.yaml": "pipeline: [", "pipelines/place": "other"])
        let tagged = try await resolver.resolve(scratch.request("v1"))
        let source = try #require(tagged.plan.source)
        #expect(source.commit == commit)
        #expect(source.object == object)
        #expect(source.path == "pipelines/shop.yaml")
        #expect(source.tagger == "Ada <ada@example.org>")
        #expect(tagged.plan.files.map(\.path).contains("place"))
        let place = try #require(tagged.plan.files.first { $0.path == "place" })
        #expect(tagged.resolved.files[place.digest] == Array("#!/bin/sh\n# first\n".utf8))
        let origin = TagOrigin(
            repository: scratch.path, tag: "v1", object: object, pipeline: "pipelines/shop.yaml")
        #expect(tagged.origin == origin)
    }

    @Test func aPipelineThatIsASymbolicLinkIsNotFollowed() async throws {
        try scratch.commit("first")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/pipelines/link.yaml", withDestinationPath: "/etc/passwd")
        try scratch.commit("link", [:])
        try scratch.git("tag", "v1")
        let request = scratch.request("v1", "pipelines/link.yaml")
        let fault = try #require(await fault { try await resolver.resolve(request) })
        #expect(fault.code == .refused)
        #expect(fault.description.contains("symbolic link"), "\(fault)")
    }

    @Test(arguments: ["/etc/passwd", "../shop.yaml", "pipelines/../pipelines/shop.yaml", ""])
    func aPathThatLeavesTheTreeIsRefused(_ path: String) async throws {
        try scratch.commit("first")
        try scratch.git("tag", "v1")
        let fault = try #require(await fault { try await resolver.resolve(scratch.request("v1", path)) })
        #expect(fault.code == .refused)
        #expect(fault.description.contains("is no path in a repository"), "\(fault)")
    }

    @Test func mistakesOfTheTaggedPipelineHaveTheirPlace() async throws {
        try scratch.commit("first", ["pipelines/shop.yaml": "pipeline: shop\nstepps: {}\n"])
        try scratch.git("tag", "v1")
        let fault = try #require(await fault { try await resolver.resolve(scratch.request("v1")) })
        #expect(fault.code == .badPipeline)
        #expect(fault.description.contains("v1:pipelines/shop.yaml:2:1"), "\(fault)")
    }

    @Test func anUnsignedTagIsRefusedWhereASignatureIsRequired() async throws {
        try scratch.commit("first")
        try scratch.git("tag", "-a", "-m", "one", "v1")
        var request = scratch.request("v1")
        request.repository.trust = try scratch.trustAda()
        request.signature = .signed(by: [])
        let fault = try #require(await fault { try await resolver.resolve(request) })
        #expect(fault.code == .refused)
    }

    @Test func aSignedTagCountsForItsSignerAndUnderItsOwnNameOnly() async throws {
        try scratch.commit("first")
        var request = scratch.request("v1")
        request.repository.trust = try scratch.trustAda()
        try scratch.sign("v1")
        request.signature = .signed(by: ["*@example.org"])
        #expect(try await resolver.resolve(request).tag.signers.first == "ada@example.org")
        request.signature = .signed(by: ["bob@example.org"])
        let other = try #require(await fault { try await resolver.resolve(request) })
        #expect(other.description.contains("may be released when signed by bob@example.org"), "\(other)")
        // The same object under another name.
        try scratch.git("update-ref", "refs/tags/v2", try scratch.git("rev-parse", "v1"))
        request.tag = "v2"
        request.signature = .signed(by: [])
        #expect(await fault { try await resolver.resolve(request) }?.code == .refused)
    }

    @Test func theChangelogIsWhatCameSinceTheLastRelease() async throws {
        let first = try scratch.commit("first")
        try scratch.commit("second")
        try scratch.commit("third")
        try scratch.git("tag", "v1")
        let tagged = try await resolver.resolve(scratch.request("v1"))
        let changes = await resolver.changes(of: tagged, since: first)
        #expect(changes.entries.map(\.summary) == ["third", "second"])
        #expect(changes.unknown == nil)
        let unknown = await resolver.changes(of: tagged, since: String(repeating: "a", count: 40))
        #expect(unknown.entries.isEmpty)
        #expect(unknown.unknown != nil)
    }
}
