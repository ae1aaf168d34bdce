import Testing
import TminusCore
import TminusModel

/// The approval of a change: who may give it, what it lets start, and what becomes of a run without it.
@Suite struct ChangeTests {
    private func requirement(_ approvals: [(String, [String], Int)], phase: Int = 1) -> ChangeRequirement {
        var requirement = ChangeRequirement(change: .normal, phase: phase, policyDigest: "p")
        requirement.approvals = approvals.map { .init(role: $0.0, from: $0.1, count: $0.2) }
        requirement.barred = ["amy", "tim"]
        return requirement
    }

    private func approve(_ pump: inout Pump, _ name: String, _ groups: [String] = []) -> CommandAnswer {
        pump.tell(.approve(step: nil, comment: ""), by: name, groups: groups)
    }

    @Test func theGuardedPhaseStartsWithTheLastApproval() {
        var pump = Pump(plan("a | b"), requirement: requirement([("CAB", ["group:cab"], 2)]))
        #expect(pump.running == "a")
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.state.status == .waiting)
        #expect(pump.needs.map(\.kind) == [.change])
        #expect(pump.needs[0].sentence == "the change waits for CAB (2 of group:cab)")
        #expect(pump.needs[0].commands == ["tminus approve shop-1", "tminus reject shop-1"])
        #expect(approve(&pump, "bob", ["cab"]).message == "the change is approved by bob, 1 more needed")
        #expect(pump.needs[0].sentence == "the change waits for CAB (group:cab); so far bob")
        #expect(!approve(&pump, "bob", ["cab"]).isAccepted)
        #expect(pump.running == "")
        #expect(approve(&pump, "cat", ["cab"]).message == "the change is approved by cat")
        #expect(pump.running == "b")
        pump.end("b")
        #expect(pump.outcome == .succeeded)
    }

    @Test func whoMayNotIsAnsweredAndPutOnRecord() {
        var pump = Pump(plan("a | b"), requirement: requirement([("CAB", ["group:cab", "amy"], 1)]))
        let own = approve(&pump, "amy")
        #expect(own.message == "amy started this run, so someone else must approve it: CAB (group:cab or amy)")
        #expect(
            approve(&pump, "tim", ["cab"]).message
                == "tim started or tagged this release, so someone else must approve it: CAB (group:cab or amy)")
        #expect(
            approve(&pump, "eve").message
                == "eve may not approve or reject this change; these may: CAB (group:cab or amy)")
        let bot = Person(name: "ci", groups: ["cab"], isAutomation: true)
        #expect(
            pump.tell(.approve(step: nil, comment: ""), by: bot).message
                == "ci is a program, and a change is approved by people: CAB (group:cab or amy)")
        _ = approve(&pump, "eve")
        _ = approve(&pump, "eve")
        let refused = pump.bodies().compactMap { body -> String? in
            if case .orderRefused(let by, "approve the change", _) = body { by } else { nil }
        }
        #expect(refused == ["amy", "tim", "eve", "ci", "eve"])
    }

    @Test func nobodyFloodsTheJournalByTrying() {
        var pump = Pump(plan("a | b"), requirement: requirement([("CAB", ["group:cab"], 1)]))
        for number in 0..<300 { #expect(!approve(&pump, number % 2 == 0 ? "eve" : "ned").isAccepted) }
        #expect(pump.bodies().count { $0.type == .orderRefused } == RunState.refusalsMax)
    }

    /// Bob may stand for both, and is moved when only he can fill the other place.
    @Test func aPersonCountsForOneApprovalOnly() {
        let both = requirement([("owner", ["bob", "cat"], 1), ("CAB", ["bob"], 1)])
        var pump = Pump(plan("a | b"), requirement: both)
        pump.end("a")
        #expect(approve(&pump, "bob").isAccepted)
        #expect(pump.state.missingApprovers == "CAB (bob)" || pump.state.missingApprovers == "owner (bob or cat)")
        #expect(pump.running == "")
        #expect(approve(&pump, "cat").isAccepted)
        #expect(pump.running == "b")

        let apart = requirement([("owner", ["cat"], 1), ("CAB", ["bob", "dan"], 1)])
        var narrow = Pump(plan("a | b"), requirement: apart)
        #expect(approve(&narrow, "bob").isAccepted)
        #expect(
            approve(&narrow, "dan").message
                == "nobody in dan's place is needed any more; still missing: owner (cat)")
    }

    @Test func theLeadTimeHoldsAnApprovedChange() {
        var own = requirement([("CAB", ["bob"], 1)])
        own.notBefore = Instant(millisecondsSinceEpoch: 0)
        var pump = Pump(plan("a | b"))
        own.notBefore = pump.now.advanced(by: .seconds(3_600))
        pump = Pump(plan("a | b"), requirement: own)
        pump.end("a")
        #expect(approve(&pump, "bob").message == "the change is approved by bob; its lead time is over in 1h")
        #expect(pump.needs.map(\.sentence) == ["the change is approved, and its lead time is over in 1h"])
        #expect(!pump.needs[0].needsPerson)
        pump.pass(.seconds(3_599))
        #expect(pump.running == "")
        pump.pass(.seconds(1))
        #expect(pump.running == "b")
    }

    @Test func aRejectionTurnsTheRunBack() {
        var pump = Pump(plan("a | b"), requirement: requirement([("CAB", ["bob"], 1)]))
        pump.end("a")
        #expect(!pump.tell(.reject(step: nil, reason: "no"), by: "eve").isAccepted)
        #expect(!pump.tell(.reject(step: nil, reason: "no"), by: "amy").isAccepted)
        #expect(pump.tell(.reject(step: nil, reason: "not today")).message == "the change is rejected; shop-1 ends")
        #expect(pump.running == "~a")
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
        #expect(pump.state.headline == "the change was rejected by bob: not today")
    }

    @Test func aRejectionBeforeAnythingHadAnEffectEndsFailed() {
        var pump = Pump(plan("a | b") { $0["a"].hasEffect = false }, requirement: requirement([("CAB", ["bob"], 1)]))
        pump.end("a")
        pump.tell(.reject(step: "change", reason: "not today"))
        #expect(pump.outcome == .failed)

        var queued = Pump(plan("a | b"), isLocked: true, requirement: requirement([("CAB", ["bob"], 1)]))
        queued.tell(.reject(step: nil, reason: "not today"))
        #expect(queued.outcome == .failed)
    }

    @Test func approvalsThatDoNotComeInTimeAreARejection() {
        var own = requirement([("CAB", ["bob", "cat"], 2)])
        own.expires = Pump(plan("a")).now.advanced(by: .seconds(600))
        var pump = Pump(plan("a | b"), requirement: own)
        pump.end("a")
        _ = approve(&pump, "bob")
        pump.pass(.seconds(599))
        #expect(pump.running == "")
        pump.pass(.seconds(1))
        #expect(pump.bodies().contains(.changeExpired))
        #expect(pump.running == "~a")
        #expect(!approve(&pump, "cat").isAccepted)
        pump.end("~a")
        #expect(pump.state.headline == "the change was not approved in time; missing: CAB (bob or cat)")
    }

    @Test func theChangeComesBeforeAStepThatWaitsToo() {
        var pump = Pump(
            plan("go; a | b") { $0.makeApproval("go") }, requirement: requirement([("CAB", ["bob"], 1)]))
        #expect(pump.status("go") == .waiting(.approval))
        #expect(
            approve(&pump, "bob").message
                == "the change is approved by bob; go waits too: `tminus approve shop-1 go`")
        #expect(pump.status("go") == .waiting(.approval))
        #expect(approve(&pump, "bob").isAccepted)
        #expect(pump.status("go") == .succeeded)
    }

    @Test func whoStartedOrTaggedAnswersForNoStepEither() {
        var pump = Pump(
            plan("go | b") { $0.makeApproval("go", from: ["tim", "amy", "bob"]) },
            requirement: requirement([("CAB", ["bob"], 1)]))
        #expect(!pump.tell(.approve(step: "go", comment: ""), by: "tim").isAccepted)
        #expect(!pump.tell(.approve(step: "go", comment: ""), by: "amy").isAccepted)
        #expect(pump.tell(.approve(step: "go", comment: ""), by: "bob").isAccepted)
    }

    @Test func bypassingEveryStepDoesNotGetPastTheChange() {
        var pump = Pump(plan("a | b | c"), requirement: requirement([("CAB", ["bob"], 1)]))
        pump.end("a")
        #expect(pump.tell(.bypass(step: "b", reason: "by hand")).isAccepted)
        #expect(pump.running == "")
        #expect(approve(&pump, "bob").isAccepted)
        #expect(pump.running == "c")
    }

    @Test func commandsTakeTheirRights() {
        var pump = Pump(plan("a; b <- a") { $0["a"].onFailure = .hold })
        pump.end("a", .exited(1))
        let watcher = Person(name: "wes", rights: [])
        let commands: [PersonCommand] = [
            .pause(reason: "x"), .resume, .retry(step: "a", reason: "x"), .bypass(step: "a", reason: "x"),
            .resolve(step: "a", isDone: true, reason: "x"), .lift(step: "a", isLifted: true, reason: "x"),
            .abort(reason: "x", keepsEffects: false), .rollback(reason: "x", isPastPivotAllowed: true),
            .go(step: "a", reason: "x"),
        ]
        for command in commands { #expect(!pump.tell(command, by: watcher).isAccepted, "\(command)") }
        #expect(pump.bodies().count { $0.type == .orderRefused } == commands.count - 1)
        let starter = Person(name: "sue", rights: [.start])
        #expect(!pump.tell(.rollback(reason: "x", isPastPivotAllowed: false), by: starter).isAccepted)
        #expect(pump.tell(.retry(step: "a", reason: "x"), by: starter).isAccepted)
    }

    @Test func anApprovalComesTooLateForARunThatTurnsBack() {
        var pump = Pump(plan("a | b"), requirement: requirement([("CAB", ["bob"], 1)]))
        pump.tell(.abort(reason: "stop", keepsEffects: false))
        #expect(!approve(&pump, "bob").isAccepted)
    }
}
