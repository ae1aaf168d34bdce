package import TminusModel

/// Reads counters. Only fetches and parses: it never judges, never retries, never reads a clock.
package protocol MetricSource: Sendable {
    /// The counters that match each selector, in the order asked; a selector nothing matches comes back with no series.
    ///
    /// - Throws: `MetricError` for anything that is not a well-formed, finite, non-negative answer in time.
    func read(
        _ selectors: [CounterSelector], from endpoint: String, timeout: Duration
    ) async throws(MetricError) -> [CounterValue]
}

/// Why counters could not be read.
package struct MetricError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unreachable, timeout, refused, tooLarge, malformed, notFinite
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
