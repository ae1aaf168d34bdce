import Testing
import TminusCore
import TminusModel

@Suite struct PeopleTests {
    @Test func anAbortStopsWhatRunsAndRollsBackWhatWasDone() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        #expect(pump.tell(.abort(reason: "wrong version", keepsEffects: false)).isAccepted)
        #expect(pump.stopped == ["b"])
        pump.end("b", .stopped)
        #expect(pump.status("b") == .cancelled)
        pump.end("~b")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func anAbortThatKeepsEffectsEndsAborted() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        #expect(pump.tell(.abort(reason: "enough", keepsEffects: true)).isAccepted)
        #expect(pump.outcome == nil)
        pump.end("b", .stopped)
        #expect(pump.outcome == .aborted)
        #expect(pump.state.headline == "aborted by bob: enough; effects were kept")
    }

    @Test func anAbortWithNothingDoneEndsAborted() {
        var pump = Pump(plan("a") { $0["a"].hasEffect = false })
        pump.tell(.abort(reason: "never mind", keepsEffects: false))
        pump.end("a", .stopped)
        #expect(pump.outcome == .aborted)
    }

    /// At every point of a run: one step running, in a retry's delay, unknown, between acts, waiting for a person,
    /// paused, and held.
    @Test(arguments: [true, false]) func anAbortAtAnyMomentEndsTheRun(keepsEffects: Bool) {
        var moments: [(String, Pump)] = []
        var pump = Pump(
            plan("a; canary <- a; go <- canary; last <- go") {
                $0.makeCanary("canary")
                $0.makeApproval("go")
                $0["a"].retry = RetryPolicy(attempts: 2, initialInterval: .seconds(100))
                $0["last"].onFailure = .hold
            })
        func note(_ name: String) { moments.append((name, pump)) }
        note("running")
        pump.end("a", .exited(1))
        note("retry")
        pump.pass(.seconds(100))
        pump.end("a.2", .vanished(.shimLost))
        note("unknown")
        pump.tell(.resolve(step: "a", isDone: true, reason: ""))
        note("shift")
        pump.end("canary")
        note("watch")
        pump.pass(.seconds(60))
        pump.end("canary@2")
        pump.pass(.seconds(60))
        note("approval")
        pump.tell(.pause(reason: ""))
        note("paused")
        pump.tell(.resume)
        pump.tell(.approve(step: nil, comment: ""))
        note("last")
        pump.end("last", .exited(1))
        note("held")
        for (name, start) in moments {
            var pump = start
            #expect(pump.tell(.abort(reason: "stop", keepsEffects: keepsEffects)).isAccepted, "\(name)")
            #expect(!pump.tell(.abort(reason: "stop", keepsEffects: keepsEffects)).isAccepted, "\(name)")
            var turns = 0
            while pump.outcome == nil, turns < 50 {
                turns += 1
                for id in pump.live { pump.end(pump.text(id), id.role == .rollback ? .exited(0) : .stopped) }
            }
            #expect(pump.outcome == (keepsEffects ? .aborted : .rolledBack), "\(name)")
            #expect(pump.state.steps.allSatisfy { $0.status != .running && $0.status != .starting }, "\(name)")
        }
    }

    @Test func nothingCancelsARollback() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b", .exited(1))
        let commands: [PersonCommand] = [
            .abort(reason: "", keepsEffects: true), .abort(reason: "", keepsEffects: false), .pause(reason: ""),
            .rollback(reason: "", isPastPivotAllowed: true), .retry(step: "b", reason: ""),
            .bypass(step: "a", reason: ""), .resume, .go(step: "b", reason: ""),
            .resolve(step: "a", isDone: true, reason: ""), .lift(step: "a", isLifted: true, reason: ""),
        ]
        for command in commands { #expect(!pump.tell(command).isAccepted, "\(command)") }
        pump.end("~b")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func anEndedRunRefusesEverything() {
        var pump = Pump(plan("a"))
        pump.end("a")
        let answer = pump.tell(.pause(reason: ""))
        #expect(answer.isAccepted == false)
        #expect(answer.message == "shop-1 has ended (succeeded); see `tminus run show shop-1`")
    }

    @Test func aPausedRunFinishesWhatIsUnderWayAndGoesOnWhenResumed() {
        var pump = Pump(plan("a; b <- a"))
        #expect(
            pump.tell(.pause(reason: "lunch")).message
                == "shop-1 starts nothing more; a goes on to its end, and is judged")
        #expect(pump.tell(.pause(reason: "lunch")).message == "shop-1 is paused already, by bob: lunch")
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.state.status == .paused)
        pump.tell(.resume)
        #expect(pump.running == "b")
        #expect(pump.tell(.resume).message == "shop-1 is not paused")
    }

    @Test func aRollbackAskedForWhileAStepWithoutEffectRunsIsNotForgotten() {
        var pump = Pump(plan("a; b <- a") { $0["a"].hasEffect = false })
        #expect(pump.tell(.rollback(reason: "changed my mind", isPastPivotAllowed: false)).isAccepted)
        pump.end("a", .stopped)
        #expect(pump.outcome == .failed)
        #expect(pump.started == ["a"])
        #expect(pump.state.headline == "bob asked for it: changed my mind; there was nothing to roll back")
    }

    @Test func anApprovalNeedsItsCountOfDistinctPeople() {
        var pump = Pump(plan("go; a <- go") { $0.makeApproval("go", count: 2) })
        let first = pump.tell(.approve(step: nil, comment: ""), by: "bob")
        #expect(first.message == "go is approved by bob, 1 more needed")
        let second = pump.tell(.approve(step: "go", comment: ""), by: "bob")
        #expect(second.message == "bob has approved go already; someone else must")
        #expect(pump.running == "")
        #expect(pump.tell(.approve(step: "go", comment: ""), by: "cat").message == "go is approved by cat")
        #expect(pump.running == "a")
    }

    @Test func anApprovalIsByTheNamedAccountsAndGroupsOnly() {
        var pump = Pump(plan("go; a <- go") { $0.makeApproval("go", from: ["dan", "group:leads"]) })
        #expect(pump.tell(.approve(step: nil, comment: "")).message == "bob may not approve this; dan, group:leads may")
        let starter = pump.tell(.approve(step: nil, comment: ""), by: "amy", groups: ["leads"])
        #expect(starter.message == "amy started this run, so someone else of dan, group:leads must approve")
        #expect(pump.tell(.approve(step: nil, comment: ""), by: "eve", groups: ["leads"]).isAccepted)
        #expect(pump.running == "a")
    }

    @Test func aStarterNamedByAccountMayApprove() {
        var pump = Pump(plan("go; a <- go") { $0.makeApproval("go", from: ["amy"]) })
        #expect(pump.tell(.approve(step: nil, comment: ""), by: "amy").isAccepted)
    }

    @Test func aRejectionFailsTheStep() {
        var pump = Pump(plan("a; go <- a; b <- go") { $0.makeApproval("go") })
        pump.end("a")
        #expect(pump.tell(.reject(step: nil, reason: "not today")).isAccepted)
        #expect(pump.status("go") == .failed(.rejected))
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.state.headline == "go failed: rejected by bob: not today")
    }

    @Test func severalApprovalsMustBeNamed() {
        var pump = Pump(
            plan("x; y") {
                $0.makeApproval("x")
                $0.makeApproval("y")
            })
        #expect(
            pump.tell(.approve(step: nil, comment: "")).message == "several steps wait for approval, name one: x, y")
        #expect(pump.tell(.approve(step: "z", comment: "")).message == "shop-1 has no step 'z'; it has x, y")
    }

    @Test func bypassingAStepThatWaitsLetsTheRestGoOn() {
        var pump = Pump(plan("a; b <- a; c <- b"))
        #expect(pump.tell(.bypass(step: "b", reason: "by hand")).isAccepted)
        #expect(!pump.tell(.bypass(step: "a", reason: "")).isAccepted)
        pump.end("a")
        #expect(pump.running == "c")
    }

    @Test func anAbortWhileThePivotRunsIsRefusedUnlessEffectsAreKept() {
        var pump = Pump(plan("a; p <- a") { $0["p"].isPivot = true })
        pump.end("a")
        #expect(!pump.tell(.abort(reason: "", keepsEffects: false)).isAccepted)
        #expect(!pump.tell(.rollback(reason: "", isPastPivotAllowed: false)).isAccepted)
        #expect(pump.tell(.abort(reason: "", keepsEffects: true)).isAccepted)
    }
}
