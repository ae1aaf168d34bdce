import Testing
import TminusCore
import TminusModel

/// Defects of other orchestrators, turned around; numbers are those of docs/internals/simulation.md.
@Suite struct PeerDefectTests {
    @Test func peer01ARunEndedBeforeItsFirstMeasurementIsNoPass() {
        var pump = Pump(
            plan("c") {
                $0.makeCanary("c")
                $0.judge(["c"])
            })
        pump.tell(.abort(reason: "stop", keepsEffects: true))
        pump.end("c", .stopped)
        #expect(pump.outcome == .aborted)
        #expect(pump.state.rules[0].status == .open)
        #expect(pump.state.rules[0].judgement == nil)
    }

    @Test func peer02WhenAllSamplesErroredTheRunDoesNotSucceed() {
        var pump = Pump(plan("a") { $0.judge(["a"], after: .seconds(60)) })
        pump.reading = .error
        pump.end("a")
        pump.pass(.seconds(1_800))
        #expect(pump.outcome == nil)
        #expect(pump.pages.count == 2)
    }

    @Test func peer03ACancelWhileWaitingForTheLockIsNoSuccess() {
        var pump = Pump(plan("a"), isLocked: true)
        pump.send(.lockHeld(by: "shop-0"))
        pump.tell(.abort(reason: "not needed", keepsEffects: false))
        #expect(pump.outcome == .aborted)
        pump.send(.lockGranted)
        #expect(pump.started == [])
    }

    @Test func peer04StopWorksOnAPausedRun() {
        var pump = Pump(plan("a; b <- a"))
        pump.tell(.pause(reason: "lunch"))
        pump.end("a")
        pump.tell(.abort(reason: "stop", keepsEffects: false))
        #expect(pump.running == "~a")
    }

    @Test func peer05ParallelBranchesAreUndoneInReverse() {
        var pump = Pump(plan("a; a2 <- a; b; b2 <- b; last <- a2 b2"))
        pump.end("a b")
        pump.end("a2 b2")
        pump.end("last", .exited(1))
        pump.end("~last")
        #expect(pump.running == "~a2 ~b2")
        pump.end("~b2")
        #expect(pump.running == "~a2 ~b")
    }

    @Test func peer06ACancelStillRollsBack() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.tell(.abort(reason: "stop", keepsEffects: false))
        pump.end("b", .stopped)
        pump.end("~b")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func peer07OneFailingRollbackSkipsNoOther() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(1))
        pump.end("~b", .exited(1))
        #expect(pump.running == "~a")
    }

    @Test func peer08ACrashBetweenEffectAndAcknowledgementStillUndoesTheStep() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        // The engine dies while `b` runs; the next one finds its intent, and is asked to roll back.
        var next = Pump(takingUp: pump.journal, at: pump.now)
        next.tell(.rollback(reason: "back", isPastPivotAllowed: false))
        next.end("b", .exited(0))
        #expect(next.running == "~b")
    }

    @Test func peer09TheRollbackOfAFailedStepNeedsNoOutputOfIt() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(1))
        let environment = pump.state.environment(of: AttemptID(step: 1, role: .rollback), fence: "")
        #expect(environment.contains(Variable(name: "TMINUS_ROLE", value: "rollback")))
        #expect(environment.contains(Variable(name: "TMINUS_IDEMPOTENCY_KEY", value: "shop-1/b/rollback")))
    }

    @Test func peer10AfterTheLastRetryNothingContinuesAndAPersonsRetryReallyRuns() {
        var pump = Pump(
            plan("a; b <- a") {
                $0["a"].onFailure = .hold
                $0["a"].retry = RetryPolicy(attempts: 2)
            })
        pump.end("a", .timedOut)
        pump.pass(.seconds(1))
        pump.end("a.2", .timedOut)
        pump.pass(.seconds(3_600))
        #expect(pump.running == "")
        #expect(pump.status("b") == .pending)
        pump.tell(.retry(step: "a", reason: "again"))
        #expect(pump.running == "a.3")
    }

    @Test func peer11AWindowThatClosesOnARunKeepsTheNextStepWaitingAndNoRollback() {
        var pump = Pump(
            plan("a; b <- a") { $0.phases[0].window = Window(fromMinute: 0, untilMinute: 1, zone: "UTC") })
        pump.send(.windowFound(phase: 0, opens: pump.now, closes: pump.now.advanced(by: .seconds(60))))
        pump.pass(.seconds(60))
        pump.end("a")
        #expect(pump.running == "")
        pump.tell(.rollback(reason: "back", isPastPivotAllowed: false))
        #expect(pump.running == "~a")
    }

    @Test func peer13AnExpiredApprovalIsARejectionNotAnEndlessWait() {
        var pump = Pump(plan("a; go <- a") { $0.makeApproval("go", expires: .seconds(3_600)) })
        pump.end("a")
        pump.pass(.seconds(3_600))
        #expect(pump.status("go") == .failed(.approvalExpired))
        #expect(pump.running == "~a")
        #expect(pump.state.headline == "go failed: nobody approved it within 1h")
    }

    @Test(arguments: [true, false]) func peer16MaintenanceStaysOnWhenAMigrationIsHalfAppliedAndIsLeftOtherwise(
        isHalf: Bool
    ) {
        var pump = Pump(
            plan("m; migrate <- m; smoke <- migrate; m-end <- smoke") {
                $0.makeBracket("m", "m-end", until: "smoke")
                $0.makeMigration("migrate")
            })
        pump.end("m")
        pump.end("migrate", .exited(isHalf ? 20 : 1))
        #expect(pump.running == (isHalf ? "" : "~m"))
    }

    @Test func peer18WithTheMetricsDownForwardStepsHoldAndRollbackWorks() {
        var pump = Pump(plan("a; b <- a") { $0.askBudget() })
        pump.budget = .error
        pump.end("a")
        pump.pass(.seconds(3_600))
        #expect(pump.running == "")
        pump.tell(.rollback(reason: "back", isPastPivotAllowed: false))
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func peer19ARollbackSaysThatItStarts() {
        var pump = Pump(plan("a"))
        pump.end("a", .exited(1))
        let started = Event.Body.rollbackStarted(cause: .stepFailed(0), reason: "a failed: exit 1")
        #expect(pump.bodies().filter { $0 == started }.count == 1)
    }

    @Test func peer20ATriggerRollsBackOnceAndARollbackIsNotRolledBack() {
        var pump = Pump(plan("a; b; c"))
        pump.end("a", .exited(1))
        pump.end("b", .exited(1))
        pump.end("c", .stopped)
        pump.end("~a ~b ~c", .exited(1))
        pump.pass(.seconds(86_400))
        #expect(pump.outcome == .rollbackIncomplete)
        let turns = pump.bodies().filter { if case .rollbackStarted = $0 { true } else { false } }
        #expect(turns.count == 1)
        #expect(pump.started == ["a", "b", "c", "~a", "~b", "~c"])
    }
}
