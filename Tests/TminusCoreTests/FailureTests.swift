import Testing
import TminusCore
import TminusModel

@Suite struct FailureTests {
    @Test func aFailedAttemptWaitsForItsDelayWhichGrowsUpToItsMaximum() {
        var pump = Pump(
            plan("a") {
                $0["a"].retry = RetryPolicy(
                    attempts: 4, initialInterval: .seconds(10), backoffPerMille: 3_000, maximumInterval: .seconds(60))
            })
        pump.end("a", .exited(1))
        #expect(pump.status("a") == .waiting(.retry))
        pump.pass(.milliseconds(9_999))
        #expect(pump.running == "")
        pump.pass(.milliseconds(1))
        #expect(pump.running == "a.2")
        pump.end("a.2", .timedOut)
        pump.pass(.seconds(30))
        pump.end("a.3", .signalled(9))
        pump.pass(.seconds(60))
        pump.end("a.4", .exited(1))
        #expect(pump.status("a") == .failed(.exit(1)))
    }

    @Test func onlyTheNamedExitCodesAreTriedAgain() {
        let retrying = plan("a") { $0["a"].retry = RetryPolicy(attempts: 3, retryOn: [75]) }
        var pump = Pump(retrying)
        pump.end("a", .exited(75))
        pump.pass(.seconds(1))
        #expect(pump.running == "a.2")
        pump.end("a.2", .exited(1))
        #expect(pump.status("a") == .failed(.exit(1)))
        var other = Pump(retrying)
        other.end("a", .signalled(11))
        #expect(other.status("a") == .failed(.signal(11)))
    }

    @Test func withoutARetryPolicyAFailureIsFinal() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", .timedOut)
        #expect(pump.status("a") == .failed(.attemptTimeout))
        #expect(pump.running == "~a")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.status("b") == .pending)
    }

    @Test func theTotalLimitStopsAnAttemptAndForbidsTheNext() {
        var pump = Pump(
            plan("a") {
                $0["a"].retry = RetryPolicy(attempts: 5, initialInterval: .seconds(10))
                $0["a"].timeouts.total = .seconds(100)
            })
        pump.pass(.seconds(60))
        pump.end("a", .exited(1))
        pump.pass(.seconds(10))
        #expect(pump.running == "a.2")
        pump.pass(.seconds(30))
        #expect(pump.stopped == ["a.2"])
        pump.end("a.2", .stopped)
        #expect(pump.status("a") == .failed(.totalTimeout))
    }

    @Test func aRetryThatWouldComeAfterTheTotalLimitIsNotMade() {
        var pump = Pump(
            plan("a") {
                $0["a"].retry = RetryPolicy(attempts: 5, initialInterval: .seconds(50))
                $0["a"].timeouts.total = .seconds(100)
            })
        pump.pass(.seconds(60))
        pump.end("a", .exited(1))
        #expect(pump.status("a") == .failed(.exit(1)))
    }

    @Test func aPersonsRetryHasItsWholeTotalLimitAgain() {
        var pump = Pump(
            plan("a") {
                $0["a"].timeouts.total = .seconds(100)
                $0["a"].onFailure = .hold
            })
        pump.pass(.seconds(100))
        pump.end("a", .stopped)
        #expect(pump.status("a") == .failed(.totalTimeout))
        pump.pass(.seconds(1_000))
        #expect(pump.tell(.retry(step: "a", reason: "the disk was full")).isAccepted)
        #expect(pump.running == "a.2")
        pump.pass(.seconds(99))
        #expect(pump.stopped == ["a"])
        pump.end("a.2")
        #expect(pump.outcome == .succeeded)
    }

    @Test func onFailureRollbackUndoesWhatWasDone() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(3))
        #expect(pump.running == "~b")
        pump.end("~b")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.state.headline == "b failed: exit 3")
    }

    @Test func onFailureHoldStartsNothingMoreAndPagesOnce() {
        var pump = Pump(
            plan("a; b; c <- b") {
                $0["a"].onFailure = .hold
            })
        pump.end("a", .exited(1))
        pump.end("b")
        #expect(pump.running == "")
        #expect(pump.pages == ["hold/a/1"])
        #expect(pump.state.needs(now: pump.now).map(\.kind) == [.failure])
        #expect(pump.tell(.retry(step: "a", reason: "again")).isAccepted)
        #expect(pump.running == "a.2 c")
    }

    @Test func onFailureHoldCanBeBypassed() {
        var pump = Pump(plan("a; b <- a") { $0["a"].onFailure = .hold })
        pump.end("a", .exited(1))
        #expect(pump.tell(.bypass(step: "a", reason: "did it by hand")).isAccepted)
        pump.end("b")
        #expect(pump.outcome == .succeeded)
        #expect(pump.state.headline == "all 2 steps are done, 1 bypassed")
    }

    @Test func onFailureContinueGoesOn() {
        var pump = Pump(plan("a; b <- a") { $0["a"].onFailure = .continue })
        pump.end("a", .exited(1))
        pump.end("b")
        #expect(pump.outcome == .succeeded)
        #expect(pump.state.headline == "all 2 steps are done, 1 failed and was accepted")
    }

    @Test func onFailureFailStopsWhatRunsStartsNothingAndUndoesNothing() {
        var pump = Pump(
            plan("a; b; c <- b; d") {
                $0["a"].onFailure = .fail
                $0.attemptsAtOnceMax = 2
            })
        pump.end("a", .exited(1))
        #expect(pump.stopped == ["b"])
        #expect(pump.running == "b")
        pump.pass(.seconds(5))
        #expect(pump.running == "b")
        pump.end("b", .stopped)
        #expect(pump.outcome == .failed)
        #expect(pump.status("b") == .cancelled)
        #expect(pump.started == ["a", "b"])
    }

    /// What was told to stop because of it would be left, and nobody asked what becomes of it.
    @Test func whatEndsTheRunCanNoLongerBeBypassedOrTriedAgain() {
        var pump = Pump(plan("a; b; c <- a") { $0["a"].onFailure = .fail })
        pump.end("a", .exited(1))
        #expect(pump.stopped == ["b"])
        #expect(!pump.tell(.bypass(step: "a", reason: "by hand")).isAccepted)
        #expect(!pump.tell(.retry(step: "a", reason: "again")).isAccepted)
        #expect(pump.state.needs(now: pump.now).map(\.commands) == [[]])
        pump.end("b", .stopped)
        #expect(pump.outcome == .failed)
    }

    @Test func aCommandThatCannotBeStartedHasNoEffectToUndo() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", .notStarted("no such program"))
        #expect(pump.status("a") == .failed(.notStarted))
        #expect(pump.outcome == .failed)
        #expect(
            pump.state.headline
                == "a failed: could not be started: no such program; there was nothing to roll back")
    }

    @Test func anAttemptStoppedByAStrangerFails() {
        var pump = Pump(plan("a"))
        pump.end("a", .stopped)
        #expect(pump.status("a") == .failed(.signal(15)))
    }

    @Test func theDeadlineRollsBack() {
        var pump = Pump(plan("a; b <- a") { $0.deadline = .seconds(100) })
        pump.end("a")
        pump.pass(.seconds(100))
        #expect(pump.stopped == ["b"])
        pump.end("b", .stopped)
        #expect(pump.running == "~b")
        pump.end("~b")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.state.headline == "the run's deadline of 1m40s has passed")
    }

    @Test func theTotalLimitEndsAWatchToo() {
        var pump = Pump(
            plan("c") {
                $0.makeCanary("c", [5, 50], every: .seconds(60))
                $0["c"].timeouts.total = .seconds(90)
            })
        pump.end("c")
        pump.pass(.seconds(60))
        pump.end("c@2")
        pump.pass(.seconds(30))
        #expect(pump.status("c") == .failed(.totalTimeout))
        #expect(pump.running == "~c")
        #expect(pump.state.headline == "c failed: over its total limit of 1m30s")
    }

    @Test func aRetriedCanaryGoesOnAtTheWeightThatFailed() {
        var pump = Pump(
            plan("c") {
                $0.makeCanary("c", [5, 50], every: .seconds(60))
                $0["c"].retry = RetryPolicy(attempts: 2)
            })
        pump.end("c")
        pump.pass(.seconds(60))
        pump.end("c@2", .exited(1))
        pump.pass(.seconds(1))
        #expect(pump.running == "c.2@2")
        pump.end("c.2@2")
        pump.pass(.seconds(60))
        #expect(pump.outcome == .succeeded)
    }
}
