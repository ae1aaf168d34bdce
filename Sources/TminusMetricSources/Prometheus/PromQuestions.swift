import TminusModel
import TminusPorts

/// The PromQL that counts one indicator of one arm over a window.
struct PromQuestions {
    /// Counts what is good, or what is bad.
    var part: String
    var total: String
    var countsBad: Bool
    /// Whether the two are ours, so that their answers carry no labels.
    var areSums: Bool
    /// Lists the buckets there are, for a histogram.
    var buckets: String?
    /// A value wherever the origin saw anything within `[presence]`.
    var presence: String

    /// Counters are looked for this far back, to tell whether the origin was being fed.
    static let presenceMin: Duration = .seconds(120)
    /// Points that one look at what was observed makes.
    static let observedPointsMax: Int64 = 5_000

    /// - Throws: `.refused` for what Prometheus can't answer.
    init(_ question: CountQuestion, armLabel: String?) throws(MetricError) {
        let arm = try Self.matcher(question.arm, armLabel)
        let window = question.slice
        let length = PromText.length(window)
        let presence = PromText.length(Self.presence(over: question.span))
        switch question.indicator.counting {
        case .counters(let good, let all), .failures(let good, let all):
            part = "sum(increase(\(try PromText.selector(good, arm: arm))[\(length)]))"
            total = "sum(increase(\(try PromText.selector(all, arm: arm))[\(length)]))"
            countsBad = question.indicator.counting.pair?.countsBad ?? false
            areSums = true
            self.presence = "count(count_over_time(\(try PromText.selector(all, arm: arm))[\(presence)]))"
        case .latency(let histogram, let threshold):
            let bucket = try PromText.selector(histogram, suffix: "_bucket", bucket: threshold, arm: arm)
            let count = try PromText.selector(histogram, suffix: "_count", arm: arm)
            part = "sum(increase(\(bucket)[\(length)]))"
            total = "sum(increase(\(count)[\(length)]))"
            countsBad = false
            areSums = true
            let any = try PromText.selector(histogram, suffix: "_bucket", arm: arm)
            buckets = "count by (le) (last_over_time(\(any)[\(length)]))"
            self.presence = "count(count_over_time(\(count)[\(presence)]))"
        case .promQL(let good, let all):
            part = try PromText.filled(good, window: window, arm: question.arm)
            total = try PromText.filled(all, window: window, arm: question.arm)
            countsBad = false
            areSums = false
            let seen = try PromText.filled(all, window: Self.presence(over: question.span), arm: question.arm)
            self.presence = "count(\(seen))"
        case .sql, .requestLogs, .journey, .document, .asked:
            throw MetricError(
                .refused,
                "\(question.indicator.name) is not counted in a way that Prometheus can answer; "
                    + "name counters, a histogram or promql")
        }
    }

    static func matcher(_ arm: String, _ label: String?) throws(MetricError) -> Variable? {
        guard !arm.isEmpty else { return nil }
        guard let label, !label.isEmpty else {
            throw MetricError(
                .refused, "the pipeline names no label for \(arm.sentence(limit: 60)); add label: under prometheus:")
        }
        return Variable(name: label, value: arm)
    }

    /// How far apart the looks at what was observed are: a second, or a 5,000th of the time asked.
    static func observedStep(over span: Duration) -> Duration {
        let step = (max(span.milliseconds, 1) - 1) / observedPointsMax + 1
        return .milliseconds(max((step + 999) / 1_000 * 1_000, 1_000))
    }

    private static func presence(over span: Duration) -> Duration { max(observedStep(over: span), presenceMin) }

    /// How many of the looks, a step apart, saw something.
    func observed(over span: Duration) -> String {
        let step = Self.observedStep(over: span)
        let whole = max(span.milliseconds / step.milliseconds, 1) * step.milliseconds
        let subquery = "\(PromText.length(.milliseconds(whole))):\(PromText.length(step))"
        return "count_over_time((\(presence))[\(subquery)])"
    }
}

extension CountQuestion {
    /// All slices together; saturates.
    var span: Duration {
        let (product, overflow) = max(slice.milliseconds, 1).multipliedReportingOverflow(by: Int64(max(slices, 1)))
        return .milliseconds(overflow ? .max : product)
    }

    /// Where slice number `index` (from 0) begins.
    func begin(_ index: Int) -> Instant {
        let (product, overflow) = max(slice.milliseconds, 1).multipliedReportingOverflow(by: Int64(index))
        return overflow ? .distantFuture : from.advanced(by: .milliseconds(product))
    }

    var to: Instant { from.advanced(by: span) }
}
