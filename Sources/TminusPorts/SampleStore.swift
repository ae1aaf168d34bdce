package import TminusModel

/// Keeps what was scraped: raw cumulative counters, so that every lookback can be asked for later.
package protocol SampleStore: Sendable {
    /// Keeps one scrape. Losing the newest seconds to a power cut is allowed; tearing is not.
    func append(_ scrape: Scrape) async throws(StoreError)

    /// Scrapes of an endpoint in `(from, to]` and the last one at or before `from`, oldest first.
    func scrapes(of endpoint: String, from: Instant, to: Instant) async throws(StoreError) -> [Scrape]

    /// Drops scrapes older than `before`.
    func prune(before: Instant) async throws(StoreError)
}

/// One reading of one endpoint's counters, by our own receive time.
package struct Scrape: Equatable, Sendable {
    package var endpoint: String
    package var at: Instant
    /// Values by selector, in the order asked; nil where no series matched.
    package var values: [CounterValue]

    package init(endpoint: String, at: Instant, values: [CounterValue]) {
        self.endpoint = endpoint
        self.at = at
        self.values = values
    }
}

/// What one selector matched in one reading.
package struct CounterValue: Equatable, Sendable {
    package var selector: CounterSelector
    /// Each matching series with its cumulative count ≥ 0, sorted by series; empty when none matched.
    package var series: [Series]
    /// For a histogram's bucket that is not there: the upper bounds (`le`) that are, rising. Never kept.
    package var boundaries: [String] = []

    package struct Series: Equatable, Sendable {
        /// The label set as `name=value` pairs in text order: tells series apart, so that each one's resets are its
        /// own.
        package var identity: String
        package var count: Double

        package init(identity: String, count: Double) {
            self.identity = identity
            self.count = count
        }
    }

    package init(selector: CounterSelector, series: [Series]) {
        self.selector = selector
        self.series = series
    }
}
