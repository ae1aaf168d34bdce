import TminusJudgement
package import TminusModel

/// Replays A/A history under a judging rule: how often a release that changes nothing would have been rolled back, and
/// how often one that multiplies the failures would have been found.
///
/// Intervals are drawn from the history with replacement, in blocks, so that bursts and drift within a block stay as
/// they were. A history in which one arm happened to fail more often is no proof against the rule: failures of that
/// arm are dropped at random until both fail equally often over the whole history. For power, requests of the candidate
/// that were good turn bad until its failures are `ratio` times as many, on average.
package struct JudgeSimulation: Sendable {
    package struct Settings: Equatable, Sendable {
        package var seed: UInt64 = 1
        /// Releases drawn for each ratio, 1...100,000.
        package var runs = 2_000
        /// Intervals of one release, 1...10,000.
        package var intervals = 60
        /// Consecutive intervals drawn together, ≥ 1.
        package var block = 5
        /// How many times the candidate fails, each > 0; 1 measures the false-rollback rate.
        package var ratios: [Double] = [1, 1.5, 2, 3, 5]

        package init() {}
    }

    package struct Result: Equatable, Sendable {
        package let ratio: Double
        package let runs: Int
        package let rolledBack: Int
        package let passed: Int
        /// Intervals until the rollback, at the middle of those that were rolled back; nil without any.
        package let medianIntervals: Int?

        package var share: Double { runs > 0 ? Double(rolledBack) / Double(runs) : 0 }
        /// Two standard errors of the share; where none or all were rolled back, three in as many runs.
        package var margin: Double {
            guard runs > 0 else { return 0 }
            if rolledBack == 0 || rolledBack == runs { return min(3 / Double(runs), 1) }
            return 2 * (share * (1 - share) / Double(runs)).squareRoot()
        }
    }

    private let history: ArmHistory
    private let rule: JudgingRule
    private let settings: Settings
    /// How many times as often the candidate failed in the history, compared within intervals; nil when an arm never
    /// failed.
    package let historyRatio: Double?

    /// - Parameter history: never empty.
    package init(_ history: ArmHistory, rule: JudgingRule, settings: Settings) {
        self.history = history
        self.rule = rule
        self.settings = settings
        var above = 0.0
        var below = 0.0
        for interval in history.intervals {
            let total = Double(interval.candidate.total) + Double(interval.baseline.total)
            guard total > 0 else { continue }
            above += Double(interval.candidate.bad) * Double(interval.baseline.total) / total
            below += Double(interval.baseline.bad) * Double(interval.candidate.total) / total
        }
        historyRatio = above > 0 && below > 0 ? above / below : nil
    }

    /// One result for each ratio, in their order.
    package func results() -> [Result] {
        settings.ratios.enumerated().map { index, ratio in
            var draws = Draws(seed: settings.seed &+ UInt64(index) &* 0x9E37_79B9)
            return result(ratio, &draws)
        }
    }

    private func result(_ ratio: Double, _ draws: inout Draws) -> Result {
        var rolledBack = 0
        var passed = 0
        var after: [Int] = []
        for _ in 0..<max(settings.runs, 0) {
            var process = RuleProcess(rule, opened: Instant(millisecondsSinceEpoch: 0))
            var position = 0
            for interval in 1...max(settings.intervals, 1) {
                let isNewBlock = (interval - 1) % max(settings.block, 1) == 0
                position = isNewBlock ? draws.below(history.intervals.count) : position + 1
                let drawn = history.intervals[position % history.intervals.count]
                process.absorb(measurement(interval, changed(calibrated(drawn, &draws), ratio, &draws)))
                if process.hasFailed {
                    rolledBack += 1
                    after.append(interval)
                    break
                }
            }
            if process.standing.judgement.verdict == .pass { passed += 1 }
        }
        after.sort()
        return Result(
            ratio: ratio, runs: settings.runs, rolledBack: rolledBack, passed: passed,
            medianIntervals: after.isEmpty ? nil : after[after.count / 2])
    }

    /// The interval with failures of the worse arm dropped at random, so that neither arm is worse in the long run.
    private func calibrated(_ interval: ArmHistory.Interval, _ draws: inout Draws) -> ArmHistory.Interval {
        guard let ratio = historyRatio else { return interval }
        var result = interval
        if ratio > 1 {
            let dropped = draws.binomial(interval.candidate.bad, 1 - 1 / ratio)
            result.candidate =
                GoodTotal(good: interval.candidate.good + dropped, total: interval.candidate.total) ?? result.candidate
        } else if ratio < 1 {
            let dropped = draws.binomial(interval.baseline.bad, 1 - ratio)
            result.baseline =
                GoodTotal(good: interval.baseline.good + dropped, total: interval.baseline.total) ?? result.baseline
        }
        return result
    }

    private func changed(_ interval: ArmHistory.Interval, _ ratio: Double, _ draws: inout Draws) -> ArmHistory.Interval
    {
        let arm = interval.candidate
        guard ratio > 1, arm.good > 0, arm.bad > 0 else { return interval }
        let more = draws.binomial(arm.good, min(Double(arm.bad) * (ratio - 1) / Double(arm.good), 1))
        guard let worse = GoodTotal(good: arm.good - more, total: arm.total) else { return interval }
        return ArmHistory.Interval(candidate: worse, baseline: interval.baseline)
    }

    private func measurement(_ interval: Int, _ drawn: ArmHistory.Interval) -> Measurement {
        let every = max(rule.every.milliseconds, 1)
        return Measurement(
            from: Instant(millisecondsSinceEpoch: Int64(interval - 1) * every),
            to: Instant(millisecondsSinceEpoch: Int64(interval) * every), subject: .counts(drawn.candidate),
            baseline: .counts(drawn.baseline))
    }
}

extension JudgeSimulation {
    /// The report, with the rule's own promise beside what was seen.
    package func lines(_ results: [Result]) -> [StyledLine] {
        let asked =
            "\(Count.of(history.intervals.count, "interval")) of history, releases of "
            + "\(Count.of(settings.intervals, "interval")), seed \(settings.seed)"
        var lines = [StyledLine("\(rule.name): ", .strong).appending(asked)]
        if let historyRatio {
            lines.append(
                StyledLine(
                    "  in the history the candidate fails \(Wording.times(historyRatio)) as often; evened out", .faint))
        }
        for result in results {
            let share = Wording.percent(result.share)
            let margin = Wording.percent(result.margin)
            let after = result.medianIntervals.map { ", half of them within \(Count.of($0, "interval"))" } ?? ""
            let counts = "\(result.rolledBack) of \(result.runs)\(after)"
            if result.ratio == 1 {
                let isKept = result.share - result.margin <= Self.alpha
                lines.append(
                    StyledLine("  no change:     rolled back \(share) ± \(margin)", isKept ? .good : .bad)
                        .appending(" (\(counts)); promised at most \(Wording.percent(Self.alpha))"))
                if !isKept {
                    lines.append(
                        StyledLine(
                            "    failures come in bursts here: set `tempering:` below 1, or a wider ratio", .caution))
                }
            } else {
                let ratio = Wording.times(result.ratio).padded(to: 6)
                lines.append(StyledLine("  \(ratio) failures: found \(share) ± \(margin) (\(counts))"))
            }
        }
        return lines
    }

    /// The chance of rolling back a release within the margin that a comparing rule promises.
    package static let alpha = 0.05

    package func json(_ results: [Result]) -> JSON {
        .members([
            "rule": .string(rule.name), "intervals": .integer(settings.intervals), "seed": .integer(Int(settings.seed)),
            "historyIntervals": .integer(history.intervals.count),
            "results": .array(
                results.map { result in
                    .members([
                        "ratio": .string(Ticks.text(result.ratio, digits: 3)), "runs": .integer(result.runs),
                        "rolledBack": .integer(result.rolledBack), "passed": .integer(result.passed),
                        "medianIntervals": result.medianIntervals.map { .integer($0) },
                    ])
                }),
        ])
    }
}
