import Foundation
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

    /// Python that ends the server when the tests end without a word.
    static let endsWithTheTests = """
        import os, threading, time
        def watch(parent=os.getppid()):
            while os.getppid() == parent: time.sleep(1)
            os._exit(0)
        threading.Thread(target=watch, daemon=True).start()

        """
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
        var configuration = """
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AuthorizedKeysFile \(folder.path)/authorized
            PidFile none

            """
        for kind in hostKeys {
            try Self.makeKey(kind, folder.path + "/host_\(kind)")
            configuration += "HostKey \(folder.path)/host_\(kind)\n"
        }
        key = folder.path + "/client"
        try Self.makeKey(clientKey, key, passphrase: passphrase)
        try FileManager.default.copyItem(atPath: key + ".pub", toPath: folder.path + "/authorized")
        let file = try folder.write(configuration, as: "sshd_config")
        // sshd wants this folder, which a service would make.
        if getuid() == 0 {
            try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        let script = try folder.write(ServerProgram.endsWithTheTests + Self.listener, as: "listener.py")
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
        try Program("/usr/bin/ssh-keygen", ["-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", path]).output()
    }

    private static let listener = """
        import socket, subprocess, sys
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            subprocess.Popen(["/usr/sbin/sshd", "-i", "-f", sys.argv[1]], stdin=connection, stdout=connection)
            connection.close()
        """
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
        let (ca, leaf) = (folder.path + "/ca", folder.path + "/leaf")
        let openssl = "/usr/bin/openssl"
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try Program(
            openssl,
            ["req", "-x509"] + curve + [
                "-subj", "/CN=test authority \(UUID().uuidString)", "-days", "30", "-keyout", ca + ".key", "-out",
                ca + ".pem", "-addext", "keyUsage=critical,keyCertSign",
            ]
        ).output()
        try Program(
            openssl, ["req"] + curve + ["-subj", "/CN=leaf", "-keyout", leaf + ".key", "-out", leaf + ".csr"]
        ).output()
        let extensions = try folder.write("subjectAltName=\(names)\n", as: "extensions")
        try Program(
            openssl,
            [
                "x509", "-req", "-in", leaf + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial",
                "-days", "\(days)", "-extfile", extensions, "-out", leaf + ".pem",
            ]
        ).output()
        let script = try folder.write(ServerProgram.endsWithTheTests + Self.script, as: "server.py")
        server = try ServerProgram("/usr/bin/python3", [script, leaf + ".pem", leaf + ".key", root])
        authority = ca + ".pem"
        self.folder = folder
    }

    private static let script = #"""
        import base64, http.server, os, ssl, subprocess, sys, threading
        certificate, key, root = sys.argv[1:4]
        wanted = "Basic " + base64.b64encode(b"ada:s3cret").decode()

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def body(self):
                if "chunked" in self.headers.get("Transfer-Encoding", ""):
                    bytes = b""
                    while size := int(self.rfile.readline(), 16):
                        bytes += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                    return bytes
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            def reply(self, status, bytes=b"", **headers):
                self.send_response(status)
                for name, value in headers.items(): self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(bytes)))
                self.end_headers()
                self.wfile.write(bytes)
            def do_GET(self): self.answer()
            def do_POST(self): self.answer()
            def answer(self):
                body = self.body()
                path, _, query = self.path.partition("?")
                place, _, rest = path[1:].partition("/")
                advertised = "application/x-git-upload-pack-advertisement"
                if place == "moved": return self.reply(301, Location="/git/" + rest + "?" + query)
                if place == "elsewhere":
                    other = "https://127.0.0.1:%d/git/" % server.server_address[1]
                    return self.reply(302, Location=other + rest + "?" + query)
                if place == "port": return self.reply(302, Location="https://localhost:1/git/" + rest + "?" + query)
                if place == "hang": return threading.Event().wait()
                if place == "broken": return self.reply(500)
                if place == "page": return self.reply(200, b"<html>hello</html>", Content_Type="text/html")
                if place == "garbage": return self.reply(200, b"zzzz\0\xff" * 100, Content_Type=advertised)
                if place == "endless":
                    self.send_response(200)
                    self.send_header("Content-Type", advertised)
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.wfile.write(b"001e# service=git-upload-pack\n0000")
                    number = 0
                    while True:
                        lines = b""
                        for _ in range(1000):
                            line = b"%040x refs/tags/t%d\n" % (number + 1, number)
                            lines += b"%04x" % (len(line) + 4) + line
                            number += 1
                        self.wfile.write(lines)
                if place == "private" and self.headers.get("Authorization") != wanted:
                    return self.reply(401, WWW_Authenticate='Basic realm="git"')
                if place not in ("git", "private"): return self.reply(404)
                environment = {"PATH": "/usr/bin:/bin", "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": "/" + rest, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
                done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
                output = done.stdout
                head, _, bytes = output.partition(b"\r\n\r\n")
                status, headers = 200, {}
                for line in head.decode().split("\r\n"):
                    name, _, value = line.partition(": ")
                    if name == "Status": status = int(value.split()[0])
                    elif name: headers[name] = value
                self.reply(status, bytes, **headers)

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_): pass

        server = Quiet(("127.0.0.1", 0), Answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
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
            "/usr/bin/python3", ["-c", ServerProgram.endsWithTheTests + script, greeting, hangsUp ? "True" : "False"])
    }
}
