import Foundation
import Testing

@testable import TminusGit

/// Against a real sshd on 127.0.0.1.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd"), "openssh-server"))
struct SSHTests {
    private let scratch: ScratchRepository
    private let folder: ScratchFolder
    private let commit: String

    init() throws {
        scratch = try ScratchRepository()
        folder = try ScratchFolder()
        commit = try scratch.commit("one", files: ["a": "1"])
        try scratch.git("tag", "-a", "v1", "-m", "first")
    }

    private func url(_ host: LocalSSHServer) throws -> GitURL { try GitURL(host.base + scratch.path) }

    private func fetch(_ url: GitURL, _ access: GitAccess) async throws(GitError) -> TagIdentity {
        try await GitMirror(path: folder.path + "/mirror.git").fetchTag("v1", from: url, access)
    }

    @Test func anEd25519KeyFetchesATag() async throws {
        let host = try LocalSSHServer()
        let access = GitAccess(credential: .key(file: host.key), knownHosts: [host.knownHosts])
        #expect(try await fetch(url(host), access).commit == commit)
        let names = try await GitMirror.references(of: url(host), access).map(\.name)
        #expect(names == ["HEAD", "refs/heads/main", "refs/tags/v1"])
    }

    @Test func aKeyAsTextAndOneWithAPassphraseWork() async throws {
        let host = try LocalSSHServer(passphrase: "open sesame")
        let text = try String(contentsOfFile: host.key, encoding: .utf8)
        for credential in [
            GitCredential.key(text: { text }, passphrase: { "open sesame" }),
            GitCredential.key(file: host.key, passphrase: { "open sesame" }),
        ] {
            let access = GitAccess(credential: credential, knownHosts: [host.knownHosts])
            #expect(try await fetch(url(host), access).commit == commit)
        }
        let wrong = GitAccess(
            credential: .key(file: host.key, passphrase: { "s3cret" }), knownHosts: [host.knownHosts])
        let error = await failure { try await fetch(url(host), wrong) }
        #expect(error?.code == .notAllowed)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func theAgentsKeyWorks() async throws {
        let host = try LocalSSHServer()
        let socket = host.folder.path + "/agent"
        let agent = try #require(
            SpawnedProgram("/usr/bin/ssh-agent", ["-D", "-a", socket], environment: ["PATH": "/usr/bin"]))
        defer { agent.stop() }
        #expect(holds(within: .seconds(60)) { FileManager.default.fileExists(atPath: socket) })
        try Program(
            "/usr/bin/ssh-add", ["-q", host.key], environment: ["PATH": "/usr/bin", "SSH_AUTH_SOCK": socket]
        ).output()
        setenv("SSH_AUTH_SOCK", socket, 1)
        defer { unsetenv("SSH_AUTH_SOCK") }
        let access = GitAccess(credential: .agent, knownHosts: [host.knownHosts])
        #expect(try await fetch(url(host), access).commit == commit)
    }

    @Test func anRSAKeySaysWhyItIsNotTaken() async throws {
        let host = try LocalSSHServer(clientKey: "rsa")
        let access = GitAccess(credential: .key(file: host.key), knownHosts: [host.knownHosts])
        let error = await failure { try await fetch(url(host), access) }
        #expect(error?.code == .notAllowed)
        #expect(
            error?.description
                == "\(try url(host)) does not let us in with the ssh key \(host.key); it is an RSA key, which Debian's "
                + "libssh2 signs by SHA-1 only, and hosts refuse that; make another with `ssh-keygen -t ed25519` and "
                + "register it there")
    }

    @Test func anUnknownHostIsNeverAccepted() async throws {
        let host = try LocalSSHServer()
        let empty = try folder.write("", as: "empty")
        for files in [[], [empty]] {
            let access = GitAccess(credential: .key(file: host.key), knownHosts: files)
            let error = await failure { try await fetch(url(host), access) }
            #expect(error?.code == .unknownHost)
            #expect(error?.description.contains("nothing was sent") == true)
        }
        #expect(try String(contentsOfFile: empty, encoding: .utf8) == "")
        let missing = GitAccess(credential: .key(file: host.key), knownHosts: [folder.path + "/none"])
        #expect(await failure { try await fetch(url(host), missing) }?.code == .noTrust)
        let open = try folder.write("", as: "open", mode: 0o666)
        let writable = GitAccess(credential: .key(file: host.key), knownHosts: [open])
        #expect(await failure { try await fetch(url(host), writable) }?.code == .noTrust)
    }

    @Test func anotherHostKeyIsSomebodyInBetween() async throws {
        let host = try LocalSSHServer()
        let other = folder.path + "/other"
        try LocalSSHServer.makeKey("ed25519", other)
        let line = "[127.0.0.1]:\(host.server.port) " + (try String(contentsOfFile: other + ".pub", encoding: .utf8))
        let known = try folder.write(line, as: "known")
        let access = GitAccess(credential: .key(file: host.key), knownHosts: [known])
        let error = await failure { try await fetch(url(host), access) }
        #expect(error?.code == .changedHost)
        let fingerprint = try Program("/usr/bin/ssh-keygen", ["-l", "-f", host.folder.path + "/host_ed25519.pub"])
            .output().split(separator: " ")[1]
        #expect(error?.description.contains(fingerprint) == true)
        let revoked = try folder.write(
            "@revoked * " + (try String(contentsOfFile: host.folder.path + "/host_ed25519.pub", encoding: .utf8))
                + (try String(contentsOfFile: host.knownHosts, encoding: .utf8)), as: "revoked")
        let access2 = GitAccess(credential: .key(file: host.key), knownHosts: [revoked])
        #expect(await failure { try await fetch(url(host), access2) }?.code == .changedHost)
    }

    @Test func aHostWithSeveralKeysIsKnownByTheOneItShows() async throws {
        let host = try LocalSSHServer(hostKeys: ["ed25519", "ecdsa"])
        let access = GitAccess(credential: .key(file: host.key), knownHosts: [host.knownHosts])
        #expect(try await fetch(url(host), access).commit == commit)
        // Which one libssh2 asks for is its choice; knowing only the other one is said so, not taken for an attack.
        let lines = try String(contentsOfFile: host.knownHosts, encoding: .utf8).split(separator: "\n")
        var codes: [GitError.Code?] = []
        for line in lines {
            let known = try folder.write(line + "\n", as: "known")
            let access = GitAccess(credential: .key(file: host.key), knownHosts: [known])
            codes.append(await failure { try await fetch(url(host), access) }?.code)
        }
        #expect(Set(codes) == [nil, .unknownHost])
    }

    @Test func aKeyTheHostDoesNotKnowIsRefused() async throws {
        let host = try LocalSSHServer()
        let other = folder.path + "/other"
        try LocalSSHServer.makeKey("ed25519", other)
        let access = GitAccess(credential: .key(file: other), knownHosts: [host.knownHosts])
        #expect(
            await failure { try await fetch(url(host), access) }
                == GitError(
                    .notAllowed,
                    "\(try url(host)) does not let us in with the ssh key \(other); check that its public half is "
                        + "registered there, and its passphrase"))
        let none = GitAccess(knownHosts: [host.knownHosts])
        #expect(await failure { try await fetch(url(host), none) }?.code == .notAllowed)
    }

    @Test func aKeyFileThatOthersReadOrThatIsNotThereIsNotUsed() async throws {
        let host = try LocalSSHServer()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: host.key)
        let open = GitAccess(credential: .key(file: host.key), knownHosts: [host.knownHosts])
        #expect(
            await failure { try await fetch(url(host), open) }
                == GitError(
                    .badCredential, "the ssh key \(host.key) can be read by others; run `chmod 600 \(host.key)`"))
        let none = GitAccess(credential: .key(file: "/nonexistent/key"), knownHosts: [host.knownHosts])
        #expect(await failure { try await fetch(url(host), none) }?.code == .badCredential)
        struct Leak: Error, CustomStringConvertible { var description: String { "s3cret" } }
        let broken = GitAccess(credential: .key(text: { throw Leak() }), knownHosts: [host.knownHosts])
        let error = await failure { try await fetch(url(host), broken) }
        #expect(error?.code == .badCredential)
        #expect(error?.description.contains("s3cret") == false)
        let password = GitAccess(credential: .password { "s3cret" }, knownHosts: [host.knownHosts])
        #expect(await failure { try await fetch(url(host), password) }?.code == .badCredential)
    }

    @Test func aRepositoryThatIsNotThereSaysSo() async throws {
        let host = try LocalSSHServer()
        let access = GitAccess(credential: .key(file: host.key), knownHosts: [host.knownHosts])
        let error = await failure { try await fetch(try GitURL(host.base + "/nonexistent.git"), access) }
        #expect(error?.code == .noSuchRemote, "\(error?.description ?? "")")
    }

    @Test(arguments: ["", "SSH-2.0-OpenSSH_9.2\r\n"])
    func aHostThatSaysNothingMoreIsGivenUpInTime(greeting: String) async throws {
        let rude = try RudeServer(greeting: greeting)
        let access = GitAccess(credential: .agent, limits: GitLimits(time: .milliseconds(700)))
        let start = ContinuousClock.now
        let error = await failure {
            try await fetch(try GitURL("ssh://git@127.0.0.1:\(rude.server.port)/x"), access)
        }
        #expect(error?.code == .tooSlow, "\(error?.description ?? "")")
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{FF}\u{FE}garbage\n", "SSH-2.0-x\r\n\u{1}\u{FF}\u{FF}zz"])
    func aHostThatSpeaksGarbageIsNoGitHost(greeting: String) async throws {
        let rude = try RudeServer(greeting: greeting, hangsUp: true)
        let access = GitAccess(credential: .agent, limits: GitLimits(time: .seconds(5)))
        let error = await failure {
            try await fetch(try GitURL("ssh://git@127.0.0.1:\(rude.server.port)/x"), access)
        }
        #expect(error?.code == .badAnswer, "\(error?.description ?? "")")
    }

    @Test func cancellingEndsAFetchThatHangs() async throws {
        let rude = try RudeServer(greeting: "SSH-2.0-OpenSSH_9.2\r\n")
        let url = try GitURL("ssh://git@127.0.0.1:\(rude.server.port)/x")
        let mirror = GitMirror(path: folder.path + "/mirror.git")
        let fetching = Task {
            await failure { try await mirror.fetchTag("v1", from: url, GitAccess(credential: .agent)) }
        }
        #expect(holds(within: .seconds(60)) { FileManager.default.fileExists(atPath: mirror.path) })
        fetching.cancel()
        #expect(await fetching.value?.code == .cancelled)
    }
}
