package import TminusModel

extension RunState {
    /// The index entry of a run that has ended; nil while it has not, and of one that was to end before its last phase.
    package var release: ReleaseRecord? {
        guard let outcome, let endedAt, endsAfter == nil else { return nil }
        return ReleaseRecord(
            run: run, service: plan.service, environment: plan.environment, pipeline: plan.pipeline,
            outcome: outcome,
            hadEffect: plan.steps.indices.contains { plan.steps[$0].hasEffect && mayHaveHadEffect($0) },
            change: requirement?.change ?? plan.change, release: plan.release, version: plan.version,
            commit: plan.commit, lineage: lineage, digest: digest, ended: endedAt)
    }
}
