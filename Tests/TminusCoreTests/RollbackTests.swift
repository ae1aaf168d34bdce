import Testing
import TminusCore
import TminusModel

@Suite struct RollbackTests {
    @Test func aChainIsUndoneInReverse() {
        var pump = Pump(plan("a; b <- a; c <- b"))
        pump.end("a")
        pump.end("b")
        pump.end("c", .exited(1))
        for name in ["~c", "~b", "~a"] {
            #expect(pump.running == name)
            pump.end(name)
        }
        #expect(pump.outcome == .rolledBack)
    }

    @Test func branchesOfADiamondAreUndoneInParallel() {
        var pump = Pump(plan("a; b <- a; c <- a; d <- b c"))
        pump.end("a")
        pump.end("b c")
        pump.end("d", .exited(1))
        #expect(pump.running == "~d")
        pump.end("~d")
        #expect(pump.running == "~b ~c")
        pump.end("~c")
        #expect(pump.running == "~b")
        pump.end("~b")
        #expect(pump.running == "~a")
    }

    @Test func aLaterPhaseIsUndoneBeforeAnEarlierOne() {
        var pump = Pump(plan("a; b | c; d | e"))
        pump.end("a b")
        pump.end("c d")
        pump.end("e", .exited(1))
        #expect(pump.running == "~e")
        pump.end("~e")
        #expect(pump.running == "~c ~d")
        pump.end("~d ~c")
        #expect(pump.running == "~a ~b")
        pump.end("~a ~b")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func whatHadNoEffectIsPassedOverAndItsNeedsAreStillUndoneInOrder() {
        var pump = Pump(
            plan("a; b <- a; c <- b") {
                $0["b"].hasEffect = false
                $0["b"].rollback = .notDeclared
            })
        pump.end("a")
        pump.end("b")
        pump.end("c", .exited(1))
        pump.end("~c")
        #expect(pump.running == "~a")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.undo("b") == .notAsked)
    }

    @Test func oneFailedRollbackStopsNoOtherAndMakesTheRunIncomplete() {
        var pump = Pump(plan("a; b <- a; c <- b"))
        pump.end("a")
        pump.end("b")
        pump.end("c", .exited(1))
        pump.end("~c")
        pump.end("~b", .exited(9))
        #expect(pump.running == "~a")
        pump.end("~a")
        #expect(pump.outcome == .rollbackIncomplete)
        #expect(pump.pages == ["rollbackIncomplete"])
        #expect(pump.state.headline == "c failed: exit 1; not everything could be put back: b: exit 9")
    }

    @Test func aRollbackHasRetriesOfItsOwn() {
        var pump = Pump(
            plan("a; b <- a") {
                $0["a"].rollback = .command(
                    Command(argv: ["undo"]), retry: RetryPolicy(attempts: 3, initialInterval: .seconds(5)),
                    timeouts: .standard, isIdempotent: false)
            })
        pump.end("a")
        pump.end("b", .exited(1))
        pump.end("~b")
        pump.end("~a", .exited(1))
        pump.pass(.seconds(5))
        pump.end("~a.2", .timedOut)
        pump.pass(.seconds(10))
        pump.end("~a.3")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func theTotalLimitOfARollbackStopsIt() {
        var pump = Pump(
            plan("a") {
                $0["a"].rollback = .command(
                    Command(argv: ["undo"]), retry: RetryPolicy(attempts: 9), timeouts: Timeouts(total: .seconds(60)),
                    isIdempotent: false)
            })
        pump.end("a", .exited(1))
        pump.pass(.seconds(60))
        #expect(pump.stopped == ["~a"])
        pump.end("~a", .stopped)
        #expect(pump.outcome == .rollbackIncomplete)
    }

    @Test func aStepThatDeclaresNoRollbackMakesItIncomplete() {
        var pump = Pump(plan("a; b <- a; c <- b") { $0["b"].rollback = .notDeclared })
        pump.end("a")
        pump.end("b")
        pump.end("c", .exited(1))
        pump.end("~c")
        pump.end("~a")
        #expect(pump.undo("b") == .skipped(reason: "it declares no rollback"))
        #expect(pump.outcome == .rollbackIncomplete)
    }

    @Test func noneNeededIsComplete() {
        var pump = Pump(plan("a; b <- a") { $0["a"].rollback = .noneNeeded(reason: "read by nobody") })
        pump.end("a")
        pump.end("b", .exited(1))
        pump.end("~b")
        #expect(pump.undo("a") == .skipped(reason: "read by nobody"))
        #expect(pump.outcome == .rolledBack)
    }

    @Test func aPlanWithoutAnyRollbackFailsAndSaysSo() {
        var pump = Pump(plan("a") { $0["a"].rollback = .notDeclared })
        pump.end("a", .exited(1))
        #expect(pump.outcome == .failed)
        #expect(
            pump.state.headline
                == "a failed: exit 1; a declares no rollback, and neither does anything else that began")
    }

    @Test func maintenanceIsLeftOnTheWayBack() {
        var pump = Pump(
            plan("m; work <- m; smoke <- work; m-end <- smoke") { $0.makeBracket("m", "m-end", until: "smoke") })
        pump.end("m")
        pump.end("work")
        pump.end("smoke", .exited(1))
        pump.end("~smoke")
        pump.end("~work")
        #expect(pump.running == "~m")
        #expect(
            pump.plan.work(of: AttemptID(step: 0, role: .rollback))
                == .command(Command(argv: ["leave"]), environment: []))
        pump.end("~m")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func maintenanceThatIsOverIsNotLeftAgain() {
        var pump = Pump(
            plan("m; smoke <- m; m-end <- smoke; late <- m-end") { $0.makeBracket("m", "m-end", until: "smoke") })
        pump.end("m")
        pump.end("smoke")
        pump.end("m-end")
        pump.end("late", .exited(1))
        pump.end("~late")
        pump.end("~smoke")
        #expect(pump.undo("m") == .skipped(reason: "maintenance was over already"))
        #expect(pump.outcome == .rolledBack)
    }

    @Test func maintenanceStaysOnOverAHalfAppliedMigrationUntilAPersonLiftsIt() {
        var pump = Pump(halfMigrated)
        pump.end("m")
        pump.end("migrate", .exited(20))
        #expect(pump.status("migrate") == .failed(.halfApplied))
        #expect(pump.undo("m") == .kept)
        #expect(pump.running == "")
        #expect(pump.outcome == nil)
        #expect(pump.pages == ["bracket/m"])
        #expect(pump.tell(.lift(step: "m", isLifted: true, reason: "repaired")).isAccepted)
        pump.end("~m")
        #expect(pump.outcome == .rollbackIncomplete)
    }

    @Test func aPersonMayLeaveMaintenanceOn() {
        var pump = Pump(halfMigrated)
        pump.end("m")
        pump.end("migrate", .exited(20))
        #expect(pump.tell(.lift(step: "m", isLifted: false, reason: "tomorrow")).isAccepted)
        #expect(pump.outcome == .rollbackIncomplete)
        #expect(pump.undo("m") == .failed(reason: "kept on by bob: tomorrow"))
    }

    @Test func maintenanceStaysOnOverAMigrationOfUnknownEnd() {
        var pump = Pump(halfMigrated)
        pump.end("m")
        pump.end("migrate", .vanished(.rebooted))
        pump.end("?migrate", .exited(99))
        #expect(pump.status("migrate") == .unknown)
        #expect(pump.tell(.rollback(reason: "enough", isPastPivotAllowed: false)).isAccepted)
        #expect(pump.undo("m") == .kept)
    }

    @Test func aMigrationThatWasTriedAgainAndAppliedIsHalfAppliedNoMore() {
        var half = halfMigrated
        half["migrate"].onFailure = .hold
        var pump = Pump(half)
        pump.end("m")
        pump.end("migrate", .exited(20))
        pump.tell(.retry(step: "migrate", reason: "cleaned up"))
        pump.end("migrate.2")
        pump.end("smoke", .exited(1))
        pump.end("~smoke")
        #expect(pump.running == "~m")
    }

    private var halfMigrated: Plan {
        plan("m; migrate <- m; smoke <- migrate; m-end <- smoke") {
            $0.makeBracket("m", "m-end", until: "smoke")
            $0.makeMigration("migrate")
        }
    }

    @Test func pastThePivotNothingIsRolledBackByItself() {
        var pump = Pump(plan("a; p <- a; b <- p; c <- p") { $0["p"].isPivot = true })
        pump.end("a")
        pump.end("p")
        pump.end("b", .exited(1))
        pump.end("c")
        #expect(pump.running == "")
        #expect(pump.outcome == nil)
        #expect(pump.pages == ["pivot/b/1"])
        #expect(pump.state.needs(now: pump.now).map(\.kind) == [.pivot])
        #expect(!pump.tell(.rollback(reason: "no", isPastPivotAllowed: false)).isAccepted)
        #expect(!pump.tell(.abort(reason: "no", keepsEffects: false)).isAccepted)
        #expect(pump.tell(.rollback(reason: "yes", isPastPivotAllowed: true)).isAccepted)
        pump.end("~b ~c")
        pump.end("~p")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func anAppliedContractMigrationIsAPivotAndAnExpandingOneIsNot() {
        for (kind, holds) in [(Migration.Kind.contract, true), (.expand, false), (.data, false)] {
            var pump = Pump(plan("a; m <- a; b <- m") { $0.makeMigration("m", kind) })
            pump.end("a")
            pump.end("m")
            pump.end("b", .exited(1))
            #expect(pump.running == (holds ? "" : "~b"))
            #expect((pump.state.rollback == nil) == holds)
        }
    }

    @Test func aPivotUnderWayIsStoppedToFindOutBeforeAnythingIsUndone() {
        var pump = Pump(plan("a; p <- a; b <- a") { $0["p"].isPivot = true })
        pump.end("a")
        pump.end("b", .exited(1))
        #expect(pump.stopped == ["p"])
        #expect(pump.state.rollback == nil)
        var passed = pump
        passed.end("p", .exited(0))
        #expect(passed.state.rollback == nil)
        #expect(passed.pages == ["pivot/b/1"])
        pump.end("p", .stopped)
        #expect(pump.running == "~p ~b")
    }

    @Test func aPivotOfUnknownEndKeepsTheRunFromTurningBackByItself() {
        var pump = Pump(plan("a; p <- a; b <- a") { $0["p"].isPivot = true })
        pump.end("a")
        pump.end("p", .vanished(.shimLost))
        pump.end("b", .exited(1))
        #expect(pump.state.rollback == nil)
        #expect(pump.pages == ["unknown/p/1", "pivot-in-doubt/b/1"])
        #expect(!pump.tell(.rollback(reason: "no", isPastPivotAllowed: false)).isAccepted)
        #expect(pump.tell(.resolve(step: "p", isDone: false, reason: "looked")).isAccepted)
        #expect(pump.running == "~b")
    }

    @Test func theDeadlinePassingBehindThePivotPagesAndGoesOn() {
        var pump = Pump(
            plan("p; b <- p") {
                $0["p"].isPivot = true
                $0.deadline = .seconds(60)
            })
        pump.end("p")
        pump.pass(.seconds(60))
        #expect(pump.pages == ["pivot/deadline"])
        pump.end("b")
        #expect(pump.outcome == .succeeded)
    }
}
