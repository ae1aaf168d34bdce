package import TminusCore
package import TminusModel

// How the vocabulary reads aloud, and what it looks like.

extension RunOutcome {
    package var sentence: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .rolledBack: "rolled back"
        case .rollbackIncomplete: "rollback incomplete"
        case .aborted: "aborted"
        }
    }

    package var style: Style {
        switch self {
        case .succeeded: .good
        case .failed, .rollbackIncomplete: .bad
        case .rolledBack: .undone
        case .aborted: .caution
        }
    }
}

extension RunStatus {
    package var sentence: String {
        switch self {
        case .running: "running"
        case .waiting: "waiting"
        case .paused: "paused"
        case .rollingBack: "rolling back"
        case .ended(let outcome): outcome.sentence
        }
    }

    package var style: Style {
        switch self {
        case .running: .active
        case .waiting, .paused: .caution
        case .rollingBack: .undone
        case .ended(let outcome): outcome.style
        }
    }
}

extension Verdict {
    package var words: String {
        switch self {
        case .pass: "pass"
        case .warning: "warning"
        case .fail: "fail"
        case .inconclusive: "inconclusive"
        case .noData: "no data"
        case .error: "error"
        }
    }

    package var style: Style {
        switch self {
        case .pass: .good
        case .warning: .caution
        case .fail, .error: .bad
        case .inconclusive, .noData: .caution
        }
    }
}

extension WaitReason {
    package var words: String {
        switch self {
        case .window: "its window"
        case .budget: "the error budget"
        case .approval: "approval"
        case .judgement: "its judgement"
        case .retry: "its next try"
        case .freeze: "a freeze to end"
        case .evidence: "the seal of the phase before"
        }
    }
}

extension FailureCause {
    package var words: String {
        switch self {
        case .exit(let code): "exit \(code)"
        case .signal(let number): "signal \(number)"
        case .attemptTimeout: "timed out"
        case .totalTimeout: "out of time over all tries"
        case .notStarted: "could not be started"
        case .killFailed: "could not be killed"
        case .rejected: "rejected"
        case .approvalExpired: "nobody approved in time"
        case .halfApplied: "half applied"
        }
    }
}

extension FailureCause {
    /// The cause and the reason, without saying the same thing twice.
    package func words(because reason: String) -> String {
        if reason.isEmpty { return words }
        return reason.hasPrefix(words) ? reason : "\(words): \(reason)"
    }
}

extension RollbackCause {
    /// The cause and the reason, without saying the same thing twice.
    package func words(_ plan: Plan, because reason: String) -> String {
        switch self {
        case .stepFailed(let step): reason.isEmpty ? "\(plan.steps[step].name) failed" : reason
        case .rule(let rule):
            "criterion \(plan.rules[rule].name) tripped: \(RuleText.reason(reason, without: plan.rules[rule].name))"
        case .held(let step): reason.isEmpty ? "\(plan.steps[step].name) was held for too long" : reason
        case .deadline: reason.isEmpty ? "the run's deadline passed" : reason
        case .change: reason.isEmpty ? "the change was rejected" : reason
        case .asked(let by): "\(by) asked for it: \(reason)"
        case .aborted(let by): "\(by) aborted the run: \(reason)"
        }
    }
}

/// How a release is called in one line.
package enum Title {
    /// `checkout v1.4.2 → production`: the service, its version when an input tells it, and where it goes.
    package static func release(_ plan: Plan) -> String {
        let version = plan.inputs.first { $0.kind == .tag || $0.kind == .version || $0.name == "version" }
        let what = version.map { " \($0.value)" } ?? ""
        return "\(plan.service)\(what) → \(plan.environment)"
    }
}

/// Who has to approve.
package enum Approvals {
    /// `(1 of 2) from group:leads, anna`.
    package static func wanted(_ step: StepIndex, _ state: RunState) -> String {
        guard case .approve(let rule) = state.plan.steps[step].kind else { return "" }
        return "(\(state.steps[step].approvals.count) of \(rule.count)) from \(from(rule))"
    }

    package static func from(_ rule: ApprovalRule) -> String {
        rule.from.isEmpty ? "anyone who may use this engine" : rule.from.joined(separator: ", ")
    }
}

/// When a step ran, and for how long.
package enum StepTimes {
    /// From its first attempt to its end; nil before that.
    package static func elapsed(_ step: StepState) -> Duration? {
        guard let started = step.startedAt, let ended = step.endedAt else { return nil }
        return max(.zero, ended.since(started))
    }
}

/// Attempts in words.
package enum AttemptText {
    /// Nil for an attempt that says nothing new.
    package static func starting(_ id: AttemptID, _ plan: Plan) -> String? {
        let again = id.number > 1 ? ", try \(id.number)" : ""
        switch id.role {
        case .resolve: return "is being asked whether it was done"
        case .rollback: return "rolling back\(again)"
        case .forward:
            if case .canary(let canary) = plan.steps[id.step].kind, canary.weights.indices.contains(id.act / 2) {
                return "candidate gets \(canary.weights[id.act / 2]) %\(again)"
            }
            return "started\(again)"
        }
    }

    /// Nil for an attempt that exited with 0.
    package static func badEnd(_ result: AttemptResult) -> String? {
        let note = result.note.map { ": \($0)" } ?? ""
        switch result.end {
        case .exited(0): return nil
        case .exited(let code): return "exited with \(code)\(note)"
        case .signalled(let number): return "was ended by signal \(number)\(note)"
        case .timedOut: return "ran out of time and was killed\(note)"
        case .stopped: return "was stopped"
        case .killFailed(let what): return "could not be killed: \(what)"
        case .notStarted(let why): return "could not be started: \(why)"
        case .tombstoned: return "was never begun, and never will be"
        case .vanished(.shimLost): return "left no result: its shim was killed"
        case .vanished(.rebooted): return "left no result: the machine started anew"
        }
    }
}

extension Need {
    /// Its commands as they must be typed: those that go on record need a reason.
    package var typed: [String] {
        commands.map { command in
            let verb = command.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            let needsReason = [
                "reject", "go", "pause", "retry", "bypass", "resolve", "abort", "override",
            ].contains(verb)
            return needsReason && !command.contains("--reason") ? command + " --reason WHY" : command
        }
    }
}

/// Counts in words.
enum Count {
    /// `1 file`, `2 files`.
    static func of(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}
