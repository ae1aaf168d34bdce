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

    private func minutes(_ count: Int, _ variance: Double, seed: UInt64) -> [GoodTotal] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in generator.bursty(4_800, share: 0.01, relativeVariance: variance) }
    }

    private func history(_ variance: Double, seed: UInt64) -> Overdispersion {
        Overdispersion(history: minutes(600, variance, seed: seed))
    }

    @Test(arguments: [0.3, 0.6, 1.0])
    func historyTempersTheEvidenceEnough(_ variation: Double) throws {
        let variance = variation * variation
        let seed = UInt64(variation * 1_000)
        let estimate = try #require(BurstEstimate(history: minutes(600, variance, seed: seed)).relativeVariance)
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

    /// An outage in a calm history is an incident, not how the service is: it must not blind the judge for days.
    @Test(arguments: [1, 3])
    func incidentsInTheHistoryHideNothing(_ incidents: Int) throws {
        var calm = minutes(600, 0, seed: 41)
        for incident in 0..<incidents { calm[100 + incident * 150] = counts(bad: 2_400, of: 4_800) }
        #expect(try #require(Overdispersion(history: calm).relativeVariance) > 3)
        let estimate = try #require(BurstEstimate(history: calm).relativeVariance)
        #expect(estimate < 0.02, "\(estimate)")
        let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, burstiness: estimate)
        let found = share(of: 300, seed: 42) { convicts(rule, variance: 0, ratio: 2, &$0) }
        #expect(found >= 0.95, "\(found)")
    }

    @Test func theEstimateHasALimitAtWhichFivefoldErrorsAreStillFoundSoon() throws {
        let wild = BurstEstimate(history: minutes(600, 9, seed: 43))
        #expect(wild.isCapped && wild.relativeVariance == 1)
        let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, burstiness: 1)
        let doubled = share(of: 300, seed: 44) { convicts(rule, variance: 0, ratio: 2, &$0) }
        #expect(doubled >= 0.4, "\(doubled)")
        let fivefold = share(of: 300, seed: 45) { convicts(rule, variance: 0, ratio: 5, minutes: 10, &$0) }
        #expect(fivefold >= 0.95, "\(fivefold)")
    }

    /// From the least history that is used at all, the chance in the estimate neither convicts nor hides much.
    @Test func theLeastHistoryIsEnough() throws {
        var found = 0
        var wrong = 0
        for seed in UInt64(0)..<300 {
            let estimate = try #require(BurstEstimate(history: minutes(128, 0.09, seed: 500 + seed)).relativeVariance)
            let rule = RateRatioRule(name: "errors", ratioAbove: Self.one, burstiness: estimate)
            var generator = SeededGenerator(seed: 900 + seed)
            if convicts(rule, variance: 0.09, ratio: 2, &generator) { found += 1 }
            if convicts(rule, variance: 0.09, &generator) { wrong += 1 }
        }
        #expect(found >= 285, "\(found)")
        #expect(wrong <= 26, "\(wrong)")
    }

    @Test func tooLittleHistoryIsNone() {
        let short = BurstEstimate(history: minutes(127, 0, seed: 46))
        #expect(short.relativeVariance == nil && short.unknown == "127 intervals with requests are fewer than 128")
        let quiet = BurstEstimate(history: Array(repeating: counts(bad: 1, of: 100), count: 199))
        #expect(quiet.relativeVariance == nil)
        #expect(quiet.unknown == "199 bad requests in 199 intervals are too few to tell bursts from chance")
        #expect(BurstEstimate(history: Array(repeating: counts(bad: 1, of: 100), count: 200)).relativeVariance == 0)
        #expect(BurstEstimate(history: []).unknown == "0 intervals with requests are fewer than 128")
    }
}
