import TminusCore
import TminusModel

/// Change control around the drivers: policies, freezes announced and added, locks broken.
extension World {
    /// The run's first event. A third of all runs need approvals, a lead time, or both.
    mutating func submission(of run: Int) -> Submission {
        var submission = Submission(run: runs[run].name, plan: runs[run].plan, digest: "d", by: "amy")
        if random.chance(50) { submission.lineage = .rollback(of: "shop-0", restores: nil) }
        if random.chance(300) { submission.requirement = requirement(runs[run].plan) }
        if flaw == .borrowedName {
            submission.by = "portal"
            submission.requirement?.barred = []
        }
        if random.chance(flaw == .freezeAtStartOnly ? 1_000 : 300) { runs[run].announced = announcement() }
        runs[run].spans = runs[run].announced
        return submission
    }

    private mutating func requirement(_ plan: Plan) -> ChangeRequirement {
        var requirement = ChangeRequirement(
            change: .normal, phase: random.below(plan.phases.count + 1), policyDigest: "p")
        requirement.approvals = random.pick([
            [.init(role: "lead", from: ["group:leads"])],
            [.init(role: "owner", from: ["cat", "bob"]), .init(role: "operator", from: ["bob"])],
            [.init(role: "CAB", from: ["amy", "bob", "cat", "group:leads"], count: 2)], [],
        ])
        requirement.barred = ["amy"]
        if random.chance(300) { requirement.notBefore = now.advanced(by: .seconds(Int(random.between(1, 900)))) }
        if random.chance(300) { requirement.expires = now.advanced(by: .seconds(Int(random.between(60, 7_200)))) }
        requirement.isFreezeExempt = random.chance(100)
        return requirement
    }

    /// Nights that were announced before the run was.
    private mutating func announcement() -> [FreezeSpan] {
        var spans: [FreezeSpan] = []
        var from = now.advanced(by: .seconds(Int(random.between(0, 300)) - 60))
        for _ in 0...random.below(3) {
            let until = from.advanced(by: .seconds(Int(random.between(1, 1_800))))
            spans.append(
                FreezeSpan(
                    name: "night", reason: "nobody is in", from: from, until: until, actions: actions(),
                    isOverridable: random.chance(800)))
            from = until.advanced(by: .seconds(Int(random.between(1, 600))))
        }
        return spans
    }

    private mutating func actions() -> [FreezeSpan.Action] {
        random.pick([
            [.start, .advance, .retry], [.start, .advance, .retry], [.start], [.advance], [.retry],
            FreezeSpan.Action.allCases,
        ])
    }

    mutating func tellFreezes(_ incarnation: Int, _ run: Int) {
        var spans = runs[run].spans
        if flaw == .freezeAtStartOnly { spans.removeAll { !$0.holds(now) } }
        if flaw == .freezeFailsOpen, runs[run].journal.count > 1 { spans = [] }
        drive(incarnation, .freezes(spans))
    }

    /// Now and then the line is stopped, or goes on; or somebody takes a lock away.
    mutating func changeControl() {
        guard let pump = pumps.first(where: { !$0.isFinished }) else { return }
        if random.chance(60) {
            let run = pump.run
            if let line = runs[run].spans.lastIndex(where: { $0.name == "line" }), random.chance(700) {
                runs[run].spans.remove(at: line)
            } else {
                runs[run].spans.append(
                    FreezeSpan(
                        name: "line", reason: "the shop is down", from: now, until: .distantFuture,
                        actions: actions(), isOverridable: random.chance(500)))
            }
            tell(pump.incarnation, .freezes(runs[run].spans))
        }
        if random.chance(40) { tell(pump.incarnation, .lockBroken(by: "eve", reason: "it hangs")) }
    }

    /// When faults have stopped, whoever stopped the line lets it go.
    mutating func thaw() {
        isThawed = true
        for run in runs.indices { runs[run].spans.removeAll { $0.until == .distantFuture } }
        for pump in pumps where !pump.isFinished { tell(pump.incarnation, .freezes(runs[pump.run].spans)) }
    }

    /// It is durable that a run gave its lock up: another that waits gets it, else it gets it back.
    mutating func passLock(_ run: Int, _ incarnation: Int) {
        guard runs[run].ledger.control.isLockLost, runs[run].outcome == nil else { return }
        if lockGranted == run { lockGranted = nil }
        for pump in pumps where !pump.isFinished && pump.run != run && !runs[pump.run].holdsLock {
            askForLock(pump.run, pump.incarnation)
        }
        if let pump = pumps.first(where: { $0.run == run && !$0.isFinished }) { askForLock(run, pump.incarnation) }
    }
}
