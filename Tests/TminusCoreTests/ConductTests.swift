import Testing
import TminusCore
import TminusModel

@Suite struct ConductTests {
    private func canary(_ conduct: (inout RuleConduct) -> Void) -> Plan {
        plan("c; d <- c") {
            $0.makeCanary("c", [50], every: .seconds(60))
            $0.judge(["c"])
            conduct(&$0.rules[0].conduct)
        }
    }

    private func begun(_ plan: Plan) -> Pump {
        var pump = Pump(plan)
        pump.end("c")
        return pump
    }

    @Test func aDryRunIsJudgedAndToldAndDecidesNothing() {
        var pump = begun(canary { $0.isDryRun = true })
        pump.reading = .bad
        pump.pass(.seconds(60))
        #expect(pump.running == "d")
        #expect(pump.state.rules[0].judgement?.verdict == .fail)
        pump.end("d")
        pump.pass(.seconds(60))
        #expect(pump.outcome == .succeeded)
        #expect(pump.state.rules[0].status == .closed)
    }

    @Test func theWarmUpConvictsNobody() {
        var pump = begun(canary { $0.warmUp = .seconds(30) })
        pump.reading = .bad
        pump.pass(.seconds(30))
        #expect(pump.state.rules[0].judgement?.reason == "errors: warming up for 30s, nothing is judged yet")
        pump.reading = .good
        pump.pass(.seconds(30))
        #expect(pump.running == "d")
    }

    @Test func harmAfterTheWarmUpConvicts() {
        var pump = begun(canary { $0.warmUp = .seconds(30) })
        pump.reading = .bad
        pump.pass(.seconds(40))
        #expect(pump.running == "~c")
    }

    @Test(arguments: [
        (RuleConduct.Missing.hold, ""), (.fail, "~c"), (.ignore, ""),
    ]) func noDataDoesWhatTheRuleSays(_ choice: RuleConduct.Missing, _ running: String) {
        var pump = begun(canary { $0.onNoData = choice })
        pump.reading = .noData
        pump.pass(.seconds(60))
        #expect(pump.running == running)
        if choice == .hold { #expect(pump.status("c") == .waiting(.judgement)) }
    }

    @Test func whatIsIgnoredLeavesTheLastWord() {
        var pump = begun(canary { $0.onNoData = .ignore })
        pump.pass(.seconds(30))
        pump.reading = .noData
        pump.pass(.seconds(30))
        #expect(pump.running == "d")
    }

    @Test func tooMuchSilencePagesAndHolds() {
        var pump = begun(canary { $0.inconclusiveLimit = 2 })
        pump.reading = .noData
        pump.pass(.seconds(20))
        #expect(pump.pages == [])
        pump.pass(.seconds(10))
        #expect(pump.pages.map { $0.hasPrefix("judgement-silent/errors/") } == [true])
        pump.reading = .good
        pump.pass(.seconds(60))
        #expect(pump.running == "")
        #expect(pump.tell(.go(step: "errors", reason: "the network was down")).isAccepted)
        #expect(pump.running == "d")
    }

    @Test func aRuleThatPassedOftenEnoughIsDone() {
        var pump = begun(canary { $0.successLimit = 3 })
        pump.pass(.seconds(30))
        #expect(pump.state.rules[0].status == .closed)
        pump.reading = .bad
        pump.pass(.seconds(30))
        #expect(pump.running == "d")
    }
}
