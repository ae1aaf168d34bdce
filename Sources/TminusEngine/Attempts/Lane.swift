internal import TminusPorts

/// What the step runner is asked to do.
enum RunnerCall: Sendable {
    case start(AttemptOrder)
    case adopt(AttemptOrder)
    case stop(AttemptKey)
}

/// One run's calls to the step runner, in order: a stop never overtakes its start, and a run whose secrets are slow to
/// read delays no other. Lives in the engine's isolation only.
final class Lane {
    var calls: [RunnerCall] = []
    var isBusy = false
}

extension Engine {
    func dispatch(_ call: RunnerCall, in lane: Lane) {
        // Starting waits for nothing, and in a chain of steps every hop to another thread counts.
        if !lane.isBusy, case .start(let order) = call { return parts.runner.start(order) }
        lane.calls.append(call)
        guard !lane.isBusy else { return }
        lane.isBusy = true
        Task { await self.empty(lane) }
    }

    private func empty(_ lane: Lane) async {
        while !lane.calls.isEmpty, !isLeaving {
            let calls = lane.calls
            lane.calls = []
            await Self.perform(calls, with: parts.runner)
        }
        lane.isBusy = false
    }

    /// Off the engine: picking an attempt up reads files.
    private nonisolated static func perform(_ calls: [RunnerCall], with runner: any StepRunner) async {
        for call in calls {
            switch call {
            case .start(let order): runner.start(order)
            case .adopt(let order): await runner.adopt(order)
            case .stop(let key): await runner.stop(key)
            }
        }
    }
}
