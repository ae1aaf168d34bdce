import Foundation
import RealServers

/// A server written in Python that prints its port on its first line; killed when this goes.
final class GitHost: Sendable {
    let port: Int
    private let started: Started

    private init(_ tminus: Tminus, _ script: String, _ arguments: [String]) async throws {
        let name = "host-\(UUID().uuidString).py"
        try tminus.write(name, script)
        let started = try Started(
            "/usr/bin/python3", [name] + arguments, ["PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/nonexistent"],
            in: tminus.folder)
        _ = try await Waiting.until { started.output.hasSuffix("\n") || !started.isRunning }
        guard let port = Int(started.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw WaitProblem("the git host does not listen: \(started.errors)")
        }
        self.port = port
        self.started = started
    }

    deinit { started.signal(SIGKILL) }

    /// A real sshd that lets `client` in, with `known_hosts` beside; both are made in the folder of `tminus`.
    static func ssh(_ tminus: Tminus) async throws -> GitHost {
        let folder = tminus.folder.path
        for name in ["host_key", "client"] { try await make(GitServers.keyMaking("ed25519", name), tminus) }
        try tminus.write("authorized", tminus.read("client.pub"))
        try tminus.write(
            "sshd_config",
            GitServers.sshdConfiguration(authorized: folder + "/authorized", hostKeys: [folder + "/host_key"]))
        let host = try await GitHost(tminus, GitServers.sshListener, [folder + "/sshd_config"])
        try tminus.write("known_hosts", "[127.0.0.1]:\(host.port) \(tminus.read("host_key.pub"))")
        return host
    }

    /// A TLS server with an authority of its own, `ca.pem`; the repositories are below `/git`.
    static func https(_ tminus: Tminus) async throws -> GitHost {
        try tminus.write("extensions", GitServers.extensions(names: "DNS:localhost"))
        for making in GitServers.certificateMaking(in: tminus.folder.path) { try await make(making, tminus) }
        return try await GitHost(tminus, GitServers.httpsServer, ["leaf.pem", "leaf.key", tminus.folder.path])
    }

    private static func make(_ making: GitServers.Making, _ tminus: Tminus) async throws {
        let made = try await Started(
            making.program, making.arguments, tminus.environment, in: tminus.folder
        ).ended()
        guard made.status == 0 else { throw WaitProblem("\(making.program): \(made.errors)") }
    }
}
