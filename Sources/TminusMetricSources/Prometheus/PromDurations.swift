import TminusModel
import TminusPorts

/// The PromQL that reads a histogram's durations of one arm over a window.
struct PromDurations {
    var count: String
    var sum: String
    /// One value a bound (`le`).
    var buckets: String

    /// - Throws: `.refused` for what is no histogram.
    init(_ question: CountQuestion, armLabel: String?) throws(MetricError) {
        guard case .latency(let histogram, _) = question.indicator.counting else {
            throw MetricError(.refused, "\(question.indicator.name) is no histogram, so it has no durations")
        }
        let arm = try PromQuestions.matcher(question.arm, armLabel)
        let length = PromText.length(question.slice)
        func increase(_ suffix: String) throws(MetricError) -> String {
            "increase(\(try PromText.selector(histogram, suffix: suffix, arm: arm))[\(length)])"
        }
        count = "sum(\(try increase("_count")))"
        sum = "sum(\(try increase("_sum")))"
        buckets = "sum by (le) (\(try increase("_bucket")))"
    }
}

extension DurationGrowth {
    /// Nil for no bucket, and for a value that no count can be. What the extrapolation of one bucket adds beyond the
    /// next is noise, and cut off.
    init?(buckets: [(bound: Double, count: Double)], total: Int64) {
        var atMost: [Int64] = []
        let finite = buckets.filter { $0.bound.isFinite }.sorted { $0.bound < $1.bound }
        guard !finite.isEmpty else { return nil }
        for bucket in finite {
            let count = bucket.count.isNaN && total == 0 ? 0 : bucket.count
            guard count.isFinite, count >= 0, count <= PromCounts.countMax, let whole = Int64(exactly: count.rounded())
            else { return nil }
            atMost.append(min(max(whole, atMost.last ?? 0), total))
        }
        self.init(boundaries: finite.map(\.bound), atMost: atMost)
    }
}
