import TminusModel
import TminusPorts

/// Asks a Prometheus server: two queries at the same time of evaluation, one for each count, never a ratio.
struct PrometheusSource: Sendable {
    /// Points of one range query, as many as Prometheus gives.
    static let pointsMax = 11_000

    let base: String
    let address: Address
    let armLabel: String?
    let access: MetricAccess?

    /// - Throws: `.refused` for a URL that can't be one.
    init(url: String, armLabel: String?, access: MetricAccess?) throws(MetricError) {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        address = try Address(withAccess: base, example: "http://127.0.0.1:9090")
        guard !base.contains("?") else {
            throw MetricError(.refused, "\(address.shown): Prometheus' address has no query")
        }
        self.base = base
        self.armLabel = armLabel
        self.access = access
    }

    func counts(_ question: CountQuestion) async throws(MetricError) -> [ArmReading] {
        let questions = try PromQuestions(question, armLabel: armLabel)
        let caller = try caller(question.timeout)
        if question.slices == 1 { return [try await single(question, questions, caller)] }
        var readings: [ArmReading] = []
        readings.reserveCapacity(question.slices)
        while readings.count < question.slices {
            let count = min(question.slices - readings.count, Self.pointsMax)
            readings += try await chunk(question, questions, caller, from: readings.count, count: count)
        }
        return readings
    }

    func observed(_ question: CountQuestion) async throws(MetricError) -> Duration? {
        let questions = try PromQuestions(question, armLabel: armLabel)
        let answer = try await caller(question.timeout).instant(
            questions.observed(over: question.span), at: question.to, isSum: false)
        guard let count = answer.values.values.first else { return .zero }
        guard count.isFinite, count >= 0, let looks = Int64(exactly: count.rounded()) else {
            throw MetricError(.notFinite, "\(address.shown): a count of \(count)")
        }
        let step = PromQuestions.observedStep(over: question.span)
        let (seen, overflow) = looks.multipliedReportingOverflow(by: step.milliseconds)
        return overflow ? question.span : min(.milliseconds(seen), question.span)
    }

    /// Of one slice: the count, and either every bucket or the sum, at the same time of evaluation.
    func durations(
        _ question: CountQuestion, _ wanted: JudgingRule.Durations
    ) async throws(MetricError) -> (reading: ArmReading, durations: DurationGrowth?) {
        let asked = try PromDurations(question, armLabel: armLabel)
        let caller = try caller(question.timeout)
        let at = question.to
        let total = try await caller.instant(asked.count, at: at, isSum: true)
        let counts = PromCounts(
            indicator: question.indicator, countsBad: false, window: question.slice, warnings: total.warnings)
        let count = total.values.values.first
        let reading = counts.reading(part: count, total: count)
        guard case .counts(let known) = reading else { return (reading, nil) }
        let durations: DurationGrowth?
        switch wanted {
        case .sum:
            let sum = try await caller.instant(asked.sum, at: at, isSum: true).values.values.first
            durations = sum.flatMap { DurationGrowth(seconds: known.total == 0 && $0.isNaN ? 0 : $0) }
        case .distribution:
            durations = DurationGrowth(buckets: try await caller.buckets(asked.buckets, at: at), total: known.total)
        }
        guard let durations else {
            return (.noData("Prometheus has no usable \(wanted) of \(question.indicator.name)"), nil)
        }
        return (reading, durations)
    }

    private func caller(_ timeout: Duration) throws(MetricError) -> PromCaller {
        let shown: (header: String, secret: String)?
        do throws(MetricError) { shown = try access?.authorization() } catch {
            throw MetricError(error.code, "\(address.shown): \(error.description)")
        }
        return PromCaller(base: base, address: address, authorization: shown, timeout: timeout)
    }

    private func single(
        _ question: CountQuestion, _ questions: PromQuestions, _ caller: PromCaller
    ) async throws(MetricError) -> ArmReading {
        let at = question.to
        let (part, total) = try await both(
            { () async throws(MetricError) in try await caller.instant(questions.part, at: at, isSum: questions.areSums)
            },
            { () async throws(MetricError) in
                try await caller.instant(questions.total, at: at, isSum: questions.areSums)
            })
        let counts = PromCounts(
            indicator: question.indicator, countsBad: questions.countsBad, window: question.slice,
            warnings: part.warnings + total.warnings)
        let known = part.values.values.first
        if known == nil, total.values.values.first != nil, let missing = try await noBucket(question, questions, caller)
        {
            return missing
        }
        return counts.reading(part: known, total: total.values.values.first)
    }

    /// For a histogram whose bucket is not there: which are.
    private func noBucket(
        _ question: CountQuestion, _ questions: PromQuestions, _ caller: PromCaller
    ) async throws(MetricError) -> ArmReading? {
        guard case .latency(let histogram, let threshold) = question.indicator.counting, let query = questions.buckets
        else { return nil }
        let there = try await caller.bounds(query, at: question.to)
        return .noData(Counting.noBucket(histogram.metric, at: threshold, there: there))
    }

    private func chunk(
        _ question: CountQuestion, _ questions: PromQuestions, _ caller: PromCaller, from first: Int, count: Int
    ) async throws(MetricError) -> [ArmReading] {
        let start = question.begin(first + 1)
        let step = question.slice
        let isSum = questions.areSums
        let (part, total) = try await both(
            { () async throws(MetricError) in
                try await caller.range(questions.part, from: start, step: step, count: count, isSum: isSum)
            },
            { () async throws(MetricError) in
                try await caller.range(questions.total, from: start, step: step, count: count, isSum: isSum)
            })
        let counts = PromCounts(
            indicator: question.indicator, countsBad: questions.countsBad, window: step,
            warnings: part.warnings + total.warnings)
        return (0..<count).map { index in
            let at = question.begin(first + index + 1).millisecondsSinceEpoch
            return counts.reading(part: part.values[at], total: total.values[at])
        }
    }
}

/// Two questions at once; the error of the first that has one.
func both<Answer: Sendable>(
    _ first: @escaping @Sendable () async throws(MetricError) -> Answer,
    _ second: @escaping @Sendable () async throws(MetricError) -> Answer
) async throws(MetricError) -> (Answer, Answer) {
    async let one = result(of: first)
    async let other = result(of: second)
    let (left, right) = await (one, other)
    return (try left.get(), try right.get())
}

private func result<Answer: Sendable>(
    of operation: @escaping @Sendable () async throws(MetricError) -> Answer
) async -> Result<Answer, MetricError> {
    do throws(MetricError) { return .success(try await operation()) } catch { return .failure(error) }
}
