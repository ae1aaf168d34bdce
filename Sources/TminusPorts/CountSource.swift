package import TminusModel

/// Answers how many events were good, of how many, over intervals in the past: Prometheus, SQL, JSON, a command.
///
/// It never judges, never retries and never reads a clock. Pages are not one of these: they only say what a counter
/// stands at now, so `MetricSource` reads them and the engine keeps what was read.
package protocol CountSource: Sendable {
    /// One reading for each slice of the question, oldest first; never fewer or more.
    ///
    /// What the origin could not say of a slice is `noData`, `partial` or `error` in its place.
    /// - Throws: `MetricError` when nothing was answered at all.
    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading]

    /// How many events of a histogram there were in the question's one slice, and how long they took.
    ///
    /// - Throws: `MetricError` when nothing was answered at all; `.refused` by an origin that keeps no durations.
    func durations(
        _ question: CountQuestion, _ wanted: JudgingRule.Durations
    ) async throws(MetricError) -> (reading: ArmReading, durations: DurationGrowth?)

    /// How much of `(from, to]` the origin saw, for an objective's least observation time; nil when it cannot tell.
    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration?
}

extension CountSource {
    package func durations(
        _ question: CountQuestion, _ wanted: JudgingRule.Durations
    ) async throws(MetricError) -> (reading: ArmReading, durations: DurationGrowth?) {
        throw MetricError(.refused, "this origin keeps no durations; use a histogram of pages or of Prometheus")
    }
}

/// What is counted, for whom, and when.
package struct CountQuestion: Sendable {
    package var origin: MetricOrigin
    package var indicator: Indicator
    package var service: String
    /// The arm's value as the pipeline writes it (`metrics: baseline`, `candidate`); empty for the whole service.
    package var arm: String
    /// Slices are consecutive, the first begins here.
    package var from: Instant
    /// Longer than 0.
    package var slice: Duration
    /// ≥ 1.
    package var slices: Int
    package var timeout: Duration
    /// Where a relative path of the origin starts, and where a command runs: the pipeline's folder, absolute.
    package var folder: String

    package init(
        origin: MetricOrigin, indicator: Indicator, service: String, arm: String, from: Instant, slice: Duration,
        slices: Int = 1, timeout: Duration, folder: String = "/"
    ) {
        self.origin = origin
        self.indicator = indicator
        self.service = service
        self.arm = arm
        self.from = from
        self.slice = slice
        self.slices = slices
        self.timeout = timeout
        self.folder = folder
    }
}
