import Testing
import TminusCore
import TminusModel

/// The plan that undoes a run, and what stands on a target.
@Suite struct RollbackPlanTests {
    /// The run, succeeded: every step ended in the order given.
    private func succeeded(_ plan: Plan, _ order: String) -> RunState {
        var pump = Pump(plan)
        for name in order.split(separator: " ") { pump.end(String(name)) }
        #expect(pump.outcome == .succeeded)
        return pump.state
    }

    /// `d <- ; b <- d; …`: each step with what it needs, as `PlanText` writes it.
    private func text(_ plan: Plan) -> String {
        plan.steps.map { step in
            let needs = step.needs.map { plan.steps[$0].name }.joined(separator: " ")
            return needs.isEmpty ? step.name : "\(step.name) <- \(needs)"
        }.joined(separator: "; ")
    }

    @Test func aDiamondIsTurnedAround() throws {
        let undo = try RollbackPlan(undoing: succeeded(plan("a; b <- a; c <- a; d <- b c"), "a b c d"))
        #expect(text(undo.plan) == "d; c <- d; b <- d; a <- c b" || text(undo.plan) == "d; c <- d; b <- d; a <- b c")
        #expect(undo.plan.steps.map(\.kind) == ["d", "c", "b", "a"].map { .run(Command(argv: ["undo-\($0)"])) })
        #expect(undo.plan.phases.map(\.name) == ["T-0"])
    }

    @Test func phasesAreTurnedAroundAndWhatIsNotUndoneIsPassedThrough() throws {
        let state = succeeded(
            plan("a | b; c <- b; d <- c") {
                $0["c"].rollback = .noneNeeded(reason: "read by nobody")
                $0.deadline = .seconds(60)
            }, "a b c d")
        let undo = try RollbackPlan(undoing: state)
        #expect(text(undo.plan) == "d; b <- d; a")
        #expect(undo.plan.phases.map(\.name) == ["T-0", "T-1"])
        #expect(undo.plan.steps.map(\.phase) == [0, 0, 1])
        #expect(undo.plan.deadline == nil)
        #expect(undo.lines.last == RollbackLine(deed: .keep, step: "c", text: "read by nobody"))
    }

    @Test func aBracketIsPutAroundWhatItHeldAgain() throws {
        let state = succeeded(bracketed { _ in }, "a shut b shut-end c")
        let undo = try RollbackPlan(undoing: state)
        #expect(text(undo.plan) == "c; shut <- c; b <- shut; shut-end <- shut b; a <- shut-end")
        guard case .maintenance(let bracket) = undo.plan["shut"].kind else {
            Issue.record("no bracket: \(undo.plan["shut"].kind)")
            return
        }
        #expect(bracket.until == 2)
        #expect(undo.plan["shut"].onFailure == .hold)
    }

    @Test func nobodyIsShutOutForNothing() throws {
        let state = succeeded(bracketed { $0["b"].rollback = .noneNeeded(reason: "nothing") }, "a shut b shut-end c")
        #expect(text(try RollbackPlan(undoing: state).plan) == "c; a <- c")
    }

    @Test func whatOneStepWroteIsSeenByWhatUndoesAnother() throws {
        var pump = Pump(plan("a; b <- a"))
        pump.end("a", outputs: [Variable(name: "id", value: "7")])
        pump.end("b")
        let undo = try RollbackPlan(undoing: pump.state)
        #expect(undo.plan["b"].environment == [Variable(name: "TMINUS_OUTPUT_A_ID", value: "7")])
    }

    @Test func aPointOfNoReturnIsNamedAndARunThatCannotBeUndoneSaysWhy() throws {
        let state = succeeded(
            plan("a; b <- a") {
                $0["b"].isPivot = true
                $0["b"].rollback = .notDeclared
            }, "a b")
        #expect(try RollbackPlan(undoing: state).pivots == ["b"])
        let nothing = succeeded(plan("a") { $0["a"].rollback = .noneNeeded(reason: "a look") }, "a")
        #expect(throws: Refusal.self) { try RollbackPlan(undoing: nothing) }
    }

    @Test func aRollbackThatFailsInPartGoesOnAndIsIncomplete() throws {
        let undo = try RollbackPlan(undoing: succeeded(plan("a; b <- a; c <- b"), "a b c"))
        var pump = Pump(undo.plan, lineage: .rollback(of: "shop-0", restores: nil))
        pump.end("c")
        pump.end("b", .exited(9))
        pump.end("a")
        #expect(pump.outcome == .rollbackIncomplete)
        #expect(pump.pages == ["rollbackIncomplete"])
    }

    private func bracketed(_ change: (inout Plan) -> Void) -> Plan {
        plan("a; shut <- a; b <- shut; shut-end <- b; c <- shut-end") { plan in
            let leave = Command(argv: ["leave"])
            plan["shut"].kind = .maintenance(
                MaintenanceBracket(enter: Command(argv: ["enter"]), leave: leave, until: 2))
            plan["shut"].rollback = .notDeclared
            plan["shut-end"].kind = .maintenanceEnd(opened: 1)
            plan["shut-end"].rollback = .notDeclared
            plan["shut-end"].hasEffect = false
            change(&plan)
        }
    }
}

@Suite struct ReleaseStackTests {
    /// Runs `r1`, `r2` … oldest first: `+` succeeded, `x` failed, `~2` took r2 back, `!2` began to and did not end.
    private func stack(_ text: String) -> ReleaseStack {
        var records: [ReleaseRecord] = []
        for (index, word) in text.split(separator: " ").enumerated() {
            var record = ReleaseRecord(
                run: "r\(index + 1)", service: "shop", environment: "production", pipeline: "shop",
                outcome: word == "x" ? .failed : .succeeded, hadEffect: true, change: .normal, release: .minor,
                version: "v\(index + 1)", digest: "", ended: Instant(millisecondsSinceEpoch: Int64(index)))
            if word.first == "~" || word.first == "!" {
                record.lineage = .rollback(of: "r\(word.dropFirst())", restores: nil)
                if word.first == "!" { record.outcome = .rollbackIncomplete }
            }
            records.insert(record, at: 0)
        }
        return ReleaseStack(records)
    }

    private func way(_ text: String, to: String? = nil, forced: String? = nil, live: Bool = false) -> String {
        do throws(Refusal) {
            let way = try stack(text).wayBack(to: to, of: "shop", forced: forced, isUnderLive: live)
            let undone = way.undone.map(\.record.run).joined(separator: " ")
            return "\(undone) > \(way.restored?.record.run ?? "-")"
        } catch {
            return error.message
        }
    }

    @Test func theNewestGoodReleaseIsUndoneAndTheOneBelowIsRestored() {
        #expect(way("+ + +") == "r3 > r2")
        #expect(way("+ + + ~3") == "r2 > r1")
        #expect(way("+ + + ~3 ~2").hasPrefix("no previous version"))
        #expect(way("+").hasPrefix("no previous version"))
        #expect(way("").hasPrefix("no previous version"))
    }

    @Test func whatWentWrongOnTopOfAGoodReleaseIsUndoneFirst() {
        #expect(way("+ + x") == "r3 > r2")
        #expect(way("+ x x") == "r3 r2 > r1")
        #expect(way("+ + x +") == "r4 r3 > r2")
    }

    @Test func aReleaseAfterARollbackLiesOnTopOfWhatWasRestored() {
        #expect(way("+ + ~2 +") == "r4 > r1")
        #expect(way("+ + ~2 +", to: "v1") == "r4 > r1")
        #expect(way("+ + ~2 +", to: "v2").contains("is no good release"))
    }

    @Test func underALiveRunTheTopmostGoodReleaseIsTheLastKnownGoodOne() {
        #expect(way("+ +", live: true) == " > r2")
        #expect(way("+ x", live: true) == "r2 > r1")
        #expect(way("", live: true) == " > -")
        #expect(way("+ + +", to: "v1", live: true) == "r3 r2 > r1")
    }

    @Test func anUnfinishedRollbackIsInTheWayUnlessItIsNamed() {
        #expect(way("+ + !2").contains("--force-newer r3"))
        #expect(way("+ + !2", forced: "r3") == "r2 > r1")
        #expect(way("+ + !2 ~2", forced: nil).hasPrefix("no previous version"))
    }

    @Test func anOlderRunIsUndoneOnlyByNameOfTheNewest() {
        let three = stack("+ + +")
        #expect(three.refusal(toUndo: "r2", of: "shop", forced: nil)?.message.contains("--force-newer r3") == true)
        #expect(three.refusal(toUndo: "r2", of: "shop", forced: "r3") == nil)
        #expect(three.refusal(toUndo: "r3", of: "shop", forced: nil) == nil)
        #expect(three.refusal(toUndo: "r1", of: "shop", forced: "r3")?.message.hasPrefix("no previous version") == true)
        #expect(three.refusal(toUndo: "r9", of: "shop", forced: nil)?.message.contains("left nothing") == true)
    }
}
