import Foundation
import Testing
import TminusModel

@testable import TminusJudgement

/// Errors whose rate varies by itself from minute to minute, in each arm alone: it makes untempered evidence too sure.
struct BurstSimulationTests {
    private static let runs = 2_000
    private static let tolerance = tolerated(0.05, runs: runs)
    private static let one = Ratio(numerator: 1, denominator: 1)

    /// 40 minutes; the candidate has a fifth of 6,000 requests, 1 % bad: 12 a minute.
    private func convicts(
        _ rule: RateRatioRule, variance: Double, ratio: Double = 1, minutes: Int = 40,
        _ generator: inout SeededGenerator
    ) -> Bool {
        var process = RateRatioProcess(rule: rule)
        for _ in 0..<minutes {
            let candidate = generator.bursty(1_200, share: 0.01 * ratio, relativeVariance: variance)
            let baseline = generator.bursty(4_800, share: 0.01, relativeVariance: variance)
            process.absorb(Stratum(candidate: .counts(candidate), baseline: .counts(baseline)))
            if process.outcome == .rollBack { return true }
        }
        return false
    }

    private func history(_ variance: Double, seed: UInt64) -> Overdispersion {
        var generator = SeededGenerator(seed: seed)
        return Overdispersion(
            history: (0..<600).map { _ in generator.bursty(4_800, share: 0.01, relativeVariance: variance) })
    }

    @Test(arguments: [0.3, 0.6, 1.0])
    func historyTempersTheEvidenceEnough(_ variation: Double) throws {
        let variance = variation * variation
        let seed = UInt64(variation * 1_000)
        let estimate = try #require(history(variance, seed: seed).relativeVariance)
        #expect((estimate / variance - 1).magnitude < 0.25, "\(estimate)")
        let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, burstiness: estimate)
        let wrong = share(of: Self.runs, seed: seed) { convicts(rule, variance: variance, &$0) }
        #expect(wrong <= Self.tolerance, "\(wrong)")
        let untempered = RateRatioRule(name: "errors", ratioAbove: Self.one)
        let naive = share(of: 200, seed: seed) { convicts(untempered, variance: variance, &$0) }
        #expect(naive > 0.12, "\(naive)")
    }

    @Test func theBaselinesOwnMinutesTemperToo() {
        let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, learnsBurstiness: true)
        let steady = share(of: Self.runs, seed: 31) { convicts(rule, variance: 0, minutes: 20, &$0) }
        #expect(steady <= Self.tolerance, "\(steady)")
        let found = share(of: 300, seed: 32) { convicts(rule, variance: 0, ratio: 2, minutes: 20, &$0) }
        #expect(found >= 0.95, "\(found)")
    }

    @Test func doubledErrorsAreFoundAmongBursts() {
        let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, burstiness: 0.09)
        let found = share(of: 500, seed: 33) { convicts(rule, variance: 0.09, ratio: 2, &$0) }
        #expect(found >= 0.9, "\(found)")
    }

    /// The mean of L^λ, summed over the distributions instead of taken from the generating function.
    @Test(arguments: [(0.09, 2.0), (0.36, 2.0), (0.36, 20.0), (1.0, 5.0)])
    func theExponentIsTheLargestWhoseMeanIsOne(_ variance: Double, _ ratio: Double) {
        let loss = log(1 + 0.2 * (ratio - 1))
        let gain = log(ratio) - loss
        func mean(_ rate: Double, _ slope: Double) -> Double {
            let shape = 1 / variance
            let share = rate * variance / (1 + rate * variance)
            var term = pow(1 - share, shape)
            var sum = 0.0
            for count in 0..<20_000 {
                sum += term
                term *= (Double(count) + shape) / Double(count + 1) * share * exp(slope)
            }
            return sum
        }
        let exponent = BurstExponents.exponent(
            variance: variance, gain: gain, loss: loss, meanFor: 12, meanAgainst: 48)
        #expect(exponent > 0.005 && exponent < 1)
        #expect(mean(12, exponent * gain) * mean(48, -exponent * loss) <= 1 + 1e-9)
        let more = exponent * 1.01
        #expect(mean(12, more * gain) * mean(48, -more * loss) > 1)
        #expect(BurstExponents.exponent(variance: 0, gain: gain, loss: loss, meanFor: 12, meanAgainst: 48) == 1)
    }

    @Test func chanceAloneIsNoBurst() throws {
        let steady = history(0, seed: 34)
        #expect(try #require(steady.dispersion) < 1.15)
        #expect(try #require(steady.relativeVariance) < 0.002)
        var few = Overdispersion()
        for _ in 0..<20 { few.absorb(next: counts(bad: 1, of: 10)) }
        #expect(few.pairs == 19 && few.dispersion == nil && few.relativeVariance == nil)
        few.absorb(next: .none)
        few.absorb(next: counts(bad: 1, of: 10))
        #expect(few.dispersion == 1 && few.relativeVariance == 0)
    }
}
