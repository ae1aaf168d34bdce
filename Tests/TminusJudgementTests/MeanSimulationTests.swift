import Foundation
import Testing
import TminusModel

@testable import TminusJudgement

struct MeanSimulationTests {
    private static let runs = 2_000
    private static let tolerance = tolerated(0.05, runs: runs)
    private static let sequences: [ConfidenceSequence] = [.mixture(deviation: 0.1), .asymptotic(tightestAt: 750)]

    private func rule(_ sequence: ConfidenceSequence) -> MeanRule {
        MeanRule(name: "latency", sequence: sequence, harmlessBelow: 0.5)
    }

    private struct Hour {
        var leftTheInterval = false
        var rolledBack = false
        var naive = false
    }

    private func hour(
        _ rule: MeanRule, truth: Double, _ next: (Int) -> (candidate: MeanMoments, baseline: MeanMoments)
    ) -> Hour {
        var hour = Hour()
        var process = MeanProcess(rule: rule)
        var moments: [(Double, Double, Double)] = []
        for minute in 0..<60 {
            let (candidate, baseline) = next(minute)
            process.absorb(MeanStratum(candidate: .moments(candidate), baseline: .moments(baseline)))
            if let interval = process.interval, !interval.contains(truth) { hour.leftTheInterval = true }
            hour.rolledBack = hour.rolledBack || process.outcome == .rollBack
            moments.append((candidate.mean - baseline.mean, Double(candidate.count), 1))
            let mean = moments.reduce(0) { $0 + $1.0 } / Double(moments.count)
            let error = (2 / (Double(candidate.count) * Double(moments.count))).squareRoot()
            hour.naive = hour.naive || ((mean - truth) / error).magnitude > 1.96
        }
        return hour
    }

    @Test(arguments: sequences)
    func theIntervalHoldsAtAllMinutesAtOnce(_ sequence: ConfidenceSequence) {
        var naive = 0
        let wrong = share(of: Self.runs, seed: 51) { generator in
            let hour = hour(rule(sequence), truth: 0) { _ in
                (generator.moments(50, mean: 0), generator.moments(50, mean: 0))
            }
            naive += hour.naive ? 1 : 0
            return hour.leftTheInterval
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
        #expect(Double(naive) / Double(Self.runs) > 0.25, "a plain z test at every look: \(naive)")
    }

    @Test(arguments: sequences)
    func aTenthOfADeviationIsFoundInTheHour(_ sequence: ConfidenceSequence) {
        let found = share(of: 500, seed: 52) { generator in
            hour(rule(sequence), truth: 0.1) { _ in
                (generator.moments(50, mean: 0.1), generator.moments(50, mean: 0))
            }.rolledBack
        }
        #expect(found >= 0.75, "\(found)")
    }

    /// Weights ramp up while both arms get slower together: pooled means differ, these don't.
    @Test func aDriftUnderARampConvictsNobody() {
        let wrong = share(of: Self.runs, seed: 53) { generator in
            hour(rule(.mixture(deviation: 0.1)), truth: 0) { minute in
                let drift = 3 * Double(minute) / 60
                return (
                    generator.moments(Int64(2 + minute), mean: drift),
                    generator.moments(Int64(100 - minute), mean: drift)
                )
            }.leftTheInterval
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func skewedLatenciesKeepThePromiseToo() {
        var skewed = rule(.asymptotic(tightestAt: 300))
        skewed.samplesMin = 200
        let wrong = share(of: Self.runs, seed: 54) { generator in
            func values() -> MeanMoments {
                var values: [Double] = []
                for _ in 0..<20 { values.append(exp(generator.normal())) }
                guard let moments = MeanMoments(values) else { preconditionFailure("no values") }
                return moments
            }
            var process = MeanProcess(rule: skewed)
            for _ in 0..<30 {
                process.absorb(MeanStratum(candidate: .moments(values()), baseline: .moments(values())))
                if let interval = process.interval, !interval.contains(0) { return true }
            }
            return false
        }
        #expect(wrong <= Self.tolerance, "\(wrong)")
    }

    @Test func theMixtureIsTheFormula() {
        let (variance, prior, theta) = (0.04, 0.01, 0.7)
        let lambda =
            (variance / (variance + prior)).squareRoot()
            * exp(prior * theta * theta / (2 * variance * (variance + prior)))
        let sequence = ConfidenceSequence.mixture(deviation: 0.1)
        #expect(agree(sequence.p(estimate: theta, against: 0, variance: variance, size: 1), 1 / lambda, to: 1e-12))
        for sequence in Self.sequences {
            let half = sequence.halfWidth(variance: variance, size: 300, alpha: 0.03)
            #expect(agree(sequence.p(estimate: half, against: 0, variance: variance, size: 300), 0.03, to: 1e-9))
        }
        // Tightest at its sample size, among sequences made for others.
        let wide = ConfidenceSequence.asymptotic(tightestAt: 100).halfWidth(variance: 1e-3, size: 1_000, alpha: 0.05)
        let tight = ConfidenceSequence.asymptotic(tightestAt: 1_000).halfWidth(variance: 1e-3, size: 1_000, alpha: 0.05)
        #expect(tight < wide)
    }

    @Test func wherePeopleAreToldWhatIsKnown() {
        let rule = MeanRule(name: "latency", sequence: .mixture(deviation: 1), tolerated: 1)
        #expect(rule.standing(of: []).judgement.verdict == .noData)
        let failed = MeanStratum(candidate: .error("timeout"), baseline: .noData("none"))
        #expect(rule.standing(of: [failed]).judgement.verdict == .inconclusive)
        #expect(rule.standing(of: Array(repeating: failed, count: 5)).judgement.verdict == .error)
        var generator = SeededGenerator(seed: 55)
        func stratum(_ mean: Double) -> MeanStratum {
            MeanStratum(
                candidate: .moments(generator.moments(200, mean: mean)),
                baseline: .moments(generator.moments(200, mean: 0)))
        }
        #expect(rule.standing(of: [stratum(0)]).judgement.verdict == .pass)
        #expect(rule.standing(of: [stratum(9)]).judgement.verdict == .fail)
        #expect(rule.standing(of: [stratum(-9)]).judgement.verdict == .pass)
        var less = rule
        less.harm = .decrease
        #expect(less.standing(of: [stratum(-9)]).judgement.verdict == .fail)
        var unusable = rule
        unusable.sequence = .mixture(deviation: .nan)
        #expect(unusable.standing(of: [stratum(9)]).judgement.verdict == .error)
        #expect(MeanMoments(count: 0, mean: 0, squares: 0) == nil && MeanMoments([.infinity]) == nil)
    }
}
