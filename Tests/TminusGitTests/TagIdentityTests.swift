import Foundation
import Testing

@testable import TminusGit

@Suite struct TagIdentityTests {
    @Test func anAnnotatedTagSaysWhatItIs() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one", at: 1_795_132_800)
        try scratch.git(["tag", "-a", "v1.0.0", "-m", "first"], at: 1_795_132_860)
        let tag = try scratch.open().identify("v1.0.0")
        #expect(tag.name == "v1.0.0")
        #expect(tag.reference == "refs/tags/v1.0.0")
        #expect(tag.object == (try scratch.git("rev-parse", "v1.0.0")))
        #expect(tag.kind == .annotated)
        #expect(tag.commit == commit)
        #expect(tag.tree == (try scratch.git("rev-parse", "v1.0.0^{tree}")))
        #expect(tag.nameInside == "v1.0.0")
        #expect(
            tag.tagger == GitPerson(name: "A", email: "a@example.org", seconds: 1_795_132_860, zoneMinutes: 540))
        #expect(tag.committer.seconds == 1_795_132_800)
        #expect(tag.taggedSeconds == 1_795_132_860)
        #expect(tag.depth == 1)
        #expect(tag.signature == .unsigned)
        #expect(tag.refusal(requiring: .annotated) == nil)
        #expect(tag.refusal(requiring: .signed) == "tag v1.0.0 is not signed; make it with `git tag -s v1.0.0`")
    }

    @Test func aLightweightTagHasNoNameOnIt() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.git("tag", "v1")
        let tag = try scratch.open().identify("v1")
        #expect(tag.kind == .lightweight)
        #expect(tag.object == commit)
        #expect(tag.nameInside == nil)
        #expect(tag.tagger == nil)
        #expect(tag.depth == 0)
        #expect(tag.taggedSeconds == 1_795_132_800)
        #expect(tag.refusal(requiring: .any) == nil)
        #expect(
            tag.refusal(requiring: .annotated)
                == "tag v1 is lightweight, so nobody's name is on it; make one with `git tag -s` (or `-a`)")
    }

    @Test func anOldObjectUnderANewNameIsRefusedWhateverIsRequired() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try scratch.git("tag", "-a", "v1.0.0", "-m", "first")
        try scratch.point("v9.9.9", at: try scratch.git("rev-parse", "v1.0.0"))
        let tag = try scratch.open().identify("v9.9.9")
        #expect(tag.nameInside == "v1.0.0")
        #expect(!tag.isMadeForItsName)
        for requirement in [TagIdentity.Requirement.any, .annotated, .signed] {
            #expect(
                tag.refusal(requiring: requirement)
                    == "the object behind tag v9.9.9 was made as tag v1.0.0: an old tag under a new name; "
                    + "tag anew with `git tag -s v9.9.9`")
        }
    }

    @Test func tagsOfTagsAreFollowedEightDeepAndNoFurther() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        var target = commit
        for depth in 1...9 {
            target = try scratch.object("tag", tagText(target, depth == 1 ? "commit" : "tag", "v\(depth)"))
            try scratch.point("v\(depth)", at: target)
        }
        let repository = try scratch.open()
        let eight = try repository.identify("v8")
        #expect(eight.depth == 8)
        #expect(eight.commit == commit)
        #expect(eight.nameInside == "v8")
        #expect(code { try repository.identify("v9") } == .malformedTag)
    }

    @Test func aSymbolicTagIsRefusedAsItMovesByItself() throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one")
        try scratch.git("symbolic-ref", "refs/tags/v1", "refs/heads/main")
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .malformedTag)
        #expect(code { try repository.resolveTag("v1") } == .malformedTag)
    }

    @Test(arguments: ["tree", "blob"])
    func anAnnotatedTagOnSomethingElseIsRefused(kind: String) throws {
        let scratch = try ScratchRepository()
        try scratch.commit("one", files: ["a": "a"])
        let target = try scratch.git("rev-parse", kind == "tree" ? "HEAD^{tree}" : "HEAD:a")
        try scratch.point("v1", at: try scratch.object("tag", tagText(target, kind, "v1")))
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .notACommit)
    }

    @Test func aTagThatLiesAboutTheKindOfItsTargetIsMalformed() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        try scratch.point("v1", at: try scratch.object("tag", tagText(commit, "tree", "v1")))
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .malformedTag)
    }

    @Test(arguments: [
        "", "object\n", "tag v1\n", "object {}\ntag v1\ntype commit\n", "object {}\ntype commit\n",
        "object {}\ntype commit\ntag v1\ntag v2\n\nx", "object {}\ntype commit\ntag v1\ntagger nobody\n\nx",
        "object {}\ntype commit\ntag v1\ntagger A <a> 1 +0000\nobject {}\n\nx", "object {}", "type commit\nobject {}\n",
    ])
    func objectsThatGitWouldNotWriteAreMalformed(text: String) throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        let object = try scratch.object("tag", text.replacingOccurrences(of: "{}", with: commit))
        try scratch.point("v1", at: object)
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .malformedTag)
    }

    @Test func aHugeTagIsRefusedBeforeItIsRead() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        let text = tagText(commit, "commit", "v1") + String(repeating: "x", count: 1 << 20)
        try scratch.point("v1", at: try scratch.object("tag", text))
        let repository = try scratch.open()
        #expect(code { try repository.identify("v1") } == .tooLarge)
    }

    @Test func aNameInsideWithControlCharactersIsShownEscapedAndIsNotTheName() throws {
        let scratch = try ScratchRepository()
        let commit = try scratch.commit("one")
        let object = try scratch.object("tag", tagText(commit, "commit", "v1\u{202E}\u{1B}[2J"))
        try scratch.point("v1", at: object)
        let tag = try scratch.open().identify("v1")
        #expect(tag.nameInside == "v1\\u{202E}\\u{1B}[2J")
        #expect(!tag.isMadeForItsName)
    }

    private func tagText(_ target: String, _ kind: String, _ name: String) -> String {
        "object \(target)\ntype \(kind)\ntag \(name)\ntagger A <a@example.org> 1795132800 +0900\n\nmessage\n"
    }
}

@Suite struct TagChangeTests {
    private func tag(
        object: Character = "a", commit: Character = "c", kind: TagIdentity.Kind = .annotated,
        signature: SignatureState = .good(.ssh, signer: "ada", key: "SHA256:x")
    ) -> TagIdentity {
        TagIdentity(
            name: "v1", object: String(repeating: object, count: 40), kind: kind,
            commit: String(repeating: commit, count: 40), tree: String(repeating: "e", count: 40),
            committer: GitPerson(name: "A", email: "a", seconds: 0, zoneMinutes: 0), nameInside: "v1", tagger: nil,
            depth: 1, signature: signature)
    }

    @Test func everyChangeHasItsName() {
        let pinned = tag()
        #expect(TagChange.compare(pinned: pinned, now: pinned) == .unchanged)
        #expect(TagChange.compare(pinned: pinned, now: nil) == .deleted)
        #expect(
            TagChange.compare(pinned: pinned, now: tag(object: "b", commit: "d"))
                == .moved(from: String(repeating: "c", count: 40), to: String(repeating: "d", count: 40)))
        #expect(
            TagChange.compare(pinned: pinned, now: tag(object: "b"))
                == .retagged(from: String(repeating: "a", count: 40), to: String(repeating: "b", count: 40)))
        #expect(TagChange.compare(pinned: pinned, now: tag(object: "b", signature: .unsigned)) == .lostSignature)
        let light = tag(object: "c", kind: .lightweight, signature: .unsigned)
        #expect(TagChange.compare(pinned: pinned, now: light) == .becameLightweight)
        #expect(TagChange.compare(pinned: light, now: pinned) == .becameAnnotated)
        #expect(TagChange.compare(pinned: light, now: light) == .unchanged)
    }

    @Test func movingIsWorseThanLosingTheObject() {
        let moved = tag(object: "d", commit: "d", kind: .lightweight, signature: .unsigned)
        #expect(
            TagChange.compare(pinned: tag(), now: moved).sentence
                == "now leads to commit dddddddddddd instead of cccccccccccc")
    }

    @Test func aChangeOfTrustAloneIsNoChangeOfTheTag() {
        let now = tag(signature: .refused(.ssh, reason: "expired"))
        #expect(TagChange.compare(pinned: tag(), now: now) == .unchanged)
        #expect(now.refusal(requiring: .any) == "the signature of tag v1 is refused: expired")
    }
}
