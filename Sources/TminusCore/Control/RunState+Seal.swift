package import TminusModel

extension RunState {
    /// What a finished phase is sealed with; nil for the last one, and in a run that takes another back.
    package func seal(ofPhase phase: Int, at instant: Instant) -> PhaseSeal? {
        guard plan.phases.indices.contains(phase), phase + 1 < plan.phases.count else { return nil }
        if case .rollback = lineage { return nil }
        var approvals: [PhaseSeal.Approval] = []
        var evidence: [PhaseSeal.Evidence] = []
        for (index, step) in plan.steps.enumerated() where step.phase <= phase {
            let state = steps[index]
            let validUntil = step.evidenceLife.flatMap { life in state.endedAt?.advanced(by: life) }
            approvals += state.approvals.map {
                PhaseSeal.Approval(step: step.name, by: $0.by, at: $0.at, validUntil: validUntil)
            }
            evidence.append(
                PhaseSeal.Evidence(
                    step: step.name, status: state.status.word, ended: state.endedAt, validUntil: validUntil,
                    outputs: state.outputs))
        }
        approvals += change.approvals.map { PhaseSeal.Approval(step: "change", by: $0.by, at: $0.at) }
        return PhaseSeal(
            run: run, phase: plan.phases[phase].name, sealed: instant, plan: plan, digest: digest,
            approvals: approvals, evidence: evidence)
    }
}
