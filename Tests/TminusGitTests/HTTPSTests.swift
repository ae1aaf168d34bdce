import Foundation
import Testing

@testable import TminusGit

/// Against `git http-backend` behind TLS on 127.0.0.1. One server for all, as whom to trust is set once per process.
@Suite(.serialized) struct HTTPSTests {
    private static let shared = Result { try Shared() }

    private final class Shared: Sendable {
        let folder: ScratchFolder
        let port: Int
        let commit: String
        let server: LocalHTTPSServer

        init() throws {
            folder = try ScratchFolder()
            let scratch = try ScratchRepository()
            commit = try scratch.commit("one", files: ["a": "1"])
            try scratch.git("tag", "-a", "v1", "-m", "first")
            try scratch.git("clone", "--quiet", "--bare", scratch.path, folder.path + "/shop.git")
            let server = try LocalHTTPSServer(root: folder.path)
            try CertificateAuthorities.use(files: [server.authority])
            port = server.server.port
            self.server = server
            // Nothing deinitialises what is static.
            atexit { HTTPSTests.removeFolders() }
        }
    }

    private static func removeFolders() {
        guard let shared = try? shared.get() else { return }
        for path in [shared.folder.path, shared.server.folder.path] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private let host: Shared
    private let folder: ScratchFolder

    init() throws {
        host = try Self.shared.get()
        folder = try ScratchFolder()
    }

    private func url(_ path: String, name: String = "localhost") throws -> GitURL {
        try GitURL("https://\(name):\(host.port)/\(path)")
    }

    private func fetch(_ url: GitURL, _ access: GitAccess = GitAccess()) async throws(GitError) -> TagIdentity {
        try await GitMirror(path: folder.path + "/mirror.git").fetchTag("v1", from: url, access)
    }

    @Test func aTagIsFetched() async throws {
        #expect(try await fetch(url("git/shop.git")).commit == host.commit)
    }

    @Test func aPasswordLetsInAndAWrongOneDoesNot() async throws {
        let place = try url("private/shop.git")
        let right = GitAccess(credential: .password(user: "ada") { "s3cret" })
        #expect(try await fetch(place, right).commit == host.commit)
        let inURL = try GitURL("https://ada:s3cret@localhost:\(host.port)/private/shop.git")
        #expect(try await fetch(inURL).commit == host.commit)
        let wrong = GitAccess(credential: .password(user: "ada") { "wr0ng" })
        #expect(
            await failure { try await fetch(place, wrong) }
                == GitError(
                    .notAllowed,
                    "\(place) does not let us in with a password; check that it is right, not expired, and may read "
                        + "this repository"))
        let none = await failure { try await fetch(place) }
        #expect(
            none == GitError(.notAllowed, "\(place) wants to know who we are; hand in an access token"))
        let key = GitAccess(credential: .key(file: "/nonexistent"))
        #expect(await failure { try await fetch(place, key) }?.code == .badCredential)
    }

    @Test func aCertificateForAnotherNameIsNotTrusted() async throws {
        let other = try LocalHTTPSServer(root: host.folder.path, names: "DNS:other.example")
        let error = await failure { try await fetch(try GitURL(other.base + "/git/shop.git")) }
        #expect(error?.code == .untrustedCertificate, "\(error?.description ?? "")")
    }

    /// mbedTLS 2.28, which Debian's libgit2 uses, compares names only: an address never matches.
    @Test func aCertificateIsForANameAndNotForAnAddress() async throws {
        let error = await failure { try await fetch(try url("git/shop.git", name: "127.0.0.1")) }
        #expect(error?.code == .untrustedCertificate)
        #expect(error?.description.contains("for that name") == true)
    }

    @Test func aCertificateByAnotherAuthorityIsNotTrusted() async throws {
        let other = try LocalHTTPSServer(root: host.folder.path)
        let error = await failure { try await fetch(try GitURL(other.base + "/git/shop.git")) }
        #expect(error?.code == .untrustedCertificate, "\(error?.description ?? "")")
    }

    @Test func aFileOfAuthoritiesThatIsNoneIsRefusedAndChangesNothing() async throws {
        let text = try folder.write("hello", as: "text")
        #expect(code { try CertificateAuthorities.use(files: [text]) } == .noTrust)
        #expect(code { try CertificateAuthorities.use(files: ["/nonexistent"]) } == .noTrust)
        #expect(try await fetch(url("git/shop.git")).commit == host.commit)
    }

    @Test(arguments: [
        ("git/none.git", GitError.Code.noSuchRemote), ("nowhere/shop.git", .noSuchRemote),
        ("elsewhere/shop.git", .badURL),
        ("port/shop.git", .badURL),
        ("broken/shop.git", .badAnswer), ("page/shop.git", .badAnswer), ("garbage/shop.git", .badAnswer),
    ])
    func otherAnswersAreExplained(path: String, expected: GitError.Code) async throws {
        let error = await failure { try await fetch(try url(path)) }
        #expect(error?.code == expected, "\(error?.description ?? "")")
    }

    @Test func aRedirectIsFollowedOnTheHostOnlyAndTakesNoPasswordElsewhere() async throws {
        #expect(try await fetch(url("moved/shop.git")).commit == host.commit)
        let access = GitAccess(credential: .password(user: "ada") { "s3cret" })
        let error = await failure { try await fetch(try url("elsewhere/shop.git"), access) }
        #expect(error?.description.contains("redirects to another host") == true, "\(error?.description ?? "")")
    }

    @Test func aHostThatHangsIsGivenUpInTime() async throws {
        let access = GitAccess(limits: GitLimits(time: .milliseconds(700)))
        let start = ContinuousClock.now
        #expect(await failure { try await fetch(try url("hang/shop.git"), access) }?.code == .tooSlow)
        let rude = try RudeServer(greeting: "")
        let silent = try GitURL("https://127.0.0.1:\(rude.server.port)/x")
        #expect(await failure { try await fetch(silent, access) }?.code == .tooSlow)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func aListWithoutEndIsCutAtTheLimitOfBytes() async throws {
        let access = GitAccess(limits: GitLimits(time: .seconds(20), bytes: 4 << 20))
        #expect(await failure { try await fetch(try url("endless/shop.git"), access) }?.code == .tooLarge)
    }

    @Test func aHostThatIsNotThereOrSpeaksNoTLSSaysSo() async throws {
        let gone = try { try RudeServer(greeting: "").server.port }()
        let error = await failure { try await fetch(try GitURL("https://127.0.0.1:\(gone)/x")) }
        #expect(
            error
                == GitError(
                    .unreachable,
                    "https://127.0.0.1:\(gone)/x can't be reached: connecting failed (Connection refused); check the "
                        + "name, the network and the firewall"))
        let name = await failure { try await fetch(try GitURL("https://nowhere.invalid/x")) }
        #expect(name?.code == .unreachable)
        let plain = try RudeServer(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n", hangsUp: true)
        let tls = await failure { try await fetch(try GitURL("https://127.0.0.1:\(plain.server.port)/x")) }
        #expect(tls?.code == .untrustedCertificate || tls?.code == .badAnswer, "\(tls?.description ?? "")")
    }
}
