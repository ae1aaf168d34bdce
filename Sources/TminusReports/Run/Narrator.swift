package import TminusCore
package import TminusModel

/// Tells a run as plain lines, one for each event that matters to someone who reads along.
///
/// A gate or rule that is judged again and again is told when its verdict changes.
package struct Narrator: Sendable {
    private let clock: WallClock
    private let subjectWidth: Int
    private var gates: [StepIndex: Verdict] = [:]
    private var rules: [Int: Verdict] = [:]
    /// Failures told of each step's cost.
    private var costs: [StepIndex: Int64] = [:]

    package init(_ plan: Plan, clock: WallClock) {
        self.clock = clock
        let widths = plan.steps.map(\.name.count) + plan.rules.map(\.name.count) + plan.phases.map(\.name.count)
        subjectWidth = min(max(widths.max() ?? 0, 8), 24)
    }

    /// The line for `event`; nil for one that needs none.
    ///
    /// - Parameter state: the run after the event.
    package mutating func line(for event: Event, in state: RunState) -> StyledLine? {
        guard let told = tell(event.body, state) else { return nil }
        var line = StyledLine(clock.time(event.at) + "  ", .faint)
        line.append(told.subject.padded(to: subjectWidth) + "  ")
        line.append(told.words, told.style)
        return line
    }

    private struct Telling {
        var subject: String
        var words: String
        var style: Style
    }

    private mutating func tell(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .runSubmitted, .lockWaited, .runStarted, .runPaused, .runResumed, .abortAsked, .rollbackStarted,
            .runEnded, .pageRaised:
            return tellRun(body, state)
        case .freezesSet, .freezeOverridden, .changeApproved, .changeRejected, .changeExpired, .orderRefused,
            .lockBroken:
            return tellControl(body, state)
        case .windowSet, .phaseStarted, .phaseFinished, .phaseSealed, .sealChecked, .sealRenewed:
            return tellPhase(body, state)
        case .stepWaiting, .budgetJudged, .costMeasured, .goGiven, .approvalAsked, .approvalGiven, .approvalRejected,
            .approvalExpired, .evidenceExpired:
            return tellGate(body, state)
        case .attemptStarting, .attemptRunning, .attemptStopping, .attemptEnded, .retryScheduled, .holdStarted,
            .holdFinished:
            return tellAttempt(body, state)
        case .stepSucceeded, .stepFailed, .stepUnknown, .stepResolved, .stepCancelled, .stepSkipped, .stepBypassed,
            .retryAsked:
            return tellStep(body, state)
        case .stepRolledBack, .stepRollbackFailed, .stepRollbackSkipped, .bracketKept, .bracketLifted:
            return tellUndo(body, state)
        case .ruleOpened, .ruleJudged, .ruleClosed, .ruleAccepted: return tellRule(body, state)
        }
    }

    private func tellRun(_ body: Event.Body, _ state: RunState) -> Telling? {
        func run(_ words: String, _ style: Style = .plain) -> Telling {
            Telling(subject: "run", words: words, style: style)
        }
        switch body {
        case .runSubmitted(let submission):
            let from = submission.sealed.map { start in
                ", from \(state.plan.phases[start.phase].name) of \(start.run), sealed \(clock.full(start.sealed))"
            }
            return run(
                "\(submission.run): \(Title.release(submission.plan)), by \(submission.by)\(from ?? "")", .strong)
        case .lockWaited(let holder):
            return run("waits: \(holder) is releasing \(state.plan.service) in \(state.plan.environment)", .caution)
        case .runStarted: return run(state.lockLoss == nil ? "started" : "has its lock again")
        case .runPaused(let by, let reason): return run("paused by \(by): \(reason)", .caution)
        case .runResumed(let by): return run("resumed by \(by)")
        case .abortAsked(let by, let reason, let keeps):
            return run("\(by) aborts\(keeps ? ", keeping what was done" : ""): \(reason)", .caution)
        case .rollbackStarted(_, let reason): return run("rolling back: \(reason)", .undone)
        case .runEnded(let outcome, let reason):
            return run(outcome.sentence + (reason.isEmpty ? "" : ": \(reason)"), outcome.style)
        case .pageRaised(_, let reason): return run("a person is needed: \(reason)", .bad)
        default: return nil
        }
    }

    private func tellControl(_ body: Event.Body, _ state: RunState) -> Telling? {
        guard let words = ControlText(state, clock).sentence(body) else { return nil }
        let style: Style =
            switch body {
            case .changeApproved: .good
            case .changeRejected, .changeExpired, .lockBroken: .bad
            case .freezeOverridden, .orderRefused: .caution
            default: .plain
            }
        let subject =
            switch body {
            case .changeApproved, .changeRejected, .changeExpired: "change"
            case .freezesSet, .freezeOverridden: "freeze"
            default: "run"
            }
        return Telling(subject: subject, words: words, style: style)
    }

    private func tellPhase(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .windowSet(let phase, let opens, let closes):
            let words = "window \(clock.short(opens)) to \(clock.time(closes)) \(clock.zone)"
            return Telling(subject: state.plan.phases[phase].name, words: words, style: .plain)
        case .phaseStarted(let phase):
            return Telling(subject: state.plan.phases[phase].name, words: "phase started", style: .strong)
        case .phaseFinished(let phase):
            return Telling(subject: state.plan.phases[phase].name, words: "phase done", style: .good)
        case .phaseSealed(let phase, _):
            return Telling(subject: state.plan.phases[phase].name, words: "sealed", style: .faint)
        case .sealChecked(let phase, _, let faults):
            let words = faults.isEmpty ? "the seal is whole" : "can't be built on: \(faults.joined(separator: "; "))"
            return Telling(
                subject: state.plan.phases[phase].name, words: words, style: faults.isEmpty ? .faint : .bad)
        case .sealRenewed(let phase, let by, let reason):
            return Telling(
                subject: state.plan.phases[phase].name, words: "\(by) has it sealed anew: \(reason)", style: .caution)
        default: return nil
        }
    }

    private mutating func tellGate(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .stepWaiting(_, .budget): return nil  // its judgement follows, and says more
        case .stepWaiting(let step, let reason):
            return Telling(subject: name(step, state), words: "waits for \(reason.words)", style: .caution)
        case .budgetJudged(let step, _, let judgement):
            guard gates.updateValue(judgement.verdict, forKey: step) != judgement.verdict else { return nil }
            if judgement.verdict.passes {
                let words = "gate passed: \(GateText.figures(judgement))"
                return Telling(subject: name(step, state), words: words, style: .faint)
            }
            return Telling(
                subject: name(step, state), words: "held, \(judgement.verdict.words): \(judgement.reason)",
                style: judgement.verdict.style)
        case .costMeasured(let step, _, _):
            guard let cost = CostText.sentence(step, state) else { return nil }
            let before = costs.updateValue(state.steps[step].cost.bad, forKey: step) ?? 0
            guard state.steps[step].cost.bad > before else { return nil }
            return Telling(subject: name(step, state), words: cost, style: .faint)
        case .goGiven(let step, let by, let reason):
            return Telling(subject: name(step, state), words: "\(by) says go: \(reason)", style: .plain)
        case .approvalAsked(let step, let expires):
            let until = expires.map { ", until \(clock.short($0))" } ?? ""
            return Telling(
                subject: name(step, state), words: "asks for approval \(Approvals.wanted(step, state))\(until)",
                style: .caution)
        case .approvalGiven(let step, let by, let comment):
            let words = "approved by \(by)" + (comment.isEmpty ? "" : ": \(comment)")
            return Telling(subject: name(step, state), words: words, style: .good)
        case .approvalRejected(let step, let by, let reason):
            return Telling(subject: name(step, state), words: "rejected by \(by): \(reason)", style: .bad)
        case .approvalExpired(let step):
            return Telling(subject: name(step, state), words: "nobody approved in time", style: .bad)
        case .evidenceExpired(let step):
            return Telling(subject: name(step, state), words: "is too old by now and runs again", style: .caution)
        default: return nil
        }
    }

    private func tellAttempt(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .attemptStarting(let id):
            guard let words = AttemptText.starting(id, state.plan) else { return nil }
            return Telling(subject: name(id.step, state), words: words, style: id.role == .rollback ? .undone : .active)
        case .attemptStopping(let id, let reason):
            return Telling(subject: name(id.step, state), words: "is being stopped: \(reason)", style: .caution)
        case .attemptEnded(let id, let result):
            guard let words = AttemptText.badEnd(result) else { return nil }
            return Telling(subject: name(id.step, state), words: words, style: .caution)
        case .retryScheduled(let step, _, let at):
            return Telling(subject: name(step, state), words: "tries again at \(clock.time(at))", style: .caution)
        case .holdStarted(let step, _, let until):
            return Telling(subject: name(step, state), words: "watched until \(clock.time(until))", style: .faint)
        case .attemptRunning, .holdFinished: return nil
        default: return nil
        }
    }

    private func tellStep(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .stepSucceeded(let step):
            let elapsed = StepTimes.elapsed(state.steps[step]).map { " in \($0.releaseText)" } ?? ""
            return Telling(subject: name(step, state), words: "succeeded\(elapsed)", style: .good)
        case .stepFailed(let step, let cause, let reason):
            return Telling(
                subject: name(step, state), words: "failed: \(cause.words(because: reason))", style: .bad)
        case .stepUnknown(let step, let role, let reason):
            let what = role == .rollback ? "its rollback" : "it"
            return Telling(
                subject: name(step, state), words: "nobody knows whether \(what) was done: \(reason)", style: .bad)
        case .stepResolved(let step, _, let isDone, let by, let reason):
            let words = "\(by) says it was \(isDone ? "done" : "not done")" + (reason.isEmpty ? "" : ": \(reason)")
            return Telling(subject: name(step, state), words: words, style: .plain)
        case .stepCancelled(let step, let reason):
            return Telling(subject: name(step, state), words: "cancelled: \(reason)", style: .caution)
        case .stepSkipped(let step, let reason):
            return Telling(subject: name(step, state), words: "skipped: \(reason)", style: .faint)
        case .stepBypassed(let step, let by, let reason):
            return Telling(subject: name(step, state), words: "bypassed by \(by): \(reason)", style: .caution)
        case .retryAsked(let step, let by, let reason):
            return Telling(subject: name(step, state), words: "\(by) tries it again: \(reason)", style: .plain)
        default: return nil
        }
    }

    private func tellUndo(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .stepRolledBack(let step):
            return Telling(subject: name(step, state), words: "rolled back", style: .undone)
        case .stepRollbackFailed(let step, let reason):
            return Telling(subject: name(step, state), words: "could not be rolled back: \(reason)", style: .bad)
        case .stepRollbackSkipped(let step, let reason):
            return Telling(subject: name(step, state), words: "needs no rollback: \(reason)", style: .faint)
        case .bracketKept(let step, let reason):
            return Telling(
                subject: name(step, state), words: "stays closed until a person decides: \(reason)", style: .bad)
        case .bracketLifted(let step, let by, let reason):
            return Telling(subject: name(step, state), words: "\(by) decides to open it: \(reason)", style: .plain)
        default: return nil
        }
    }

    private mutating func tellRule(_ body: Event.Body, _ state: RunState) -> Telling? {
        switch body {
        case .ruleJudged(let rule, _, let judgement):
            guard rules.updateValue(judgement.verdict, forKey: rule) != judgement.verdict else { return nil }
            return Telling(
                subject: state.plan.rules[rule].name,
                words: "\(judgement.verdict.words): "
                    + RuleText.reason(judgement.reason, without: state.plan.rules[rule].name),
                style: judgement.verdict.style)
        case .ruleAccepted(let rule, let by, let reason):
            let words = "\(by) accepts it as it is: \(reason)"
            return Telling(subject: state.plan.rules[rule].name, words: words, style: .caution)
        case .ruleOpened, .ruleClosed: return nil
        default: return nil
        }
    }

    private func name(_ step: StepIndex, _ state: RunState) -> String { state.plan.steps[step].name }
}
