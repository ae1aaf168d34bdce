import TminusJudgement
package import TminusModel

/// Counts what users got while a step runs, and for a while after its end: what the step cost.
struct CostWatch: Equatable, Sendable {
    let step: StepIndex
    /// What was counted so far reaches to here.
    var from: Instant
    /// Nil while the step is under way.
    var endedAt: Instant?
    /// A measurement reached past the end: what follows is the watch after it.
    var isEndMeasured = false
}

/// What a step has cost so far.
package struct CostSoFar: Equatable, Sendable {
    package internal(set) var during = GoodTotal.none
    package internal(set) var after = GoodTotal.none
    /// Shares of the whole budget, ≥ 0; nil when it could not be told.
    package internal(set) var duringShare: Double?
    package internal(set) var afterShare: Double?
    /// Intervals that could not be counted.
    package internal(set) var missed = 0

    package init() {}
}

/// Requests that were counted after the gate last read its window.
struct SinceGate: Equatable, Sendable {
    var requests: Int64 = 0
    var countedUntil = Instant.distantPast

    /// Adds an interval, unless it reaches into what was counted already: steps at once count the same requests.
    mutating func add(_ counts: GoodTotal, _ measurement: Measurement) {
        guard measurement.from >= countedUntil else { return }
        let (sum, overflow) = requests.addingReportingOverflow(counts.total)
        if !overflow { requests = sum }
        countedUntil = measurement.to
    }
}

extension RunState {
    /// Watches after an end that are kept: in a wide plan the oldest are let go.
    static let costWatchesMax = 32

    /// How often the cost of a step under way is read.
    var costEvery: Duration {
        let every = max(plan.budget?.every ?? .zero, plan.metrics?.every ?? .zero, .milliseconds(250))
        return .milliseconds(4 * min(every.milliseconds, 86_400_000))
    }

    mutating func openCost(_ step: StepIndex, at instant: Instant) {
        guard plan.budget != nil, plan.metrics != nil, needsGate(step) else { return }
        if let index = costs.firstIndex(where: { $0.step == step }) {
            costs[index].endedAt = nil
            costs[index].isEndMeasured = false
        } else {
            costs.append(CostWatch(step: step, from: instant))
        }
    }

    mutating func closeCost(_ step: StepIndex, at instant: Instant) {
        guard let index = costs.firstIndex(where: { $0.step == step }), costs[index].endedAt == nil else { return }
        costs[index].endedAt = max(instant, costs[index].from)
        // Nothing lies between: there is nothing to count.
        if instant <= costs[index].from { costs[index].isEndMeasured = true }
        if costs.count > Self.costWatchesMax, let oldest = costs.firstIndex(where: { $0.isEndMeasured }) {
            costs.remove(at: oldest)
        }
    }

    mutating func applyCost(_ step: StepIndex, _ part: CostPart, _ measurement: Measurement) {
        add(measurement, to: step, part)
        guard let index = costs.firstIndex(where: { $0.step == step }) else { return }
        costs[index].from = measurement.to
        guard let ended = costs[index].endedAt else { return }
        if measurement.to >= ended { costs[index].isEndMeasured = true }
        if part == .after || costWatchLength <= .zero, measurement.to >= ended.advanced(by: costWatchLength) {
            costs.remove(at: index)
        }
    }

    private mutating func add(_ measurement: Measurement, to step: StepIndex, _ part: CostPart) {
        guard case .counts(let counts) = measurement.subject else {
            steps[step].cost.missed += 1
            return
        }
        sinceGate.add(counts, measurement)
        let share = plan.budget.flatMap { stepCost($0)?.share(of: measurement) }
        func sum(_ old: Double?) -> Double? { share.map { (old ?? 0) + $0 } ?? old }
        switch part {
        case .during:
            steps[step].cost.during = steps[step].cost.during.adding(counts)
            steps[step].cost.duringShare = sum(steps[step].cost.duringShare)
        case .after:
            steps[step].cost.after = steps[step].cost.after.adding(counts)
            steps[step].cost.afterShare = sum(steps[step].cost.afterShare)
        }
    }

    /// Costs that must be read now, with the instant each interval begins at.
    package func costsDue(now: Instant) -> [(step: StepIndex, from: Instant)] {
        guard outcome == nil else { return [] }
        return costs.compactMap { watch in
            costAt(watch) <= now && watch.from < now ? (watch.step, watch.from) : nil
        }
    }

    /// When a watch is next read.
    func costAt(_ watch: CostWatch) -> Instant {
        guard let ended = watch.endedAt else { return watch.from.advanced(by: costEvery) }
        if !watch.isEndMeasured { return max(ended, watch.from.advanced(by: .milliseconds(1))) }
        return max(ended.advanced(by: costWatchLength), watch.from.advanced(by: .milliseconds(1)))
    }

    /// Whether some step has ended and what it cost is still to be counted.
    var isCostOpen: Bool { costs.contains { $0.endedAt != nil && !$0.isEndMeasured } }

    func costMeasured(_ step: StepIndex, _ measurement: Measurement) -> [Event.Body] {
        guard outcome == nil, let watch = costs.first(where: { $0.step == step }), measurement.to > watch.from else {
            return []
        }
        return [.costMeasured(step: step, part: watch.isEndMeasured ? .after : .during, measurement: measurement)]
    }
}
