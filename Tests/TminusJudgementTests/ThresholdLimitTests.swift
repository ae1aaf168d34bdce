import Testing
import TminusModel

@testable import TminusJudgement

private func percent(_ good: Int64) -> ArmReading { .counts(counts(bad: 100 - good, of: 100)) }

struct ThresholdLimitTests {
    private let rule = ThresholdRule(
        name: "slow", trip: .below(Ratio(numerator: 95, denominator: 100)), failAfter: 2)

    @Test func passingInARowPassesForGood() {
        var rule = rule
        rule.successLimit = 3
        rule.samplesMin = 300
        let history = [percent(99), percent(99), percent(90), percent(99), percent(99)]
        #expect(!rule.standing(of: history).isSettled)
        let passed = rule.standing(of: history + [percent(99)])
        #expect(passed.judgement.verdict == .pass && passed.isSettled)
        #expect(passed.judgement.reason == "slow: 3 passing measurements in a row")
        #expect(rule.standing(of: history + [percent(99), percent(0), percent(0)]).judgement.verdict == .pass)
        // An error neither adds nor breaks the row; a measurement that says nothing breaks it.
        #expect(rule.standing(of: [percent(99), .error("e"), percent(99), percent(99)]).isSettled)
        #expect(!rule.standing(of: [percent(99), .noData("n"), percent(99), percent(99)]).isSettled)
    }

    @Test func aCountOfMeasurementsSettlesTheRule() {
        var rule = rule
        rule.measurementsMax = 3
        let history = [percent(99), .error("e"), percent(99)]
        #expect(!rule.standing(of: history).isSettled)
        let passed = rule.standing(of: history + [percent(99)])
        #expect(passed.judgement.verdict == .pass && passed.isSettled)
        let failing = rule.standing(of: history + [percent(90)])
        #expect(failing.judgement.verdict == .inconclusive && failing.isSettled)
        rule.successLimit = 5
        let short = rule.standing(of: history + [percent(99)])
        #expect(short.judgement.verdict == .inconclusive && short.isSettled)
        #expect(
            short.judgement.reason == "slow: 3 of the 5 passing measurements in a row that are needed, after all 3")
    }

    @Test func theWarmUpIsLeftOut() {
        var rule = rule
        rule.warmUp = 2
        #expect(rule.standing(of: [percent(0), .error("e")]).judgement.verdict == .noData)
        #expect(rule.standing(of: [percent(0), percent(0), percent(99)]).judgement.verdict == .pass)
        rule.warmUp = -1
        #expect(rule.standing(of: [percent(0), percent(0)]).judgement.verdict == .fail)
    }

    @Test(arguments: [ArmReading.noData("no series"), .counts(.none), .partial(.none, "a gap")])
    func whatIsMissingMeansWhatIsSaid(_ missing: ArmReading) {
        var rule = rule
        #expect(rule.standing(of: [percent(99), missing, missing]).judgement.verdict != .pass)
        #expect(rule.standing(of: [percent(99), missing, missing]).judgement.verdict != .fail)
        rule.onNoData = .fail
        rule.onNoTraffic = .fail
        rule.onPartial = .fail
        #expect(rule.standing(of: [percent(99), missing, missing]).judgement.verdict == .fail)
        rule.onNoData = .ignore
        rule.onNoTraffic = .ignore
        rule.onPartial = .ignore
        let left = rule.standing(of: [percent(99), missing, missing])
        #expect(left.judgement.verdict == .pass)
        #expect(left.judgement.reason.hasSuffix(" (2 without an answer left out)"))
        #expect(rule.standing(of: [missing]).judgement.verdict == .noData)
    }

    @Test func aDryRunDecidesNothing() {
        var rule = rule
        rule.isDryRun = true
        let standing = rule.standing(of: [percent(0), percent(0)])
        #expect(standing.judgement.verdict == .fail && standing.isDryRun && standing.deciding == nil)
        #expect(standing.judgement.reason.hasPrefix("dry run: slow: failing measurements 2 of 2"))
    }

    @Test func oneByOneIsTheSameAsAllAtOnce() {
        var generator = SeededGenerator(seed: 81)
        var rule = rule
        rule.inconclusiveLimit = 5
        rule.successLimit = 6
        for _ in 0..<50 {
            var process = ThresholdProcess(rule: rule)
            var history: [ArmReading] = []
            for _ in 0..<20 {
                let readings = [percent(99), percent(99), percent(94), .error("e"), .noData("n"), .counts(.none)]
                let reading = readings[Int(generator.next() % 6)]
                history.append(reading)
                process.absorb(reading)
                #expect(process.standing == rule.standing(of: history))
            }
        }
    }

    @Test func theConductOfAJudgingRuleIsKept() {
        func measurement(_ second: Int64, _ reading: ArmReading) -> Measurement {
            Measurement(
                from: Instant(millisecondsSinceEpoch: second * 1_000),
                to: Instant(millisecondsSinceEpoch: second * 1_000 + 10_000), subject: reading,
                baseline: .counts(counts(bad: 1, of: 100)))
        }
        var rule = JudgingRule(
            name: "slow", indicator: 0, subject: .candidate,
            trip: .below(bound: Ratio(numerator: 95, denominator: 100), failAfter: 2), during: [], samplesMin: 1)
        let history = [measurement(0, percent(0)), measurement(10, percent(0)), measurement(20, percent(99))]
        #expect(rule.standing(of: history).judgement.verdict == .fail)
        rule.conduct.warmUp = .seconds(20)
        #expect(rule.judged(history) == [history[2]])
        #expect(rule.standing(of: history).judgement.verdict == .pass)
        rule.conduct.isDryRun = true
        rule.conduct.successLimit = 1
        #expect(rule.standing(of: history).deciding == nil && rule.standing(of: history).isSettled)
        rule.trip = .ratioAbove(bound: Ratio(numerator: 1, denominator: 1), harmlessBelow: nil)
        rule.conduct.onNoData = .fail
        rule.conduct.burstiness = Burstiness(thousandths: 360, history: .seconds(172_800))
        #expect(rule.rateRatioRule?.burstiness == 0.36 && rule.rateRatioRule?.tempering == 1)
        #expect(rule.rateRatioRule?.learnsBurstiness == true)
        rule.conduct.tempering = Ratio(numerator: 1, denominator: 4)
        #expect(rule.rateRatioRule?.burstiness == 0)
        #expect(rule.rateRatioRule?.tempering == 0.25 && rule.rateRatioRule?.learnsBurstiness == false)
        #expect(rule.thresholdRule == nil)
        let silent = rule.standing(of: [measurement(30, .noData("none")), measurement(60, .noData("none"))])
        #expect(silent.judgement.verdict == .fail && silent.isDryRun)
    }
}
