import TminusModel

extension RunState {
    mutating func applyAttempt(_ event: Event) {
        switch event.body {
        case .attemptStarting(let id): starting(id, event)
        case .attemptRunning(let id):
            if let index = live.firstIndex(where: { $0.id == id }) { live[index].isRunning = true }
            if id.role == .forward {
                steps[id.step].status = .running
                steps[id.step].hasBegun = true
            }
        case .attemptStopping(let id, let reason):
            if let index = live.firstIndex(where: { $0.id == id }) { live[index].isStopping = true }
            if id.role == .forward { steps[id.step].reason = reason }
        case .attemptEnded(let id, let result): ended(id, result)
        case .retryScheduled(let step, let role, let instant): scheduleRetry(step, role, at: instant)
        case .holdStarted(let step, let act, let until):
            leaveQueues(step)
            noteStart(of: step, event)
            if steps[step].number == 0 { steps[step].number = 1 }
            if steps[step].totalFrom == nil { steps[step].totalFrom = event.at }
            steps[step].status = .running
            steps[step].isLetGo = false
            holds.append(Hold(step: step, act: act, since: event.at, until: until))
        case .holdFinished(let step, _):
            holds.removeAll { $0.step == step }
            steps[step].status = .running
            steps[step].act += 1
            continuing.append(step)
        default: preconditionFailure("\(event.body) is no fact about an attempt")
        }
    }

    private mutating func starting(_ id: AttemptID, _ event: Event) {
        live.append(LiveAttempt(id: id, since: event.at))
        if id.role != .rollback { liveForward += 1 }
        switch id.role {
        case .forward:
            leaveQueues(id.step)
            openCost(id.step, at: event.at)
            steps[id.step].retryAt = nil
            steps[id.step].isKillFailed = false
            steps[id.step].hadBegun = steps[id.step].hasBegun
            if steps[id.step].totalFrom == nil { steps[id.step].totalFrom = event.at }
            steps[id.step].number = id.number
            steps[id.step].act = id.act
            steps[id.step].status = .starting
            steps[id.step].endedAt = nil
            steps[id.step].reason = ""
            noteStart(of: id.step, event)
        case .resolve:
            steps[id.step].resolveNumber = id.number
            unknown.removeAll { $0 == id.step }
        case .rollback:
            removeUndoReady(id.step)
            undoRetrying.removeAll { $0 == id.step }
            steps[id.step].retryAt = nil
            steps[id.step].undo = .rollingBack
            steps[id.step].undoNumber = id.number
            if steps[id.step].undoStartedAt == nil { steps[id.step].undoStartedAt = event.at }
        }
    }

    private mutating func noteStart(of step: StepIndex, _ event: Event) {
        if firstStep == nil { firstStep = step }
        // Leaving maintenance waits for no seal, so it must not open the phase to the others.
        if case .maintenanceEnd = plan.steps[step].kind {} else { begunPhase = max(begunPhase, plan.steps[step].phase) }
        noteOrder(of: step, event)
    }

    /// The order of start is that of the first; how long it took is told of what counts now.
    mutating func noteOrder(of step: StepIndex, _ event: Event) {
        if steps[step].startedSequence == nil { steps[step].startedSequence = event.sequence }
        if steps[step].startedAt == nil { steps[step].startedAt = event.at }
    }

    private mutating func ended(_ id: AttemptID, _ result: AttemptResult) {
        var wasStopping = false
        if let index = live.firstIndex(where: { $0.id == id }) {
            wasStopping = live[index].isStopping
            live.remove(at: index)
            if id.role != .rollback { liveForward -= 1 }
        }
        unconcluded.append(EndedAttempt(id: id, result: result, wasStopping: wasStopping))
        guard id.role == .forward else {
            if id.role == .rollback, result.end.neverBegan == .tombstone { steps[id.step].undoUncounted += 1 }
            return
        }
        switch result.end.neverBegan {
        case .tombstone: steps[id.step].uncounted += 1
        case .notExecuted: break
        case nil: steps[id.step].hasBegun = true
        }
        switch result.end {
        case .exited, .signalled, .timedOut, .stopped: steps[id.step].isInDoubt = false
        case .killFailed:
            steps[id.step].isInDoubt = true
            steps[id.step].isKillFailed = true
        case .vanished: steps[id.step].isInDoubt = true
        case .notStarted, .tombstoned: break
        }
        if !result.outputs.isEmpty { merge(result.outputs, into: id.step) }
        if result.end == .exited(0) {
            // More acts may follow; the conclusion of the last one is an event of its own.
            steps[id.step].act = id.act + 1
            steps[id.step].status = .running
            // A run that turned back goes no further; then the part done is a conclusion too.
            if id.act + 1 < plan.actCount(of: id.step), rollback == nil, abort == nil {
                unconcluded.removeLast()
                continuing.append(id.step)
            }
        }
    }

    /// Later acts and attempts overwrite what earlier ones wrote under the same name; sorted by name.
    private mutating func merge(_ outputs: [Variable], into step: StepIndex) {
        var merged = steps[step].outputs.filter { old in !outputs.contains { $0.name == old.name } }
        merged.append(contentsOf: outputs)
        merged.sort { $0.name < $1.name }
        steps[step].outputs = merged
        if !writers.contains(step) { writers.insert(step, at: writers.firstIndex { $0 > step } ?? writers.count) }
    }

    private mutating func scheduleRetry(_ step: StepIndex, _ role: AttemptID.Role, at instant: Instant) {
        forgetConclusion(step, role)
        switch role {
        case .forward:
            unknown.removeAll { $0 == step }
            steps[step].retryAt = instant
            steps[step].status = .waiting(.retry)
            retrying.append(step)
        case .resolve:
            // Looking again is harmless: the step is as unknown as before.
            steps[step].resolveUncounted += 1
            if !unknown.contains(step) { unknown.append(step) }
        case .rollback:
            steps[step].retryAt = instant
            undoRetrying.append(step)
        }
    }

    mutating func forgetConclusion(_ step: StepIndex, _ role: AttemptID.Role) {
        unconcluded.removeAll { $0.id.step == step && $0.id.role == role }
    }

    /// The step has left whatever queue it waited in to start.
    mutating func leaveQueues(_ step: StepIndex) {
        ready.leave(step, lane(of: step))
        if !gated.isEmpty { gated.removeAll { $0 == step } }
        if !continuing.isEmpty { continuing.removeAll { $0 == step } }
        if !retrying.isEmpty { retrying.removeAll { $0 == step } }
        if !approving.isEmpty { approving.removeAll { $0 == step } }
    }

    private mutating func removeUndoReady(_ step: StepIndex) {
        undoReady.pop(ifFirst: step)
    }
}

extension AttemptEnd {
    enum NeverBegan { case tombstone, notExecuted }

    /// Why the command certainly did nothing; nil when it may have done something.
    var neverBegan: NeverBegan? {
        switch self {
        case .tombstoned: .tombstone
        case .notStarted: .notExecuted
        case .exited, .signalled, .timedOut, .stopped, .killFailed, .vanished: nil
        }
    }
}
