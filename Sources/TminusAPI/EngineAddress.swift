/// Where an engine is reached.
package enum EngineAddress: Hashable, Sendable {
    /// Absolute path of a Unix socket.
    case socket(String)
    /// `http://host:port` or `https://host:port`, without a path.
    case url(String)

    /// Reads `unix:/path`, `/path`, `http://…` or `https://…`.
    ///
    /// - Throws: `.badRequest` with what is wrong. Plain HTTP to another machine is refused: it would show the token.
    package init(text: String) throws(APIError) {
        if text.hasPrefix("/") {
            self = .socket(text)
        } else if text.hasPrefix("unix:/") {
            self = .socket(String(text.dropFirst("unix:".count)))
        } else if text.hasPrefix("https://"), text.count > "https://".count {
            self = .url(Self.trimmed(text))
        } else if text.hasPrefix("http://") {
            let host = text.dropFirst("http://".count).prefix { $0 != ":" && $0 != "/" }
            guard ["127.0.0.1", "localhost", "[::1]"].contains(host) || text.hasPrefix("http://[::1]") else {
                throw APIError(
                    .badRequest, "\(text) would carry the token in the clear; use https://, or a tunnel to 127.0.0.1")
            }
            self = .url(Self.trimmed(text))
        } else {
            throw APIError(
                .badRequest, "'\(text.prefix(200))' is no engine's address: write unix:/path, https://host or /path")
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }

    /// For people.
    package var name: String {
        switch self {
        case .socket(let path): path
        case .url(let url): url
        }
    }
}
