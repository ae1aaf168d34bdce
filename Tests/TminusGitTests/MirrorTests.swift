import Foundation
import Testing

@testable import TminusGit

@Suite struct MirrorTests {
    private let folder: ScratchFolder
    private let mirror: GitMirror

    init() throws {
        folder = try ScratchFolder()
        mirror = GitMirror(path: folder.path + "/mirror.git")
    }

    @Test func oneTagIsFetchedWithItsHistoryAndNothingElse() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a": "1"])
        try scratch.git("tag", "-a", "v1", "-m", "first")
        try scratch.commit("two", files: ["a": "2"])
        try scratch.git("tag", "v2")
        let tag = try await mirror.fetchTag("v1", from: GitURL(scratch.path), GitAccess())
        #expect(tag.commit == commit)
        #expect(tag == (try scratch.open().identify("v1")))
        #expect(try await mirror.read { repository throws(GitError) in try repository.tagNames() } == ["v1"])
        let file = try await mirror.read { repository throws(GitError) in try repository.file("a", at: commit) }
        #expect(file == Array("1".utf8))
    }

    @Test func aCloneBringsTagsAndBranches() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "-a", "v1", "-m", "first")
        try scratch.git("tag", "v2")
        let listed = try await mirror.fetch(.everything, from: GitURL("file://" + scratch.path), GitAccess())
        let object = try scratch.git("rev-parse", "v1")
        #expect(
            listed == [
                RemoteReference(name: "HEAD", object: commit, peeled: nil),
                RemoteReference(name: "refs/heads/main", object: commit, peeled: nil),
                RemoteReference(name: "refs/tags/v1", object: object, peeled: commit),
                RemoteReference(name: "refs/tags/v2", object: commit, peeled: nil),
            ])
        #expect(try await GitMirror.references(of: GitURL(scratch.path), GitAccess()) == listed)
        let git = Program("/usr/bin/git", ["-C", mirror.path, "rev-parse", "refs/heads/main"])
        #expect(try git.output() == commit)
        #expect(try FileManager.default.attributesOfItem(atPath: mirror.path)[.posixPermissions] as? Int == 0o700)
    }

    @Test func aMovedADeletedAndAResignedTagAreToldApartFromThePinnedOne() async throws {
        let scratch = try ScratchRepository()
        let url = try GitURL(scratch.path)
        let first = try scratch.commit("one")
        try scratch.git("tag", "-a", "v1", "-m", "first")
        let pinned = try await mirror.fetchTag("v1", from: url, GitAccess())
        try scratch.git("tag", "-f", "-a", "v1", "-m", "again")
        let again = try await mirror.fetchTag("v1", from: url, GitAccess())
        #expect(
            TagChange.compare(pinned: pinned, now: again) == .retagged(from: pinned.object, to: again.object))
        let second = try scratch.commit("two")
        try scratch.git("tag", "-f", "-a", "v1", "-m", "moved")
        let moved = try await mirror.fetchTag("v1", from: url, GitAccess())
        #expect(TagChange.compare(pinned: pinned, now: moved) == .moved(from: first, to: second))
        try scratch.git("tag", "-d", "v1")
        let gone = await failure { try await mirror.fetchTag("v1", from: url, GitAccess()) }
        #expect(gone?.code == .noSuchTag)
        // What was pinned can still be read.
        #expect(try await mirror.read { repository throws(GitError) in try repository.commit(first).subject } == "one")
    }

    @Test func aMissingTagNamesTheNearestAtTheHost() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try scratch.git("tag", "v1.4.2")
        let error = await failure { try await mirror.fetchTag("v1.4.3", from: GitURL(scratch.path), GitAccess()) }
        #expect(
            error
                == GitError(
                    .noSuchTag,
                    "there is no tag v1.4.3 at \(scratch.path); did you mean v1.4.2? "
                        + "(if it is new, run `git push origin v1.4.3`)"))
    }

    @Test func aPlaceWithoutARepositorySaysSo() async throws {
        let url = try GitURL(folder.path)
        #expect(await failure { try await GitMirror.references(of: url, GitAccess()) }?.code == .notRepository)
        let none = await failure { try await mirror.read { repository throws(GitError) in try repository.tagNames() } }
        #expect(none?.code == .notRepository)
        let nowhere = GitMirror(path: folder.path + "/none/mirror.git")
        let scratch = try ScratchRepository()
        let error = await failure { try await nowhere.fetch(.tags, from: GitURL(scratch.path), GitAccess()) }
        #expect(error?.code == .notWritable || error == nil)
    }

    @Test func anEmptyRepositoryListsNothing() async throws {
        let scratch = try ScratchRepository(bare: true)
        #expect(try await mirror.fetch(.everything, from: GitURL(scratch.path), GitAccess()) == [])
    }

    @Test func whatAKilledFetchLeftBehindIsSwept() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "v1")
        let url = try GitURL(scratch.path)
        try await mirror.fetch(.tags, from: url, GitAccess())
        let rubbish = [
            "refs/tags/v1.lock", "refs/tags/v2.lock", "packed-refs.lock", "objects/pack/pack_git2_x",
            "objects/pack/tmp_pack_x",
        ]
        for name in rubbish {
            try #require(FileManager.default.createFile(atPath: mirror.path + "/" + name, contents: Data("x".utf8)))
        }
        try scratch.git("tag", "v2")
        #expect(try await mirror.fetchTag("v2", from: url, GitAccess()).commit == commit)
        for name in rubbish { #expect(!FileManager.default.fileExists(atPath: mirror.path + "/" + name), "\(name)") }
    }

    @Test func manyFetchesIntoOneMirrorFollowOneAnother() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        for number in 0..<12 { try scratch.git("tag", "-a", "v\(number)", "-m", "x") }
        let url = try GitURL(scratch.path)
        let mirror = mirror
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<24 {
                group.addTask { try await mirror.fetchTag("v\(number % 12)", from: url, GitAccess()).name }
            }
            var names: Set<String> = []
            for try await name in group { names.insert(name) }
            #expect(names.count == 12)
        }
    }

    @Test func limitsEndAFetch() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["a": "1", "b": "2"])
        try scratch.git("tag", "v1")
        try scratch.git("tag", "v2")
        let url = try GitURL(scratch.path)
        let objects = GitAccess(limits: GitLimits(objects: 2))
        #expect(await failure { try await mirror.fetchTag("v1", from: url, objects) }?.code == .tooLarge)
        let references = GitAccess(limits: GitLimits(references: 3))
        #expect(await failure { try await mirror.fetchTag("v1", from: url, references) }?.code == .tooLarge)
        #expect(try await mirror.fetchTag("v1", from: url, GitAccess()).kind == .lightweight)
    }

    @Test func aMirrorThatBorrowsObjectsIsNotOurs() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try scratch.git("tag", "v1")
        let url = try GitURL(scratch.path)
        try await mirror.fetch(.tags, from: url, GitAccess())
        try (scratch.path + "/.git/objects\n")
            .write(toFile: mirror.path + "/objects/info/alternates", atomically: false, encoding: .utf8)
        #expect(await failure { try await mirror.fetch(.tags, from: url, GitAccess()) }?.code == .notRepository)
    }

    @Test func aDamagedMirrorSaysSo() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try scratch.git("tag", "v1")
        try await mirror.fetch(.tags, from: GitURL(scratch.path), GitAccess())
        let packs = mirror.path + "/objects/pack"
        for name in try FileManager.default.contentsOfDirectory(atPath: packs) where name.hasSuffix(".pack") {
            let file = packs + "/" + name
            let size = try #require(FileManager.default.contents(atPath: file)).count
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            try Data(repeating: 0, count: size).write(to: URL(fileURLWithPath: file))
        }
        let error = await failure {
            try await mirror.read { repository throws(GitError) in try repository.identify("v1") }
        }
        #expect(error?.code == .unreadable)
    }
}

@Suite struct GitThreadTests {
    @Test func whatDoesNotEndIsLeftBehindAtItsLimit() async throws {
        let release = DispatchSemaphore(value: 0)
        let error = await failure {
            try await GitThread.run(within: .milliseconds(200), "waiting") { () throws(GitError) in release.wait() }
        }
        #expect(error?.code == .tooSlow)
        release.signal()
    }

    @Test func cancellingEndsTheWait() async throws {
        let release = DispatchSemaphore(value: 0)
        let (started, continuation) = AsyncStream<Void>.makeStream()
        let waiting = Task {
            await failure {
                try await GitThread.run("waiting") { () throws(GitError) in
                    continuation.yield()
                    release.wait()
                }
            }
        }
        for await _ in started { break }
        waiting.cancel()
        #expect(await waiting.value == GitError(.cancelled, "waiting was cancelled"))
        release.signal()
    }

    @Test func moreCallsThanThreadsAllGetTheirTurn() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask { try await GitThread.run("counting") { () throws(GitError) in number } }
            }
            var sum = 0
            for try await number in group { sum += number }
            #expect(sum == 19_900)
        }
    }

    @Test func aNameThatIsMegabytesLongIsRefusedAtOnce() async throws {
        let name = String(repeating: "a", count: 1 << 20)
        let mirror = GitMirror(path: "/nonexistent/mirror.git")
        let error = await failure { try await mirror.fetchTag(name, from: GitURL("/nonexistent"), GitAccess()) }
        #expect(error?.code == .badTagName)
        #expect((error?.description.utf8.count ?? 0) < 400)
    }
}
