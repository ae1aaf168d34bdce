import Testing
import TminusCore
import TminusJudgement
import TminusModel

@Suite struct HeldTests {
    private func held(_ change: (inout BudgetPolicy) -> Void) -> Plan {
        plan("a; b <- a") { plan in
            plan.askBudget()
            guard var policy = plan.budget else { return }
            change(&policy)
            plan.budget = policy
        }
    }

    private func pump(_ choice: HoldLimit.Choice) -> Pump {
        var pump = Pump(held { $0.holdLimit = HoldLimit(after: .seconds(100), then: choice) })
        pump.pass(.seconds(1))
        pump.budget = .bad
        pump.end("a")
        return pump
    }

    @Test func aHoldThatLastsTooLongRollsBack() {
        var pump = pump(.rollback)
        pump.pass(.seconds(99))
        #expect(pump.status("b") == .waiting(.budget))
        let need = pump.state.needs(now: pump.now)[0]
        #expect(need.sentence.hasSuffix("; still so in 1s, the run rolls back"))
        pump.pass(.seconds(1))
        #expect(pump.running == "~a")
        #expect(pump.state.rollback?.cause == .held(1))
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.state.headline.hasPrefix("b was held for 1m40s, the longest the pipeline allows: availability:"))
    }

    @Test func aHoldThatLastsTooLongFailsTheRunAndUndoesNothing() {
        var pump = pump(.fail)
        pump.pass(.seconds(100))
        #expect(pump.outcome == .failed)
        #expect(pump.started == ["a"])
    }

    @Test func aHoldThatLastsTooLongPagesOnceAndGoesOnWaiting() {
        var pump = pump(.page)
        pump.pass(.seconds(1_000))
        #expect(pump.pages == ["held/b/1001000"])
        pump.budget = .good
        pump.pass(.seconds(15))
        #expect(pump.running == "b")
    }

    @Test func aNumberThatRecoversInTimeEndsTheHold() {
        var pump = pump(.rollback)
        pump.pass(.seconds(90))
        pump.budget = .good
        pump.pass(.seconds(30))
        #expect(pump.running == "b")
        pump.pass(.seconds(600))
        pump.end("b")
        #expect(pump.outcome == .succeeded)
    }

    @Test func aPausedRunIsNotRunOutOfTime() {
        var pump = pump(.rollback)
        #expect(pump.tell(.pause(reason: "lunch")).isAccepted)
        pump.pass(.seconds(3_600))
        #expect(pump.outcome == nil)
        pump.budget = .good
        #expect(pump.tell(.resume).isAccepted)
        #expect(pump.running == "b")
    }

    @Test func onlyThoseNamedMayOverride() {
        var pump = Pump(held { $0.overriders = ["group:leads", "zoe"] })
        pump.budget = .bad
        pump.end("a")
        let refused = pump.tell(.go(step: "b", reason: "hotfix"), by: "bob")
        #expect(!refused.isAccepted)
        #expect(refused.message == "bob may not override the error budget of shop; group:leads, zoe may")
        #expect(pump.state.needs(now: pump.now)[0].sentence.contains("(group:leads or zoe may override)"))
        #expect(!pump.tell(.go(step: "b", reason: "  "), by: "zoe").isAccepted)
        #expect(pump.running == "")
        #expect(pump.tell(.go(step: "b", reason: "hotfix for the hold"), by: "ann", groups: ["leads"]).isAccepted)
        #expect(pump.running == "b")
        #expect(pump.bodies().contains(.goGiven(step: 1, by: "ann", reason: "hotfix for the hold")))
    }

    @Test func aStepWhoseWorstCaseDoesNotFitIsHeldBeforeItStarts() {
        // A tenth of the traffic failing for 6 h of a day, at 1 %: 2.5 budgets.
        var pump = Pump(
            plan("a; b <- a") {
                $0.askBudget()
                $0.budget?.reserve = Ratio(numerator: 5, denominator: 100)
                var own = StepBudget(reason: "")
                own.forecast = StepForecast(
                    share: Ratio(numerator: 1, denominator: 10), errorRatio: Ratio(numerator: 1, denominator: 1),
                    duration: .seconds(21_600))
                $0["b"].budget = own
            })
        pump.end("a")
        #expect(pump.status("b") == .waiting(.budget))
        guard case .held(let judgement, _) = pump.state.steps[1].gate else {
            Issue.record("it is not held")
            return
        }
        #expect(judgement.verdict == .fail)
        #expect(
            judgement.reason.hasPrefix(
                "availability: at the worst 10% of traffic failing 100% for 6h costs 250% of the budget, "
                    + "more than the 95% there is above the reserve of 5%; released when 255% or more"))
    }

    @Test func aCanaryWithoutAForecastIsReckonedByItsShareAndWhoWatchesIt() {
        let plan = plan("c") {
            $0.judge(["c"])
            let watch = $0.rules
            $0.askBudget()
            $0.rules = watch
            $0.budget?.reserve = .zero
            $0.makeCanary("c", [5, 50], every: .seconds(600))
        }
        let watched = plan.gateSubject(of: 0)
        #expect(watched.forecast?.share == Ratio(numerator: 50, denominator: 100))
        #expect(watched.forecast?.duration == .seconds(310))
        #expect(watched.forecastSource == "seen in 10s, rolled back in 5m")
        var unwatched = plan
        unwatched.rules = []
        #expect(unwatched.gateSubject(of: 0).forecast?.duration == .seconds(1_500))
    }

    @Test func whatAStepCostsIsCountedToItsEndAndAWhileAfter() {
        var pump = Pump(held { $0.every = .seconds(15) })
        pump.pass(.seconds(100))
        pump.reading = .warning
        pump.end("a")
        pump.pass(.seconds(1_000))
        // 40 s of 4 × 10 s each were good, what was left to the end was bad: a read at 60 s, one at the end, one after.
        let parts = pump.bodies().compactMap { body in
            if case .costMeasured(0, let part, _) = body { part } else { nil }
        }
        #expect(parts == [.during, .during, .after])
        #expect(pump.state.steps[0].cost.during == GoodTotal(good: 10_940, total: 11_000))
        #expect(pump.state.steps[0].cost.after == GoodTotal(good: 9_940, total: 10_000))
        #expect(pump.state.steps[0].cost.duringShare == 60 / (0.01 * 1_000))
    }

    @Test func aRunEndsWhenItsLastStepIsCounted() {
        var pump = Pump(held { _ in })
        pump.pass(.seconds(10))
        pump.end("a")
        pump.pass(.seconds(10))
        pump.end("b")
        #expect(pump.outcome == .succeeded)
        #expect(pump.state.steps[1].cost.during.total == 1_000)
    }
}
