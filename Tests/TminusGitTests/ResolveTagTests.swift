import Foundation
import Testing

@testable import TminusGit

@Suite struct ResolveTagTests {
    @Test func anAnnotatedTagGivesItsObjectAndItsCommit() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "-a", "v1.0.0", "-m", "first")
        let object = try scratch.git("rev-parse", "refs/tags/v1.0.0")
        let tag = try GitRepository.open(scratch.path).resolveTag("v1.0.0")
        #expect(tag.object == object)
        #expect(tag.commit == commit)
        #expect(tag.object != tag.commit)
        #expect(tag.isAnnotated)
    }

    @Test func aTagOfATagLeadsToTheCommit() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "-a", "inner", "-m", "inner")
        try scratch.git("tag", "-a", "outer", "inner", "-m", "outer")
        #expect(try GitRepository.open(scratch.path).resolveTag("outer").commit == commit)
    }

    @Test func aLightweightTagIsItsCommit() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "v1")
        let tag = try GitRepository.open(scratch.path).resolveTag("v1")
        #expect(tag.object == commit)
        #expect(tag.commit == commit)
        #expect(!tag.isAnnotated)
    }

    @Test func aBareRepositoryAndAFolderInsideAWorkingTreeWork() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "v1")
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/pipelines/checkout", withIntermediateDirectories: true
        )
        #expect(try GitRepository.open(scratch.path + "/pipelines/checkout").resolveTag("v1").commit == commit)
        let bare = try ScratchRepository(bare: true)
        try bare.git("fetch", "--quiet", scratch.path, "refs/tags/v1:refs/tags/v1")
        #expect(try GitRepository.open(bare.path).resolveTag("v1").commit == commit)
    }

    @Test func packedTagsAreFound() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "-a", "v2", "-m", "two")
        try scratch.git("pack-refs", "--all")
        #expect(try GitRepository.open(scratch.path).resolveTag("v2").commit == commit)
    }

    @Test func aMissingTagNamesTheNearestOnes() throws {
        let scratch = try ScratchRepository()
        _ = try scratch.commit("one")
        for name in ["v1.2.0", "v1.2.1", "nightly"] { try scratch.git("tag", name) }
        let repository = try GitRepository.open(scratch.path)
        #expect(
            throws: GitError(
                .noSuchTag,
                "there is no tag v1.2.9 in \(scratch.path); did you mean v1.2.0, v1.2.1? "
                    + "(if it is new, run `git fetch --tags` there)"
            )
        ) { try repository.resolveTag("v1.2.9") }
    }

    @Test func aRepositoryWithoutTagsSaysSo() throws {
        let scratch = try ScratchRepository()
        _ = try scratch.commit("one")
        let repository = try GitRepository.open(scratch.path)
        #expect(
            throws: GitError(
                .noSuchTag,
                "there is no tag v1 in \(scratch.path), nor any other; run `git fetch --tags` there, or tag"
            )
        ) { try repository.resolveTag("v1") }
    }

    @Test(arguments: [false, true])
    func aTagOnATreeIsRefused(annotated: Bool) throws {
        let scratch = try ScratchRepository()
        _ = try scratch.commit("one")
        if annotated {
            try scratch.git("tag", "-a", "tree", "-m", "tree", "HEAD^{tree}")
        } else {
            try scratch.git("tag", "tree", "HEAD^{tree}")
        }
        let repository = try GitRepository.open(scratch.path)
        #expect(
            throws: GitError(
                .notACommit,
                "tag tree in \(scratch.path) does not lead to a commit but to a tree; a release needs a tag on a commit"
            )
        ) { try repository.resolveTag("tree") }
    }

    @Test func aBranchOrRevisionExpressionIsNeverATag() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("branch", "v1")
        let repository = try GitRepository.open(scratch.path)
        for name in ["v1", "HEAD", String(commit.prefix(8)), commit, "master", "main"] {
            #expect(code { try repository.resolveTag(name) } == .noSuchTag, "\(name)")
        }
    }

    @Test(arguments: [
        "", "-rf", "--upload-pack=x", "v1$(id)", "v1`id`", "v1;id", "v1|id", "v1&id", "v1'", "v1\"", "v1 2", "v1\n",
        "../heads/main", "a/b", "v1^{tree}", "v1~1", "v1@{0}", ".hidden", "v1\u{202E}", "v1\0", "ｖ1", "é",
        String(repeating: "a", count: 129),
    ])
    func aHostileNameIsRefusedBeforeGitSeesIt(name: String) throws {
        let scratch = try ScratchRepository()
        _ = try scratch.commit("one")
        let repository = try GitRepository.open(scratch.path)
        #expect(code { try repository.resolveTag(name) } == .badTagName)
    }

    @Test func aRefusedNameIsPrintedWithoutItsInvisibleCharacters() throws {
        let scratch = try ScratchRepository()
        let repository = try GitRepository.open(scratch.path)
        #expect(
            throws: GitError(
                .badTagName,
                "\"v1\\u{202E}$(id)\" can't be a tag to release: a name is letters, digits and . _ + -, "
                    + "starts with a letter or digit, has at most 128 bytes, no `..`, and no `.` or `.lock` at its end"
            )
        ) { try repository.resolveTag("v1\u{202E}$(id)") }
    }

    @Test func aTagWhoseObjectIsGoneIsUnreadable() throws {
        let scratch = try ScratchRepository()
        _ = try scratch.commit("one")
        try Data((String(repeating: "0", count: 39) + "1\n").utf8)
            .write(to: URL(fileURLWithPath: scratch.path + "/.git/refs/tags/v1"))
        let repository = try GitRepository.open(scratch.path)
        #expect(code { try repository.resolveTag("v1") } == .unreadable)
    }

    @Test func aMovedTagResolvesAnew() throws {
        let scratch = try ScratchRepository()
        let first = try scratch.commit("one")
        try scratch.git("tag", "v1")
        let repository = try GitRepository.open(scratch.path)
        #expect(try repository.resolveTag("v1").commit == first)
        let second = try scratch.commit("two")
        try scratch.git("tag", "--force", "v1")
        #expect(try repository.resolveTag("v1").commit == second)
    }
}

@Suite struct OpenTests {
    @Test func aPlaceWithoutARepositorySaysWhatToDo() throws {
        let path = FileManager.default.temporaryDirectory.path + "/tminus-none-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            throws: GitError(
                .notRepository,
                "there is no git repository at \(path) or above it; "
                    + "name one with `repository:` in the input, or run `git init` there"
            )
        ) { try GitRepository.open(path) }
    }

    @Test(.enabled(if: getuid() == 0, "only root can make another user's repository"))
    func anotherUsersRepositoryIsExplained() throws {
        let scratch = try ScratchRepository()
        try #require(chown(scratch.path, 65_534, 65_534) == 0)
        try #require(chown(scratch.path + "/.git", 65_534, 65_534) == 0)
        #expect(
            throws: GitError(
                .notOwned,
                "the git repository at \(scratch.path) belongs to another user, and git does not trust it; if you do, "
                    + "run `git config --global --add safe.directory \(scratch.path)` as the user who runs Tminus"
            )
        ) { try GitRepository.open(scratch.path) }
    }

    @Test func manyThreadsMayBeFirst() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "v1")
        let path = scratch.path
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<32 { group.addTask { try GitRepository.open(path).resolveTag("v1").commit } }
            for try await found in group { #expect(found == commit) }
        }
    }
}
