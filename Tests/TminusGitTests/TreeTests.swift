import Foundation
import Testing

@testable import TminusGit

@Suite struct TreeTests {
    @Test func aFileIsReadFromTheCommitAndNotFromTheFolder() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["pipelines/checkout.yaml": "pipeline: old\n"])
        try scratch.commit("two", files: ["pipelines/checkout.yaml": "pipeline: new\n"])
        let repository = try scratch.open()
        #expect(try repository.file("pipelines/checkout.yaml", at: commit) == Array("pipeline: old\n".utf8))
        #expect(try repository.file("./pipelines/checkout.yaml", at: commit) == Array("pipeline: old\n".utf8))
    }

    @Test func aMissingFileNamesTheNearest() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["pipelines/checkout.yaml": "x"])
        let repository = try scratch.open()
        #expect(
            throws: GitError(
                .noSuchFile,
                "there is no pipelines/chekout.yaml at commit \(commit.prefix(12)); "
                    + "did you mean pipelines/checkout.yaml?")
        ) { try repository.file("pipelines/chekout.yaml", at: commit) }
        #expect(try repository.look("pipelines/none", at: commit) == nil)
        #expect(try repository.look("pipelines", at: commit)?.kind == .folder)
    }

    @Test(arguments: [
        "", "/etc/passwd", "../secret", "a/../../b", "a//b", "a/", ".", "./", "..", "a/./b", ".git/config", "x/.GIT/y",
        "a\\b", "a\0b", "a\nb", String(repeating: "a", count: 4_097), String(repeating: "a/", count: 64) + "a",
    ])
    func aPathThatLeavesOrHidesIsRefused(path: String) throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a/b": "x"])
        let repository = try scratch.open()
        #expect(code { try repository.file(path, at: commit) } == .badPath)
    }

    @Test func linksSubmodulesFoldersAndLFSPointersAreNoFiles() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["folder/file": "x", "big": "version https://git-lfs.github.com/spec/v1\n"])
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: "/etc/passwd")
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/way", withDestinationPath: "folder")
        try scratch.git("add", "link", "way")
        let other = String(repeating: "1", count: 40)
        try scratch.git("update-index", "--add", "--cacheinfo", "160000,\(other),module")
        let commit = try scratch.commit("two")
        let repository = try scratch.open()
        for path in ["link", "folder", "module", "big"] {
            #expect(code { try repository.file(path, at: commit) } == .notAFile, "\(path)")
        }
        for path in ["way/file", "module/file", "big/file"] {
            #expect(code { try repository.file(path, at: commit) } == .notAFile, "\(path)")
        }
        let kinds = try repository.list(at: commit).map { "\($0.path) \($0.kind.rawValue)" }
        #expect(
            kinds == [
                "big file", "folder folder", "folder/file file", "link symbolicLink", "module submodule",
                "way symbolicLink",
            ])
    }

    @Test func aFileLargerThanTheLimitIsNotRead() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a": "12345"])
        let repository = try scratch.open()
        #expect(try repository.file("a", at: commit, limit: 5) == Array("12345".utf8))
        #expect(code { try repository.file("a", at: commit, limit: 4) } == .tooLarge)
    }

    @Test func aListStopsAtItsLimit() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a/1": "x", "a/2": "x", "b": "x"])
        let repository = try scratch.open()
        #expect(try repository.list("a", at: commit).map(\.path) == ["a/1", "a/2"])
        #expect(try repository.list(at: commit, limit: 4).count == 4)
        #expect(code { try repository.list(at: commit, limit: 3) } == .tooLarge)
    }

    @Test func aTreeThatHoldsItselfTenFoldOverAgainIsCutShort() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["a": "x"])
        var tree = try scratch.git("rev-parse", "HEAD^{tree}")
        for _ in 0..<10 {
            let lines = (0..<10).map { "040000 tree \(tree)\t\($0)" }.joined(separator: "\n") + "\n"
            tree = try scratch.git(["mktree"], input: Data(lines.utf8))
        }
        let commit = try scratch.git("commit-tree", tree, "-m", "bomb")
        let repository = try scratch.open()
        #expect(code { try repository.list(at: commit) } == .tooLarge)
        #expect(try repository.file("0/1/2/3/4/5/6/7/8/9/a", at: commit) == Array("x".utf8))
    }

    @Test func namesThatLeaveTheTreeAreOnlyNames() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a": "x"])
        let blob = try scratch.git("rev-parse", "\(commit):a")
        var bytes = Data("100644 ..\0".utf8)
        let places = stride(from: 0, to: 40, by: 2)
        bytes.append(contentsOf: places.compactMap { UInt8(blob.dropFirst($0).prefix(2), radix: 16) })
        let tree = try scratch.object("tree", bytes)
        let hostile = try scratch.object(
            "commit", "tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n")
        let repository = try scratch.open()
        #expect(code { try repository.file("..", at: hostile) } == .badPath)
        // Refused by libgit2, or listed as the name that it is: nothing is ever written to a folder.
        let listed = try? repository.list(at: hostile)
        #expect(listed == nil || listed?.map(\.path) == [".."])
    }

    @Test func onlyWholeIdsOfCommitsAreTaken() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", files: ["a": "x"])
        let tree = try scratch.git("rev-parse", "HEAD^{tree}")
        let repository = try scratch.open()
        for id in ["HEAD", "main", String(commit.prefix(12)), tree, "", commit + "0"] {
            #expect(code { try repository.file("a", at: id) } == .notACommit, "\(id)")
        }
        #expect(code { try repository.file("a", at: String(repeating: "1", count: 40)) } == .unreadable)
    }

    @Test func filtersAttributesAndLineEndsDoNothing() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit(
            "one", files: [".gitattributes": "* text eol=crlf filter=evil ident\n", "a": "$Id$\nx\n"])
        let marker = scratch.path + "/marker"
        try scratch.git("config", "filter.evil.smudge", "touch \(marker)")
        #expect(try scratch.open().file("a", at: commit) == Array("$Id$\nx\n".utf8))
        #expect(!FileManager.default.fileExists(atPath: marker))
    }
}
