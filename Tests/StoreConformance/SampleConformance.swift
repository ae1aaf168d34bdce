import TminusModel
package import TminusPorts

/// What every sample store does. Each check wants an empty store.
package enum SampleConformance {
    package typealias Check = @Sendable (any SampleStore) async throws -> Void

    package static let checks: [(name: String, check: Check)] = [
        ("a range begins with the scrape before it", checkThatARangeBeginsWithTheScrapeBeforeIt),
        ("series may come and go", checkThatSeriesMayComeAndGo),
        ("old scrapes are pruned", checkThatOldScrapesArePruned),
    ]

    private static func instant(_ seconds: Int64) -> Instant { Instant(millisecondsSinceEpoch: 1000 * seconds) }

    private static func scrape(_ endpoint: String, _ seconds: Int64, _ counts: [Double]) -> Scrape {
        let selector = CounterSelector(metric: "requests", labels: [Variable(name: "path", value: "/pay")])
        let series = counts.enumerated().map {
            CounterValue.Series(identity: "instance=\($0.offset)", count: $0.element)
        }
        return Scrape(
            endpoint: endpoint, at: instant(seconds),
            values: [
                CounterValue(selector: selector, series: series),
                CounterValue(selector: CounterSelector(metric: "errors"), series: []),
            ])
    }

    package static func checkThatARangeBeginsWithTheScrapeBeforeIt(_ store: any SampleStore) async throws {
        let scrapes = (0..<10).map { scrape("a", 10 * $0, [Double($0) * 1.5, 1e15]) }
        for scrape in scrapes { try await store.append(scrape) }
        try await store.append(scrape("b", 33, [7]))
        let ranges: [(Int64, Int64, Range<Int>)] = [
            (30, 50, 3..<6), (35, 50, 3..<6), (31, 39, 3..<4), (-5, 15, 0..<2), (0, 0, 0..<1), (90, 999, 9..<10),
            (500, 999, 9..<10), (-9, -5, 0..<0),
        ]
        for (from, to, expected) in ranges {
            let found = try await store.scrapes(of: "a", from: instant(from), to: instant(to))
            try expectEqual(found, Array(scrapes[expected]), "scrapes in (\(from), \(to)] and the one before")
        }
        try expectEqual(try await store.scrapes(of: "c", from: instant(0), to: instant(99)), [], "an unknown endpoint")
        let all = try await store.scrapes(of: "a", from: .distantPast, to: .distantFuture)
        try expectEqual(all, scrapes, "all of them")
    }

    package static func checkThatSeriesMayComeAndGo(_ store: any SampleStore) async throws {
        let scrapes = [
            scrape("a", 1, []), scrape("a", 2, [4]), scrape("a", 3, [5, 0]), scrape("a", 4, [6]),
            Scrape(endpoint: "a", at: instant(5), values: []),
        ]
        for scrape in scrapes { try await store.append(scrape) }
        try expectEqual(try await store.scrapes(of: "a", from: instant(0), to: instant(9)), scrapes, "the scrapes")
        try await store.append(scrape("a", 2, [9]))
        let second = try await store.scrapes(of: "a", from: instant(2), to: instant(2))
        try expectEqual(second, [scrape("a", 2, [9])], "a scrape at an instant that has one")
    }

    package static func checkThatOldScrapesArePruned(_ store: any SampleStore) async throws {
        for second in 0..<10 { try await store.append(scrape("a", Int64(second), [1])) }
        try await store.append(scrape("b", 2, [1]))
        try await store.prune(before: instant(7))
        let left = try await store.scrapes(of: "a", from: .distantPast, to: .distantFuture)
        try expectEqual(left.map(\.at), [7, 8, 9].map(instant), "what is left")
        try expectEqual(try await store.scrapes(of: "b", from: .distantPast, to: .distantFuture), [], "of another")
        try await store.prune(before: instant(7))
    }
}
