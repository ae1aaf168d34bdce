import TestClock
import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts
import TminusSimulation

/// A policy that answers as it is told.
private struct ScriptedPolicy: ChangePolicy {
    var requirement: @Sendable (ProposedChange) throws(PolicyFault) -> ChangeRequirement? = { _ in nil }
    var rights: [Right] = Right.allCases.sorted()
    var isBroken = false

    private func check() throws(PolicyFault) {
        if isBroken { throw PolicyFault(.unreadable, "tminus.yaml:3:1: there is no key 'peeple'") }
    }

    func digest() throws(PolicyFault) -> String? {
        try check()
        return "d"
    }

    func person(_ person: Person) throws(PolicyFault) -> Person {
        try check()
        var known = person
        known.rights = rights
        return known
    }

    func requirement(for change: ProposedChange) throws(PolicyFault) -> ChangeRequirement? {
        try check()
        return try requirement(change)
    }

    func check(_ rule: FreezeRule) throws(PolicyFault) { try NoPolicy().check(rule) }
    func freezes() throws(PolicyFault) -> [PolicyFreeze] { [] }

    func spans(
        for subject: FreezeSubject, added: [FreezeRule], from: Instant, until: Instant
    ) throws(PolicyFault) -> [FreezeSpan] {
        try check()
        return try NoPolicy().spans(for: subject, added: added, from: from, until: until)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct ControlTests {
    private func bench(_ policy: ScriptedPolicy) -> TestBench {
        var bench = TestBench()
        bench.policy = policy
        return bench
    }

    private func events(_ bench: TestBench) async throws -> [ControlEvent.Body] {
        try await bench.control.controlEvents(after: 0, limit: 100).map(\.body)
    }

    @Test func whatThePolicyRefusesIsNotRunAndIsRecorded() async throws {
        var policy = ScriptedPolicy()
        policy.requirement = { change throws(PolicyFault) in
            throw PolicyFault(.refused, "\(change.plan.service) needs a review of checkout-3 first")
        }
        let bench = bench(policy)
        let engine = try await bench.started()
        let error = await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1)) }
        #expect(error == EngineError(.refused, "shop needs a review of checkout-3 first"))
        #expect(
            try await events(bench)
                == [.orderRefused(by: "ada", order: "run shop", reason: "shop needs a review of checkout-3 first")])
        #expect(try await engine.summaries(RunQuery()).isEmpty)
    }

    @Test func aPolicyThatCannotBeReadStartsNothingNew() async throws {
        let engine = try await bench(ScriptedPolicy(isBroken: true)).started()
        let error = await #expect(throws: EngineError.self) { try await engine.submit(.made(of: 1)) }
        #expect(
            error?.description
                == "the policy can't be read, so nothing new starts: tminus.yaml:3:1: there is no key 'peeple'")
        #expect(engine.known(ada).rights == [.rollback, .stopTheLine])
    }

    @Test func whatAChangeNeedsStandsInItsFirstEvent() async throws {
        var policy = ScriptedPolicy()
        policy.requirement = { _ throws(PolicyFault) in
            var requirement = ChangeRequirement(change: .normal, phase: 0, policyDigest: "d")
            requirement.approvals = [.init(role: "manager", from: ["bo"])]
            return requirement
        }
        let bench = bench(policy)
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        await engine.see(run) { $0 == .runStarted }
        #expect(bench.runner.calls.isEmpty)
        let own = try await engine.command(.approve(step: nil, comment: ""), to: run, by: Person(name: "bo"))
        #expect(own.isAccepted, "\(own.message)")
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
    }

    @Test func aStoppedLineHoldsRunsThatAreLiveUntilItIsReleased() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let now = bench.clock.now
        let rule = FreezeRule(name: "line", reason: "fire", kind: .deny, times: .once(from: now, until: nil))
        _ = try await engine.order(.stopLine(rule), by: ada)
        let run = try await engine.submit(.made(of: 2))
        await engine.see(run) { if case .stepWaiting(_, .freeze) = $0 { true } else { false } }
        #expect(bench.runner.calls.isEmpty)
        _ = try await engine.order(.releaseLine(name: "line", reason: "it is out"), by: ada)
        #expect(try await engine.outcome(of: run) == .ended(.succeeded))
        #expect(
            try await events(bench) == [
                .lineStopped(rule, by: "ada"), .lineReleased(name: "line", by: "ada", reason: "it is out"),
            ])
    }

    @Test func anOrderOfSomebodyWithoutTheRightIsRefusedAndRecorded() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let eve = Person(name: "eve", rights: [.start])
        let error = await #expect(throws: EngineError.self) {
            try await engine.order(.endFreeze(name: "year-end", reason: "bored"), by: eve)
        }
        #expect(error?.code == .refused)
        let recorded = try await events(bench)
        #expect(recorded.count == 1)
        guard case .orderRefused("eve", "end the freeze year-end", _) = recorded.first else {
            Issue.record("recorded was \(recorded)")
            return
        }
    }

    @Test func aTokenIsWorthWhatItSaysUntilItEnds() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let order = ControlOrder.createToken(
            person: "ci", isAutomation: true, rights: [.start], services: ["shop"], lifetime: .seconds(60))
        let secret = try #require(try await engine.order(order, by: ada).secret)
        let holder = try #require(await engine.holder(ofToken: secret))
        #expect(holder.person == Person(name: "ci", rights: [.start], isAutomation: true, services: ["shop"]))
        #expect(await engine.holder(ofToken: secret + "0") == nil)
        bench.clock.advance(by: .seconds(60))
        #expect(await engine.holder(ofToken: secret) == nil)
    }

    @Test func freezesAndTokensOutliveTheEngine() async throws {
        let bench = TestBench()
        let first = try await bench.started()
        let rule = FreezeRule(
            name: "sale", reason: "spring", kind: .deny, times: .once(from: bench.clock.now, until: nil))
        _ = try await first.order(.addFreeze(rule), by: ada)
        await first.shutdown()
        let second = try await bench.restarted(ScriptedRunner()).started()
        #expect(await second.controlState().rules == [rule])
    }

    /// The run is durable and the review is not: what a crash leaves.
    @Test func aReviewThatACrashKeptFromBeingWrittenIsOpenedAtTheNextStart() async throws {
        var policy = ScriptedPolicy()
        policy.requirement = { change throws(PolicyFault) in
            var requirement = ChangeRequirement(change: .emergency, phase: 0, policyDigest: "d")
            requirement.reviewDue = change.at.advanced(by: .seconds(3_600))
            return requirement
        }
        var bench = bench(policy)
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let first = try await bench.started()
        _ = try await first.submit(.made(of: 1))
        await first.shutdown()
        var later = bench.restarted(ScriptedRunner(onAdopt: { _ in nil }))
        later.control = MemoryControl()
        let second = try await later.started()
        #expect(await second.controlState().reviews.map(\.run) == ["shop-1"])
        await second.shutdown()
        let third = try await later.restarted(ScriptedRunner(onAdopt: { _ in nil })).started()
        #expect(await third.controlState().reviewsMade == 1)
    }
}
