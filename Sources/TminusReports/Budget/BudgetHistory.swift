package import TminusCore
import TminusJudgement
package import TminusModel

/// How an error budget went during a run, from the run's journal alone.
package struct BudgetHistory: Sendable {
    package struct Point: Equatable, Sendable {
        package let at: Instant
        /// In (−infinity, 1].
        package let remaining: Double
        /// Multiples of the budgeted rate over each alert's long lookback, by the alert's name; may be empty.
        package let burns: [Burn]
    }

    package struct Burn: Equatable, Sendable {
        package let alert: String
        package let rate: Double
    }

    package struct StepRow: Equatable, Sendable {
        package let step: StepIndex
        package let from: Instant
        package let cost: CostSoFar
    }

    package let state: RunState
    /// What the gate read, and in between what the steps took from it; oldest first.
    package let points: [Point]
    /// Steps whose cost was counted, in the order of their start.
    package let rows: [StepRow]
    private let marks: [Chart.Mark]

    package init(_ state: RunState, events: [Event]) {
        self.state = state
        points = Self.points(state.plan, events)
        rows = state.steps.enumerated().compactMap { index, step in
            guard step.cost != CostSoFar(), let from = step.startedAt else { return nil }
            return StepRow(step: index, from: from, cost: step.cost)
        }
        .sorted { ($0.from, $0.step) < ($1.from, $1.step) }
        let begin = state.submittedAt
        var marks = rows.prefix(12).map { row in
            Chart.Mark(state.plan.steps[row.step].name, BudgetHistory.minutes(row.from, since: begin))
        }
        if let rollback = state.rollback {
            marks.append(Chart.Mark("rollback", BudgetHistory.minutes(rollback.at, since: begin)))
        }
        self.marks = marks
    }

    static func minutes(_ instant: Instant, since begin: Instant) -> Double {
        Double(instant.since(begin).milliseconds) / 60_000
    }

    private static func points(_ plan: Plan, _ events: [Event]) -> [Point] {
        guard let policy = plan.budget else { return [] }
        var points: [Point] = []
        var gate: BudgetMeasurement?
        var countedUntil = Instant.distantPast
        for event in events {
            switch event.body {
            case .budgetJudged(_, let measurement, let judgement):
                guard let remaining = judgement.figures.first(where: { $0.name == "remaining" })?.value else {
                    continue
                }
                gate = measurement
                countedUntil = measurement.at
                points.append(Point(at: measurement.at, remaining: remaining, burns: burns(judgement)))
            case .costMeasured(_, _, let read):
                // Steps that run at once count the same requests: each instant is taken once.
                guard let measurement = read.part(after: countedUntil), let last = points.last,
                    let share = StepCost(policy, gate: gate)?.share(of: measurement)
                else { continue }
                countedUntil = measurement.to
                points.append(Point(at: measurement.to, remaining: last.remaining - share, burns: []))
            default: continue
            }
        }
        return points
    }

    private static func burns(_ judgement: Judgement) -> [Burn] {
        BurnAlert.allCases.compactMap { alert in
            let prefix = "\(alert.rawValue) burn rate "
            let figure = judgement.figures.first { $0.name.hasPrefix(prefix) && $0.name != "\(prefix)shown" }
            return figure?.value.map { Burn(alert: "\(figure?.name ?? alert.rawValue)", rate: $0) }
        }
    }

    // MARK: Pictures

    /// What was left, with the bounds that the policy decides at.
    package var burnDown: Chart {
        let begin = state.submittedAt
        var chart = Chart(
            title: "\(state.run): error budget left", xLabel: "minutes since the start", yLabel: "% of the budget left",
            series: [
                Chart.Series(
                    "budget left", points.map { Chart.Point(Self.minutes($0.at, since: begin), $0.remaining * 100) })
            ])
        if let policy = state.plan.budget {
            chart.limits = [
                Chart.Limit("stopBelow \(policy.stopBelow.percentText)", policy.stopBelow.value * 100),
                Chart.Limit("warnBelow \(policy.warnBelow.percentText)", policy.warnBelow.value * 100),
            ]
            chart.limits += policy.tiers.map { tier in
                Chart.Limit("\(tier.action.rawValue) below \(tier.below.percentText)", tier.below.value * 100)
            }
        }
        chart.marks = marks
        return chart
    }

    /// How fast it burned at each gate, with the thresholds.
    package var burnRates: Chart {
        let begin = state.submittedAt
        var names: [String] = []
        for burn in points.flatMap(\.burns) where !names.contains(burn.alert) { names.append(burn.alert) }
        var chart = Chart(
            title: "\(state.run): burn rate", xLabel: "minutes since the start",
            yLabel: "multiples of the budgeted rate",
            series: names.map { name in
                Chart.Series(
                    name,
                    points.compactMap { point in
                        point.burns.first { $0.alert == name }.map {
                            Chart.Point(Self.minutes(point.at, since: begin), $0.rate)
                        }
                    })
            })
        if let policy = state.plan.budget {
            chart.limits = BurnAlert.allCases.filter(policy.burning.contains).map { alert in
                let pair = BurnPair(alert, window: policy.window, lookbackMin: state.budgetLookbackMin)
                return Chart.Limit(
                    "\(alert.rawValue) alert at \(Wording.times(pair.threshold.value))", pair.threshold.value)
            }
        }
        chart.marks = marks
        return chart
    }

    // MARK: Words

    /// A line for each step that cost something, and the run's own.
    package func lines(clock: WallClock) -> [StyledLine] {
        guard let policy = state.plan.budget else { return [StyledLine("\(state.run) has no error budget", .faint)] }
        var lines = [
            StyledLine(state.run, .strong).appending(
                "  \(policy.objective) \(policy.target.percentText) over \(policy.window.releaseText)")
        ]
        if let first = points.first, let last = points.last {
            lines.append(
                StyledLine(
                    "  from \(Wording.percent(first.remaining)) left at \(clock.full(first.at)) to "
                        + "\(Wording.percent(last.remaining)) at \(clock.full(last.at))"))
        } else {
            lines.append(StyledLine("  its budget was never measured", .faint))
        }
        let width = min(rows.map { state.plan.steps[$0.step].name.count }.max() ?? 0, 30)
        for row in rows {
            let name = state.plan.steps[row.step].name.padded(to: width)
            lines.append(
                StyledLine("  \(clock.time(row.from))  ", .faint)
                    .appending("\(name)  \(CostText.sentence(row.step, state) ?? "")"))
        }
        return lines
    }

    package var json: JSON {
        let reckoning = state.plan.budget.flatMap { state.stepCost($0) }
        func told(_ counts: GoodTotal, _ summed: Double?) -> JSON {
            counts.json(reckoning?.share(of: counts, summed: summed))
        }
        return .members([
            "run": .string(state.run),
            "points": .array(
                points.map { point in
                    .members([
                        "atMilliseconds": .integer(point.at.millisecondsSinceEpoch),
                        "remaining": .string(Ticks.text(point.remaining, digits: 6)),
                    ])
                }),
            "steps": .array(
                rows.map { row in
                    .members([
                        "step": .string(state.plan.steps[row.step].name),
                        "during": told(row.cost.during, row.cost.duringShare),
                        "after": row.cost.after.total > 0 ? told(row.cost.after, row.cost.afterShare) : nil,
                    ])
                }),
        ])
    }
}

extension GoodTotal {
    fileprivate func json(_ share: Double?) -> JSON {
        .members([
            "bad": .integer(bad), "total": .integer(total), "share": share.map { .string(Ticks.text($0, digits: 6)) },
        ])
    }
}
