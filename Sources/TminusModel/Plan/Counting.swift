/// How an indicator counts what is good among what is valid. Which of these a metric origin can answer is checked when
/// the pipeline is read.
package enum Counting: Hashable, Sendable {
    /// Two counters that only rise. Read from pages and from Prometheus.
    case counters(good: CounterSelector, total: CounterSelector)
    /// As above, but the failures are counted: no failing series at all, with the total there, is no failure.
    case failures(bad: CounterSelector, total: CounterSelector)
    /// Requests no slower than `threshold`, by the cumulative histogram named `histogram.metric` (in seconds): its
    /// `_bucket` with `le` equal to the threshold, of its `_count`.
    case latency(histogram: CounterSelector, threshold: Duration)
    /// PromQL, each an instant query of one value: events within `[$window]`; `$arm` stands for the arm's label value.
    case promQL(good: String, total: String)
    /// One row with columns `good` and `total`, from parameters `:from`, `:to` (epoch seconds), `:service` and `:arm`.
    case sql(String)
    /// Rows of the table `request_logs`; see docs/reference/metric-sources.md.
    case requestLogs(RequestLogs)
    /// Rows of the table `user_journey_logs`.
    case journey(Journey)
    /// Two JSON Pointers into the document that a `json` origin answers with.
    case document(good: String, total: String)
    /// The origin's command is asked for this indicator by its name (`TMINUS_INDICATOR`).
    case asked

    /// Ready counting over a table of requests.
    package struct RequestLogs: Hashable, Sendable {
        /// Nil: good is any status below 500. Otherwise good is a duration of at most this.
        package var threshold: Duration?
        /// Whether requests that failed count as too slow (true), or not at all (false).
        package var countsFailures: Bool

        package init(threshold: Duration? = nil, countsFailures: Bool = true) {
            self.threshold = threshold
            self.countsFailures = countsFailures
        }
    }

    /// A user journey is good when every step is there, successful and within its limit.
    package struct Journey: Hashable, Sendable {
        package struct Step: Hashable, Sendable {
            package var name: String
            /// Nil means no limit.
            package var within: Duration?

            package init(name: String, within: Duration? = nil) {
                self.name = name
                self.within = within
            }
        }
        package enum Abandoned: String, Sendable, CaseIterable {
            /// A journey that stopped half-way without a failure is not counted.
            case excluded
            /// It counts as bad once `abandonedAfter` has passed.
            case bad
        }

        package var name: String
        /// Never empty.
        package var steps: [Step]
        package var within: Duration?
        package var abandoned: Abandoned
        /// A journey without its last step is abandoned when it began longer ago than this.
        package var abandonedAfter: Duration

        package init(
            name: String, steps: [Step], within: Duration? = nil, abandoned: Abandoned = .excluded,
            abandonedAfter: Duration = .seconds(1_800)
        ) {
            self.name = name
            self.steps = steps
            self.within = within
            self.abandoned = abandoned
            self.abandonedAfter = abandonedAfter
        }
    }
}

extension Counting {
    /// Two counters of a `/metrics` page that answer; nil for what a page can't answer.
    package struct Pair: Hashable, Sendable {
        /// Counts what is good, or what is bad.
        package var part: CounterSelector
        package var total: CounterSelector
        /// Whether `part` counts failures; then no series of it, with the total there, is none.
        package var countsBad: Bool
    }

    package var pair: Pair? {
        switch self {
        case .counters(let good, let total): Pair(part: good, total: total, countsBad: false)
        case .failures(let bad, let total): Pair(part: bad, total: total, countsBad: true)
        case .latency(let histogram, let threshold):
            Pair(
                part: CounterSelector(
                    metric: histogram.metric + "_bucket",
                    labels: histogram.labels + [Variable(name: "le", value: threshold.secondsText)]),
                total: CounterSelector(metric: histogram.metric + "_count", labels: histogram.labels),
                countsBad: false)
        case .promQL, .sql, .requestLogs, .journey, .document, .asked: nil
        }
    }
}

extension Indicator {
    /// The pair's part; a selector that matches nothing for what no page can answer.
    package var part: CounterSelector { counting.pair?.part ?? CounterSelector(metric: "") }
    /// The pair's total, likewise.
    package var total: CounterSelector { counting.pair?.total ?? CounterSelector(metric: "") }
}
