import Foundation
import Testing
import TminusModel

@testable import TminusJudgement

private func ratio(_ text: String) -> Ratio {
    guard let ratio = Ratio(decimalText: text) else { preconditionFailure(text) }
    return ratio
}

private func stratum(_ badCandidate: Int64, of candidate: Int64, _ badBaseline: Int64, of baseline: Int64) -> Stratum {
    Stratum(
        candidate: .counts(counts(bad: badCandidate, of: candidate)),
        baseline: .counts(counts(bad: badBaseline, of: baseline)))
}

struct RateRatioRuleTests {
    private let rule = RateRatioRule(name: "errors", ratioAbove: ratio("1.5"))

    /// The formula of docs/internals/judgement.md, term by term: every beginning, every ratio, no recursion.
    private func evidence(_ strata: [(Double, Double, Double, Double)], margin: Double) -> Double {
        func tail(_ t: Int) -> Double { t == 0 ? 1 : 0.5 / log2(Double(t + 1)) }
        var sum = tail(strata.count)
        for beginning in 1...strata.count {
            for index in 0..<32 {
                let r = margin * exp(log(1.2) + (log(20) - log(1.2)) * Double(index) / 31)
                var likelihood = 1.0
                for (badCandidate, candidate, badBaseline, baseline) in strata[(beginning - 1)...] {
                    let share = candidate / (candidate + baseline)
                    likelihood *=
                        pow(r / margin, badCandidate)
                        * pow((1 + share * (margin - 1)) / (1 + share * (r - 1)), badCandidate + badBaseline)
                }
                sum += (tail(beginning - 1) - tail(beginning)) * likelihood / 32
            }
        }
        return sum
    }

    @Test(arguments: ["1", "1.5", "3"])
    func theEvidenceIsTheFormula(_ margin: String) {
        let strata = [stratum(3, of: 60, 10, of: 900), stratum(0, of: 61, 4, of: 870), stratum(6, of: 240, 0, of: 700)]
        var process = RateRatioProcess(rule: RateRatioRule(name: "errors", ratioAbove: ratio(margin)))
        var plain: [(Double, Double, Double, Double)] = []
        var highest = 1.0
        for (index, numbers) in [(3.0, 60.0, 10.0, 900.0), (0, 61, 4, 870), (6, 240, 0, 700)].enumerated() {
            process.absorb(strata[index])
            plain.append(numbers)
            let expected = evidence(plain, margin: Double(margin) ?? .nan)
            highest = max(highest, expected)
            #expect((exp(process.logEvidence) / expected - 1).magnitude < 1e-12)
            #expect((process.alwaysValidP * highest - 1).magnitude < 1e-12)
        }
    }

    @Test func oneByOneIsTheSameAsAllAtOnce() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<40 {
            let history = (0..<30).map { _ -> Stratum in
                switch generator.next() % 8 {
                case 0: return Stratum(candidate: .error("timeout"), baseline: .counts(counts(bad: 1, of: 9)))
                case 1: return Stratum(candidate: .counts(.none), baseline: .counts(counts(bad: 1, of: 9)))
                default:
                    let candidate = Int64(generator.next() % 500)
                    return stratum(
                        Int64(generator.next() % 20) * candidate / 400, of: candidate,
                        Int64(generator.next() % 20), of: 1_000)
                }
            }
            var process = RateRatioProcess(rule: rule)
            for (index, next) in history.enumerated() {
                process.absorb(next)
                #expect(process.standing == rule.standing(of: Array(history.prefix(index + 1))))
            }
        }
    }

    @Test func aBadCandidateIsConvictedWithItsNumbers() {
        let standing = rule.standing(of: [stratum(10, of: 100, 1, of: 1_900), stratum(12, of: 100, 2, of: 1_900)])
        #expect(standing.judgement.verdict == .fail && standing.isSettled)
        #expect(
            standing.judgement.reason
                == "errors: shown to fail more than 1.5 times as often as the baseline: "
                + "candidate 11% bad (22 of 200 requests), baseline 0.08% bad (3 of 3,800 requests), "
                + "evidence of harm over 10^17 of 20 needed after 2 intervals")
        #expect(standing.judgement.figures.first { $0.name == "ratio" }?.text == "139.3x")
    }

    @Test func aConvictionIsForGood() {
        let good = Array(repeating: stratum(0, of: 10_000, 100, of: 10_000), count: 20)
        let history = [stratum(30, of: 100, 1, of: 1_900)] + good
        #expect(rule.standing(of: history).judgement.verdict == .fail)
        #expect(
            rule.standing(of: history + [Stratum(candidate: .error("x"), baseline: .error("x"))])
                .judgement.verdict == .fail)
    }

    @Test func noEvidenceOfHarmIsSaidAsThat() {
        let standing = rule.standing(of: [stratum(1, of: 100, 19, of: 1_900)])
        #expect(standing.judgement.verdict == .pass && !standing.isSettled)
        #expect(
            standing.judgement.reason
                == "errors: no evidence of harm so far: candidate 1% bad (1 of 100 requests), "
                + "baseline 1% bad (19 of 1,900 requests), evidence of harm 1 of 20 needed after 1 interval")
    }

    @Test func tooFewRequestsOfEitherArmAreInconclusive() {
        #expect(
            rule.standing(of: [stratum(0, of: 49, 0, of: 5_000)]).judgement.reason
                == "errors: 49 of the 50 requests the candidate needs so far, candidate 0% bad (0 of 49 requests), "
                + "baseline 0% bad (0 of 5,000 requests), evidence of harm 1 of 20 needed after 1 interval")
        #expect(rule.standing(of: [stratum(0, of: 50, 0, of: 5_000)]).judgement.verdict == .pass)
        #expect(rule.standing(of: [stratum(0, of: 5_000, 0, of: 49)]).judgement.verdict == .inconclusive)
    }

    @Test func withAHarmlessMarginOnlyProofPasses() {
        var margin = rule
        margin.harmlessBelow = ratio("3")
        let one = stratum(1, of: 100, 19, of: 1_900)
        let undecided = margin.standing(of: [one])
        #expect(undecided.judgement.verdict == .inconclusive)
        #expect(
            undecided.judgement.reason.hasPrefix(
                "errors: not yet shown to fail less than 3 times as often as the baseline: "))
        // Each interval brings 20 ln 1.1 − ln 3 = 0.81, and ln 20 = 3.0 is needed.
        #expect(margin.standing(of: [one, one, one]).judgement.verdict == .inconclusive)
        let proven = margin.standing(of: [one, one, one, one])
        #expect(proven.judgement.verdict == .pass && proven.isSettled)
        #expect(
            proven.judgement.reason.hasPrefix(
                "errors: shown to fail less than 3 times as often as the baseline: "))
    }

    @Test func theHarmlessEvidenceIsTheFormula() {
        var margin = rule
        margin.harmlessBelow = ratio("2")
        var process = RateRatioProcess(rule: margin)
        process.absorb(stratum(2, of: 100, 38, of: 1_900))
        #expect((process.logHarmless - (40 * log(1.05) - 2 * log(2.0))).magnitude < 1e-12)
        margin.tempering = 0.25
        process = RateRatioProcess(rule: margin)
        process.absorb(stratum(2, of: 100, 38, of: 1_900))
        #expect((process.logHarmless - (40 * log(1.05) - 2 * log(2.0)) / 4).magnitude < 1e-12)
    }

    @Test func aSilentCandidateIsNoDataNotEvidence() {
        let quiet = Stratum(candidate: .counts(.none), baseline: .counts(counts(bad: 500, of: 1_900)))
        var process = RateRatioProcess(rule: rule)
        process.absorb(quiet)
        #expect(process.logEvidence == 0 && process.baseline == .none)
        #expect(process.standing.judgement.verdict == .noData)
        #expect(
            process.standing.judgement.reason
                == "errors: nothing to compare in the latest interval: the candidate had no requests")
        let good = Array(repeating: stratum(1, of: 100, 19, of: 1_900), count: 10)
        #expect(rule.standing(of: good + [quiet]).judgement.verdict == .noData)
        #expect(rule.standing(of: good + [quiet] + good).judgement.verdict == .pass)
        var limited = rule
        limited.silentLimit = 2
        #expect(!limited.standing(of: good + [quiet, quiet]).isSettled)
        let third = limited.standing(of: good + [quiet, quiet, quiet])
        #expect(third.isSettled && third.judgement.verdict == .noData)
        // Before the first shift the candidate has no weight, and owes no requests.
        let unweighted = Stratum(candidate: .counts(.none), baseline: quiet.baseline, candidateServes: false)
        #expect(rule.standing(of: [unweighted]).judgement.reason == "errors: nothing has been compared yet")
        #expect(rule.standing(of: good + [unweighted]).judgement.verdict == .pass)
    }

    @Test func withoutABaselineNothingIsAdded() {
        let good = Array(repeating: stratum(1, of: 100, 19, of: 1_900), count: 10)
        let alone = Stratum(candidate: .counts(counts(bad: 50, of: 100)), baseline: .counts(.none))
        var process = RateRatioProcess(rule: rule)
        for next in good { process.absorb(next) }
        let before = process.logEvidence
        process.absorb(alone)
        #expect(process.logEvidence == before)
        #expect(
            process.standing.judgement.reason.hasSuffix(
                "after 10 intervals; the latest 1 had no requests to compare"))
        #expect(rule.standing(of: [alone]).judgement.verdict == .noData)
        let missing = Stratum(candidate: alone.candidate, baseline: .noData("no series"))
        #expect(rule.standing(of: good + [missing]).judgement.verdict == .noData)
        let measurement = Measurement(from: .distantPast, to: .distantFuture, subject: alone.candidate)
        #expect(rule.standing(of: [Stratum(measurement)]).judgement.reason.contains("no baseline was measured"))
    }

    @Test func errorsInARowAreCounted() {
        let failed = Stratum(candidate: .counts(counts(bad: 0, of: 100)), baseline: .error("connection refused"))
        let good = Array(repeating: stratum(1, of: 100, 19, of: 1_900), count: 10)
        let four = rule.standing(of: good + Array(repeating: failed, count: 4))
        #expect(four.judgement.verdict == .inconclusive && !four.isSettled)
        let five = rule.standing(of: good + Array(repeating: failed, count: 5))
        #expect(five.judgement.verdict == .error && five.isSettled)
        #expect(
            five.judgement.reason
                == "errors: 5 measurements in a row failed, 4 are tolerated: baseline: connection refused")
    }

    @Test func unusableParametersAreErrors() {
        let one = [stratum(1, of: 100, 19, of: 1_900)]
        for value in [0, 1, -1, 2, Double.nan, .infinity] {
            var bad = rule
            bad.alpha = value
            #expect(bad.standing(of: one).judgement.verdict == .error)
            bad = rule
            bad.beta = value
            #expect(bad.standing(of: one).judgement.verdict == .error)
        }
        for value in [0, -1, 1.01, Double.nan] {
            var bad = rule
            bad.tempering = value
            #expect(bad.standing(of: one).judgement.verdict == .error)
        }
        var bad = rule
        bad.ratioAbove = .zero
        #expect(bad.standing(of: one).judgement.reason == "errors: ratioAbove must be more than 0, not 0")
        bad = rule
        bad.harmlessBelow = ratio("-1")
        #expect(bad.standing(of: one).judgement.verdict == .error)
    }

    @Test func theLargestCountsNeitherTrapNorTurnIntoNothing() {
        let most = Int64.max
        let worst = rule.standing(of: Array(repeating: stratum(most, of: most, 0, of: most), count: 3))
        #expect(worst.judgement.verdict == .fail)
        let best = rule.standing(of: Array(repeating: stratum(0, of: most, most, of: most), count: 3))
        #expect(best.judgement.verdict == .pass)
        for judgement in [worst.judgement, best.judgement] {
            #expect(judgement.figures.allSatisfy { $0.value?.isFinite ?? true })
        }
    }
}
