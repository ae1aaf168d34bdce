import Synchronization

/// The shop's counters: they only grow, and start again at 0 with the process.
final class ShopCounters: Sendable {
    /// Slower than this is not fast.
    static let fastMillisecondsMax = 300

    private struct Counts {
        var total = 0
        var good = 0
        var fast = 0
    }

    private let version: ShopVersion
    private let routes: [String]
    private let counts: Mutex<[String: Counts]>

    /// `routes` are all that is counted, in the order `/metrics` shows them.
    init(version: ShopVersion, routes: [String]) {
        self.version = version
        self.routes = routes
        // All start at 0: a series that isn't there yet could not be told from one that cannot be read.
        counts = Mutex(Dictionary(uniqueKeysWithValues: routes.map { ($0, Counts()) }))
    }

    /// Counts one answered request. Good means the status is below 500.
    func record(route: String, status: Int, took: Duration) {
        counts.withLock {
            var entry = $0[route] ?? Counts()
            entry.total += 1
            if status < 500 {
                entry.good += 1
                if took < .milliseconds(Self.fastMillisecondsMax) { entry.fast += 1 }
            }
            $0[route] = entry
        }
    }

    /// The counters in Prometheus text format 0.0.4.
    func prometheusText() -> String {
        let now = counts.withLock { $0 }
        return series("shop_requests_total", "Requests answered.", now, \.total)
            + series("shop_requests_good_total", "Requests answered with a status below 500.", now, \.good)
            + series(
                "shop_requests_fast_total",
                "Good requests answered within \(Self.fastMillisecondsMax) ms.",
                now,
                \.fast
            )
    }

    private func series(
        _ name: String,
        _ meaning: String,
        _ now: [String: Counts],
        _ value: KeyPath<Counts, Int>
    ) -> String {
        var text = "# HELP \(name) \(meaning)\n# TYPE \(name) counter\n"
        for route in routes {
            let counted = now[route]?[keyPath: value] ?? 0
            text += "\(name){route=\"\(route)\",version=\"\(version.rawValue)\"} \(counted)\n"
        }
        return text
    }
}
