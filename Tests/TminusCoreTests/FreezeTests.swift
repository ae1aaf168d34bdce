import Testing
import TminusCore
import TminusModel

/// Freezes: asked at every start, and never in the way back.
@Suite struct FreezeTests {
    private func span(
        _ pump: Pump, named name: String = "year-end", from: Duration = .zero, for length: Duration? = .seconds(3_600),
        forbidding actions: [FreezeSpan.Action] = [.start, .advance, .retry], isOverridable: Bool = true
    ) -> FreezeSpan {
        let from = pump.now.advanced(by: from)
        return FreezeSpan(
            name: name, reason: "nobody is in", from: from, until: length.map(from.advanced) ?? .distantFuture,
            actions: actions, isOverridable: isOverridable)
    }

    @Test func aFreezeThatBeginsAfterTheRunHoldsTheNextStep() {
        var pump = Pump(plan("a; b <- a; c <- b"))
        pump.send(.freezes([span(pump, from: .seconds(60))]))
        pump.end("a")
        #expect(pump.running == "b")
        pump.pass(.seconds(100))
        #expect(pump.running == "b")
        pump.end("b")
        #expect(pump.status("c") == .waiting(.freeze))
        #expect(pump.state.status == .waiting)
        #expect(pump.needs.map(\.kind) == [.freeze])
        #expect(pump.needs[0].sentence == "c waits: frozen by year-end for another 59m20s: nobody is in")
        #expect(pump.needs[0].commands == ["tminus override shop-1 year-end"])
        #expect(!pump.needs[0].needsPerson)
        pump.pass(.seconds(3_559))
        #expect(pump.running == "")
        pump.pass(.seconds(2))
        #expect(pump.running == "c")
        pump.end("c")
        #expect(pump.outcome == .succeeded)
    }

    @Test func theFirstStepIsAStartAndEveryLaterOneAnAdvance() {
        var started = Pump(plan("a; b <- a"), isLocked: true)
        started.send(.freezes([span(started, forbidding: [.start])]))
        started.send(.lockGranted)
        #expect(started.status("a") == .waiting(.freeze))
        started.pass(.seconds(3_600))
        #expect(started.running == "a")

        var under = Pump(plan("a; b <- a"))
        under.send(.freezes([span(under, forbidding: [.start])]))
        under.end("a")
        #expect(under.running == "b")
    }

    @Test func aFreezeIsKnownOnceAndItsEndSetsTheRunFree() {
        var pump = Pump(plan("a; b <- a"))
        let line = span(pump, named: "line", for: nil)
        pump.send(.freezes([line]))
        pump.send(.freezes([line]))
        pump.end("a")
        #expect(pump.status("b") == .waiting(.freeze))
        #expect(pump.needs[0].needsPerson)
        #expect(pump.needs[0].sentence == "b waits: frozen by line until it is ended: nobody is in")
        pump.send(.freezes([]))
        #expect(pump.running == "b")
        #expect(pump.bodies().filter { $0.type == .freezesSet } == [.freezesSet([line]), .freezesSet([])])
    }

    @Test func onlySoManySpansAreKept() {
        var pump = Pump(plan("a"))
        let spans = (0..<1_500).map { span(pump, named: "f\($0)", from: .seconds(10 + $0), for: .seconds(1)) }
        pump.send(.freezes(spans))
        #expect(pump.state.freezes == Array(spans.prefix(1_000)))
        pump.send(.freezes(spans))
        #expect(pump.bodies().count { $0.type == .freezesSet } == 1)
    }

    @Test func aCanaryUnderWayGoesOnToItsEnd() {
        var pump = Pump(plan("a; b <- a") { $0.makeCanary("a") })
        pump.end("a")
        pump.send(.freezes([span(pump)]))
        pump.pass(.seconds(60))
        pump.end("a@2")
        pump.pass(.seconds(60))
        #expect(pump.status("a") == .succeeded)
        #expect(pump.status("b") == .waiting(.freeze))
    }

    @Test func anotherTryWaitsForTheFreezeAndAsksItsGateAnew() {
        var pump = Pump(
            plan("a") {
                $0["a"].retry = RetryPolicy(attempts: 2, initialInterval: .seconds(10))
                $0.askBudget()
            })
        pump.send(.freezes([span(pump, for: .seconds(100), forbidding: [.retry])]))
        pump.end("a", .exited(1))
        #expect(pump.status("a") == .waiting(.retry))
        pump.pass(.seconds(11))
        #expect(pump.status("a") == .waiting(.freeze))
        pump.budget = .bad
        pump.pass(.seconds(90))
        #expect(pump.status("a") == .waiting(.budget))
        pump.budget = .good
        pump.pass(.seconds(15))
        #expect(pump.running == "a.2")
    }

    @Test func rollingBackAndLeavingMaintenanceAreNeverFrozen() {
        var pump = Pump(plan("open; work <- open; close <- work") { $0.makeBracket("open", "close", until: "work") })
        pump.end("open")
        pump.send(.freezes([span(pump, for: nil, forbidding: FreezeSpan.Action.allCases)]))
        pump.end("work")
        #expect(pump.running == "close")

        var back = Pump(plan("a; b <- a"))
        back.end("a")
        back.send(.freezes([span(back, for: nil, forbidding: FreezeSpan.Action.allCases)]))
        back.end("b", .exited(1))
        back.end("~b")
        back.end("~a")
        #expect(back.outcome == .rolledBack)
    }

    @Test func aRunThatIsFrozenCanBeAborted() {
        var pump = Pump(plan("a; b <- a"))
        pump.send(.freezes([span(pump, for: nil, forbidding: FreezeSpan.Action.allCases)]))
        pump.end("a")
        #expect(pump.tell(.abort(reason: "enough", keepsEffects: false)).isAccepted)
        pump.end("~a")
        #expect(pump.outcome == .rolledBack)
    }

    @Test func commandsAreRefusedWhileAFreezeForbidsThem() {
        var pump = Pump(plan("a; b <- a") { $0["a"].onFailure = .hold })
        pump.end("a", .exited(1))
        pump.send(.freezes([span(pump, forbidding: [.retry, .bypass])]))
        let retry = pump.tell(.retry(step: "a", reason: "again"))
        #expect(
            retry.message
                == "no retry now: year-end holds for another 1h: nobody is in; whoever may override it says "
                + #"`tminus override shop-1 year-end --reason "…"`"#)
        #expect(!pump.tell(.bypass(step: "a", reason: "by hand")).isAccepted)
        #expect(pump.tell(.overrideFreeze(freeze: "year-end", reason: "INC-1")).isAccepted)
        #expect(pump.tell(.retry(step: "a", reason: "again")).isAccepted)
        #expect(pump.running == "a.2")
    }

    @Test func anOverrideNeedsTheRightAReasonAndAFreezeThatLetsIt() {
        var pump = Pump(plan("a; b <- a"))
        pump.send(.freezes([span(pump, named: "soft"), span(pump, named: "hard", isOverridable: false)]))
        pump.end("a")
        let nobody = Person(name: "eve", rights: [.start])
        #expect(
            pump.tell(.overrideFreeze(freeze: "soft", reason: "now"), by: nobody).message
                == "eve may not override soft: it takes the right overrideFreeze; tminus policy show says "
                + "who has it")
        #expect(!pump.tell(.overrideFreeze(freeze: "soft", reason: "  ")).isAccepted)
        #expect(
            pump.tell(.overrideFreeze(freeze: "none", reason: "now")).message
                == "no freeze of that name holds shop-1; these do: soft, hard")
        #expect(
            pump.tell(.overrideFreeze(freeze: "hard", reason: "now")).message.hasPrefix("nobody may override hard"))
        #expect(pump.tell(.overrideFreeze(freeze: "soft", reason: "now")).message.hasSuffix("hard still holds it"))
        #expect(
            pump.tell(.overrideFreeze(freeze: "soft", reason: "now")).message
                == "soft is overridden for shop-1 already")
        #expect(pump.status("b") == .waiting(.freeze))
        pump.send(.freezes([pump.state.freezes[0]]))
        #expect(pump.running == "b")
    }

    @Test func anOverrideCountsForOneStretchOnly() {
        var pump = Pump(plan("a; b <- a; c <- b"))
        let nights = [
            span(pump, named: "nights", for: .seconds(100)),
            span(pump, named: "nights", from: .seconds(200), for: .seconds(100)),
        ]
        pump.send(.freezes(nights))
        pump.end("a")
        pump.tell(.overrideFreeze(freeze: "nights", reason: "now"))
        #expect(pump.running == "b")
        pump.pass(.seconds(210))
        pump.end("b")
        #expect(pump.status("c") == .waiting(.freeze))
        #expect(
            pump.bodies().contains(.freezeOverridden(freeze: "nights", by: "bob", reason: "now")))
    }

    @Test func anExemptChangeAndARollbackOfAReleaseKnowFreezesAndIgnoreThem() {
        var requirement = ChangeRequirement(change: .emergency, phase: 0, policyDigest: "p")
        requirement.isFreezeExempt = true
        var exempt = Pump(plan("a; b <- a"), requirement: requirement)
        exempt.send(.freezes([span(exempt, for: nil)]))
        exempt.end("a")
        #expect(exempt.running == "b")
        #expect(exempt.state.freezes.count == 1)

        var back = Pump(plan("a"), isLocked: true, lineage: .rollback(of: "shop-0", restores: nil))
        back.send(.freezes([span(back, for: nil)]))
        back.send(.lockGranted)
        #expect(back.running == "a")
    }
}
