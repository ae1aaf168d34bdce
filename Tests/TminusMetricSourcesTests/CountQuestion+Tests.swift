import TminusModel
import TminusPorts

let goodCounter = CounterSelector(metric: "good_total")
let requestCounter = CounterSelector(metric: "requests_total")
let failureCounter = CounterSelector(metric: "failures_total")
let shopIndicator = Indicator(name: "availability", good: goodCounter, total: requestCounter)
let failureIndicator = Indicator(
    name: "availability", counting: .failures(bad: failureCounter, total: requestCounter))
let noon = Instant(millisecondsSinceEpoch: 1_763_640_000_000)

extension CountQuestion {
    /// A minute up to noon.
    static func about(
        _ origin: MetricOrigin, _ indicator: Indicator = shopIndicator, arm: String = "", slices: Int = 1,
        timeout: Duration = .seconds(20)
    ) -> CountQuestion {
        CountQuestion(
            origin: origin, indicator: indicator, service: "shop", arm: arm,
            from: noon.advanced(by: .milliseconds(-60_000 * Int64(slices))), slice: .seconds(60), slices: slices,
            timeout: timeout, folder: "/tmp")
    }
}

/// What a test's commands start from.
let plainEnvironment = [Variable(name: "PATH", value: "/usr/local/bin:/usr/bin:/bin")]
