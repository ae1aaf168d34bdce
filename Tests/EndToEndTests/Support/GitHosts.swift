import Foundation

/// A server written in Python that prints its port on its first line; killed when this goes.
final class GitHost: Sendable {
    let port: Int
    private let started: Started

    private init(_ tminus: Tminus, _ script: String, _ arguments: [String]) async throws {
        let name = "host-\(UUID().uuidString).py"
        try tminus.write(name, Self.endsWithTheTests + script)
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
        for name in ["host_key", "client"] {
            let made = try await Started(
                "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", name], tminus.environment,
                in: tminus.folder
            ).ended()
            guard made.status == 0 else { throw WaitProblem("no key: \(made.errors)") }
        }
        try tminus.write("authorized", tminus.read("client.pub"))
        try tminus.write(
            "sshd_config",
            """
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AuthorizedKeysFile \(folder)/authorized
            HostKey \(folder)/host_key
            PidFile none

            """)
        if getuid() == 0 {
            try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        let host = try await GitHost(tminus, sshScript, [folder + "/sshd_config"])
        try tminus.write("known_hosts", "[127.0.0.1]:\(host.port) \(tminus.read("host_key.pub"))")
        return host
    }

    /// A TLS server with an authority of its own, `ca.pem`, before `git http-backend`.
    static func https(_ tminus: Tminus) async throws -> GitHost {
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try tminus.write("extensions", "subjectAltName=DNS:localhost\n")
        let commands = [
            ["req", "-x509"] + curve + [
                "-subj", "/CN=test authority", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem", "-addext",
                "keyUsage=critical,keyCertSign",
            ],
            ["req"] + curve + ["-subj", "/CN=leaf", "-keyout", "leaf.key", "-out", "leaf.csr"],
            [
                "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "30", "-extfile", "extensions", "-out", "leaf.pem",
            ],
        ]
        for arguments in commands {
            let made = try await Started("/usr/bin/openssl", arguments, tminus.environment, in: tminus.folder).ended()
            guard made.status == 0 else { throw WaitProblem("no certificate: \(made.errors)") }
        }
        return try await GitHost(tminus, httpsScript, ["leaf.pem", "leaf.key", tminus.folder.path])
    }

    private static let endsWithTheTests = """
        import os, threading, time
        def watch(parent=os.getppid()):
            while os.getppid() == parent: time.sleep(1)
            os._exit(0)
        threading.Thread(target=watch, daemon=True).start()

        """

    /// Hands sshd each connection, so the kernel chooses the port.
    private static let sshScript = """
        import socket, subprocess, sys
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            subprocess.Popen(["/usr/sbin/sshd", "-i", "-f", sys.argv[1]], stdin=connection, stdout=connection)
            connection.close()
        """

    private static let httpsScript = #"""
        import http.server, ssl, subprocess, sys
        certificate, key, root = sys.argv[1:4]

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def do_GET(self): self.answer()
            def do_POST(self): self.answer()
            def body(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                bytes = b""
                while size := int(self.rfile.readline(), 16):
                    bytes += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return bytes
            def answer(self):
                body = self.body()
                path, _, query = self.path.partition("?")
                environment = {"PATH": "/usr/bin:/bin", "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
                done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
                head, _, bytes = done.stdout.partition(b"\r\n\r\n")
                status, headers = 200, {}
                for line in head.decode().split("\r\n"):
                    name, _, value = line.partition(": ")
                    if name == "Status": status = int(value.split()[0])
                    elif name: headers[name] = value
                self.send_response(status)
                for name, value in headers.items(): self.send_header(name, value)
                self.send_header("Content-Length", str(len(bytes)))
                self.end_headers()
                self.wfile.write(bytes)

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
