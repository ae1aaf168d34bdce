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
                var facts: [ControlEvent.Body] = []
                if !control.importedRuns.contains(run) {
                    facts.append(.rollbackImported(run: run, by: by, reason: reason))
                }
                // The start opens the review of one that is still live.
                if control.reviewedRuns.contains(run) { return (facts, true) }
                let review = Review(
                    name: "review-\(control.reviewsMade + 1)", kind: .rollback, run: run, service: service,
                    environment: environment, by: by, reason: reason, due: due)
                return (facts + [.reviewOpened(review)], true)
            }
        }
    }
}
