import Foundation
import RealServers
import Testing

@testable import TminusGit

/// A server program that prints its port on its first line; killed when this goes.
final class ServerProgram: Sendable {
    let port: Int
    private let program: SpawnedProgram

    init(_ executable: String, _ arguments: [String]) throws {
        let folder = try ScratchFolder()
        let output = folder.path + "/port"
        program = try #require(
            SpawnedProgram(
                executable, arguments, environment: ["PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/nonexistent"],
                output: output))
        var line = ""
        let isThere = holds(within: .seconds(30)) {
            line = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            return line.hasSuffix("\n")
        }
        try #require(isThere, "\(executable) printed no port")
        port = try #require(Int(line.dropLast()))
    }

    deinit { program.stop() }
}

/// A real sshd on 127.0.0.1 as this user, with a host key and an authorized-keys file of its own.
///
/// A listener hands it each connection (`sshd -i`), so the kernel chooses the port.
final class LocalSSHServer: Sendable {
    let folder: ScratchFolder
    let server: ServerProgram
    /// A private key that is let in.
    let key: String
    /// Names the server's key.
    let knownHosts: String
    /// `ssh://user@127.0.0.1:port`, to put a path behind.
    var base: String { "ssh://\(NSUserName())@127.0.0.1:\(server.port)" }

    /// - Parameter hostKeys: kinds of host key, each with its own file.
    init(hostKeys: [String] = ["ed25519"], clientKey: String = "ed25519", passphrase: String = "") throws {
        let folder = try ScratchFolder()
        for kind in hostKeys {
            try Self.makeKey(kind, folder.path + "/host_\(kind)")
        }
        key = folder.path + "/client"
        try Self.makeKey(clientKey, key, passphrase: passphrase)
        try FileManager.default.copyItem(atPath: key + ".pub", toPath: folder.path + "/authorized")
        let file = try folder.write(
            GitServers.sshdConfiguration(
                authorized: folder.path + "/authorized", hostKeys: hostKeys.map { "\(folder.path)/host_\($0)" }),
            as: "sshd_config")
        let script = try folder.write(GitServers.sshListener, as: "listener.py")
        server = try ServerProgram("/usr/bin/python3", [script, file])
        var lines = ""
        for kind in hostKeys {
            let text = try String(contentsOfFile: folder.path + "/host_\(kind).pub", encoding: .utf8)
            lines += "[127.0.0.1]:\(server.port) \(text)"
        }
        knownHosts = try folder.write(lines, as: "known_hosts")
        self.folder = folder
    }

    static func makeKey(_ kind: String, _ path: String, passphrase: String = "") throws {
        let making = GitServers.keyMaking(kind, path, passphrase: passphrase)
        try Program(making.program, making.arguments).output()
    }
}

/// A TLS server with a certificate authority of its own: `git http-backend` below `/git`, the same below `/private`
/// for ada with the password s3cret, and places that misbehave.
final class LocalHTTPSServer: Sendable {
    let folder: ScratchFolder
    let server: ServerProgram
    let authority: String
    var base: String { "https://localhost:\(server.port)" }

    /// - Parameters:
    ///   - root: where the repositories are.
    ///   - names: what the certificate is for.
    init(root: String, names: String = "DNS:localhost", days: Int = 30) throws {
        let folder = try ScratchFolder()
        _ = try folder.write(GitServers.extensions(names: names), as: "extensions")
        for making in GitServers.certificateMaking(in: folder.path, days: days) {
            try Program(making.program, making.arguments).output()
        }
        let script = try folder.write(GitServers.httpsServer, as: "server.py")
        server = try ServerProgram(
            "/usr/bin/python3", [script, folder.path + "/leaf.pem", folder.path + "/leaf.key", root])
        authority = folder.path + "/ca.pem"
        self.folder = folder
    }
}

/// Something on 127.0.0.1 that is no git host: says `greeting` to whoever connects, then holds the line or hangs up.
final class RudeServer: Sendable {
    let server: ServerProgram

    init(greeting: String, hangsUp: Bool = false) throws {
        let script = """
            import socket, sys
            server = socket.create_server(("127.0.0.1", 0))
            print(server.getsockname()[1], flush=True)
            held = []
            while True:
                connection, _ = server.accept()
                connection.sendall(sys.argv[1].encode("latin-1"))
                if sys.argv[2] == "True": connection.close()
                else: held.append(connection)
            """
        server = try ServerProgram(
            "/usr/bin/python3", ["-c", GitServers.endsWithTheTests + script, greeting, hangsUp ? "True" : "False"])
    }
}
