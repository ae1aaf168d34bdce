package import TminusModel

/// What is known of the seal of the phase that was finished last.
package struct SealStanding: Equatable, Sendable {
    /// SHA-256 of what was kept; nil until it is.
    package internal(set) var digest: String?
    /// When it was last looked at; nil before.
    package internal(set) var checkedAt: Instant?
    /// Why nothing may start from it, a sentence each; empty before it was looked at.
    package internal(set) var faults: [String] = []
    /// The event after which it had to be made, or made anew.
    package internal(set) var since = 0
}

/// What the world must do about a seal.
package enum SealWish: Equatable, Sendable {
    /// Keep what stands now; the answer repeats `since`, so that it never counts for what came later.
    case keep(phase: Int, since: Int)
    case check(phase: Int, digest: String)
}

extension RunState {
    /// How long a look at the seal counts while something else still keeps the phase from beginning.
    static let sealFreshness = Duration.seconds(3_600)
    /// How often a seal that is not as it should be is looked at again.
    package static let sealPatience = Duration.seconds(30)

    /// Whether the phase that is on, or next, has to start from a seal: some phase came before it, and none of its own
    /// steps has begun.
    var needsSeal: Bool {
        phase > 0 && phase < plan.phases.count && begunPhase < phase && !isRollbackOfRelease
    }

    /// Whether all that a seal speaks of is there: every step of the phases before is done.
    var isSealable: Bool { unaccepted[..<min(phase, unaccepted.count)].allSatisfy { $0 == 0 } }

    func isSealSound(_ now: Instant) -> Bool {
        guard seal.digest != nil, seal.faults.isEmpty, let checked = seal.checkedAt, isSealable else { return false }
        return now <= checked.advanced(by: Self.sealFreshness)
    }

    /// What must be done about the seal now; nil when it is sound, or something else is in the way first.
    package func sealWish(now: Instant) -> SealWish? {
        guard outcome == nil, rollback == nil, abort == nil, startedAt != nil, needsSeal, isSealable else { return nil }
        guard let digest = seal.digest else { return .keep(phase: phase - 1, since: seal.since) }
        guard !endsHere, pause == nil, lockLoss == nil, failing.isEmpty, isSealAwaited, isNextOpen(now) else {
            return nil
        }
        if isSealSound(now) { return nil }
        return .check(phase: phase - 1, digest: digest)
    }

    /// Whether something could begin but for the seal: the phase, or the first of its steps.
    var isSealAwaited: Bool {
        !isPhaseStarted || gated.contains { steps[$0].status == .waiting(.evidence) }
    }

    /// Whether nothing but its seal keeps the phase that is on, or next, from beginning.
    func isNextOpen(_ now: Instant) -> Bool {
        guard isOpen(phase, now) || unaccepted[phase] == 0 else { return false }
        return isChangeMet(for: phase, now) && freeze(firstStep == nil ? .start : .advance, now) == nil
    }

    /// Evidence of an earlier phase that the one that is on, or next, may not build on any more.
    func staleEvidence(_ now: Instant) -> StepIndex? {
        guard phase > 0, phase < plan.phases.count, begunPhase < phase, isNextOpen(now) else { return nil }
        if isPhaseStarted, isRollbackOfRelease { return nil }
        return plan.steps.indices.first { index in
            guard plan.steps[index].phase < phase, steps[index].status == .succeeded,
                let life = plan.steps[index].evidenceLife, let ended = steps[index].endedAt
            else { return false }
            return ended.advanced(by: life) <= now
        }
    }

    /// A page, once, when nothing but the seal keeps a phase from beginning.
    func pageAboutSeal() -> [Event.Body] {
        guard !seal.faults.isEmpty else { return [] }
        return page("seal/\(plan.phases[phase].name)/\(seal.since)", sealSentence)
    }

    var sealSentence: String {
        "\(plan.phases[phase].name) does not start from \(plan.phases[phase - 1].name): "
            + seal.faults.joined(separator: "; ")
    }

    /// What the seal keeps waiting; nil when it does not.
    func sealNeed(_ now: Instant) -> Need? {
        guard needsSeal, isSealable, isSealAwaited, !seal.faults.isEmpty else { return nil }
        guard endsHere || isNextOpen(now) else { return nil }
        return need(
            .seal, nil, "\(sealSentence). It is looked at again every \(Self.sealPatience.releaseText)",
            ["tminus go \(run) \(plan.phases[phase - 1].name)", "tminus abort \(run)"], person: true)
    }

    /// Takes over what another run did: its steps count as done here, with their ends, outputs and approvals.
    mutating func takeOver(_ start: SealedStart) {
        for item in start.evidence {
            guard let step = plan.step(named: item.step), plan.steps[step].phase <= start.phase,
                steps[step].status == .pending
            else { continue }
            switch item.status {
            case "succeeded": steps[step].status = .succeeded
            case "bypassed": steps[step].status = .bypassed
            default: steps[step].status = .skipped
            }
            steps[step].reason = "\(item.status) in \(start.run)"
            steps[step].endedAt = item.ended
            steps[step].outputs = item.outputs
            if !item.outputs.isEmpty { writers.append(step) }
            steps[step].approvals = start.approvals.filter { $0.step == item.step }.map {
                ApprovalMark(by: $0.by, at: $0.at, comment: "")
            }
            unaccepted[plan.steps[step].phase] -= 1
            for child in children[step] { steps[child].blockers -= 1 }
        }
        phase = min(start.phase + 1, plan.phases.count - 1)
    }

    /// Whether the run ends here, with the phase that was just finished: only its seal is still to be kept.
    var endsHere: Bool { endsAfter.map { $0 + 1 == phase } ?? false && !isPhaseStarted }

    /// The end of a run that was to do some phases only, once they are sealed.
    func endSealed() -> [Event.Body] {
        guard seal.digest != nil else { return pageAboutSeal() }
        guard live.isEmpty, rules.allSatisfy({ $0.status != .open }), !isCostOpen else { return [] }
        let name = plan.phases[phase - 1].name
        return [.runEnded(outcome: .succeeded, reason: "\(name) is done and sealed, and was all that was asked for")]
    }

    // MARK: News

    func sealKept(_ phase: Int, digest: String, since: Int) -> [Event.Body] {
        guard needsSeal, phase + 1 == self.phase, outcome == nil, seal.digest == nil, seal.since == since, isSealable
        else { return [] }
        return [.phaseSealed(phase: phase, digest: digest)]
    }

    /// Told twice, the same faults mean nothing; a sound seal means each time that it was sound then.
    func sealChecked(_ phase: Int, digest: String?, faults: [String]) -> [Event.Body] {
        guard needsSeal, phase + 1 == self.phase, outcome == nil, rollback == nil, isSealable else { return [] }
        guard faults.isEmpty || faults != seal.faults else { return [] }
        guard !faults.isEmpty || digest != nil && digest == seal.digest else { return [] }
        return [.sealChecked(phase: phase, digest: digest, faults: faults)]
    }

    /// A person's go for a phase whose seal is not as it should be: it is made anew from the journal.
    func renewSeal(_ name: String, _ reason: String, _ person: Person) -> Obedience? {
        guard needsSeal, plan.phases[phase - 1].name == name, plan.step(named: name) == nil else { return nil }
        if rollback != nil || abort != nil { return refuse("\(run) is turning back; no phase begins any more") }
        guard !seal.faults.isEmpty else {
            return refuse("the seal of \(name) is not what \(run) waits for")
        }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            return refuse("sealing \(name) anew needs a reason; it is kept in the run's journal")
        }
        return accept(
            [.sealRenewed(phase: phase - 1, by: person.name, reason: reason)],
            "\(name) is sealed anew from the journal, and then looked at again")
    }
}
