/// What a load generator saw.
struct LoadSummary: Encodable, Sendable {
    private(set) var requests = 0
    /// Status below 500.
    private(set) var good = 0
    /// Status 500 and above, maintenance apart.
    private(set) var failed = 0
    /// 503 with a Retry-After header.
    private(set) var maintenance = 0
    /// No answer: refused, reset or timed out.
    private(set) var unanswered = 0
    /// Not even sent, because too many requests were under way.
    private(set) var skipped = 0
    /// Answers by the version that gave them.
    private(set) var byVersion: [String: Int] = [:]
    private(set) var durationSeconds = 0.0
    private(set) var p50Milliseconds = 0.0
    private(set) var p95Milliseconds = 0.0
    private(set) var p99Milliseconds = 0.0

    mutating func record(_ answer: LoadAnswer) {
        requests += 1
        switch answer.end {
        case .skipped: skipped += 1
        case .unanswered: unanswered += 1
        case .maintenance: maintenance += 1
        case .answered(let status, let version):
            if status < 500 { good += 1 } else { failed += 1 }
            if let version { byVersion[version, default: 0] += 1 }
        }
    }

    /// Closes the books; `took` is the milliseconds of each answered request, in any order.
    mutating func finish(durationSeconds: Double, took: [Double]) {
        self.durationSeconds = durationSeconds
        let sorted = took.sorted()
        p50Milliseconds = Self.percentile(50, of: sorted)
        p95Milliseconds = Self.percentile(95, of: sorted)
        p99Milliseconds = Self.percentile(99, of: sorted)
    }

    /// Nearest rank; 0 when there is nothing.
    private static func percentile(_ percent: Double, of sorted: [Double]) -> Double {
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up)) - 1
        return sorted.indices.contains(rank) ? sorted[rank] : 0
    }
}

/// How one request of the load ended.
struct LoadAnswer: Sendable {
    enum End: Sendable {
        case skipped
        case unanswered
        case maintenance
        case answered(status: Int, version: String?)
    }

    let end: End
    let tookMilliseconds: Double
}
