package import TminusModel
package import TminusPorts

/// Reads counters straight from a service's own `/metrics` page: one GET on a connection of its own.
///
/// Redirects are not followed, anything but 200 is an error, and an answer whose end can't be told from a cut is
/// refused, because half a page looks like a healthier service.
package struct ScrapeSource: MetricSource {
    /// Bytes of a page, at most 8 MiB.
    package static let bodyBytesMax = Web.bodyBytesMax

    package init() {}

    package func read(
        _ selectors: [CounterSelector], from endpoint: String, timeout: Duration
    ) async throws(MetricError) -> [CounterValue] {
        let address = try Address(endpoint)
        let request = WebRequest(
            url: endpoint, accept: "text/plain;version=0.0.4", bodyBytesMax: Self.bodyBytesMax)
        let answer = try await Web.ask(request, at: address, timeout: timeout)
        do throws(MetricError) {
            guard answer.status == 200 else {
                throw MetricError(.refused, "answered \(answer.status) instead of 200\(Self.hint(answer.status))")
            }
            guard answer.isFramed || answer.body.suffix(6).elementsEqual("# EOF\n".utf8) else {
                throw MetricError(
                    .malformed,
                    "the answer has neither a Content-Length nor chunks nor a final # EOF, so a cut one looks whole"
                )
            }
            return try PrometheusPage.counters(selectors, in: answer.body)
        } catch {
            throw MetricError(error.code, "\(address.shown): \(error.description)")
        }
    }

    private static func hint(_ status: Int) -> String {
        status == 401 || status == 403 ? "; the page must be readable without signing in" : Web.hint(status)
    }
}
