import Glibc

/// Where an engine listens beside its directory's own socket.
struct Listeners: Sendable {
    var addresses: [(host: String, port: Int)] = []
    var groupSocket: (path: String, group: gid_t)?

    /// - Throws: `.usage` with what is wrong and what to do.
    init(listen: [String], isBehindTLS: Bool, groupSocket: String?, group: String?) throws(Failure) {
        for text in listen {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port), colon > text.startIndex
            else { throw Failure(.usage, "--listen wants host:port, such as 127.0.0.1:8440, not '\(text)'") }
            var host = String(text[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            guard isBehindTLS || ["127.0.0.1", "::1", "localhost"].contains(host) else {
                throw Failure(
                    .usage,
                    "--listen \(text) would take tokens in the clear: put a TLS proxy before 127.0.0.1, or say "
                        + "--behind-tls when one stands before this address")
            }
            addresses.append((host, port))
        }
        switch (groupSocket, group) {
        case (nil, nil): break
        case (let path?, let name?):
            guard path.hasPrefix("/"), path.utf8.count <= DataDirectory.socketBytesMax else {
                throw Failure(
                    .usage, "--group-socket wants an absolute path of at most \(DataDirectory.socketBytesMax) bytes")
            }
            guard let record = getgrnam(name) else {
                throw Failure(.usage, "this machine has no group '\(name)'")
            }
            self.groupSocket = (path, record.pointee.gr_gid)
        case (_?, nil): throw Failure(.usage, "--group-socket needs --group: whose socket is it?")
        case (nil, _?): throw Failure(.usage, "--group needs --group-socket: where shall they find the engine?")
        }
    }
}
