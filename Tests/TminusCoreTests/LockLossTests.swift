import Testing
import TminusCore
import TminusModel

/// A run whose lock was broken: another may be changing the target.
@Suite struct LockLossTests {
    private func broken(_ text: String, _ change: (inout Plan) -> Void = { _ in }) -> Pump {
        var pump = Pump(plan(text, change))
        pump.send(.lockBroken(by: "dan", reason: "it hangs"))
        return pump
    }

    @Test func whatRunsGoesOnAndNothingIsStarted() {
        var pump = broken("a; b <- a")
        #expect(pump.state.status == .waiting)
        #expect(!pump.state.holdsLock)
        pump.send(.lockHeld(by: "shop-2"))
        pump.end("a")
        #expect(pump.status("a") == .succeeded)
        #expect(pump.running == "")
        #expect(pump.needs.map(\.kind) == [.lock])
        #expect(pump.needs[0].sentence == "dan broke its lock (it hangs); shop-2 holds shop in production")
        #expect(!pump.tell(.resume).isAccepted)
    }

    @Test func withItsLockAgainItWaitsForAPerson() {
        var pump = broken("a; b <- a")
        pump.end("a")
        pump.send(.lockHeld(by: "shop-2"))
        pump.send(.lockGranted)
        #expect(pump.state.holdsLock)
        #expect(pump.state.status == .paused)
        #expect(pump.running == "")
        #expect(pump.tell(.resume).isAccepted)
        #expect(pump.running == "b")
        pump.send(.lockGranted)
        #expect(pump.bodies().count { $0 == .runStarted } == 2)
    }

    @Test func nothingTurnsItBackByItself() {
        var pump = broken("a") { $0.deadline = .seconds(60) }
        pump.end("a", .exited(1))
        pump.pass(.seconds(100))
        #expect(pump.state.rollback == nil)
        pump.send(.lockGranted)
        #expect(pump.state.rollback == nil)
        pump.tell(.resume)
        #expect(pump.running == "~a")
    }

    @Test func aRollbackWaitsForTheLock() {
        var pump = broken("a; b <- a")
        #expect(pump.tell(.rollback(reason: "back", isPastPivotAllowed: false)).message.hasSuffix("its lock again"))
        #expect(pump.stopped == ["a"])
        pump.end("a", .stopped)
        #expect(pump.running == "")
        pump.send(.lockGranted)
        #expect(pump.running == "~a")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func anUndoingUnderWayIsLeftToEndAndTheNextWaits() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(1))
        #expect(pump.running == "~b")
        pump.send(.lockBroken(by: "dan", reason: "it hangs"))
        pump.end("~b")
        #expect(pump.running == "")
        #expect(pump.needs.map(\.kind) == [.lock])
        pump.send(.lockGranted)
        #expect(pump.running == "~a")
    }

    @Test func itCanBeDropped() {
        var pump = broken("a; b <- a")
        pump.tell(.abort(reason: "enough", keepsEffects: true))
        pump.end("a", .stopped)
        #expect(pump.outcome == .aborted)
    }

    @Test func aCanaryStopsBetweenTwoWeights() {
        var pump = Pump(plan("a; b <- a") { $0.makeCanary("a") })
        pump.end("a")
        pump.send(.lockBroken(by: "dan", reason: "it hangs"))
        pump.pass(.seconds(120))
        #expect(pump.running == "")
        pump.send(.lockGranted)
        pump.tell(.resume)
        #expect(pump.running == "a@2")
    }

    @Test func whoHasNoLockLosesNone() {
        var pump = Pump(plan("a"), isLocked: true)
        pump.send(.lockBroken(by: "dan", reason: "it hangs"))
        #expect(!pump.bodies().contains { $0.type == .lockBroken })
    }
}
