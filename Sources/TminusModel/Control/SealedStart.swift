/// What a run builds on that another one did, on this engine or another: it begins with the phase after the one that
/// was sealed. The plan is the same.
package struct SealedStart: Equatable, Sendable {
    /// The run that was sealed.
    package var run: String
    /// Position of the phase that was sealed; not the last.
    package var phase: Int
    package var sealed: Instant
    /// SHA-256 of what was signed.
    package var digest: String
    /// The public key that signed it, 64 hexadecimal digits.
    package var key: String
    package var approvals: [PhaseSeal.Approval]
    /// Every step up to that phase, in plan order.
    package var evidence: [PhaseSeal.Evidence]

    package init(_ seal: PhaseSeal, phase: Int, digest: String, key: String) {
        run = seal.run
        self.phase = phase
        sealed = seal.sealed
        self.digest = digest
        self.key = key
        approvals = seal.approvals
        evidence = seal.evidence
    }

    func json(_ phases: NameTable) -> JSON {
        .members([
            "run": .string(run), "phase": phases.json(phase), "sealedMilliseconds": .milliseconds(sealed),
            "digest": .string(digest), "key": .string(key), "approvals": .unlessEmpty(approvals.map(\.json)),
            "evidence": .unlessEmpty(evidence.map(\.json)),
        ])
    }

    init(json: JSON, phases: NameTable) throws(CodingFault) {
        var fields = try Fields(json)
        run = try fields.text("run")
        phase = try fields.required("phase") { json throws(CodingFault) in try phases.position(json, "phase") }
        sealed = try fields.instant("sealedMilliseconds")
        digest = try fields.text("digest")
        key = try fields.text("key")
        approvals = try fields.list("approvals")
        evidence = try fields.list("evidence")
        try fields.finish()
    }
}

extension PhaseSeal {
    /// Why T-0 can't be started from this by another run: nil when it can. Names what is wrong.
    ///
    /// - Parameter instant: now: what no longer counts by then is named.
    package func refusal(at instant: Instant) -> String? {
        guard let phase = plan.phases.firstIndex(where: { $0.name == self.phase }), phase + 1 < plan.phases.count else {
            return "\(self.phase) is no phase of \(run) that another comes after"
        }
        let before = plan.steps.filter { $0.phase <= phase }
        if let effect = before.first(where: \.hasEffect) {
            return "\(effect.name) of \(run) has an effect, and only that run can undo it: go on with the run itself "
                + "(tminus resume \(run), where it ran), or say 'effect: none' in the pipeline if there is none"
        }
        let known = Dictionary(evidence.map { ($0.step, $0.status) }, uniquingKeysWith: { first, _ in first })
        let accepted = ["succeeded", "skipped", "bypassed", "failed"]
        if let missing = before.first(where: { !accepted.contains(known[$0.name] ?? "") }) {
            return "the seal says nothing of \(missing.name): it was not made by a run that had finished \(self.phase)"
        }
        let stale = stale(at: instant)
        guard stale.isEmpty else {
            return "too old by now: \(stale.joined(separator: ", ")). Run \(self.phase) again "
                + "(tminus run … --until \(self.phase)), and start from the new seal"
        }
        return nil
    }
}
