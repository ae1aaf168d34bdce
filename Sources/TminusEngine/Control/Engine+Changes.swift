internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// What a change needs before it may run, and what is owed after it.
extension Engine {
    /// Ended runs of the service that the policy is told of.
    private static let releasesTold = 500
    /// A rollback waits for nobody, and is looked at afterwards.
    static let rollbackReviewedWithin = Duration.seconds(5 * 86_400)

    /// What the policy demands of a plan; nil without a policy, and of a rollback, which waits for nobody.
    ///
    /// - Throws: `.refused` saying who may, when, or how; it is recorded then. `.store`.
    func requirement(
        of plan: Plan, digest: String, by person: Person, lineage: Lineage?, incident: String?
    ) async throws(EngineError) -> ChangeRequirement? {
        guard person.mayTouch(service: plan.service) else {
            throw try await refuse(
                "run \(plan.pipeline)", by: person,
                "the token of \(person.name) is for \(person.services.joined(separator: ", ")), not \(plan.service)")
        }
        if case .rollback = lineage {
            guard person.may(.rollback) else {
                throw try await refuse(
                    "roll back \(plan.service)", by: person,
                    "\(person.name) may not roll back: \(whoMay(.rollback))")
            }
            return nil
        }
        if case .hotfix = lineage, !person.may(.emergency) {
            throw try await refuse(
                "hotfix \(plan.service)", by: person,
                "\(person.name) may not make emergency changes: \(whoMay(.emergency))")
        }
        // Before rights: while the policy can't be read nobody has any, and that is what is wrong then.
        do throws(PolicyFault) { _ = try parts.policy.digest() } catch {
            throw EngineError(.refused, "the policy can't be read, so nothing new starts: \(error.description)")
        }
        let isUrgent = plan.change == .emergency || incident != nil
        guard person.may(.start) || isUrgent && person.may(.emergency) else {
            throw try await refuse(
                "run \(plan.pipeline)", by: person,
                "\(person.name) may not start runs: \(whoMay(.start))")
        }
        let state = await control.state
        let releases: [ReleaseRecord]
        do throws(StoreError) {
            releases = try await parts.journal.releases(
                service: plan.service, environment: nil, limit: Self.releasesTold)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
        let change = ProposedChange(
            plan: plan, digest: digest, by: person, lineage: lineage, incident: incident, at: now,
            releases: releases, reviews: state.reviews.filter { $0.service == plan.service },
            blocks: state.blocks.filter { $0.service == plan.service })
        do throws(PolicyFault) {
            return try parts.policy.requirement(for: change) ?? Self.plain(lineage, at: now)
        } catch {
            switch error.code {
            case .refused: throw try await refuse("run \(plan.pipeline)", by: person, error.description)
            case .unreadable:
                throw EngineError(
                    .refused, "the policy can't be read, so nothing new starts: \(error.description)")
            }
        }
    }

    /// The end of a refusal: whom to ask.
    nonisolated func whoMay(_ right: Right) -> String {
        ((try? parts.policy.who(may: right)) ?? nil)
            ?? "that takes the right \(right.rawValue), which the policy grants (tminus policy show)"
    }

    /// What a hotfix gets where no policy says it: no freeze or budget holds it, and it is looked at afterwards.
    private static func plain(_ lineage: Lineage?, at now: Instant) -> ChangeRequirement? {
        guard case .hotfix(let incident) = lineage else { return nil }
        var requirement = ChangeRequirement(change: .emergency, phase: 0, policyDigest: "")
        requirement.incident = incident
        requirement.isFreezeExempt = true
        requirement.isBudgetExempt = true
        requirement.reviewDue = now.advanced(by: rollbackReviewedWithin)
        requirement.notes = ["no policy is in force: a hotfix waits for no freeze and no error budget"]
        return requirement
    }

    /// Opens the review that a run owes. Asked again for every run that is taken up, so none is lost to a crash.
    func openReview(of state: RunState) async throws(EngineError) {
        if case .rollback(let undone, _) = state.lineage {
            let due = rollbackReviewDue(state, from: state.submittedAt)
            let reason = "\(undone) was taken back: \(state.reason ?? "no reason was given")"
            return try await openReview(.rollback, of: state, due: due, reason: reason)
        }
        guard let due = state.requirement?.reviewDue else { return }
        try await openReview(.emergency, of: state, due: due, reason: state.reason ?? "an emergency change")
    }

    /// When a rollback must have been looked at: as the policy has it for what is reviewed afterwards, else in five
    /// days.
    func rollbackReviewDue(_ state: RunState, from instant: Instant) -> Instant {
        let by = Person(name: state.by, rights: Right.allCases.sorted())
        let change = ProposedChange(
            plan: state.plan, digest: state.digest, by: by, lineage: state.lineage, at: instant)
        let due = ((try? parts.policy.requirement(for: change)) ?? nil)?.reviewDue
        return due ?? instant.advanced(by: Self.rollbackReviewedWithin)
    }

    func openReview(_ kind: Review.Kind, of state: RunState, due: Instant, reason: String) async throws(EngineError) {
        let run = state.run
        let (service, environment, by) = (state.plan.service, state.plan.environment, state.by)
        _ = try await control.record { control in
            if control.reviewedRuns.contains(run) { return ([], true) }
            let review = Review(
                name: "review-\(control.reviewsMade + 1)", kind: kind, run: run, service: service,
                environment: environment, by: by, reason: reason, due: due)
            return ([.reviewOpened(review)], true)
        }
    }

    /// After a start: what a crash kept from being written.
    func openOwedReviews(_ states: [RunState?]) async {
        for case let state? in states {
            do { try await openReview(of: state) } catch { logger.error("a review could not be opened: \(error)") }
        }
    }
}
