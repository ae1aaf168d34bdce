import Testing
import TminusCore
import TminusModel

@Suite struct SequenceTests {
    @Test func aDiamondStartsEachStepWhenAllItNeedsIsDone() {
        var pump = Pump(plan("a; b <- a; c <- a; d <- b c"))
        #expect(pump.running == "a")
        pump.end("a")
        #expect(pump.running == "b c")
        pump.end("c")
        #expect(pump.running == "b")
        pump.end("b")
        #expect(pump.running == "d")
        pump.end("d")
        #expect(pump.outcome == .succeeded)
        #expect(pump.finished == .succeeded)
        #expect(pump.state.headline == "all 4 steps are done")
    }

    @Test func noMoreAttemptsRunAtOnceThanThePlanAllows() {
        var pump = Pump(plan("a; b; c; d; e") { $0.attemptsAtOnceMax = 2 })
        #expect(pump.running == "a b")
        pump.end("b")
        #expect(pump.running == "a c")
        pump.end("a c")
        #expect(pump.running == "d e")
        pump.end("d e")
        #expect(pump.outcome == .succeeded)
    }

    @Test func aPhaseStartsWhenThePhaseBeforeItIsDone() {
        var pump = Pump(plan("a; b | c; d <- a"))
        pump.end("a")
        #expect(pump.running == "b")
        pump.end("b")
        #expect(pump.running == "c d")
    }

    @Test func aRunPausesAfterThePhaseItWasAskedToStopAt() {
        var pump = Pump(plan("a | b"), pausesAfter: 0)
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.state.status == .paused)
        #expect(pump.tell(.resume).isAccepted)
        #expect(pump.running == "b")
    }

    @Test func aPhaseWaitsForItsWindowAndSoDoesAStepWhenTheWindowHasClosed() {
        var pump = Pump(
            plan("a | b; c <- b") { $0.phases[1].window = Window(fromMinute: 0, untilMinute: 60, zone: "UTC") })
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.state.needs(now: pump.now).map(\.kind) == [.window])
        let opens = pump.now.advanced(by: .seconds(100))
        pump.send(.windowFound(phase: 1, opens: opens, closes: opens.advanced(by: .seconds(60))))
        #expect(pump.running == "")
        pump.pass(.seconds(100))
        #expect(pump.running == "b")
        pump.pass(.seconds(60))
        pump.end("b")
        #expect(pump.running == "")
        #expect(pump.status("c") == .waiting(.window))
        let next = pump.now.advanced(by: .seconds(1_000))
        pump.send(.windowFound(phase: 1, opens: next, closes: next.advanced(by: .seconds(60))))
        pump.pass(.seconds(1_000))
        #expect(pump.running == "c")
        pump.end("c")
        #expect(pump.outcome == .succeeded)
    }

    @Test func aStepThatWaitedForItsWindowCanStillBeLetThroughTheBudget() {
        var pump = Pump(
            plan("a; b <- a") {
                $0.askBudget()
                $0.phases[0].window = Window(fromMinute: 0, untilMinute: 60, zone: "UTC")
            })
        pump.send(.windowFound(phase: 0, opens: pump.now, closes: pump.now.advanced(by: .seconds(60))))
        #expect(pump.running == "a")
        pump.pass(.seconds(60))
        pump.end("a")
        #expect(pump.status("b") == .waiting(.window))
        pump.budget = .bad
        pump.send(.windowFound(phase: 0, opens: pump.now, closes: pump.now.advanced(by: .seconds(60))))
        #expect(pump.status("b") == .waiting(.budget))
        #expect(pump.tell(.go(step: "b", reason: "known")).isAccepted)
        #expect(pump.running == "b")
    }

    @Test func aPhaseInWhichNothingIsLeftToDoNeedsNoWindow() {
        var pump = Pump(
            plan("a | b") { $0.phases[1].window = Window(fromMinute: 0, untilMinute: 60, zone: "UTC") })
        pump.tell(.bypass(step: "b", reason: "done by hand"))
        pump.end("a")
        #expect(pump.outcome == .succeeded)
    }

    @Test func aWaitHoldsNoProcessAndEndsByTime() {
        var pump = Pump(
            plan("a; w <- a; b <- w") {
                $0.makeWait("w", .seconds(30))
                $0.attemptsAtOnceMax = 1
            })
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.status("w") == .running)
        pump.pass(.milliseconds(29_999))
        #expect(pump.running == "")
        pump.pass(.milliseconds(1))
        #expect(pump.running == "b")
    }

    @Test func aCanaryShiftsAndWatchesInTurn() {
        var pump = Pump(plan("c; d <- c") { $0.makeCanary("c", [5, 50], every: .seconds(60)) })
        #expect(pump.running == "c")
        pump.end("c")
        #expect(pump.running == "")
        pump.pass(.seconds(60))
        #expect(pump.running == "c@2")
        pump.end("c@2")
        pump.pass(.seconds(60))
        #expect(pump.running == "d")
        #expect(pump.status("c") == .succeeded)
    }

    @Test func aCanaryTakesASlotForEachShift() {
        var pump = Pump(
            plan("c; x <- c; y") {
                $0.makeCanary("c", [5, 50], every: .seconds(60))
                $0.attemptsAtOnceMax = 1
            })
        pump.end("c")
        #expect(pump.running == "y")
        pump.pass(.seconds(60))
        #expect(pump.running == "y")
        pump.end("y")
        #expect(pump.running == "c@2")
    }

    @Test func anotherRunOfTheServiceKeepsThisOneWaitingAndIsNamed() {
        var pump = Pump(plan("a"), isLocked: true)
        pump.send(.lockHeld(by: "shop-0"))
        pump.send(.lockHeld(by: "shop-0"))
        #expect(pump.bodies().count == 2)
        #expect(pump.running == "")
        #expect(pump.state.needs(now: pump.now)[0].sentence == "waits for shop-0, which holds shop in production")
        pump.send(.lockGranted)
        #expect(pump.running == "a")
    }

    @Test func evidenceTooOldByTheNextPhaseIsAskedForAgain() {
        var pump = Pump(
            plan("backup | go; deploy <- backup") {
                var check = BackupCheck(tool: .attestation(file: "backup.json"))
                check.validFor = .seconds(600)
                $0["backup"].kind = .backup(check)
                $0["backup"].hasEffect = false
            }, pausesAfter: 0)
        pump.end("backup")
        pump.pass(.seconds(600))
        pump.tell(.resume)
        #expect(pump.running == "backup.2")
        pump.end("backup.2")
        #expect(pump.running == "go deploy")
        pump.end("go deploy")
        #expect(pump.outcome == .succeeded)
    }

    /// Both grew too old at once, or the first while the second already waits to be asked again.
    @Test(arguments: [Duration.seconds(600), .seconds(60)])
    func evidenceThatBuildsOnOtherEvidenceIsAskedForAfterIt(_ validFor: Duration) {
        renewsInOrder("backup; proof <- backup | deploy", ofProof: validFor, pausesAfter: 0)
    }

    @Test(arguments: [Duration.seconds(600), .seconds(60)])
    func evidenceOfTwoPhasesIsAskedForInTheirOrder(_ validFor: Duration) {
        renewsInOrder("backup | proof | deploy", ofProof: validFor, pausesAfter: 1)
    }

    private func renewsInOrder(_ text: String, ofProof validFor: Duration, pausesAfter: Int) {
        var pump = Pump(
            plan(text) {
                for (name, validFor) in [("backup", .seconds(600)), ("proof", validFor)] {
                    var check = BackupCheck(tool: .attestation(file: "\(name).json"))
                    check.validFor = validFor
                    $0[name].kind = .backup(check)
                    $0[name].hasEffect = false
                }
            }, pausesAfter: pausesAfter)
        pump.end("backup")
        pump.end("proof")
        pump.pass(.seconds(600))
        pump.tell(.resume)
        #expect(pump.running == "backup.2")
        pump.end("backup.2")
        #expect(pump.running == "proof.2")
        pump.end("proof.2")
        // What they took is told of their second time, not since their first.
        #expect(pump.state.steps.prefix(2).allSatisfy { $0.startedAt == pump.now && $0.endedAt == pump.now })
        pump.end("deploy")
        #expect(pump.outcome == .succeeded)
    }

    @Test func nothingIsStartedBeforeItsIntentIsDurable() {
        var pump = Pump(plan("a; b <- a"))
        pump.isStoreSlow = true
        pump.end("a")
        #expect(pump.running == "")
        #expect(pump.started == ["a"])
        pump.confirm()
        #expect(pump.running == "b")
    }

    @Test func inputsDuringAnAppendGoIntoTheNextOne() {
        var pump = Pump(plan("a; b; c <- a b"))
        pump.isStoreSlow = true
        pump.end("a")
        let count = pump.journal.count
        pump.end("b")
        pump.tell(.pause(reason: "lunch"))
        #expect(pump.journal.count == count)
        pump.confirm()
        #expect(pump.answers.isEmpty)
        #expect(pump.running == "")
        pump.confirm()
        // `c` was decided before the pause came.
        #expect(pump.running == "c")
        #expect(pump.answers.map(\.isAccepted) == [true])
    }

    @Test func outputsOfEarlierStepsArriveAsEnvironmentVariables() {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", outputs: [Variable(name: "image-id", value: "$(id)")])
        let environment = pump.state.environment(of: AttemptID(step: 1), fence: "7")
        #expect(environment.contains(Variable(name: "TMINUS_OUTPUT_A_IMAGE_ID", value: "$(id)")))
        #expect(environment.contains(Variable(name: "TMINUS_IDEMPOTENCY_KEY", value: "shop-1/b")))
        #expect(environment.contains(Variable(name: "TMINUS_FENCE", value: "7")))
    }
}
