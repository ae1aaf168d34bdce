import Foundation
import Testing

@testable import TminusGit

@Suite struct GitURLTests {
    @Test(arguments: [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop.git"),
        ("https://GitHub.com:8443/acme/shop", "https://github.com:8443/acme/shop"),
        ("ssh://git@host.example:2222/srv/shop.git", "ssh://git@host.example:2222/srv/shop.git"),
        ("ssh://git@[::1]:22/x", "ssh://git@[::1]:22/x"),
        ("git@github.com:acme/shop.git", "git@github.com:acme/shop.git"),
        ("/srv/git/shop.git", "/srv/git/shop.git"), ("file:///srv/a%20b", "/srv/a b"),
    ])
    func theFormsThatGitCloneTakesAreTaken(text: String, shown: String) throws {
        #expect(try GitURL(text).description == shown)
    }

    @Test func aPasswordIsNeverShown() throws {
        let url = try GitURL("https://ada:s3cr%40t@host.example/shop.git")
        #expect(url.description == "https://ada@host.example/shop.git")
        #expect(url.address == "https://ada@host.example/shop.git")
        #expect(url.password == "s3cr@t")
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("s3cr"))
        #expect(!"\(String(reflecting: url))".contains("s3cr"))
        let broken = [
            "https://ada:s3cret@host.example", "http://ada:s3cret@host/x", "https://a:s3cret@b@host/x",
            "ext::ada:s3cret@host/x", "https://ada:s3cret@host:99999/x", "https://ada:s3cret@/x",
            "https://ada:s3cret@host/x y", "https://ada:s3cret@\(String(repeating: "h", count: 3_000))/x",
        ]
        for text in broken {
            let error = #expect(throws: GitError.self) { try GitURL(text) }
            #expect(error?.code == .badURL)
            #expect(error?.description.contains("s3cret") == false, "\(text)")
        }
    }

    @Test func aCredentialIsNeverShown() {
        let credential = GitCredential.password(user: "ada") { "s3cret" }
        var dumped = ""
        dump(GitAccess(credential: credential), to: &dumped)
        #expect(!dumped.contains("s3cret"))
        #expect("\(credential)" == "a password")
    }

    @Test(arguments: [
        "", "shop", "shop.git", "./shop", "../shop", "http://host/x", "git://host/x", "ftp://host/x", "ext::sh -c id",
        "ext::sh", "fd::17/x", "-u", "--upload-pack=touch /tmp/x", "https://-host/x", "ssh://-oProxyCommand=id/x",
        "ssh://git@-oProxyCommand=id/x", "-oProxyCommand=id:x", "git@host:-x", "git@host:", "host", "ssh://host",
        "ssh://host/", "https://host/", "ssh://git@host/x'; id; '", "ssh://git@host/x;id", "ssh://git@host/$(id)",
        "ssh://git@host/`id`", "https://host:0/x", "https://host:65536/x", "https://host:x/x", "https://ho st/x",
        "https://host/x\n", "https://host/\u{202E}x", "https://hoſt/x", "https://host/x?y", "https://host/x#y",
        "file://host/x", "/srv/\u{1}x", "/srv/\0x", "file:///srv/%00x", "file:///srv/%0aforged", "file:///srv/%1b[2J",
        "file:///srv/%C2%85x", "file:///srv/%e2%80%aex", "/srv/\u{202E}x", "/srv/\u{2028}x", "file:///srv/%zz",
        "https://user%0a@host/x", "javascript:alert(1)", "C:\\x", "ssh://[::1/x", "ssh://[zz]/x", "https://[::1]x/x",
        "a@b@c:x",
    ])
    func nothingElseIs(text: String) {
        #expect(code { try GitURL(text) } == .badURL)
    }
}

@Suite struct KnownHostsTests {
    private let key = Array("key".utf8)

    private func judge(_ text: String, host: String = "host.example", port: Int = 22) -> KnownHosts.Verdict {
        KnownHosts([text]).judge(host: host, port: port, key: key)
    }

    @Test func aHostIsKnownByItsNameAndKey() {
        #expect(judge("host.example ssh-ed25519 a2V5 comment\n") == .known)
        #expect(judge("other,host.example ssh-ed25519 a2V5\n") == .known)
        #expect(judge("# host.example ssh-ed25519 a2V5\n\n") == .unknown)
        #expect(judge("host.example ssh-ed25519 b3RoZXI=\n") == .different(known: ["ssh-ed25519"]))
        #expect(judge("other ssh-ed25519 a2V5\n") == .unknown)
        #expect(judge("") == .unknown)
    }

    @Test func aPortOfItsOwnIsPartOfTheName() {
        #expect(judge("[host.example]:2222 ssh-ed25519 a2V5\n", port: 2_222) == .known)
        #expect(judge("host.example ssh-ed25519 a2V5\n", port: 2_222) == .unknown)
        #expect(judge("[host.example]:2222 ssh-ed25519 a2V5\n") == .unknown)
    }

    @Test func patternsMatchAndExclude() {
        #expect(judge("*.example ssh-ed25519 a2V5\n") == .known)
        #expect(judge("h?st.example ssh-ed25519 a2V5\n") == .known)
        #expect(judge("*.example,!host.example ssh-ed25519 a2V5\n") == .unknown)
        #expect(judge("*.exampl ssh-ed25519 a2V5\n") == .unknown)
        let long = Array(repeating: UInt8(ascii: "a"), count: 2_000)
        #expect(!KnownHosts.matchesGlob(Array("*a*a*a*a*b".utf8), long))
    }

    @Test func aRevokedKeyIsRevokedWhateverElseIsThere() {
        #expect(judge("host.example ssh-ed25519 a2V5\n@revoked * ssh-ed25519 a2V5\n") == .revoked)
        #expect(judge("@revoked host.example ssh-ed25519 b3RoZXI=\nhost.example ssh-ed25519 a2V5\n") == .known)
        #expect(judge("@cert-authority * ssh-ed25519 a2V5\n") == .unknown)
    }

    @Test func namesThatSSHKeygenHashedAreFound() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("host.example ssh-ed25519 \(Self.realKey)\n", as: "known")
        try Program("/usr/bin/ssh-keygen", ["-H", "-f", file]).output()
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasPrefix("|1|"))
        let blob = try #require(Data(base64Encoded: Self.realKey)).map { $0 }
        #expect(KnownHosts([text]).judge(host: "host.example", port: 22, key: blob) == .known)
        #expect(KnownHosts([text]).judge(host: "other.example", port: 22, key: blob) == .unknown)
        #expect(SSHKey.kind(blob) == "ssh-ed25519")
        let shown = try Program("/usr/bin/ssh-keygen", ["-l", "-f", file]).output()
        #expect(shown.contains(SSHKey.fingerprint(blob)))
    }

    private static let realKey = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

    @Test func brokenKeysAndLinesAreNoKeys() {
        #expect(SSHKey.kind([]) == nil)
        #expect(SSHKey.kind([0, 0, 0, 9, 1]) == nil)
        #expect(SSHKey.kind([255, 255, 255, 255, 1]) == nil)
        for line in ["host.example", "host.example ssh-ed25519", "host.example ssh-ed25519 !!", "|1|x|y z a2V5", "@"] {
            #expect(judge(line + "\n") == .unknown)
        }
    }
}
