import Foundation
import Testing

@testable import TminusGit

/// The attack corpus: names, repositories and submodules made to harm whoever reads them.
@Suite struct HostileTests {
    /// Names that `git check-ref-format` allows in part, and others that only a hostile host can send.
    static let names: [String] =
        [
            "v1$(id)", "v1`id`", "v1;id", "v1|id", "v1&id", "v1>x", "v1'", "v1\"", "-rf", "--upload-pack=x", "-u",
            "v1\u{202E}", "v1\u{200B}", "v1\u{1B}[2J", "v1\n", "v1\r\n", "v1\t", "v1\0x", "..", "v1..v2",
            "../../config",
            "v1@{0}", "@{u}", "@", "v1.lock", "v1^{}", "v1~1", "v1:x", "v1?",
            "v1*", "v1[", "v1\\x", "v1 ", " v1", "",
            ".v1", "v1.", "a/b", "refs/tags/v1", "ｖ1", "vé", "v%00", "v1{a,b}", "${IFS}", "v1#x", "!v1", "~root",
        ] + [String(repeating: "a", count: 1 << 20), String(repeating: "\u{202E}", count: 1 << 18)]

    @Test func hostileNamesReachNeitherGitNorTheDiskNorTheScreen() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        let repository = try scratch.open()
        let mirror = GitMirror(path: scratch.path + "/mirror.git")
        for name in Self.names {
            let error = await failure { try repository.identify(name) }
            #expect(error?.code == .badTagName, "\(name.prefix(40))")
            let text = error?.description ?? ""
            #expect(text.utf8.count < 1_000)
            #expect(text.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F || $0 == "…" })
            let fetched = await failure { try await mirror.fetchTag(name, from: GitURL(scratch.path), GitAccess()) }
            #expect(fetched?.code == .badTagName)
        }
        #expect(!FileManager.default.fileExists(atPath: mirror.path))
    }

    @Test func namesThatAHostListsAreOfferedOnlyIfTheyAreReleasable() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        let allowed = ["v1$(id)", "v1;id", "v1`id`", "--upload-pack=x", "v1\u{202E}", "v1'", "a/b", "v2"]
        let lines = allowed.sorted().map { "\(commit) refs/tags/\($0)\n" }.joined()
        try ("# pack-refs with: peeled fully-peeled sorted \n" + lines)
            .write(toFile: scratch.path + "/.git/packed-refs", atomically: false, encoding: .utf8)
        let mirror = GitMirror(path: scratch.path + "/mirror.git")
        let listed = try await mirror.fetch(.everything, from: GitURL(scratch.path), GitAccess())
        #expect(listed.compactMap(\.tagName) == ["v2"])
        let found = try await mirror.read { repository throws(GitError) in try repository.identify("v2") }
        #expect(found.commit == commit)
        let error = await failure { try await mirror.fetchTag("v3", from: GitURL(scratch.path), GitAccess()) }
        #expect(error?.description.contains("did you mean v2?") == true)
        #expect(error?.description.contains("$(id)") == false)
    }

    @Test func aHostThatListsNamesOutsideOfRefsWritesNothingThere() async throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        let names = ["refs/tags/../../config", "refs/tags/../heads/main", "refs/tags/v1.lock", "../../escape"]
        let lines = names.map { "\(commit) \($0)\n" }.joined() + "\(commit) refs/tags/v1\n"
        try lines.write(toFile: scratch.path + "/.git/packed-refs", atomically: false, encoding: .utf8)
        let mirror = GitMirror(path: scratch.path + "/mirror.git")
        _ = await failure { try await mirror.fetch(.everything, from: GitURL(scratch.path), GitAccess()) }
        let config = try? String(contentsOfFile: mirror.path + "/config", encoding: .utf8)
        #expect(config == nil || config?.contains("bare = true") == true)
        #expect(config?.contains(commit) != true)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/escape"))
        #expect(!FileManager.default.fileExists(atPath: mirror.path + "/refs/tags/v1.lock"))
    }

    /// Everything in a repository that git would run: none of it runs, neither when read nor when fetched from.
    @Test func nothingInARepositoryIsRun() async throws {
        let scratch = try ScratchRepository()
        let marker = scratch.path + "/marker"
        let script = "#!/bin/sh\ntouch '\(marker)'\n"
        let commit = try scratch.commit(
            "one",
            files: [
                ".gitattributes": "* filter=evil diff=evil merge=evil\n", "a": "1",
                ".gitmodules": """
                [submodule "x"]
                \tpath = x
                \turl = ext::sh -c touch% \(marker)
                \tupdate = !touch \(marker)
                [submodule "y"]
                \tpath = y
                \turl = -u./payload

                """,
            ])
        try scratch.git("update-index", "--add", "--cacheinfo", "160000,\(commit),x")
        let tagged = try scratch.commit("two")
        try scratch.git("tag", "-a", "v1", "-m", "x")
        let hooks = scratch.path + "/.git/hooks"
        try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
        for name in ["post-checkout", "reference-transaction", "post-update", "update", "pre-receive", "fsmonitor"] {
            try script.write(toFile: hooks + "/" + name, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hooks + "/" + name)
        }
        try Self.configuration(running: "touch \(marker)", hooks: hooks)
            .write(toFile: scratch.path + "/.git/config", atomically: false, encoding: .utf8)
        let repository = try scratch.open()
        #expect(try repository.identify("v1", trust: SignatureTrust()).commit == tagged)
        #expect(try repository.file("a", at: tagged) == Array("1".utf8))
        #expect(try repository.list(at: tagged).contains { $0.path == "x" && $0.kind == .submodule })
        #expect(code { try repository.file("x/a", at: tagged) } == .notAFile)
        #expect(try repository.changelog(from: commit, to: tagged).added == 1)
        let folder = try ScratchFolder()
        let mirror = GitMirror(path: folder.path + "/mirror.git")
        try await mirror.fetch(.everything, from: GitURL(scratch.path), GitAccess())
        #expect(try await mirror.fetchTag("v1", from: GitURL(scratch.path), GitAccess()).commit == tagged)
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    private static func configuration(running evil: String, hooks: String) -> String {
        """
        [core]
        \trepositoryformatversion = 0
        \tbare = false
        \tsshCommand = \(evil)
        \tfsmonitor = \(hooks)/fsmonitor
        \tpager = \(evil)
        \teditor = \(evil)
        \tgitProxy = \(evil)
        \talternateRefsCommand = \(evil)
        \thooksPath = \(hooks)
        \taskPass = \(evil)
        [credential]
        \thelper = !\(evil)
        [filter "evil"]
        \tsmudge = \(evil)
        \tclean = \(evil)
        \tprocess = \(evil)
        \trequired = true
        [diff "evil"]
        \tcommand = \(evil)
        \ttextconv = \(evil)
        [gpg]
        \tprogram = \(evil)
        [gpg "ssh"]
        \tprogram = \(evil)
        \tdefaultKeyCommand = \(evil)
        [uploadpack]
        \tpackObjectsHook = \(evil)
        [url "ext::sh -c \(evil.replacingOccurrences(of: " ", with: "% ")) "]
        \tinsteadOf = /
        [remote "origin"]
        \turl = ext::sh -c \(evil.replacingOccurrences(of: " ", with: "% "))
        \tuploadpack = \(evil)
        [protocol]
        \tallow = always
        [alias]
        \tfetch = !\(evil)

        """
    }

    @Test func submoduleURLsAreNoURLs() {
        for url in ["ext::sh -c touch% /tmp/x", "-u./payload", "--upload-pack=x", "file://x/y", "::x", "ssh://-oP=x/y"]
        {
            #expect(code { try GitURL(url) } == .badURL, "\(url)")
        }
    }

    @Test func tagsThatPointAtEachOtherAreNoTags() throws {
        let scratch = try ScratchRepository()
        let (one, two) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
        for (id, target) in [(one, two), (two, one)] {
            // git can't make a loop, as ids are hashes; a file under a wrong name is how one would look.
            let text = "object \(target)\ntype tag\ntag v1\ntagger A <a> 1 +0000\n\nx\n"
            let real = try scratch.object("tag", text)
            let objects = scratch.path + "/.git/objects/"
            let folder = objects + id.prefix(2)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: objects + real.prefix(2) + "/" + real.dropFirst(2), toPath: folder + "/" + id.dropFirst(2))
        }
        try scratch.point("v1", at: one)
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .unreadable)
    }

    @Test func aBlobUnderATagsNameAndADamagedObjectAreRefused() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a": "1"])
        try scratch.point("blob", at: try scratch.git("rev-parse", "HEAD:a"))
        let repository = try scratch.open()
        #expect(code { try repository.identify("blob") } == .notACommit)
        try scratch.git("tag", "v1")
        let file = scratch.path + "/.git/objects/" + commit.prefix(2) + "/" + commit.dropFirst(2)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        for bytes in [Data(), Data("garbage".utf8), Data(repeating: 0x78, count: 4_096)] {
            try bytes.write(to: URL(fileURLWithPath: file))
            #expect(code { try scratch.open().identify("v1") } == .unreadable)
        }
    }

    @Test(arguments: [
        "tree 123\n", "", "tree {}\n", "tree {}\nauthor A <a> 1 +0000\n\nx",
        "tree {}\nauthor A <a> 99999999999999999999 +9999\ncommitter A <a> 99999999999999999999 +9999\n\nx",
        "tree {}\nauthor\ncommitter\n\nx", "tree {}\nparent {}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx",
        "tree {}\nauthor \u{0} <\u{0}> x\ncommitter > < \n\n",
    ])
    func commitsThatGitWouldNotWriteNeverTrap(text: String) throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["a": "1"])
        let tree = try scratch.git("rev-parse", "HEAD^{tree}")
        let commit = try scratch.object("commit", text.replacingOccurrences(of: "{}", with: tree))
        try scratch.point("v1", at: commit)
        let repository = try scratch.open()
        _ = try? repository.identify("v1")
        _ = try? repository.file("a", at: commit)
        _ = try? repository.changelog(from: nil, to: commit)
        _ = try? repository.commit(commit)
    }

    @Test func aFolderOfAHundredThousandNamesIsCutAtTheLimit() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["a": "1"])
        let blob = try scratch.git("rev-parse", "HEAD:a")
        let lines = (0..<100_000).map { "100644 blob \(blob)\tfile\($0)\n" }.joined()
        let tree = try scratch.git(["mktree"], input: Data(lines.utf8))
        let commit = try scratch.git("commit-tree", tree, "-m", "wide")
        let repository = try scratch.open()
        #expect(code { try repository.list(at: commit) } == .tooLarge)
        #expect(try repository.file("file99999", at: commit) == Array("1".utf8))
    }

    @Test func aRepositoryThatLendsObjectsFromElsewhereRunsNothing() async throws {
        let lender = try ScratchRepository()
        let commit = try lender.commit("one", files: ["a": "1"])
        let scratch = try ScratchRepository(bare: true)
        try (lender.path + "/.git/objects\n/nonexistent\n-u\next::sh -c id\n")
            .write(toFile: scratch.path + "/objects/info/alternates", atomically: false, encoding: .utf8)
        try scratch.point("v1", at: commit)
        let folder = try ScratchFolder()
        let mirror = GitMirror(path: folder.path + "/mirror.git")
        #expect(try await mirror.fetchTag("v1", from: GitURL(scratch.path), GitAccess()).commit == commit)
        // The mirror has its own copy and borrows nothing.
        #expect(!FileManager.default.fileExists(atPath: mirror.path + "/objects/info/alternates"))
        try FileManager.default.removeItem(atPath: lender.path)
        let found = try await mirror.read { repository throws(GitError) in try repository.identify("v1") }
        #expect(found.commit == commit)
    }

    @Test(.enabled(if: getuid() == 0, "only root can make another user's repository"))
    func anotherUsersRepositoryIsNotFetchedFrom() async throws {
        let scratch = try ScratchRepository(bare: true)
        try #require(chown(scratch.path, 65_534, 65_534) == 0)
        let folder = try ScratchFolder()
        let mirror = GitMirror(path: folder.path + "/mirror.git")
        let error = await failure { try await mirror.fetch(.tags, from: GitURL(scratch.path), GitAccess()) }
        #expect(error?.code == .notOwned)
        #expect(error?.description.contains("safe.directory") == true)
    }

    @Test func aRepositoryOfAnotherHashOrFormatIsExplained() throws {
        let scratch = try ScratchFolder()
        let arguments = ["init", "--quiet", "--bare", "--object-format=sha256", scratch.path + "/r"]
        try Program("/usr/bin/git", arguments).output()
        #expect(code { try GitRepository.open(scratch.path + "/r") } == .unreadable)
        #expect(code { try GitRepository.open(scratch.path + "/r\0x") } == .notRepository)
    }

    @Test func namedPipesInARepositoryHoldNobodyUp() async throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try #require(mkfifo(scratch.path + "/.git/refs/tags/v1", 0o600) == 0)
        let path = scratch.path
        let error = await failure {
            try await GitThread.run(within: .milliseconds(300), "reading") { () throws(GitError) in
                try GitRepository.open(path).identify("v1")
            }
        }
        #expect(error != nil)
        // Whoever waits for a writer is let go.
        let descriptor = open(scratch.path + "/.git/refs/tags/v1", O_WRONLY | O_NONBLOCK)
        if descriptor >= 0 { close(descriptor) }
    }
}
