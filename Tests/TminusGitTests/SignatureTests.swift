import Foundation
import Testing

@testable import TminusGit

/// Signed by the real ssh-keygen, through git.
@Suite struct SSHSignatureTests {
    private let scratch: ScratchRepository
    private let folder: ScratchFolder
    private let commit: String

    init() throws {
        scratch = try ScratchRepository()
        folder = try ScratchFolder()
        commit = try scratch.commit("one")
        try LocalSSHServer.makeKey("ed25519", folder.path + "/ada")
        try LocalSSHServer.makeKey("ed25519", folder.path + "/eve")
    }

    private func sign(_ name: String, by key: String = "ada", force: Bool = false) throws {
        try scratch.git(
            ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(folder.path)/\(key)", "tag"] + (force ? ["-f"] : [])
                + ["-s", name, "-m", "release"])
    }

    private func publicKey(_ key: String) throws -> String {
        try String(contentsOfFile: folder.path + "/\(key).pub", encoding: .utf8)
    }

    /// - Parameter options: between principal and key.
    private func trust(_ options: String = #"namespaces="git""#, mode: Int = 0o644) throws -> SignatureTrust {
        let line = "ada@example.org \(options) \(try publicKey("ada"))"
        return SignatureTrust(allowedSigners: try folder.write(line, as: "allowed", mode: mode))
    }

    private func state(_ name: String, _ trust: SignatureTrust) throws -> SignatureState {
        try scratch.open().identify(name, trust: trust).signature
    }

    private func isRefused(_ state: SignatureState) -> Bool {
        if case .refused(.ssh, _) = state { true } else { false }
    }

    @Test func aTrustedKeyIsGoodAndNamed() throws {
        try sign("v1")
        let tag = try scratch.open().identify("v1", trust: trust())
        let shown = try Program("/usr/bin/ssh-keygen", ["-l", "-f", folder.path + "/ada.pub"]).output()
        let fingerprint = String(shown.split(separator: " ")[1])
        #expect(tag.signature == .good(.ssh, signer: "ada@example.org", key: fingerprint))
        #expect(tag.refusal(requiring: .signed) == nil)
        #expect(try scratch.open().identify("v1").signature == .unchecked(.ssh))
        #expect(
            try scratch.open().identify("v1").refusal(requiring: .signed)
                == "nobody checked the signature of tag v1; name the keys you trust in the policy file")
    }

    @Test func aKeyThatNobodyTrustsIsRefusedThoughItsSignatureIsGood() throws {
        try sign("v1", by: "eve")
        #expect(isRefused(try state("v1", trust())))
        #expect(isRefused(try state("v1", SignatureTrust())))
        #expect(isRefused(try state("v1", SignatureTrust(gpgKeys: "/nonexistent", gpgFingerprints: ["A"]))))
    }

    @Test func aKeyForAnotherPurposeOrAnotherTimeIsRefused() throws {
        try sign("v1")
        #expect(isRefused(try state("v1", trust(#"namespaces="file""#))))
        #expect(isRefused(try state("v1", trust(#"namespaces="git",valid-before="20200101Z""#))))
        #expect(isRefused(try state("v1", trust(#"namespaces="git",valid-after="20990101Z""#))))
        var past = try trust(#"namespaces="git",valid-before="20200101""#)
        past.validAt = 1_546_300_800
        #expect(!isRefused(try state("v1", past)))
        #expect(SSHSignature.stamp(1_546_300_800) == "20190101000000")
    }

    @Test func anOldSignedTagUnderANewNameHasAGoodSignatureAndIsRefusedAllTheSame() throws {
        try sign("v1.0.0")
        try scratch.point("v9.9.9", at: try scratch.git("rev-parse", "v1.0.0"))
        let tag = try scratch.open().identify("v9.9.9", trust: trust())
        guard case .good = tag.signature else {
            Issue.record("\(tag.signature)")
            return
        }
        #expect(tag.refusal(requiring: .signed)?.contains("was made as tag v1.0.0") == true)
    }

    @Test func aSignatureMovedToAnotherTargetOrTextIsRefused() throws {
        try sign("v1")
        let text = try scratch.git("cat-file", "tag", "v1") + "\n"
        let other = try scratch.commit("two")
        for changed in [
            text.replacingOccurrences(of: commit, with: other),
            text.replacingOccurrences(of: "release", with: "relaese"),
            text.replacingOccurrences(of: "tag v1\n", with: "tag v2\n"),
        ] {
            #expect(changed != text)
            let name = changed.contains("tag v2\n") ? "v2" : "v3"
            try scratch.point(name, at: try scratch.object("tag", changed))
            #expect(isRefused(try state(name, trust())))
        }
    }

    @Test func signedAgainUnsignedAndLightweightAreToldFromThePinnedOne() throws {
        let trust = try trust()
        let repository = try scratch.open()
        try sign("v1")
        let pinned = try repository.identify("v1", trust: trust)
        try scratch.git(["tag", "-f", "-a", "v1", "-m", "release"])
        #expect(TagChange.compare(pinned: pinned, now: try repository.identify("v1", trust: trust)) == .lostSignature)
        try scratch.git("tag", "-f", "v1", "\(commit)")
        let light = try repository.identify("v1", trust: trust)
        #expect(TagChange.compare(pinned: pinned, now: light) == .becameLightweight)
        try sign("v1", by: "eve", force: true)
        let eve = try repository.identify("v1", trust: trust)
        #expect(TagChange.compare(pinned: pinned, now: eve) == .retagged(from: pinned.object, to: eve.object))
        #expect(isRefused(eve.signature))
    }

    @Test func twoSignaturesAndRubbishAreRefused() throws {
        try sign("v1")
        let text = try scratch.git("cat-file", "tag", "v1") + "\n"
        let proof = text[try #require(text.range(of: "-----BEGIN")).lowerBound...]
        let head = "object \(commit)\ntype commit\ntag v2\ntagger A <a> 1 +0000\n\nx\n"
        for body in [
            text.replacingOccurrences(of: "tag v1\n", with: "tag v2\n") + proof, head + proof,
            head + "-----BEGIN SSH SIGNATURE-----\n",
            head + "-----BEGIN SSH SIGNATURE-----\n!!\n-----END SSH SIGNATURE-----\n",
        ] {
            try scratch.point("v2", at: try scratch.object("tag", body))
            #expect(isRefused(try state("v2", trust())))
        }
        try scratch.point("v2", at: try scratch.object("tag", head + "-----BEGIN SIGNED MESSAGE-----\n"))
        #expect(
            try state("v2", trust())
                == .refused(.x509, reason: "it is an X.509 signature, which Tminus can't check; sign with ssh or GPG"))
    }

    @Test func aTrustThatOthersCanWriteIsNone() throws {
        try sign("v1")
        let open = try trust(mode: 0o666)
        #expect(code { try state("v1", open) } == .noTrust)
        #expect(code { try state("v1", SignatureTrust(allowedSigners: "/nonexistent")) } == .noTrust)
        if getuid() == 0 {
            let foreign = try trust()
            try #require(chown(try #require(foreign.allowedSigners), 65_534, 65_534) == 0)
            #expect(code { try state("v1", foreign) } == .noTrust)
        }
    }
}

/// Signed by the real gpg, through git.
@Suite struct GPGSignatureTests {
    private let scratch: ScratchRepository
    private let folder: ScratchFolder

    init() throws {
        scratch = try ScratchRepository()
        folder = try ScratchFolder()
        try scratch.commit("one")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    }

    private func gpg(_ arguments: String...) throws -> String {
        try Program(
            "/usr/bin/gpg", ["--homedir", folder.path, "--batch", "--no-tty", "--quiet"] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        ).output()
    }

    /// - Returns: the fingerprint of a new key.
    private func makeKey(_ name: String, expires: String = "never") throws -> String {
        _ = try gpg("--passphrase", "", "--quick-gen-key", "\(name) <\(name)@example.org>", "ed25519", "sign", expires)
        let lines = try gpg("--with-colons", "--list-keys", name).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("fpr:") })
        return String(try #require(line.split(separator: ":").last))
    }

    private func sign(_ name: String, by key: String, at moment: String? = nil) throws {
        let time = moment.map { "--faked-system-time \($0)" } ?? ""
        let wrapper = try folder.write(
            "#!/bin/sh\nexec gpg --homedir \(folder.path) --batch \(time) \"$@\"\n",
            as: "wrapper", mode: 0o755)
        try scratch.git("-c", "gpg.program=\(wrapper)", "-c", "user.signingKey=\(key)", "tag", "-s", name, "-m", "x")
    }

    private func trust(_ fingerprints: [String]) throws -> SignatureTrust {
        let keys = try folder.write(try gpg("--armor", "--export"), as: "keys.asc")
        return SignatureTrust(gpgKeys: keys, gpgFingerprints: fingerprints)
    }

    private func endAgent() {
        _ = try? Program("/usr/bin/gpgconf", ["--homedir", folder.path, "--kill", "all"]).output()
    }

    @Test func onlyKeysWhoseFingerprintCountsAreGood() throws {
        defer { endAgent() }
        let ada = try makeKey("ada")
        let eve = try makeKey("eve")
        try sign("v1", by: ada)
        try sign("v2", by: eve)
        // Eve's key is in the file too, but does not count.
        let trust = try trust([ada.lowercased()])
        let repository = try scratch.open()
        #expect(try repository.identify("v1", trust: trust).signature == .good(.gpg, signer: "", key: ada))
        #expect(
            try repository.identify("v2", trust: trust).signature
                == .refused(.gpg, reason: "its key \(eve) is not among the fingerprints that count"))
        let text = try scratch.git("cat-file", "tag", "v1") + "\n"
        try scratch.point(
            "v3", at: try scratch.object("tag", text.replacingOccurrences(of: "tag v1\n", with: "tag v3\n")))
        guard case .refused(.gpg, _) = try repository.identify("v3", trust: trust).signature else {
            Issue.record("a signature for another name was taken")
            return
        }
        let none = SignatureTrust(gpgKeys: trust.gpgKeys)
        guard case .refused = try repository.identify("v1", trust: none).signature else {
            Issue.record("a key was taken though no fingerprint counts")
            return
        }
        let broken = SignatureTrust(gpgKeys: try folder.write("hello", as: "broken"), gpgFingerprints: [ada])
        #expect(code { try repository.identify("v1", trust: broken) } == .noTrust)
    }

    @Test func anExpiredKeyIsRefusedThoughGPGExitsWithSuccess() throws {
        defer { endAgent() }
        let ada = try Self.expiredKey(gpg)
        try sign("v1", by: ada, at: "20200102T000000")
        var trust = try trust([ada])
        let repository = try scratch.open()
        #expect(
            try repository.identify("v1", trust: trust).signature
                == .refused(.gpg, reason: "its key, or the signature itself, is expired or revoked"))
        trust.validAt = 1_577_923_200
        #expect(try repository.identify("v1", trust: trust).signature == .good(.gpg, signer: "", key: ada))
    }

    private static func expiredKey(_ gpg: (String...) throws -> String) throws -> String {
        _ = try gpg(
            "--faked-system-time", "20200101T000000", "--passphrase", "", "--quick-gen-key", "ada <ada@example.org>",
            "ed25519", "sign", "30d")
        let lines = try gpg("--with-colons", "--list-keys", "ada").split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("fpr:") })
        return String(try #require(line.split(separator: ":").last))
    }

    @Test func linesThatDoNotSayExactlyOneGoodSignatureAreRefused() {
        let key = String(repeating: "A", count: 40)
        func judge(_ lines: String...) -> SignatureState {
            GPGSignature.judge(lines.map { $0.split(separator: " ") }, fingerprints: [key])
        }
        let valid = "VALIDSIG \(key) 2026-11-20 1 0 4 0 22 8 00 \(key)"
        let good = "GOODSIG AAAA ada"
        #expect(judge("NEWSIG", good, valid) == .good(.gpg, signer: "", key: key))
        for lines in [
            [], [good], [valid], [good, good, valid], [good, valid, valid], [good, valid, "EXPKEYSIG AAAA ada"],
            [good, valid, "REVKEYSIG AAAA ada"], [good, valid, "BADSIG AAAA ada"], [good, "VALIDSIG \(key)"],
            [good, valid.replacingOccurrences(of: "00 \(key)", with: "00 B")],
        ] {
            let state = GPGSignature.judge(lines.map { $0.split(separator: " ") }, fingerprints: [key])
            guard case .refused = state else {
                Issue.record("\(lines) was taken")
                continue
            }
        }
    }
}
