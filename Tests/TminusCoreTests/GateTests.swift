import Testing
import TminusCore
import TminusModel

@Suite struct GateTests {
    private func gated(_ text: String = "a; b <- a") -> Plan { plan(text) { $0.askBudget() } }

    @Test func aGoodBudgetLetsEachStepStart() {
        var pump = Pump(gated())
        pump.end("a")
        pump.end("b")
        #expect(pump.outcome == .succeeded)
        let judged = pump.bodies().filter { if case .budgetJudged = $0 { true } else { false } }
        #expect(judged.count == 2)
    }

    @Test func aWarningNeedsAPerson() {
        var pump = Pump(gated())
        pump.budget = .warning
        pump.end("a")
        #expect(pump.status("b") == .waiting(.budget))
        let need = pump.state.needs(now: pump.now)[0]
        #expect(need.kind == .budget)
        #expect(need.needsPerson)
        #expect(need.commands == ["tminus go shop-1 b"])
        pump.pass(.seconds(100))
        #expect(pump.running == "")
        #expect(pump.tell(.go(step: "b", reason: "hotfix")).isAccepted)
        #expect(pump.running == "b")
        #expect(!pump.tell(.go(step: "b", reason: "hotfix")).isAccepted)
    }

    @Test func aSpentBudgetHoldsAndLetsGoWhenItRecovers() {
        var pump = Pump(gated())
        pump.budget = .bad
        pump.end("a")
        pump.pass(.seconds(60))
        #expect(pump.running == "")
        pump.budget = .good
        pump.pass(.seconds(15))
        #expect(pump.running == "b")
    }

    @Test(arguments: [Pump.Reading.noData, .error]) func whatCouldNotBeMeasuredNeverPasses(_ reading: Pump.Reading) {
        var pump = Pump(gated())
        pump.budget = reading
        pump.end("a")
        pump.pass(.seconds(3_600))
        #expect(pump.running == "")
        #expect(pump.status("b") == .waiting(.budget))
        #expect(pump.outcome == nil)
    }

    @Test func rollbackAsksNoBudget() {
        var pump = Pump(gated("a; b"))
        pump.budget = .error
        pump.end("a", .exited(1))
        pump.end("b", .stopped)
        #expect(pump.running == "~a ~b")
    }

    @Test func aStepThatSkipsTheBudgetStartsAtOnceBehindOneThatIsHeld() {
        var pump = Pump(
            plan("first; held <- first; free <- first") {
                $0.askBudget()
                $0["free"].budget = StepBudget(isSkipped: true, reason: "it only reads")
                $0.attemptsAtOnceMax = 1
            })
        pump.budget = .bad
        pump.end("first")
        #expect(pump.running == "free")
    }

    @Test func leavingMaintenanceIsHeldByNoBudget() {
        var pump = Pump(
            plan("m; smoke <- m; other <- m; other-2 <- m; m-end <- smoke") {
                $0.askBudget()
                $0.makeBracket("m", "m-end", until: "smoke")
                $0.attemptsAtOnceMax = 2
            })
        pump.end("m")
        #expect(pump.running == "smoke other")
        pump.budget = .bad
        pump.end("other")
        pump.end("smoke")
        #expect(pump.running == "m-end")
    }

    @Test func anOwnLimitOfAStepIsUsed() {
        var pump = Pump(
            plan("a; b <- a") {
                $0.askBudget()
                $0["b"].budget = StepBudget(warnBelow: .zero, reason: "small")
            })
        pump.budget = .warning
        #expect(pump.running == "a")
        pump.end("a")
        #expect(pump.running == "b")
    }

    @Test func aPassThatIsTooOldIsAskedForAgain() {
        var pump = Pump(
            plan("a; b; c") {
                $0.askBudget()
                $0.attemptsAtOnceMax = 2
            })
        #expect(pump.running == "a b")
        pump.pass(.seconds(600))
        pump.budget = .bad
        pump.end("a")
        #expect(pump.running == "b")
        #expect(pump.status("c") == .waiting(.budget))
    }

    @Test func aMeasurementOfLongAgoSaysNothing() {
        var driver = Driver(
            state: RunState(
                Submission(run: "shop-1", plan: gated("a"), digest: "d", by: "amy"),
                at: Instant(millisecondsSinceEpoch: 0)))
        _ = driver.handle(.tookUp, now: Instant(millisecondsSinceEpoch: 0))
        _ = driver.handle(.lockGranted, now: Instant(millisecondsSinceEpoch: 0))
        let asked = driver.handle(.appended, now: Instant(millisecondsSinceEpoch: 0))
        #expect(asked.contains(.measureBudget))
        let old = BudgetMeasurement(
            at: Instant(millisecondsSinceEpoch: 0), window: .counts(.none), observed: .seconds(86_400), lookbacks: [])
        let actions = driver.handle(.budgetMeasured(old), now: Instant(millisecondsSinceEpoch: 31_000))
        #expect(actions.contains(.measureBudget))
        #expect(driver.state.sequence == 4)
    }
}
