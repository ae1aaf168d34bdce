import Testing
import TminusModel

@testable import TminusJudgement

struct LateHarmTests {
    private let rule = RateRatioRule(name: "errors", ratioAbove: Ratio(numerator: 1, denominator: 1))

    private func stratum(_ bad: Int64, of candidate: Int64, _ badBaseline: Int64, of baseline: Int64) -> Stratum {
        Stratum(
            candidate: .counts(counts(bad: bad, of: candidate)),
            baseline: .counts(counts(bad: badBaseline, of: baseline)))
    }

    @Test func oneTerribleIntervalAfterThirteenEqualOnes() {
        let equal = Array(repeating: stratum(6, of: 300, 6, of: 300), count: 13)
        #expect(rule.standing(of: equal).judgement.verdict == .pass)
        let late = equal + [stratum(150, of: 300, 6, of: 300)]
        let standing = rule.standing(of: late)
        #expect(standing.judgement.verdict == .fail && standing.isSettled)
    }

    /// By the plain product over all intervals this harm drowns in what came before.
    @Test func aFewBadRequestsAfterManyEqualIntervals() {
        let equal = Array(repeating: stratum(20, of: 1_000, 380, of: 19_000), count: 200)
        var process = RateRatioProcess(rule: rule)
        for stratum in equal { process.absorb(stratum) }
        #expect(process.outcome == .goOn)
        for _ in 0..<3 { process.absorb(stratum(60, of: 1_000, 380, of: 19_000)) }
        #expect(process.outcome == .rollBack)
    }

    @Test func tripledErrorsFromMinuteFortyOnAreFoundInTheHour() {
        let found = share(of: 500, seed: 41) { generator in
            var process = RateRatioProcess(rule: rule)
            for minute in 0..<60 {
                let share = minute < 40 ? 0.002 : 0.006
                process.absorb(
                    stratum(
                        Int64(generator.binomial(300, share)), of: 300, Int64(generator.binomial(5_700, 0.002)),
                        of: 5_700))
            }
            return process.outcome == .rollBack
        }
        #expect(found >= 0.8, "\(found)")
    }

    @Test func theWeightsOfAllBeginningsAddUpToOne() {
        // With no evidence either way (a ratio at the margin would be 1) the evidence never leaves 1 by itself.
        var mixture = RatioMixture(margin: 1)
        for _ in 0..<50 { mixture.absorb(badCandidate: 0, bad: 0, share: 0.5, tempering: 1) }
        #expect(mixture.logEvidence.magnitude < 1e-12)
    }

    @Test func evidenceBeyondEveryDoubleStaysFiniteAndComesDownAgain() {
        var mixture = RatioMixture(margin: 1)
        mixture.absorb(badCandidate: 4_000, bad: 4_000, share: 0.05, tempering: 1)
        #expect(mixture.logEvidence > 9_000 && mixture.logEvidence.isFinite)
        for _ in 0..<50 { mixture.absorb(badCandidate: 0, bad: 4_000, share: 0.05, tempering: 1) }
        #expect(mixture.logEvidence.isFinite && mixture.logEvidence < 0)
        mixture.absorb(badCandidate: 400, bad: 400, share: 0.05, tempering: 1)
        #expect(mixture.logEvidence > 500)
    }

    @Test func theThreeOutcomes() {
        var rule = rule
        rule.harmlessBelow = Ratio(numerator: 2, denominator: 1)
        rule.horizon = 4
        var equal = RateRatioProcess(rule: rule)
        #expect(equal.outcome == .goOn)
        for _ in 0..<3 { equal.absorb(stratum(1, of: 300, 20, of: 5_700)) }
        #expect(equal.outcome == .goOn && equal.standing.judgement.verdict == .inconclusive)
        #expect(!equal.standing.isSettled)
        equal.absorb(stratum(1, of: 300, 20, of: 5_700))
        #expect(equal.outcome == .inconclusive && equal.standing.isSettled)
        for _ in 0..<200 { equal.absorb(stratum(1, of: 300, 20, of: 5_700)) }
        #expect(equal.outcome == .promote && equal.standing.judgement.verdict == .pass)
        for _ in 0..<10 { equal.absorb(stratum(100, of: 300, 20, of: 5_700)) }
        #expect(equal.outcome == .rollBack && equal.standing.judgement.verdict == .fail)
    }

    @Test func silenceConvictsOnlyWhereThatIsSaid() {
        let silent = Stratum(candidate: .counts(.none), baseline: .counts(counts(bad: 1, of: 900)))
        let absent = Stratum(candidate: .noData("no series"), baseline: .counts(counts(bad: 1, of: 900)))
        #expect(rule.standing(of: [silent, absent]).judgement.verdict == .noData)
        var strict = rule
        strict.onNoTraffic = .fail
        strict.silentLimit = 1
        #expect(strict.standing(of: [silent]).judgement.verdict == .noData)
        let convicted = strict.standing(of: [silent, absent])
        #expect(convicted.judgement.verdict == .fail && convicted.isSettled)
        #expect(
            convicted.judgement.reason
                == "errors: nothing to compare 2 times in a row, which counts as failing: candidate: no series")
        #expect(strict.standing(of: [silent, stratum(1, of: 300, 20, of: 5_700)]).judgement.verdict == .pass)
        var idle = silent
        idle.candidateServes = false
        #expect(strict.standing(of: [idle, idle, idle]).judgement.verdict == .noData)
        var lenient = rule
        lenient.onNoData = .ignore
        let history = [stratum(1, of: 300, 20, of: 5_700), absent]
        #expect(lenient.standing(of: history).judgement.verdict == .pass)
        lenient.isDryRun = true
        let dry = lenient.standing(of: history)
        #expect(dry.isDryRun && dry.deciding == nil && dry.judgement.reason.hasPrefix("dry run: errors: "))
    }
}
