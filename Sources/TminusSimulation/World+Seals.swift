import TminusCore
import TminusModel

/// Seals: kept on a disk that may refuse or lose them; and the check that nothing starts but from a sound one.
extension World {
    mutating func keepSeal(_ phase: Int, since: Int, _ run: Int, _ incarnation: Int) {
        if strikes(100, .sealUnwritten) {
            tell(incarnation, .sealChecked(phase: phase, digest: nil, faults: ["the disk is full"]), after: 5)
            return
        }
        // A crash may come between the file and the news of it: then another takes its place.
        let digest = "\(runs[run].name).\(phase).\(time)"
        runs[run].seals[phase] = digest
        tell(incarnation, .sealKept(phase: phase, digest: digest, since: since), after: random.between(1, 200))
    }

    mutating func checkSeal(_ phase: Int, _ run: Int, _ incarnation: Int) {
        if strikes(100, .sealLost) { runs[run].seals[phase] = nil }
        let found = runs[run].seals[phase]
        let known = runs[run].ledger.sealDigest
        if flaw == .sealNotLookedAt {
            tell(incarnation, .sealChecked(phase: phase, digest: known, faults: []), after: 5)
            return
        }
        if let found { runs[run].foundSeals.insert(found) }
        let faults = found == nil ? ["the seal is gone"] : found == known ? [] : ["it is another seal"]
        tell(incarnation, .sealChecked(phase: phase, digest: found, faults: faults), after: random.between(1, 200))
    }

    mutating func checkSealing(_ event: Event, _ run: Int) {
        switch event.body {
        case .phaseFinished, .sealRenewed: (runs[run].ledger.isSealSound, runs[run].ledger.sealDigest) = (false, nil)
        case .evidenceExpired(let step):
            report.faults[.evidenceExpired] += 1
            runs[run].ledger.steps[step].succeededAt = nil
            (runs[run].ledger.isSealSound, runs[run].ledger.sealDigest) = (false, nil)
        case .approvalAsked: if isCalm { agenda.put(.helpersApprove, at: time + 60_000) }
        case .phaseSealed(_, let digest): runs[run].ledger.sealDigest = digest
        case .sealChecked(_, let digest, let faults):
            // It may be gone again by now: what an engine saw may reach the journal seconds later.
            let wasFound = digest.map { runs[run].foundSeals.contains($0) } ?? false
            if faults.isEmpty, digest != runs[run].ledger.sealDigest || !wasFound {
                violate("seal", "a seal is called sound, and is not the one that was kept, or was never looked at")
            }
            runs[run].ledger.isSealSound = faults.isEmpty
        case .stepSucceeded(let step): runs[run].ledger.steps[step].succeededAt = event.at
        case .attemptStarting(let id) where id.role == .forward: checkSealed(id.step, event.at, run)
        case .holdStarted(let step, _, _): checkSealed(step, event.at, run)
        default: break
        }
    }

    /// The first step of a later phase begins from a sound seal, and from evidence that still counts.
    private mutating func checkSealed(_ step: StepIndex, _ at: Instant, _ run: Int) {
        let ledger = runs[run].ledger
        let plan = ledger.plan
        let phase = plan.steps[step].phase
        guard phase > ledger.begunPhase else { return }
        // Leaving maintenance waits for nothing, and lets nobody else begin.
        if case .maintenanceEnd = plan.steps[step].kind { return }
        runs[run].ledger.begunPhase = phase
        if ledger.control.isRollback { return }
        let name = plan.steps[step].name
        if !ledger.isSealSound { violate("seal", "\(name) begins its phase without a sound seal") }
        for earlier in plan.steps.indices where plan.steps[earlier].phase < phase {
            guard let life = plan.steps[earlier].evidenceLife, let ended = ledger.steps[earlier].succeededAt,
                ended.advanced(by: life) <= at
            else { continue }
            violate("seal", "\(name) begins its phase, and \(plan.steps[earlier].name) is too old")
        }
    }
}
