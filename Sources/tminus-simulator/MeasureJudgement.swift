import ArgumentParser
import TminusJudgement
import TminusModel

/// How long the judgement's heavier calculations take; `scripts/bench` compares them with scipy and numpy.
struct MeasureJudgement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judgement",
        abstract: "Measure rank statistics, a sweep of burn alerts, and a judge's interval.",
        discussion: """
            Prints one JSON object of seconds, with the results that another program can check: the values are those \
            of a generator that is easily written again.
            Example: tminus-simulator judgement --samples 10000
            """)

    @Option(help: "Values in each of two samples, 2 to 1000000.") var samples = 10_000
    @Option(help: "Objectives to sweep over, 1 to 100000.") var objectives = 10_000
    @Option(help: "Intervals that a judge absorbs, and a hundredth of them, 100 to 10000000.") var intervals = 100_000

    func validate() throws {
        guard (2...1_000_000).contains(samples) else { throw ValidationError("--samples must be from 2 to 1000000") }
        guard (1...100_000).contains(objectives) else {
            throw ValidationError("--objectives must be from 1 to 100000")
        }
        guard (100...10_000_000).contains(intervals) else {
            throw ValidationError("--intervals must be from 100 to 10000000")
        }
    }

    func run() throws {
        var state: UInt64 = 1
        let baseline = (0..<samples).map { _ in Self.value(&state) }
        let candidate = (0..<samples).map { _ in Self.value(&state) + 0.01 }
        var ranks: (MannWhitney, HodgesLehmann)?
        let rankTime = time {
            if let pair = SamplePair(candidate, baseline), let shift = HodgesLehmann(pair, confidence: 0.98) {
                ranks = (MannWhitney(pair, method: .normal), shift)
            }
        }
        guard let (test, shift) = ranks else { throw ValidationError("the samples could not be compared") }
        let (sweep, instant) = try BurnSweep.example(objectives)
        var standings: [BurnSweep.Standing] = []
        let sweepTime = time { standings = sweep.standings(at: instant) }
        let few = absorbed(intervals / 100)
        let many = absorbed(intervals)
        print(
            JSON.members([
                "samples": .integer(samples), "rankSeconds": .double(rankTime), "u": .double(test.statistic),
                "p": .double(test.p), "shift": .double(shift.estimate), "lower": .double(shift.interval.lower),
                "upper": .double(shift.interval.upper), "rank": .integer(shift.rank),
                "objectives": .integer(objectives), "sweepSeconds": .double(sweepTime),
                "burning": .integer(standings.count { $0 == .burning }), "intervals": .integer(intervals),
                "intervalSecondsFew": .double(few), "intervalSecondsMany": .double(many),
            ]).line)
    }

    /// In [0, 4): the sum of four uniform values, of a linear congruential generator's upper 53 bits.
    private static func value(_ state: inout UInt64) -> Double {
        var sum = 0.0
        for _ in 0..<4 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            sum += Double(state >> 11) / 9_007_199_254_740_992
        }
        return sum
    }

    /// Seconds an interval, of so many that one process absorbs; its standing is asked for at each, as a judge does.
    private func absorbed(_ count: Int) -> Double {
        let rule = RateRatioRule(
            name: "errors", ratioAbove: Ratio(numerator: 3, denominator: 2),
            harmlessBelow: Ratio(numerator: 2, denominator: 1), learnsBurstiness: true)
        let strata = (0..<100).map { (number: Int64) -> Stratum in
            let candidate = GoodTotal(good: 300 - number % 3, total: 300) ?? .none
            let baseline = GoodTotal(good: 5_700 - number % 23, total: 5_700) ?? .none
            return Stratum(candidate: .counts(candidate), baseline: .counts(baseline))
        }
        var process = RateRatioProcess(rule: rule)
        var settled = 0
        let seconds = time {
            for number in 0..<count {
                process.absorb(strata[number % strata.count])
                if process.standing.isSettled { settled += 1 }
            }
        }
        precondition(settled <= count, "more were settled than absorbed")
        return seconds / Double(count)
    }

    private func time(_ body: () -> Void) -> Double {
        let (seconds, attoseconds) = ContinuousClock().measure(body).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
