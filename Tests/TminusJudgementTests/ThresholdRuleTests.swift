import Testing
import TminusModel

@testable import TminusJudgement

private func percent(_ good: Int64) -> ArmReading { .counts(counts(bad: 100 - good, of: 100)) }

struct ThresholdRuleTests {
    private let rule = ThresholdRule(
        name: "slow", trip: .below(Ratio(numerator: 95, denominator: 100)), failAfter: 3, samplesMin: 200)

    @Test func itTripsOnTheThirdFailureNotTheFourth() {
        let two = rule.standing(of: [percent(94), percent(94)])
        #expect(two.judgement.verdict == .inconclusive && !two.isSettled)
        #expect(
            two.judgement.reason
                == "slow: failing measurements 2 of 3, the latest with 94% of 100 requests good "
                + "(at least 95% wanted)")
        let three = rule.standing(of: [percent(94), percent(94), percent(90)])
        #expect(three.judgement.verdict == .fail && three.isSettled)
        #expect(
            three.judgement.reason
                == "slow: failing measurements 3 of 3, the last with 90% of 100 requests good (at least 95% wanted)")
    }

    @Test func failuresAddUpOverTheWatch() {
        let history = [percent(94), percent(100), percent(94), percent(100), percent(94), percent(100)]
        #expect(rule.standing(of: history).judgement.verdict == .fail)
        #expect(rule.standing(of: Array(history.prefix(4))).judgement.verdict == .pass)
        var consecutive = rule
        consecutive.counting = .consecutive
        #expect(consecutive.standing(of: history).judgement.verdict == .pass)
        let row = [percent(94), percent(94), .noData("gap"), percent(94), percent(100)]
        #expect(consecutive.standing(of: row).judgement.verdict == .fail)
    }

    @Test func exactlyTheBoundIsGood() {
        #expect(rule.phase(of: percent(95)) == .pass)
        #expect(rule.phase(of: .counts(counts(bad: 50_001, of: 1_000_000))) == .fail)
        let above = ThresholdRule(name: "errors", trip: .above(Ratio(numerator: 1, denominator: 100)))
        #expect(above.phase(of: percent(1)) == .pass)
        #expect(above.phase(of: percent(2)) == .fail)
        #expect(above.phase(of: .counts(counts(bad: 0, of: .max))) == .fail)
    }

    @Test func theFirstFailureTripsByDefaultAndForZeroOrLess() {
        for failAfter in [1, 0, -1, Int.min] {
            var first = rule
            first.failAfter = failAfter
            let standing = first.standing(of: [percent(94)])
            #expect(standing.judgement.verdict == .fail)
            #expect(standing.judgement.figures.first { $0.name == "failing measurements" }?.text == "1 of 1")
        }
    }

    @Test func aFailureIsForGood() {
        let history = [percent(0), percent(0), percent(0)] + Array(repeating: percent(100), count: 50)
        #expect(rule.standing(of: history).judgement.verdict == .fail)
        #expect(rule.standing(of: history + [.error("gone")]).judgement.verdict == .fail)
    }

    @Test func errorsInARowAreToleratedUpToTheLimit() {
        let error = ArmReading.error("HTTP 503")
        let four = rule.standing(of: [percent(100), percent(100)] + Array(repeating: error, count: 4))
        #expect(four.judgement.verdict == .inconclusive && !four.isSettled)
        #expect(
            four.judgement.reason
                == "slow: the latest measurement failed (4 of 4 tolerated in a row): HTTP 503")
        let five = rule.standing(of: [percent(100)] + Array(repeating: error, count: 5))
        #expect(five.judgement.verdict == .error && five.isSettled)
        #expect(
            five.judgement.reason == "slow: 5 measurements in a row failed, 4 are tolerated: HTTP 503")
        let broken = Array(repeating: error, count: 4) + [.noData("empty")] + Array(repeating: error, count: 4)
        #expect(rule.standing(of: broken).judgement.verdict == .inconclusive)
    }

    @Test func inconclusiveMeasurementsHaveALimitOfTheirOwn() {
        var limited = rule
        limited.inconclusiveLimit = 1
        let history = [percent(100), .noData("empty"), percent(100), .counts(.none), percent(100)]
        #expect(rule.standing(of: history).judgement.verdict == .pass)
        let standing = limited.standing(of: history)
        #expect(standing.judgement.verdict == .inconclusive && standing.isSettled)
        #expect(standing.judgement.reason == "slow: 2 measurements said nothing, 1 are tolerated")
    }

    @Test func whatCouldNotBeMeasuredNeverPasses() {
        #expect(
            rule.standing(of: []).judgement
                == Judgement(
                    verdict: .noData, reason: "slow: nothing has been measured yet",
                    figures: [
                        Figure(name: "good share", value: nil, text: "none"),
                        Figure(name: "requests", value: 0, text: "0 requests"),
                        Figure(name: "failing measurements", value: 0, text: "0 of 3"),
                        Figure(name: "failed in a row", value: 0, text: "0"),
                    ]))
        let good = Array(repeating: percent(100), count: 10)
        #expect(rule.standing(of: good).judgement.verdict == .pass)
        #expect(rule.standing(of: good + [.noData("no series")]).judgement.verdict == .noData)
        #expect(rule.standing(of: good + [.counts(.none)]).judgement.verdict == .noData)
        #expect(rule.standing(of: good + [.error("reset")]).judgement.verdict == .inconclusive)
    }

    @Test func tooFewRequestsDoNotPass() {
        let one = rule.standing(of: [percent(100)])
        #expect(one.judgement.verdict == .inconclusive)
        #expect(
            one.judgement.reason
                == "slow: 100 of the 200 requests needed so far, failing measurements 0 of 3")
        #expect(
            rule.standing(of: [percent(100), percent(100)]).judgement.reason
                == "slow: 100% of 100 requests good (at least 95% wanted), failing measurements 0 of 3")
        var strict = rule
        strict.measurementMin = 101
        #expect(strict.standing(of: [percent(0), percent(0), percent(0)]).judgement.verdict == .inconclusive)
    }
}
