import Testing
import TminusModel

@testable import TminusJudgement

/// One hour of one-minute intervals; every test fixes its seeds, so a run is the same everywhere.
private struct Scenario: Sendable {
    var weight: @Sendable (Int) -> Double
    var badShare: @Sendable (Int) -> Double
    var requestsPerMinute: Int
    var ratio = 1.0

    static let minutes = 60

    func hour(_ generator: inout SeededGenerator) -> [(candidate: GoodTotal, baseline: GoodTotal)] {
        (0..<Self.minutes).map { minute in
            let ours = Int((Double(requestsPerMinute) * weight(minute)).rounded())
            let theirs = requestsPerMinute - ours
            let share = badShare(minute)
            return (
                counts(bad: Int64(generator.binomial(ours, share * ratio)), of: Int64(ours)),
                counts(bad: Int64(generator.binomial(theirs, share)), of: Int64(theirs))
            )
        }
    }
}

/// What the pooled comparison does that this module refuses to do: add all intervals up and compare two shares.
private func pooledRejects(_ hour: [(candidate: GoodTotal, baseline: GoodTotal)]) -> Bool {
    let ours = hour.reduce(GoodTotal.none) { $0.adding($1.candidate) }
    let theirs = hour.reduce(GoodTotal.none) { $0.adding($1.baseline) }
    let share = Double(ours.bad + theirs.bad) / Double(ours.total + theirs.total)
    let variance = share * (1 - share) * (1 / Double(ours.total) + 1 / Double(theirs.total))
    guard variance > 0, let oursShare = ours.badShare, let theirsShare = theirs.badShare else { return false }
    return (oursShare - theirsShare) / variance.squareRoot() > 1.645
}

struct RateRatioSimulationTests {
    private static let runs = 2_000
    private static let alpha = 0.05
    /// alpha and three standard deviations of the simulation itself.
    private static let tolerated = alpha + 3 * (alpha * (1 - alpha) / Double(runs)).squareRoot()

    private let iid = Scenario(weight: { _ in 0.05 }, badShare: { _ in 0.002 }, requestsPerMinute: 6_000)
    private let ramp = Scenario(
        weight: { 0.01 + 0.49 * Double($0) / 59 }, badShare: { 0.001 + 0.005 * Double($0) / 59 },
        requestsPerMinute: 6_000)
    private let lowTraffic = Scenario(weight: { _ in 0.05 }, badShare: { _ in 0.01 }, requestsPerMinute: 100)

    private struct Outcome {
        var convicted = 0
        var passed = 0
        var pooled = 0
    }

    /// Looks after every minute; stops a run once it is convicted (or, with a harmless margin, has passed).
    private func simulate(_ scenario: Scenario, _ rule: RateRatioRule, seed: UInt64) -> Outcome {
        var generator = SeededGenerator(seed: seed)
        var outcome = Outcome()
        for _ in 0..<Self.runs {
            let hour = scenario.hour(&generator)
            outcome.pooled += pooledRejects(hour) ? 1 : 0
            var process = RateRatioProcess(rule: rule)
            let needed = -logarithm(rule.alpha)
            for minute in hour {
                process.absorb(Stratum(candidate: .counts(minute.candidate), baseline: .counts(minute.baseline)))
                if process.logEvidenceMax >= needed {
                    outcome.convicted += 1
                    break
                }
                if rule.harmlessBelow != nil, process.logHarmless >= -logarithm(rule.beta) {
                    outcome.passed += 1
                    break
                }
            }
        }
        return outcome
    }

    private func rule(_ ratioAbove: Int64 = 1, harmlessBelow: Int64? = nil) -> RateRatioRule {
        RateRatioRule(
            name: "errors", ratioAbove: Ratio(numerator: ratioAbove, denominator: 1), alpha: Self.alpha,
            harmlessBelow: harmlessBelow.map { Ratio(numerator: $0, denominator: 1) })
    }

    private func falseShare(_ count: Int) -> Double { Double(count) / Double(Self.runs) }

    @Test func equalVersionsAreRarelyConvictedAlthoughOneLooksEveryMinute() {
        let share = falseShare(simulate(iid, rule(), seed: 1).convicted)
        #expect(share <= Self.tolerated, "\(share)")
    }

    @Test func aRampUnderADriftConvictsThePooledTestNotThisOne() {
        let outcome = simulate(ramp, rule(), seed: 2)
        #expect(falseShare(outcome.convicted) <= Self.tolerated, "\(outcome)")
        #expect(falseShare(outcome.pooled) >= 0.99, "\(outcome)")
    }

    @Test func lowTrafficDoesNotConvictMoreOften() {
        let share = falseShare(simulate(lowTraffic, rule(), seed: 3).convicted)
        #expect(share <= Self.tolerated, "\(share)")
    }

    @Test func aCandidateExactlyAtTheMarginIsRarelyConvicted() {
        var atMargin = iid
        atMargin.ratio = 2
        let share = falseShare(simulate(atMargin, rule(2), seed: 4).convicted)
        #expect(share <= Self.tolerated, "\(share)")
    }

    @Test func twiceTheErrorsAreFoundWithinTheHour() {
        var doubled = iid
        doubled.ratio = 2
        let share = falseShare(simulate(doubled, rule(), seed: 5).convicted)
        #expect(share >= 0.9, "\(share)")
    }

    @Test func equalVersionsAreShownHarmlessAndTwiceTheErrorsAreNot() {
        let harmless = simulate(iid, rule(1, harmlessBelow: 2), seed: 6)
        #expect(falseShare(harmless.passed) >= 0.9, "\(harmless)")
        var doubled = iid
        doubled.ratio = 2
        let wronglyPassed = falseShare(simulate(doubled, rule(1, harmlessBelow: 2), seed: 7).passed)
        #expect(wronglyPassed <= 0.05, "\(wronglyPassed)")
    }
}
