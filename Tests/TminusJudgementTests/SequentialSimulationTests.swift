import Foundation
import Testing
import TminusModel

@testable import TminusJudgement

struct SequentialSimulationTests {
    private static let runs = 2_000
    private static let tolerance = tolerated(0.05, runs: runs)
    private let rule = RateRatioRule(name: "slow", ratioAbove: Ratio(numerator: 1, denominator: 1))

    // MARK: Histograms

    private static let boundaries = [0.1, 0.25, 0.5, 1]

    /// Exponential latencies of the given mean, as counts at each boundary.
    private func latencies(_ total: Int64, mean: Double, _ generator: inout SeededGenerator) -> LatencyReading {
        var atMost: [Int64] = []
        var left = Int(total)
        var fasterThan = 0.0
        for boundary in Self.boundaries {
            let share = 1 - exp(-boundary / mean)
            left -= generator.binomial(left, (share - fasterThan) / (1 - fasterThan))
            fasterThan = share
            atMost.append(total - Int64(left))
        }
        guard let counts = LatencyCounts(boundaries: Self.boundaries, atMost: atMost, total: total) else {
            preconditionFailure("\(atMost) of \(total)")
        }
        return .counts(counts)
    }

    private func histogramConvicts(_ ratio: Double, _ generator: inout SeededGenerator) -> Bool {
        var process = HistogramProcess(rule: rule, boundaries: Self.boundaries)
        for minute in 0..<30 {
            let mean = 0.2 + 0.005 * Double(minute)  // both arms slow down together
            process.absorb(
                LatencyStratum(
                    candidate: latencies(20 + Int64(minute), mean: mean * ratio, &generator),
                    baseline: latencies(200, mean: mean, &generator)))
            if process.outcome == .rollBack { return true }
        }
        return false
    }

    @Test func equalLatenciesAreRarelyConvictedAndSlowerOnesAre() {
        let wrong = share(of: Self.runs, seed: 61) { histogramConvicts(1, &$0) }
        #expect(wrong <= Self.tolerance, "\(wrong)")
        let found = share(of: 200, seed: 62) { histogramConvicts(1.4, &$0) }
        #expect(found >= 0.95, "\(found)")
    }

    @Test func aHistogramSaysWhereItIsSlower() {
        var generator = SeededGenerator(seed: 63)
        var process = HistogramProcess(rule: rule, boundaries: Self.boundaries)
        for _ in 0..<20 {
            process.absorb(
                LatencyStratum(
                    candidate: latencies(200, mean: 0.4, &generator), baseline: latencies(200, mean: 0.2, &generator)))
        }
        let standing = process.standing
        #expect(standing.judgement.verdict == .fail && standing.isSettled)
        let shown = "slow: shown to be slower than the baseline, most clearly at “slower than "
        #expect(standing.judgement.reason.hasPrefix(shown))
        var other = HistogramProcess(rule: rule, boundaries: [1])
        for _ in 0..<5 {
            other.absorb(
                LatencyStratum(
                    candidate: latencies(200, mean: 9, &generator), baseline: latencies(200, mean: 0.2, &generator)))
        }
        #expect(other.standing.judgement.verdict == .error, "other boundaries than were agreed on")
        #expect(HistogramProcess(rule: rule, boundaries: []).standing.judgement.verdict == .error)
        #expect(LatencyCounts(boundaries: [1, 1], atMost: [0, 0], total: 1) == nil)
        #expect(LatencyCounts(boundaries: [1, 2], atMost: [2, 1], total: 3) == nil)
        #expect(LatencyCounts(boundaries: [1], atMost: [2], total: 1) == nil)
        #expect(LatencyCounts(boundaries: [], atMost: [], total: 1) == nil)
    }

    // MARK: Shares and signs

    @Test func theShareMixtureIsTheBetaFormula() throws {
        var process = try #require(ShareProcess(shares: [0.25, 0.75], concentration: 4))
        process.absorb([30, 10])
        process.absorb([-1, 0])
        process.absorb([5])
        // B(1 + 30, 3 + 10) / B(1, 3) / (0.25^30 0.75^10)
        let expected =
            lgamma(31) + lgamma(13) - lgamma(44) - (lgamma(1) + lgamma(3) - lgamma(4)) - 30 * log(0.25) - 10 * log(0.75)
        #expect(agree(process.logEvidence, expected, to: 1e-12))
        #expect(process.isShownWrong(alpha: 0.001) && !process.isShownWrong(alpha: 0))
        #expect(ShareProcess(shares: [1]) == nil && ShareProcess(shares: [1, 0]) == nil)
        #expect(ShareProcess(shares: [1, .nan]) == nil && ShareProcess(shares: [1, 1], concentration: 0) == nil)
    }

    @Test func aRightSplitIsRarelyCalledWrong() throws {
        let fresh = try #require(ShareProcess(shares: [0.05, 0.95]))
        func isShownWrong(_ share: Double, _ generator: inout SeededGenerator) -> Bool {
            var process = fresh
            for _ in 0..<60 {
                let ours = Int64(generator.binomial(400, share))
                process.absorb([ours, 400 - ours])
                if process.isShownWrong(alpha: 0.05) { return true }
            }
            return false
        }
        let wrong = TminusJudgementTests.share(of: Self.runs, seed: 64) { isShownWrong(0.05, &$0) }
        #expect(wrong <= Self.tolerance, "\(wrong)")
        let found = TminusJudgementTests.share(of: 300, seed: 65) { isShownWrong(0.065, &$0) }
        #expect(found >= 0.95, "\(found)")
    }

    @Test func signsSurviveADisturbanceThatBothArmsShare() {
        func isShownAbove(_ shift: Double, _ generator: inout SeededGenerator) -> Bool {
            var process = PairedSignProcess()
            var shared = 0.0
            for _ in 0..<60 {
                shared = 0.9 * shared + generator.normal()
                process.absorb(candidate: shared + generator.normal() + shift, baseline: shared + generator.normal())
                if process.isShownAbove(alpha: 0.05) || process.isShownBelow(alpha: 0.05) { return true }
            }
            return false
        }
        let wrong = share(of: Self.runs, seed: 66) { isShownAbove(0, &$0) }
        #expect(wrong <= Self.tolerance, "\(wrong)")
        let found = share(of: 500, seed: 67) { isShownAbove(1, &$0) }
        #expect(found >= 0.8, "\(found)")
        // Beta(1/2, 1/2) against one half: B(9.5, 0.5) / B(0.5, 0.5) 2^9.
        var process = PairedSignProcess()
        for _ in 0..<9 { process.absorb(candidate: 2, baseline: 1) }
        process.absorb(candidate: 1, baseline: 1)
        process.absorb(candidate: .nan, baseline: 1)
        let expected = lgamma(9.5) + lgamma(0.5) - lgamma(10) - log(Double.pi) + 9 * log(2)
        #expect(agree(process.logEvidence, expected, to: 1e-12))
        #expect(process.above == 9 && process.below == 0)
    }

    // MARK: A planned number of looks

    /// The weight ramps up while errors drift up.
    private func hourConvicts(
        _ rule: GroupSequentialRule, ratio: Double, ramps: Bool, _ generator: inout SeededGenerator
    ) -> Bool {
        var process = GroupSequentialProcess(rule: rule)
        for minute in 0..<60 {
            let ours = ramps ? 60 + 49 * minute : 300
            let share = ramps ? 0.001 + 0.005 * Double(minute) / 59 : 0.002
            process.absorb(
                Stratum(
                    candidate: .counts(counts(bad: Int64(generator.binomial(ours, share * ratio)), of: Int64(ours))),
                    baseline: .counts(
                        counts(bad: Int64(generator.binomial(6_000 - ours, share)), of: Int64(6_000 - ours)))))
            if process.outcome != .goOn { break }
        }
        return process.isConvicted
    }

    @Test(arguments: [(false, LanDeMets.Spending.pocock), (true, .obrienFleming)])
    func plannedLooksSpendNoMoreThanAlpha(_ ramps: Bool, _ spending: LanDeMets.Spending) {
        // Expected over the hour: 60 × 12 × 0.05 × 0.95, and under the ramp about 300.
        let rule = GroupSequentialRule(
            name: "errors", spending: spending, informationMax: ramps ? 300 : 34.2)
        let wrong = share(of: Self.runs, seed: 68) { hourConvicts(rule, ratio: 1, ramps: ramps, &$0) }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func plannedLooksFindHalfMoreErrors() {
        let rule = GroupSequentialRule(name: "errors", informationMax: 34.2)
        let found = share(of: 500, seed: 69) { hourConvicts(rule, ratio: 1.5, ramps: false, &$0) }
        #expect(found >= 0.75, "\(found)")
        let needed = GroupSequentialRule.information(toFind: 1.5, share: 0.05, power: 0.84)
        #expect(needed.map { $0 > 25 && $0 < 40 } == true, "\(String(describing: needed))")
        #expect(GroupSequentialRule.information(toFind: 1, share: 0.05) == nil)
    }

    @Test func aPlanIsFollowedAndEnds() {
        let rule = GroupSequentialRule(name: "errors", informationMax: 10, looks: 2)
        let equal = Stratum(
            candidate: .counts(counts(bad: 5, of: 100)), baseline: .counts(counts(bad: 5, of: 100)))
        #expect(rule.standing(of: []).judgement.verdict == .noData)
        let half = rule.standing(of: [equal, equal])
        #expect(half.judgement.reason == "errors: look 1 of 2, 50% of the planned information")
        let whole = rule.standing(of: Array(repeating: equal, count: 9))
        #expect(whole.judgement.verdict == .pass && whole.isSettled)
        let bad = Stratum(candidate: .counts(counts(bad: 40, of: 100)), baseline: .counts(counts(bad: 5, of: 100)))
        #expect(rule.standing(of: [bad]).judgement.verdict == .fail)
        // One interval that brings the information of several looks is one look, and a later tiny one is none.
        var uneven = GroupSequentialProcess(rule: GroupSequentialRule(name: "errors", informationMax: 10, looks: 5))
        let small = Stratum(candidate: .counts(counts(bad: 0, of: 100)), baseline: .counts(counts(bad: 1, of: 100)))
        for stratum in [equal, equal, equal, small] { uneven.absorb(stratum) }
        #expect(uneven.fractions == [0.25, 0.5, 0.75] && !uneven.isComplete)
        uneven.absorb(equal)
        #expect(uneven.fractions == [0.25, 0.5, 0.75, 1] && uneven.isComplete && uneven.outcome == .inconclusive)
        var unusable = rule
        unusable.looks = 0
        #expect(unusable.standing(of: [bad]).judgement.verdict == .error)
    }

    // MARK: Several metrics

    @Test func severalMetricsTogetherErrNoMoreThanOne() {
        var average = 0
        let any = share(of: Self.runs, seed: 70) { generator in
            var processes = (0..<3).map { _ in RateRatioProcess(rule: rule) }
            var anyConvicts = false
            var averageConvicts = false
            for _ in 0..<20 {
                for index in processes.indices {
                    let candidate = counts(bad: Int64(generator.binomial(300, 0.03)), of: 300)
                    let baseline = counts(bad: Int64(generator.binomial(700, 0.03)), of: 700)
                    processes[index].absorb(Stratum(candidate: .counts(candidate), baseline: .counts(baseline)))
                }
                let metrics = processes.enumerated().map {
                    JointEvidence.Metric(
                        name: "\($0.offset)", logEvidence: $0.element.logEvidence,
                        logEvidenceMax: $0.element.logEvidenceMax)
                }
                anyConvicts = anyConvicts || !JointEvidence.any.convicted(metrics, alpha: 0.05).isEmpty
                averageConvicts = averageConvicts || !JointEvidence.average.convicted(metrics, alpha: 0.05).isEmpty
            }
            average += averageConvicts ? 1 : 0
            return anyConvicts
        }
        #expect(any <= Self.tolerance, "\(any)")
        #expect(Double(average) / Double(Self.runs) <= Self.tolerance, "\(average)")
        let shown = [
            JointEvidence.Metric(name: "errors", logEvidence: 5, logEvidenceMax: 5),
            JointEvidence.Metric(name: "slow", logEvidence: -1, logEvidenceMax: 3.5),
        ]
        #expect(JointEvidence.any.convicted(shown, alpha: 0.05) == ["errors"])
        #expect(JointEvidence.average.convicted(shown, alpha: 0.05) == ["errors", "slow"])
        #expect(JointEvidence.average.convicted(shown, alpha: 0.001) == [])
        #expect(JointEvidence.any.convicted([], alpha: 0.05) == [])
        #expect(JointEvidence.any.convicted(shown, alpha: 2) == [])
    }
}
