import Testing
import TminusCore
import TminusModel

@Suite struct UnknownTests {
    @Test func anUnknownEndIsAskedOfAPersonAndHoldsWhatNeedsIt() {
        var pump = Pump(plan("a; b <- a; c"))
        pump.end("a", .vanished(.shimLost))
        pump.end("c")
        #expect(pump.running == "")
        #expect(pump.status("a") == .unknown)
        #expect(pump.pages == ["unknown/a/1"])
        #expect(
            pump.state.needs(now: pump.now).map(\.commands) == [
                ["tminus resolve shop-1 a --done", "tminus resolve shop-1 a --not-done"]
            ])
    }

    @Test func aPersonSaysDone() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", .vanished(.shimLost))
        #expect(pump.tell(.resolve(step: "a", isDone: true, reason: "looked")).isAccepted)
        #expect(pump.running == "b")
    }

    @Test func aPersonSaysNotDone() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", .vanished(.shimLost))
        #expect(pump.tell(.resolve(step: "a", isDone: false, reason: "looked")).isAccepted)
        #expect(pump.running == "a.2")
        #expect(!pump.tell(.resolve(step: "a", isDone: false, reason: "again")).isAccepted)
    }

    @Test func anIdempotentStepIsRunAgain() {
        var pump = Pump(plan("a; b <- a") { $0["a"].isIdempotent = true })
        pump.end("a", .vanished(.rebooted))
        #expect(pump.running == "a.2")
        pump.end("a.2")
        #expect(pump.running == "b")
    }

    @Test func anIdempotentStepIsNotRunAgainWithoutEnd() {
        var pump = Pump(plan("a") { $0["a"].isIdempotent = true })
        var tries = 0
        while let name = pump.started.last, pump.running == name, tries < 100 {
            pump.end(name, .vanished(.shimLost))
            tries += 1
        }
        #expect(tries == 11)
        #expect(pump.pages == ["unknown/a/11"])
    }

    @Test func aProbeThatSaysDoneIsBelieved() {
        var pump = Pump(probed)
        pump.end("a", .vanished(.shimLost))
        #expect(pump.running == "?a")
        pump.end("?a")
        #expect(pump.running == "b")
        #expect(pump.pages == [])
    }

    @Test func aProbeThatSaysNotDoneStartsTheStepAgain() {
        var pump = Pump(probed)
        pump.end("a", .vanished(.shimLost))
        pump.end("?a", .exited(10))
        #expect(pump.running == "a.2")
        pump.end("a.2", .exited(1))
        #expect(pump.running == "~a")
    }

    @Test func aProbeThatCannotTellAsksAPerson() {
        var pump = Pump(probed)
        pump.end("a", .vanished(.shimLost))
        pump.end("?a", .exited(1))
        #expect(pump.running == "")
        #expect(pump.pages == ["unknown/a/1"])
    }

    @Test func aProbeThatWasLostIsMadeAgain() {
        var pump = Pump(probed)
        pump.end("a", .vanished(.shimLost))
        pump.end("?a", .tombstoned)
        pump.end("?a.2", .vanished(.rebooted))
        pump.end("?a.3")
        #expect(pump.running == "b")
    }

    private var probed: Plan { plan("a; b <- a") { $0["a"].resolve = Command(argv: ["is-a-done"]) } }

    @Test func aProbeTakesASlotAndWaitsForNoPause() {
        var pump = Pump(
            plan("a; b; c") {
                $0["a"].resolve = Command(argv: ["is-a-done"])
                $0.attemptsAtOnceMax = 2
            })
        pump.tell(.pause(reason: "lunch"))
        pump.end("a", .vanished(.shimLost))
        #expect(pump.running == "b")
        pump.tell(.resume)
        #expect(pump.running == "b ?a")
        pump.end("b")
        #expect(pump.running == "?a c")
    }

    @Test func aStepThatNeverBeganIsStartedAgainUnasked() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", .tombstoned)
        #expect(pump.running == "a.2")
        pump.end("a.2")
        #expect(pump.running == "b")
    }

    @Test func neverBeginningUsesUpNoTry() {
        var pump = Pump(plan("a") { $0["a"].retry = RetryPolicy(attempts: 2, initialInterval: .seconds(1)) })
        pump.end("a", .tombstoned)
        pump.end("a.2", .exited(1))
        pump.pass(.seconds(1))
        #expect(pump.running == "a.3")
    }

    @Test func whatCouldNotBeKilledIsNeverTriedAgainUnaskedAndPages() {
        var pump = Pump(plan("a") { $0["a"].isIdempotent = true })
        pump.end("a", .killFailed("pid 7 is in uninterruptible sleep"))
        #expect(pump.running == "")
        #expect(pump.status("a") == .unknown)
        #expect(pump.pages == ["kill-failed/a/1", "unknown/a/1"])
    }

    @Test func aRollbackOfUnknownEndIsAskedOfAPerson() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(1))
        pump.end("~b", .vanished(.shimLost))
        #expect(pump.outcome == nil)
        #expect(pump.pages == ["unknown/b/rollback-1"])
        #expect(pump.tell(.resolve(step: "b", isDone: false, reason: "looked")).isAccepted)
        pump.end("~b.2", .vanished(.shimLost))
        #expect(pump.pages == ["unknown/b/rollback-1", "unknown/b/rollback-2"])
        #expect(pump.tell(.resolve(step: "b", isDone: true, reason: "did it")).isAccepted)
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func anIdempotentRollbackOfUnknownEndIsMadeAgain() {
        var pump = Pump(
            plan("a") {
                $0["a"].rollback = .command(
                    Command(argv: ["undo"]), retry: .once, timeouts: .standard, isIdempotent: true)
            })
        pump.end("a", .exited(1))
        pump.end("~a", .vanished(.shimLost))
        #expect(pump.running == "~a.2")
    }

    @Test func whatIsUnknownIsUndoneWhenTheRunRollsBack() {
        var pump = Pump(plan("a; b"))
        pump.end("a", .vanished(.shimLost))
        pump.end("b", .exited(1))
        #expect(pump.running == "~a ~b")
    }
}
