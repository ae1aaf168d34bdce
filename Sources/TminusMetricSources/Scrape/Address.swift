import TminusPorts

/// Where a page is read, in a form that is safe to print.
struct Address {
    /// Scheme, host, port and path: never the user part or the query, which may hold a password or token.
    let shown: String

    /// - Throws: `.refused` unless `endpoint` is an `http` or `https` URL with a host.
    init(_ endpoint: String) throws(MetricError) {
        let isPrintable = endpoint.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPrintable, let scheme = Self.schemes.first(where: { endpoint.lowercased().hasPrefix($0) }) else {
            throw MetricError(
                .refused, "a metrics address is an http:// or https:// URL, such as http://127.0.0.1:8101/metrics"
            )
        }
        let rest = endpoint.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty else { throw MetricError(.refused, "the metrics address names no host") }
        shown = scheme + host + rest.dropFirst(authority.count)
    }

    private static let schemes = ["http://", "https://"]
}
