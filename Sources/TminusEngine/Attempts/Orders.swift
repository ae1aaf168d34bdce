internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// From an attempt's name to all the step runner needs to know.
extension Engine {
    enum Picking { case start, adopt }

    func call(_ picking: Picking, _ id: AttemptID, of run: LiveRun) {
        guard !isLeaving, let order = order(id, of: run) else { return }
        switch picking {
        case .start:
            counted.attemptsStarted += 1
            dispatch(.start(order), in: run.lane)
        case .adopt:
            counted.attemptsAdopted += 1
            dispatch(.adopt(order), in: run.lane)
        }
    }

    private func order(_ id: AttemptID, of run: LiveRun) -> AttemptOrder? {
        guard let plan = run.plan, plan.steps.indices.contains(id.step) else { return nil }
        // The fence is the instant of submission: it rises from run to run of a data directory, and survives crashes.
        let fence = String(run.submitted.millisecondsSinceEpoch)
        guard let variables = run.driver?.state.environment(of: id, fence: fence) else { return nil }
        let step = plan.steps[id.step]
        let timeouts: Timeouts
        switch id.role {
        case .forward, .resolve: timeouts = step.timeouts
        case .rollback: timeouts = plan.rollbackWork(of: id.step)?.timeouts ?? step.timeouts
        }
        return AttemptOrder(
            key: AttemptKey(run: run.run, attempt: .step(id)),
            directory: "runs/\(run.run)/\(step.name)/\(id.folder)", work: plan.work(of: id),
            environment: parts.environment + variables, secrets: step.secrets, timeout: timeouts.attempt,
            grace: timeouts.grace, workingDirectory: plan.workingDirectory(files: parts.files.folder(of: run.run)),
            pinnedFiles: "runs/\(run.run)/files",
            pinned: run.pinned)
    }
}

extension AttemptID {
    /// The last part of its directory: `1`, `1.3` for act 3, `rollback-1`, `resolve-1`.
    package var folder: String {
        let number = act > 0 ? "\(number).\(act)" : "\(number)"
        return role == .forward ? number : "\(role.rawValue)-\(number)"
    }
}
