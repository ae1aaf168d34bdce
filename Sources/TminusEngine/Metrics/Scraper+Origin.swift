internal import TminusJudgement
internal import TminusModel
internal import TminusPorts

/// Measuring by asking about the past, where an origin can tell.
extension Scraper {
    /// The longest that an origin is given to learn of what has just happened.
    static let settleMax: Duration = .seconds(30)

    /// An interval: until the origin has surely heard of everything up to now, what it says of now is too little.
    private func settle(_ metrics: MetricEndpoints) -> Duration {
        min(max(metrics.every, Self.everyMin), Self.settleMax)
    }

    /// Asks for the rule's counts over `(from, now]`, but only once the origin has had an interval to learn of them.
    func askRule(_ question: RuleQuestion) async -> Measurement {
        let to = max(clock.now, question.from.advanced(by: .milliseconds(1)))
        func failed(_ why: String) -> Measurement { Measurement(from: question.from, to: to, subject: .error(why)) }
        let metrics = question.metrics
        var subject = (role: "the service", arm: "")
        switch question.rule.subject {
        case .service: break
        case .baseline: subject = ("the baseline", metrics.baseline)
        case .candidate:
            guard let candidate = metrics.candidate else { return failed(Self.noCandidateArm) }
            subject = ("the candidate", candidate)
        }
        do { try await clock.sleep(until: to.advanced(by: settle(metrics))) } catch {
            return failed("the engine is stopping")
        }
        let asked = CountQuestion(
            origin: metrics.origin, indicator: question.indicator, service: question.service, arm: subject.arm,
            from: question.from, slice: to.since(question.from), timeout: metrics.timeout, folder: question.folder)
        var baseline: CountQuestion?
        if question.comparesWithBaseline {
            baseline = asked
            baseline?.arm = metrics.baseline
        }
        if let wanted = question.rule.durations, let baseline {
            return await askDurations(wanted, asked, baseline, to: to)
        }
        async let own = ask(asked, of: subject.role)
        async let other = ask(baseline, of: "the baseline")
        let (readings, others) = await (own, other)
        return Measurement(
            from: question.from, to: to, subject: readings.first ?? .error("nothing was asked"),
            baseline: others.first)
    }

    private func askDurations(
        _ wanted: JudgingRule.Durations, _ candidate: CountQuestion, _ baseline: CountQuestion, to: Instant
    ) async -> Measurement {
        async let own = askDurations(wanted, candidate, of: "the candidate")
        async let other = askDurations(wanted, baseline, of: "the baseline")
        let (ours, theirs) = await (own, other)
        var measurement = Measurement(from: candidate.from, to: to, subject: ours.reading, baseline: theirs.reading)
        measurement.subjectDurations = ours.durations
        measurement.baselineDurations = theirs.durations
        return measurement
    }

    private func askDurations(
        _ wanted: JudgingRule.Durations, _ question: CountQuestion, of role: String
    ) async -> (reading: ArmReading, durations: DurationGrowth?) {
        do throws(MetricError) {
            let answer = try await counts.durations(question, wanted)
            noteAsked(.success([answer.reading]))
            return answer
        } catch {
            noteAsked(.failure(error))
            return (.error("\(role) could not be read: \(error)"), nil)
        }
    }

    private static let noCandidateArm = "the pipeline does not say under `metrics:` how the candidate is told apart"

    /// Asks for the budget of the whole service: its own window, every lookback, and its slices, all at once.
    func askBudget(
        _ question: BudgetQuestion, period: BudgetMeasurement.Period?, lookbacks: [Duration], at: Instant
    ) async -> BudgetMeasurement {
        // Old enough for the origin to know all of it.
        let to = at.advanced(by: .milliseconds(-settle(question.metrics).milliseconds))
        let window = period.map { max(to.since($0.from), .milliseconds(1)) } ?? question.window
        let ends = ([window] + lookbacks).map { span(question, to: to, length: $0) }
        let grid = question.method.slice.flatMap { SliceGrid(window: window, period: period, to: to, slice: $0) }
        var sliced: CountQuestion?
        if let grid, grid.elapsed >= 1 {
            sliced = ends[0]
            sliced?.from = grid.from
            sliced?.slice = grid.slice
            sliced?.slices = Int(grid.elapsed)
        }
        async let slices = ask(sliced, of: "the service")
        async let seen = observed(ends[0])
        let readings = await askAll(ends)
        var measurement = BudgetMeasurement(
            at: at, window: readings[0], observed: .zero,
            lookbacks: zip(lookbacks, readings.dropFirst()).map { .init(length: $0, reading: $1) })
        measurement.period = period
        switch await seen {
        case .success(let observed): measurement.observed = observed ?? (readings[0].isCounted ? window : .zero)
        case .failure(let error):
            if readings[0].isCounted { measurement.window = .error("the service could not be read: \(error)") }
        }
        if let grid {
            var count = SliceCount(question.method)
            for slice in await slices { count.take(slice) }
            measurement.slices = count.summary(of: grid.whole)
        }
        return measurement
    }

    /// Asks for each length, once.
    func askLookbacks(
        _ question: BudgetQuestion, _ lengths: [Duration], at: Instant
    ) async -> [BudgetMeasurement.Lookback] {
        let to = at.advanced(by: .milliseconds(-settle(question.metrics).milliseconds))
        let readings = await askAll(lengths.map { span(question, to: to, length: $0) })
        return zip(lengths, readings).map { .init(length: $0, reading: $1) }
    }

    private func span(_ question: BudgetQuestion, to: Instant, length: Duration) -> CountQuestion {
        CountQuestion(
            origin: question.metrics.origin, indicator: question.indicator, service: question.service, arm: "",
            from: to.advanced(by: .milliseconds(-length.milliseconds)), slice: length,
            timeout: question.metrics.timeout, folder: question.folder)
    }

    /// The reading of each question, which has one slice; in their order.
    private func askAll(_ questions: [CountQuestion]) async -> [ArmReading] {
        await withTaskGroup(of: (Int, ArmReading).self) { group in
            for (position, question) in questions.enumerated() {
                group.addTask {
                    let readings = await self.ask(question, of: "the service")
                    return (position, readings.first ?? .error("nothing was asked"))
                }
            }
            var readings = [ArmReading](repeating: .error("nothing was asked"), count: questions.count)
            for await (position, reading) in group { readings[position] = reading }
            return readings
        }
    }

    /// One reading for each slice; none for no question.
    private func ask(_ question: CountQuestion?, of role: String) async -> [ArmReading] {
        guard let question else { return [] }
        let answer: Result<[ArmReading], MetricError>
        do throws(MetricError) { answer = .success(try await counts.counts(question)) } catch {
            answer = .failure(error)
        }
        noteAsked(answer)
        switch answer {
        case .success(let readings) where readings.count == question.slices: return readings
        case .success(let readings):
            let reason = "\(role) could not be read: \(readings.count) answers to \(question.slices) questions"
            return Array(repeating: .error(reason), count: question.slices)
        case .failure(let error):
            return Array(repeating: .error("\(role) could not be read: \(error)"), count: question.slices)
        }
    }

    private func observed(_ question: CountQuestion) async -> Result<Duration?, MetricError> {
        do throws(MetricError) { return .success(try await counts.observed(question)) } catch {
            return .failure(error)
        }
    }
}

extension ArmReading {
    fileprivate var isCounted: Bool {
        switch self {
        case .counts, .partial: true
        case .noData, .error: false
        }
    }
}
