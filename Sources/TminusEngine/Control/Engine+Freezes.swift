internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// Tells every live run which freezes apply to it, whenever that may have changed.
extension Engine {
    /// How far ahead runs are told; what lies beyond is told in time.
    private static let horizon = Duration.seconds(32 * 86_400)
    /// How often the policy's file is looked at, and the horizon moved when a day has passed.
    static let policyLooked = Duration.seconds(10)

    /// Asks the policy for every live run, and tells those whose freezes are others than they know.
    func refreshFreezes() async {
        let added = await control.state.rules
        freezesAdded = added
        for run in byAge { tellFreezes(run) }
    }

    /// The input that tells a run what applies to it now; nil when it knows.
    func freezeNews(for run: LiveRun, _ state: RunState) -> Input? {
        let spans = spans(for: state)
        guard run.freezesTold != spans else { return nil }
        run.freezesTold = spans
        return .freezes(spans)
    }

    private func tellFreezes(_ run: LiveRun) {
        guard let state = run.driver?.state, let news = freezeNews(for: run, state) else { return }
        feed(run, [news])
    }

    private func spans(for state: RunState) -> [FreezeSpan] {
        if case .rollback = state.lineage { return [] }
        let subject = FreezeSubject(
            service: state.plan.service, environment: state.plan.environment,
            change: state.requirement?.change ?? state.plan.change,
            invoker: state.isAutomated ? .automation : .user)
        // From the beginning of the day, so that the same freezes give the same spans all day long.
        let day: Int64 = 86_400_000
        let today = Instant(millisecondsSinceEpoch: now.millisecondsSinceEpoch / day * day)
        do throws(PolicyFault) {
            return try parts.policy.spans(
                for: subject, added: freezesAdded, from: today, until: today.advanced(by: Self.horizon))
        } catch {
            logger.error("the policy can't be read, so nothing starts: \(error)")
            return [
                FreezeSpan(
                    name: "policy", reason: "the policy can't be read: \(error)", from: today, until: .distantFuture,
                    actions: FreezeSpan.Action.allCases, isOverridable: false)
            ]
        }
    }

    /// The policy's own freezes. - Throws: `.refused` when the policy can't be read.
    package nonisolated func policyFreezes() throws(EngineError) -> [PolicyFreeze] {
        do throws(PolicyFault) { return try parts.policy.freezes() } catch {
            throw EngineError(.refused, "the policy can't be read: \(error.description)")
        }
    }

    /// What tells one policy from another: none, one that can't be read, and one in force are three things.
    private func policyState() -> Result<String?, PolicyFault> {
        do throws(PolicyFault) { return .success(try parts.policy.digest()) } catch { return .failure(error) }
    }

    /// Looks at the policy from time to time until the engine leaves.
    func keepLookingAtPolicy() async {
        var policy = policyState()
        var day = now.millisecondsSinceEpoch / 86_400_000
        while !Task.isCancelled, !isLeaving {
            try? await Task.sleep(for: Self.policyLooked)
            let newPolicy = policyState()
            let newDay = now.millisecondsSinceEpoch / 86_400_000
            if newPolicy != policy || newDay != day {
                policy = newPolicy
                day = newDay
                await refreshFreezes()
            }
        }
    }
}
