internal import TminusCore
internal import TminusModel

extension Engine {
    /// Notes runs that went ahead while the journal was away, and are in it now; each once, with its review.
    package func noteImported(_ runs: [String]) async throws(EngineError) {
        for run in runs {
            let state = try await state(of: run)
            let due = rollbackReviewDue(state, from: now)
            let (service, environment, by) = (state.plan.service, state.plan.environment, state.by)
            let reason = state.reason ?? "no reason was given"
            _ = try await control.record { control in
                if control.reviewedRuns.contains(run) { return ([], true) }
                let review = Review(
                    name: "review-\(control.reviewsMade + 1)", kind: .rollback, run: run, service: service,
                    environment: environment, by: by, reason: reason, due: due)
                return ([.rollbackImported(run: run, by: by, reason: reason), .reviewOpened(review)], true)
            }
        }
    }
}
