import TminusPorts

/// Where something is read, in a form that is safe to print.
struct Address: Sendable {
    /// Scheme, host, port and path: never the user part or the query, which may hold a password or token.
    let shown: String
    /// Whether the URL has a `user:password@` part.
    let hasUser: Bool

    /// - Throws: `.refused` unless `endpoint` is an `http` or `https` URL with a host.
    init(_ endpoint: String, example: String = "http://127.0.0.1:8101/metrics") throws(MetricError) {
        let isPrintable = endpoint.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPrintable, let scheme = Self.schemes.first(where: { endpoint.lowercased().hasPrefix($0) }) else {
            throw MetricError(
                .refused, "a metrics address is an http:// or https:// URL, such as \(example)"
            )
        }
        let rest = endpoint.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty else { throw MetricError(.refused, "the metrics address names no host") }
        shown = scheme + host + rest.dropFirst(authority.count)
        hasUser = host.count != authority.count
    }

    /// The same for a source that has `bearer` and `basic`.
    ///
    /// - Throws: `.refused` also for a user in the URL, and for a `#`.
    init(withAccess endpoint: String, example: String) throws(MetricError) {
        try self.init(endpoint, example: example)
        guard !hasUser else {
            throw MetricError(.refused, "\(shown): the address holds a user; name it under basic:, not in the URL")
        }
        guard !endpoint.contains("#") else { throw MetricError(.refused, "\(shown): the address holds a #") }
    }

    private static let schemes = ["http://", "https://"]
}
