import Synchronization
import TminusModel
import TminusPorts

/// Endpoints that answer with the counters a test set.
final class ScriptedSource: MetricSource {
    private struct Pages {
        var answers: [String: Result<(good: Double, total: Double), MetricError>] = [:]
        var whole: [String: @Sendable (CounterSelector) -> CounterValue] = [:]
        var reads: [String: Int] = [:]
        var watchers: [(endpoint: String, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let pages = Mutex(Pages())

    func set(_ endpoint: String, good: Double, total: Double) {
        pages.withLock { $0.answers[endpoint] = .success((good, total)) }
    }

    /// Answers from now on with exactly these values.
    func set(_ endpoint: String, _ values: @escaping @Sendable (CounterSelector) -> CounterValue) {
        pages.withLock { $0.whole[endpoint] = values }
    }

    func fail(_ endpoint: String, _ error: MetricError) {
        pages.withLock { $0.answers[endpoint] = .failure(error) }
    }

    func read(
        _ selectors: [CounterSelector], from endpoint: String, timeout: Duration
    ) async throws(MetricError) -> [CounterValue] {
        let (answer, whole, told) = pages.withLock { pages in
            let reads = (pages.reads[endpoint] ?? 0) + 1
            pages.reads[endpoint] = reads
            let told = pages.watchers.filter { $0.endpoint == endpoint && $0.count <= reads }.map(\.continuation)
            pages.watchers.removeAll { $0.endpoint == endpoint && $0.count <= reads }
            return (pages.answers[endpoint], pages.whole[endpoint], told)
        }
        defer { for continuation in told { continuation.resume() } }
        if let whole { return selectors.map(whole) }
        guard let answer else { throw MetricError(.unreachable, "nothing listens there") }
        let (good, total) = try answer.get()
        return selectors.map { selector in
            let count = selector.metric == "good_total" ? good : total
            return CounterValue(selector: selector, series: [.init(identity: "", count: count)])
        }
    }

    func reads(of endpoint: String) -> Int { pages.withLock { $0.reads[endpoint] ?? 0 } }

    /// Returns once the endpoint was read so many times.
    func when(_ endpoint: String, wasRead count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = pages.withLock { pages in
                if pages.reads[endpoint] ?? 0 >= count { return true }
                pages.watchers.append((endpoint, count, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
