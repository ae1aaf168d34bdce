import Foundation

/// What it takes to serve git repositories on 127.0.0.1 by a real sshd, or by TLS before `git http-backend`: scripts
/// and commands, which each test target starts in its own way. A script prints its port on its first line.
package enum GitServers {
    /// A command that makes keys or certificates.
    package struct Making: Sendable {
        package let program: String
        package let arguments: [String]
    }

    package static func keyMaking(_ kind: String, _ path: String, passphrase: String = "") -> Making {
        Making(
            program: "/usr/bin/ssh-keygen",
            arguments: ["-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", path])
    }

    /// A configuration of sshd that lets this user in by key; and the folder that it wants, which a service would make.
    package static func sshdConfiguration(authorized: String, hostKeys: [String]) -> String {
        if getuid() == 0 {
            try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        return """
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AuthorizedKeysFile \(authorized)
            PidFile none

            """ + hostKeys.map { "HostKey \($0)\n" }.joined()
    }

    /// The file `extensions` that making a certificate reads.
    package static func extensions(names: String) -> String { "subjectAltName=\(names)\n" }

    /// An authority `ca.pem` of its own, and `leaf.pem` with `leaf.key` of it, in a folder that has `extensions`.
    package static func certificateMaking(in folder: String, days: Int = 30) -> [Making] {
        let (ca, leaf) = (folder + "/ca", folder + "/leaf")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let commands = [
            ["req", "-x509"] + curve + [
                "-subj", "/CN=test authority \(UUID().uuidString)", "-days", "30", "-keyout", ca + ".key", "-out",
                ca + ".pem", "-addext", "keyUsage=critical,keyCertSign",
            ],
            ["req"] + curve + ["-subj", "/CN=leaf", "-keyout", leaf + ".key", "-out", leaf + ".csr"],
            [
                "x509", "-req", "-in", leaf + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial",
                "-days", "\(days)", "-extfile", folder + "/extensions", "-out", leaf + ".pem",
            ],
        ]
        return commands.map { Making(program: "/usr/bin/openssl", arguments: $0) }
    }

    /// Python that ends a server when the tests end without a word; its script comes after it.
    package static let endsWithTheTests = """
        import os, threading, time
        def watch(parent=os.getppid()):
            while os.getppid() == parent: time.sleep(1)
            os._exit(0)
        threading.Thread(target=watch, daemon=True).start()

        """

    /// Hands sshd, with the configuration that its argument names, each connection: so the kernel chooses the port.
    package static let sshListener =
        endsWithTheTests + """
            import socket, subprocess, sys
            server = socket.create_server(("127.0.0.1", 0))
            print(server.getsockname()[1], flush=True)
            while True:
                connection, _ = server.accept()
                subprocess.Popen(["/usr/sbin/sshd", "-i", "-f", sys.argv[1]], stdin=connection, stdout=connection)
                connection.close()
            """

    /// Arguments: certificate, key, folder of repositories. They are below `/git`, the same below `/private` for ada
    /// with the password s3cret, and there are places that misbehave.
    package static let httpsServer =
        endsWithTheTests + #"""
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
