import Testing
import TminusCore
import TminusModel

/// A later phase begins from what the one before was sealed with, and from nothing else.
@Suite struct SealTests {
    private static let check = plan("look | go; deploy <- go") {
        $0["look"].hasEffect = false
        $0["look"].validFor = .seconds(600)
    }

    private func seals(_ pump: Pump) -> [EventType] {
        pump.bodies().map(\.type).filter {
            [.phaseSealed, .sealChecked, .sealRenewed, .evidenceExpired, .phaseStarted].contains($0)
        }
    }

    @Test func aLaterPhaseBeginsOnceTheSealIsKeptAndFoundWhole() {
        var pump = Pump(Self.check)
        pump.end("look")
        #expect(pump.running == "go")
        #expect(seals(pump) == [.phaseStarted, .phaseSealed, .sealChecked, .phaseStarted])
        pump.end("go")
        pump.end("deploy")
        #expect(pump.outcome == .succeeded)
        #expect(pump.sealChecks == 1)
    }

    @Test func aPlanOfOnePhaseIsNeverSealed() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a")
        pump.end("b")
        #expect(pump.outcome == .succeeded)
        #expect(seals(pump) == [.phaseStarted])
    }

    @Test func aPausedRunIsSealedAtOnceAndLookedAtWhenItGoesOn() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        #expect(seals(pump) == [.phaseStarted, .phaseSealed])
        pump.pass(.seconds(60))
        #expect(pump.sealChecks == 0)
        pump.tell(.resume)
        #expect(pump.sealChecks == 1)
        #expect(pump.running == "go")
    }

    @Test func aSealThatIsNotAsItWasHoldsThePhaseAndSaysWhatToDo() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        pump.sealFaults = ["its seal is gone"]
        pump.tell(.resume)
        #expect(pump.running == "")
        #expect(pump.needs.map(\.kind) == [.seal])
        #expect(
            pump.needs[0].sentence
                == "T-0 does not start from T-1: its seal is gone. It is looked at again every 30s")
        #expect(pump.needs[0].commands == ["tminus go shop-1 T-1", "tminus abort shop-1"])
        #expect(pump.pages.count == 1)
        let events = pump.journal.count
        pump.pass(.seconds(120))
        #expect(pump.sealChecks == 5)
        #expect(pump.journal.count == events)
    }

    @Test func aSealThatIsPutBackLetsThePhaseBeginByItself() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        pump.sealFaults = ["scripts/promote was changed"]
        pump.tell(.resume)
        pump.sealFaults = []
        pump.pass(.seconds(30))
        #expect(pump.running == "go")
    }

    @Test func aPersonHasASealMadeAnewFromTheJournal() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        #expect(!pump.tell(.go(step: "T-1", reason: "new disk")).isAccepted)
        pump.sealFaults = ["its seal is gone"]
        pump.tell(.resume)
        #expect(!pump.tell(.go(step: "T-1", reason: " ")).isAccepted)
        pump.sealFaults = []
        #expect(
            pump.tell(.go(step: "T-1", reason: "new disk")).message
                == "T-1 is sealed anew from the journal, and then looked at again")
        #expect(pump.running == "go")
        #expect(
            seals(pump) == [
                .phaseStarted, .phaseSealed, .sealChecked, .sealRenewed, .phaseSealed, .sealChecked, .phaseStarted,
            ])
    }

    /// Found by seed 216855.
    @Test func noSealIsMadeAnewInARunThatTurnsBack() {
        var pump = Pump(plan("a; look <- a | go; deploy <- go") { $0["look"].hasEffect = false }, pausesAfter: 0)
        pump.end("a")
        pump.end("look")
        pump.sealFaults = ["its seal is gone"]
        pump.tell(.resume)
        pump.tell(.rollback(reason: "enough", isPastPivotAllowed: false))
        #expect(
            pump.tell(.go(step: "T-1", reason: "new disk")).message
                == "shop-1 is turning back; no phase begins any more")
    }

    @Test func evidenceThatIsAskedForAgainIsSealedAgain() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        pump.pass(.seconds(600))
        pump.tell(.resume)
        #expect(pump.running == "look.2")
        pump.end("look.2")
        #expect(pump.running == "go")
        #expect(
            seals(pump) == [
                .phaseStarted, .phaseSealed, .evidenceExpired, .phaseSealed, .sealChecked, .phaseStarted,
            ])
    }

    /// Found by seed 402135: the check that needs the approval started at night, hours after the window.
    @Test func evidenceIsAskedForAgainWithinTheWindowOfThePhaseThatNeedsIt() {
        var pump = Pump(
            plan("ok; look <- ok | go") {
                $0["ok"].kind = .approve(ApprovalRule(count: 1))
                $0["ok"].hasEffect = false
                $0["ok"].validFor = .seconds(3_500)
                $0["look"].hasEffect = false
                $0["look"].validFor = .seconds(600)
                $0.phases[1].window = Window(fromMinute: 0, untilMinute: 60, zone: "UTC")
            })
        pump.tell(.approve(step: "ok", comment: ""), by: "eve")
        pump.end("look")
        pump.open(1, after: 3_600)
        pump.pass(.seconds(3_600))
        #expect(pump.needs.map(\.kind) == [.approval])
        pump.pass(.seconds(60))
        pump.open(1, after: 3_000)
        pump.tell(.approve(step: "ok", comment: "still"), by: "eve")
        #expect(pump.running == "")
        #expect(pump.needs.map(\.sentence) == ["T-0 waits for its window, in 50m"])
        pump.pass(.seconds(3_000))
        #expect(pump.running == "look.2")
        pump.end("look.2")
        #expect(pump.running == "go")
    }

    /// Found by seed 782504: the steps that waited for the evidence left no room at the gate to renew it.
    @Test func stepsThatWaitForEvidenceLeaveRoomAtTheGateToRenewIt() {
        var pump = Pump(
            plan("look | a; b") {
                $0["look"].hasEffect = false
                $0["look"].validFor = .seconds(600)
                $0.attemptsAtOnceMax = 2
                $0.askBudget()
            }, pausesAfter: 0)
        pump.end("look")
        pump.send(
            .freezes([
                FreezeSpan(
                    name: "night", reason: "", from: pump.now, until: pump.now.advanced(by: .seconds(7_200)),
                    actions: [.start, .advance])
            ]))
        pump.tell(.resume)
        #expect(pump.status("a") == .waiting(.freeze))
        #expect(pump.status("b") == .waiting(.freeze))
        pump.pass(.seconds(7_200))
        #expect(pump.running == "look.2")
        pump.end("look.2")
        #expect(pump.running == "a b")
    }

    @Test func anApprovalThatIsTooOldIsAskedForAgain() {
        var pump = Pump(
            plan("ok | go") {
                $0["ok"].kind = .approve(ApprovalRule(count: 1))
                $0["ok"].hasEffect = false
                $0["ok"].validFor = .seconds(600)
            }, pausesAfter: 0)
        pump.tell(.approve(step: nil, comment: ""))
        pump.pass(.seconds(601))
        pump.tell(.resume)
        #expect(pump.running == "")
        #expect(pump.needs.map(\.kind) == [.approval])
        pump.tell(.approve(step: "ok", comment: "still"), by: "eve")
        #expect(pump.running == "go")
    }

    /// Found by seed 2010030: leaving maintenance counted as the beginning of the phase.
    @Test func leavingMaintenanceInAFreezeOpensNoPhaseToStepsThatNeedItsSeal() {
        var pump = Pump(
            plan("shut; look <- shut | open; deploy") {
                $0["look"].hasEffect = false
                $0.makeBracket("shut", "open", until: "look")
            })
        pump.end("shut")
        pump.send(
            .freezes([
                FreezeSpan(
                    name: "night", reason: "", from: pump.now, until: pump.now.advanced(by: .seconds(60)),
                    actions: [.start, .advance])
            ]))
        pump.end("look")
        #expect(pump.running == "open")
        pump.end("open")
        pump.sealFaults = ["its seal is gone"]
        pump.pass(.seconds(61))
        #expect(pump.running == "")
        #expect(pump.needs.map(\.kind) == [.seal])
        pump.sealFaults = []
        pump.pass(.seconds(31))
        #expect(pump.running == "deploy")
    }

    @Test func whatGrewOldInAFreezeIsAskedForAgainBeforeTheFirstStepBegins() {
        var pump = Pump(Self.check, pausesAfter: 0)
        let night = FreezeSpan(
            name: "night", reason: "", from: pump.now, until: pump.now.advanced(by: .seconds(7_200)),
            actions: [.start, .advance], isOverridable: true)
        pump.end("look")
        pump.send(.freezes([night]))
        pump.tell(.resume)
        #expect(pump.status("go") == .waiting(.freeze))
        pump.pass(.seconds(7_200))
        #expect(pump.running == "look.2")
        pump.end("look.2")
        #expect(pump.running == "go")
        #expect(pump.sealChecks == 1)
    }

    @Test func aPhaseThatHasBegunIsNotHeldByItsSealAnyMore() {
        var pump = Pump(Self.check)
        pump.end("look")
        pump.sealFaults = ["its seal is gone"]
        pump.pass(.seconds(7_200))
        pump.end("go")
        #expect(pump.running == "deploy")
        #expect(pump.sealChecks == 1)
    }

    @Test func aRunThatTakesAnotherBackNeedsNoSeal() {
        var pump = Pump(Self.check, lineage: .rollback(of: "shop-0", restores: nil))
        pump.sealFaults = ["its seal is gone"]
        pump.end("look")
        #expect(pump.running == "go")
        #expect(pump.sealChecks == 0)
    }

    @Test func anEngineThatComesBackKeepsTheSealThatTheLastOneHadNoTimeFor() {
        var pump = Pump(Self.check, pausesAfter: 0)
        pump.end("look")
        let sealed = pump.journal.count
        var next = Pump(takingUp: Array(pump.journal.prefix(sealed - 1)), at: pump.now)
        #expect(next.bodies().last?.type == .phaseSealed)
        next.tell(.resume)
        #expect(next.running == "go")
    }
}

extension Pump {
    /// The answer to the question for a phase's window: a minute, after some seconds.
    fileprivate mutating func open(_ phase: Int, after seconds: Int64) {
        let opens = now.advanced(by: .seconds(seconds))
        send(.windowFound(phase: phase, opens: opens, closes: opens.advanced(by: .seconds(60))))
    }
}
