internal import TminusModel
internal import TminusPorts

/// What must be read for one judging rule.
struct RuleQuestion: Sendable {
    var rule: JudgingRule
    var indicator: Indicator
    var metrics: MetricEndpoints
    var from: Instant
    /// Whether the candidate is supposed to be serving: then its silence is an error. Only pages can tell.
    var isCandidateRequired: Bool
    /// For origins that are asked about a service.
    var service: String
    /// Absolute: where relative paths of the origin start.
    var folder: String
}

extension Scraper {
    /// Scrapes the endpoints concerned now, and reads the rule's counters over `(from, to]`, `to` being the instant of
    /// that scrape: what ends one measurement begins the next. Origins that are not pages are asked instead.
    func measure(_ question: RuleQuestion) async -> Measurement {
        guard question.metrics.origin == .pages else { return await askRule(question) }
        let metrics = question.metrics
        let names = endpoints(of: question)
        guard !names.isEmpty else {
            let now = max(clock.now, question.from.advanced(by: .milliseconds(1)))
            return Measurement(from: question.from, to: now, subject: .error(Self.noCandidate))
        }
        let (at, faults) = await scrape(
            names, selectors: MetricWatch.selectors(question.indicator, question.rule), timeout: metrics.timeout,
            after: question.from)
        var readings: [String: ArmReading] = [:]
        var durations: [String: DurationGrowth] = [:]
        for (name, fault) in zip(names, faults) {
            if let fault {
                readings[name] = .error("\(role(of: name, metrics)) could not be read: \(fault)")
            } else {
                (readings[name], durations[name]) = await reading(of: name, question, to: at)
            }
        }
        let baseline = readings[metrics.baseline] ?? .error("the baseline was not read")
        let candidate = metrics.candidate.map { readings[$0] ?? .error("the candidate was not read") }
        var measurement = Measurement(from: question.from, to: at, subject: baseline)
        switch question.rule.subject {
        case .candidate: measurement.subject = candidate ?? .error(Self.noCandidate)
        case .baseline: measurement.subject = baseline
        case .service:
            measurement.subject = baseline.added(candidate, isRequired: question.isCandidateRequired)
        }
        if question.comparesWithBaseline { measurement.baseline = baseline }
        if question.rule.durations != nil {
            measurement.subjectDurations = metrics.candidate.flatMap { durations[$0] }
            measurement.baselineDurations = durations[metrics.baseline]
        }
        return measurement
    }

    private static let noCandidate = "the pipeline names no candidate endpoint under `metrics:`"

    private func endpoints(of question: RuleQuestion) -> [String] {
        let metrics = question.metrics
        var names: [String] = []
        switch question.rule.subject {
        case .candidate: names = [metrics.candidate].compactMap { $0 }
        case .baseline: names = [metrics.baseline]
        case .service: names = [metrics.baseline] + [metrics.candidate].compactMap { $0 }
        }
        if question.comparesWithBaseline, !names.isEmpty, !names.contains(metrics.baseline) {
            names.append(metrics.baseline)
        }
        return names
    }

    func role(of endpoint: String, _ metrics: MetricEndpoints) -> String {
        endpoint == metrics.baseline ? "the baseline" : "the candidate"
    }

    private func reading(
        of endpoint: String, _ question: RuleQuestion, to: Instant
    ) async -> (ArmReading, DurationGrowth?) {
        let every = max(question.metrics.every, Self.everyMin)
        do throws(StoreError) {
            let scrapes = try await samples.scrapes(of: endpoint, from: question.from, to: to)
            if let wanted = question.rule.durations {
                return DurationIncrease.reading(
                    of: question.indicator, wanted, in: scrapes, from: question.from, to: to, every: every)
            }
            let reading = CounterIncrease.reading(
                of: question.indicator, in: scrapes, from: question.from, to: to, every: every
            ).reading
            return (explained(reading, of: question.indicator, at: endpoint), nil)
        } catch {
            return (.error("the samples of \(role(of: endpoint, question.metrics)) could not be read: \(error)"), nil)
        }
    }
}

extension RuleQuestion {
    var comparesWithBaseline: Bool { rule.comparesWithBaseline }
}

extension ArmReading {
    /// This arm and another together. Where the other has no counts, it counts for nothing, or, when it is required,
    /// keeps the sum from being known.
    func added(_ other: ArmReading?, isRequired: Bool) -> ArmReading {
        guard case .counts(let own) = self, let other else { return self }
        if case .counts(let others) = other { return .counts(own.adding(others)) }
        return isRequired ? other : self
    }
}
