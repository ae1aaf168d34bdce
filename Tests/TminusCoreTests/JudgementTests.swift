import Testing
import TminusCore
import TminusModel

@Suite struct JudgementTests {
    private func canary(after: Duration = .zero, samplesMin: Int64 = 1) -> Plan {
        plan("c; d <- c") {
            $0.makeCanary("c", [5, 50], every: .seconds(60))
            $0.judge(["c"], after: after, samplesMin: samplesMin)
        }
    }

    @Test func aTripRollsBack() {
        var pump = Pump(canary())
        pump.end("c")
        pump.reading = .bad
        pump.pass(.seconds(10))
        #expect(pump.status("c") == .cancelled)
        #expect(pump.running == "~c")
        pump.end("~c")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func aCanaryGoesOnOnlyWhenItsRulePasses() {
        var pump = Pump(canary())
        pump.end("c")
        pump.reading = .noData
        pump.pass(.seconds(60))
        #expect(pump.status("c") == .waiting(.judgement))
        #expect(pump.running == "")
        #expect(pump.state.needs(now: pump.now)[0].commands == ["tminus go shop-1 c"])
        pump.reading = .good
        pump.pass(.seconds(10))
        #expect(pump.running == "c@2")
    }

    @Test func anInconclusiveCanaryPagesAfterAsLongAgainAndAPersonMayLetItGo() {
        var pump = Pump(canary(samplesMin: 1_000_000))
        pump.end("c")
        pump.pass(.seconds(119))
        #expect(pump.pages == [])
        pump.pass(.seconds(1))
        #expect(pump.pages == ["judgement/c/1.1"])
        #expect(pump.tell(.go(step: "c", reason: "little traffic at night")).isAccepted)
        #expect(pump.running == "c@2")
        pump.end("c@2")
        pump.pass(.seconds(60))
        #expect(pump.status("c") == .waiting(.judgement))
    }

    @Test func aBlindRulePagesOnce() {
        var pump = Pump(canary())
        pump.end("c")
        pump.reading = .error
        pump.pass(.seconds(300))
        #expect(pump.running == "")
        #expect(pump.pages.filter { $0.hasPrefix("judgement-blind/errors") }.count == 1)
    }

    @Test func aRuleIsWatchedAfterItsStepsAndClosesWithAPass() {
        var pump = Pump(canary(after: .seconds(120)))
        pump.end("c")
        pump.pass(.seconds(60))
        pump.end("c@2")
        pump.pass(.seconds(60))
        pump.end("d")
        #expect(pump.outcome == nil)
        #expect(pump.state.needs(now: pump.now)[0].sentence == "errors is watched for another 2m")
        pump.pass(.seconds(119))
        #expect(pump.outcome == nil)
        pump.pass(.seconds(1))
        #expect(pump.outcome == .succeeded)
    }

    @Test func aTripAfterTheLastStepStillRollsBack() {
        var pump = Pump(canary(after: .seconds(120)))
        pump.end("c")
        pump.pass(.seconds(60))
        pump.end("c@2")
        pump.pass(.seconds(60))
        pump.end("d")
        pump.reading = .bad
        pump.pass(.seconds(10))
        #expect(pump.running == "~d")
    }

    @Test func aRuleThatCannotConcludeHoldsTheEndUntilAPersonAcceptsIt() {
        var pump = Pump(
            plan("a; b <- a") {
                $0.judge(["a"], after: .seconds(60))
            })
        pump.reading = .noData
        pump.end("a")
        pump.end("b")
        pump.pass(.seconds(600))
        #expect(pump.outcome == nil)
        #expect(pump.pages == ["rule/errors"])
        #expect(pump.tell(.go(step: "errors", reason: "no traffic")).isAccepted)
        #expect(pump.outcome == .succeeded)
    }

    @Test func anAcceptedRuleThatThenFailsStillTrips() {
        var pump = Pump(canary(samplesMin: 1_000_000))
        pump.end("c")
        pump.pass(.seconds(120))
        #expect(pump.tell(.go(step: "errors", reason: "little traffic")).isAccepted)
        #expect(pump.running == "c@2")
        pump.end("c@2")
        pump.reading = .bad
        pump.pass(.seconds(10))
        #expect(pump.running == "~c")
    }

    @Test func aTripPastThePivotHoldsAndSaysWhatToDo() {
        var pump = Pump(
            plan("p; b <- p; c <- b") {
                $0["p"].isPivot = true
                $0.judge(["p"], after: .seconds(600))
            })
        pump.end("p")
        pump.reading = .bad
        pump.pass(.seconds(10))
        pump.end("b")
        #expect(pump.running == "")
        #expect(pump.pages == ["pivot/errors"])
        #expect(
            pump.state.needs(now: pump.now).map(\.commands) == [
                ["tminus rollback shop-1 --past-pivot", "tminus abort shop-1 --keep"]
            ])
    }

    @Test func nothingIsMeasuredForARunThatRollsBack() {
        var pump = Pump(canary())
        pump.end("c")
        pump.tell(.rollback(reason: "no", isPastPivotAllowed: false))
        let count = pump.journal.count
        pump.pass(.seconds(600))
        #expect(pump.journal.count == count)
    }
}
