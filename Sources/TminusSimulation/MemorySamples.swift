import Synchronization
package import TminusModel
package import TminusPorts

/// Scrapes that live as long as the process.
package final class MemorySamples: SampleStore {
    /// By endpoint, oldest first.
    private let scrapes = Mutex<[String: [Scrape]]>([:])

    package init() {}

    package func append(_ scrape: Scrape) async throws(StoreError) {
        scrapes.withLock { scrapes in
            var kept = scrapes[scrape.endpoint] ?? []
            let position = kept.lastIndex { $0.at <= scrape.at }
            if let position, kept[position].at == scrape.at {
                kept[position] = scrape
            } else {
                kept.insert(scrape, at: position.map { $0 + 1 } ?? 0)
            }
            scrapes[scrape.endpoint] = kept
        }
    }

    package func scrapes(of endpoint: String, from: Instant, to: Instant) async throws(StoreError) -> [Scrape] {
        scrapes.withLock { scrapes in
            let kept = scrapes[endpoint] ?? []
            let first = kept.lastIndex { $0.at <= from } ?? 0
            return kept[first...].filter { $0.at <= to }
        }
    }

    package func prune(before: Instant) async throws(StoreError) {
        scrapes.withLock { scrapes in scrapes = scrapes.mapValues { kept in kept.filter { $0.at >= before } } }
    }
}
