internal import TminusJudgement
package import TminusModel
internal import TminusPorts

/// What the baseline's history says of one comparing rule.
package struct BurstHistory: Equatable, Sendable {
    /// Position in `Plan.rules`.
    package var rule: Int
    /// Nil when the history can't tell.
    package var burstiness: Burstiness?
    /// Why it can't; nil when it can.
    package var unknown: String?

    static let longest: Duration = .seconds(7 * 86_400)

    /// From consecutive slices of the baseline, oldest first.
    init(rule: Int, slices: [ArmReading], each slice: Duration) {
        self.rule = rule
        var counted: [(position: Int, counts: GoodTotal)] = []
        for (position, reading) in slices.enumerated() {
            guard case .counts(let counts) = reading, counts.total > 0 else { continue }
            counted.append((position, counts))
        }
        guard let first = counted.first, let last = counted.last else {
            unknown = slices.lazy.compactMap(\.fault).first ?? "the baseline has no history"
            return
        }
        let estimate = BurstEstimate(history: counted.map(\.counts))
        guard let variance = estimate.relativeVariance else {
            unknown = estimate.unknown
            return
        }
        let intervals = Int64(last.position - first.position + 1)
        let (length, overflow) = slice.milliseconds.multipliedReportingOverflow(by: intervals)
        guard !overflow, length > 0 else { return }
        // Rounded up: too careful by a thousandth rather than too sure.
        burstiness = Burstiness(
            thousandths: Int64((variance * 1_000).rounded(.up)), history: .milliseconds(length))
    }

    init(rule: Int, unknown: String) {
        self.rule = rule
        self.unknown = unknown
    }
}

extension Scraper {
    /// Slices asked of the store, or of an origin that answers for many at once.
    private static let slicesMax: Int64 = 10_000
    /// Of one that must be asked for each.
    private static let slicesMaxOneByOne: Int64 = 200

    func burstiness(of plan: Plan) async -> [BurstHistory] {
        var histories: [BurstHistory] = []
        for (position, rule) in plan.rules.enumerated() where rule.conduct.tempering == nil {
            guard case .ratioAbove = rule.trip else { continue }
            guard let metrics = plan.metrics, plan.indicators.indices.contains(rule.indicator) else {
                histories.append(BurstHistory(rule: position, unknown: "the pipeline names no `metrics:` to read"))
                continue
            }
            let question = RuleQuestion(
                rule: rule, indicator: plan.indicators[rule.indicator], metrics: metrics, from: .distantPast,
                isCandidateRequired: false, service: plan.service, folder: plan.folder)
            histories.append(await history(of: question, position))
        }
        return histories
    }

    private func history(of question: RuleQuestion, _ position: Int) async -> BurstHistory {
        let metrics = question.metrics
        // Counters tell nothing between two scrapes.
        let slice = max(question.rule.every, max(metrics.every, Self.everyMin))
        let slicesMax =
            switch metrics.origin {
            case .json, .command: Self.slicesMaxOneByOne
            case .pages, .prometheus, .sqlite, .postgres: Self.slicesMax
            }
        let length = min(
            BurstHistory.longest.milliseconds,
            min(slice.milliseconds, Duration.longestMilliseconds / Self.slicesMax) * slicesMax)
        // An origin may not have heard of the newest yet.
        let to = clock.now.advanced(by: .milliseconds(-min(slice, .seconds(30)).milliseconds))
        guard let grid = SliceGrid(window: .milliseconds(length), period: nil, to: to, slice: slice) else {
            return BurstHistory(rule: position, unknown: "its interval is longer than the history that is looked at")
        }
        let slices =
            metrics.origin == .pages ? await pageSlices(question, grid) : await originSlices(question, grid)
        return BurstHistory(rule: position, slices: slices, each: slice)
    }

    private func pageSlices(_ question: RuleQuestion, _ grid: SliceGrid) async -> [ArmReading] {
        let every = max(question.metrics.every, Self.everyMin)
        let gapMax = every.milliseconds * CounterIncrease.gapIntervalsMax
        do throws(StoreError) {
            let track = try await CounterTracks.unkept(
                of: question.indicator, at: question.metrics.baseline, every: every,
                from: grid.from.advanced(by: .milliseconds(-gapMax)), to: clock.now, samples: samples)
            return (0..<grid.elapsed).map { track.slice(from: grid.begin($0), to: grid.begin($0 + 1)) }
        } catch {
            return [.error("the samples of the baseline could not be read: \(error)")]
        }
    }

    private func originSlices(_ question: RuleQuestion, _ grid: SliceGrid) async -> [ArmReading] {
        let metrics = question.metrics
        let asked = CountQuestion(
            origin: metrics.origin, indicator: question.indicator, service: question.service, arm: metrics.baseline,
            from: grid.from, slice: grid.slice, slices: Int(grid.elapsed), timeout: metrics.timeout,
            folder: question.folder)
        let answer: Result<[ArmReading], MetricError>
        do throws(MetricError) { answer = .success(try await counts.counts(asked)) } catch {
            answer = .failure(error)
        }
        noteAsked(answer)
        switch answer {
        case .success(let readings): return readings
        case .failure(let error): return [.error("the baseline could not be read: \(error)")]
        }
    }
}

extension ArmReading {
    /// What was wrong, where the source could not be read.
    fileprivate var fault: String? {
        guard case .error(let reason) = self else { return nil }
        return reason
    }
}
