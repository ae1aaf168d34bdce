import TminusJudgement
package import TminusModel

/// Replays a service's history under a budget policy: how often a step would have found the gate open.
///
/// At the end of every interval the gate is asked as before a step, with what was counted until then: by any method,
/// over rolling and calendar windows.
package struct BudgetSimulation: Sendable {
    package struct Result: Equatable, Sendable {
        /// Intervals at which the gate was asked: those with enough observed before them.
        package internal(set) var asked = 0
        package internal(set) var open = 0
        /// A person had to say go.
        package internal(set) var warned = 0
        package internal(set) var held = 0
        package internal(set) var unknown = 0
        /// How often a hold began, and the longest, in intervals.
        package internal(set) var holds = 0
        package internal(set) var longestHold = 0
        package internal(set) var least: Double?
    }

    private let policy: BudgetPolicy
    private let every: Duration
    /// When the first interval begins.
    private let start: Instant
    private let findPeriod: @Sendable (Instant) -> BudgetMeasurement.Period?
    /// Sums before each interval; one more than there are intervals.
    private var good: [Int64] = [0]
    private var total: [Int64] = [0]
    /// Intervals that make a slice, and each slice's counts; 0 and none by occurrences.
    private var intervalsPerSlice = 0
    private var slices: [GoodTotal] = []

    /// - Parameters:
    ///   - intervals: oldest first, never empty, each `every` long (> 0).
    ///   - start: when the first begins; a slice begins there too. Nil for a rolling window, where it does not matter.
    ///   - findPeriod: the calendar window that holds an instant.
    /// - Throws: for slices that are no whole number of intervals, and a calendar window without a `start`.
    package init(
        _ intervals: [GoodTotal], every: Duration, policy: BudgetPolicy, from start: Instant? = nil,
        findPeriod: @escaping @Sendable (Instant) -> BudgetMeasurement.Period? = { _ in nil }
    ) throws(HistoryError) {
        guard every >= .milliseconds(1) else { throw HistoryError("intervals must be longer than nothing") }
        if policy.period != nil, start == nil {
            throw HistoryError("the window follows the calendar; say with --from when the first interval begins")
        }
        self.policy = policy
        self.every = every
        self.start = start ?? Instant(millisecondsSinceEpoch: 0)
        self.findPeriod = findPeriod
        for interval in intervals {
            good.append((good.last ?? 0).saturatingSum(interval.good))
            total.append((total.last ?? 0).saturatingSum(interval.total))
        }
        guard let slice = policy.method.slice else { return }
        guard slice.milliseconds % every.milliseconds == 0, slice >= every else {
            throw HistoryError(
                "slices of \(slice.releaseText) are no whole number of intervals of \(every.releaseText)")
        }
        intervalsPerSlice = Int(slice.milliseconds / every.milliseconds)
        slices = stride(from: intervalsPerSlice, to: good.count, by: intervalsPerSlice).map { end in
            let from = end - intervalsPerSlice
            return GoodTotal(good: good[end] - good[from], total: total[end] - total[from]) ?? .none
        }
    }

    package func result() -> Result {
        let gate = BudgetGate(policy: policy, lookbackMin: .milliseconds(2 * every.milliseconds))
        let lengths = BurnPair.lookbacks(window: policy.window, lookbackMin: gate.lookbackMin)
        var result = Result()
        var hold = 0
        for index in 1..<max(good.count, 1) {
            let observed = Duration.milliseconds(Int64(index) * every.milliseconds)
            guard observed >= policy.observedMin else { continue }
            let judgement = gate.judge(measurement(index, observed, lengths))
            result.asked += 1
            let remaining = judgement.figures.first { $0.name == "remaining" }?.value
            if let remaining { result.least = min(result.least ?? remaining, remaining) }
            hold = judgement.verdict == .fail ? hold + 1 : 0
            if hold == 1 { result.holds += 1 }
            result.longestHold = max(result.longestHold, hold)
            switch judgement.verdict {
            case .pass: result.open += 1
            case .warning: result.warned += 1
            case .fail: result.held += 1
            case .inconclusive, .noData, .error: result.unknown += 1
            }
        }
        return result
    }

    private func measurement(_ index: Int, _ observed: Duration, _ lengths: [Duration]) -> BudgetMeasurement {
        let at = start.advanced(by: observed)
        let period = policy.period == nil ? nil : findPeriod(at)
        let lookbacks = lengths.map { BudgetMeasurement.Lookback(length: $0, reading: counts($0, index)) }
        if policy.period != nil, period == nil {
            return BudgetMeasurement(
                at: at, window: .error("this machine does not know the calendar window"), observed: observed,
                lookbacks: lookbacks)
        }
        let window = period.map { max(at.since($0.from), .milliseconds(1)) } ?? policy.window
        var measurement = BudgetMeasurement(
            at: at, window: counts(min(window, observed), index), observed: observed, lookbacks: lookbacks)
        measurement.period = period
        if let slice = policy.method.slice, let grid = SliceGrid(window: window, period: period, to: at, slice: slice) {
            measurement.slices = summary(grid, until: index)
        }
        return measurement
    }

    /// The slices that are over and lie in the window; those before the first interval were not measured.
    private func summary(_ grid: SliceGrid, until index: Int) -> SliceSummary? {
        let over = min(index / max(intervalsPerSlice, 1), slices.count)
        let elapsed = Int(min(grid.elapsed, Int64(over)))
        var count = SliceCount(policy.method)
        for slice in slices[(over - elapsed)..<over] { count.take(.counts(slice)) }
        return count.summary(of: grid.whole)
    }

    private func counts(_ length: Duration, _ index: Int) -> ArmReading {
        let intervals = Int(min(length.milliseconds / max(every.milliseconds, 1), Int64(index)))
        let from = index - max(intervals, 1)
        return GoodTotal(good: good[index] - good[from], total: total[index] - total[from]).map(ArmReading.counts)
            ?? .error("the counts make no sense")
    }

    // MARK: Words

    package func lines(_ result: Result) -> [StyledLine] {
        func share(_ count: Int) -> String {
            result.asked > 0 ? Wording.percent(Double(count) / Double(result.asked)) : "none"
        }
        func time(_ intervals: Int) -> String {
            Duration.milliseconds(Int64(intervals) * every.milliseconds).releaseText
        }
        return [
            StyledLine("\(policy.objective): ", .strong).appending(
                "asked at the end of \(Count.of(result.asked, "interval")) of \(every.releaseText)"),
            StyledLine("  open      \(share(result.open))", .good),
            StyledLine("  asks      \(share(result.warned))", result.warned > 0 ? .caution : .plain),
            StyledLine(
                "  held      \(share(result.held)), \(Count.of(result.holds, "time")), "
                    + "the longest \(time(result.longestHold))",
                result.held > 0 ? .bad : .plain),
            StyledLine("  unknown   \(share(result.unknown))", result.unknown > 0 ? .caution : .plain),
            StyledLine("  least left \(result.least.map { Wording.percent($0) } ?? "none")"),
        ]
    }

    package func json(_ result: Result) -> JSON {
        .members([
            "objective": .string(policy.objective), "asked": .integer(result.asked), "open": .integer(result.open),
            "warned": .integer(result.warned), "held": .integer(result.held), "unknown": .integer(result.unknown),
            "holds": .integer(result.holds), "longestHoldIntervals": .integer(result.longestHold),
            "leastRemaining": result.least.map { .string(Ticks.text($0, digits: 6)) },
        ])
    }
}

extension BudgetSimulation {
    /// Reads JSON (`[{"good", "total"}, …]`) or lines `good,total`; a first line of names, and empty lines, are passed
    /// over.
    ///
    /// - Throws: with the line or position that can't be used.
    package static func intervals(text: String) throws(HistoryError) -> [GoodTotal] {
        var intervals: [GoodTotal] = []
        for row in try CountTable.read(text, names: ["good", "total"]) {
            guard let counts = GoodTotal(good: row.numbers[0], total: row.numbers[1]) else {
                throw HistoryError("\(row.place) counts more good than there are in all, or below nothing")
            }
            intervals.append(counts)
        }
        return intervals
    }
}

extension Int64 {
    fileprivate func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
