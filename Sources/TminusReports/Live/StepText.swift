import TminusCore
import TminusModel

/// Where a step stands, in a few words.
enum StepText {
    static func detail(
        _ step: StepIndex, _ state: RunState, now: Instant, clock: WallClock
    ) -> (words: String, style: Style) {
        let own = state.steps[step]
        if let undo = undo(own) { return undo }
        switch own.status {
        case .pending: return (pending(step, state, clock), .faint)
        case .waiting(let reason): return (waiting(reason, step, state, now), .caution)
        case .starting, .running: return (running(step, state, now), .active)
        case .succeeded: return (succeeded(own), .faint)
        case .failed(let cause): return (cause.words(because: own.reason), .bad)
        case .unknown: return ("nobody knows whether it was done: \(own.reason)", .bad)
        case .cancelled: return ("cancelled: \(own.reason)", .caution)
        case .skipped: return ("skipped: \(own.reason)", .faint)
        case .bypassed: return (own.reason, .caution)
        }
    }

    private static func undo(_ step: StepState) -> (words: String, style: Style)? {
        switch step.undo {
        case .notAsked: nil
        case .rollingBack: ("rolling back" + (step.undoNumber > 1 ? ", try \(step.undoNumber)" : ""), .active)
        case .unknown: ("nobody knows whether its rollback was done: \(step.reason)", .bad)
        case .kept: ("stays closed until a person decides", .bad)
        case .rolledBack: ("rolled back", .undone)
        case .failed(let reason): ("could not be rolled back: \(reason)", .bad)
        case .skipped(let reason): (reason, .faint)
        }
    }

    private static func pending(_ step: StepIndex, _ state: RunState, _ clock: WallClock) -> String {
        if let at = state.steps[step].retryAt { return "tries again at \(clock.time(at))" }
        switch state.plan.steps[step].kind {
        case .approve(let rule): return "approval by \(Approvals.from(rule))"
        case .canary(let canary):
            return canary.weights.map(String.init).joined(separator: ", ") + " %, \(canary.every.releaseText) each"
        case .wait(let duration): return duration.releaseText
        case .run, .http, .smoke, .backup, .maintenance, .maintenanceEnd, .migrate: return ""
        }
    }

    private static func waiting(_ reason: WaitReason, _ step: StepIndex, _ state: RunState, _ now: Instant) -> String {
        switch reason {
        case .approval: return "waits for approval \(Approvals.wanted(step, state))"
        case .budget:
            if case .held(let judgement, let again) = state.steps[step].gate {
                return "held, \(judgement.verdict.words); asked again in \(again.since(now).positive.releaseText)"
            }
            return "asks the error budget"
        case .retry:
            let at = state.steps[step].retryAt.map { " in \($0.since(now).positive.releaseText)" } ?? ""
            return "tries again\(at)"
        case .window, .judgement, .freeze, .evidence: return "waits for \(reason.words)"
        }
    }

    private static func running(_ step: StepIndex, _ state: RunState, _ now: Instant) -> String {
        let own = state.steps[step]
        let tries = state.plan.steps[step].retry.attempts > 1 && own.number > 1 ? ", try \(own.number)" : ""
        let hold = state.holds.first { $0.step == step }
        let left = hold.map { $0.until > now ? ", \($0.until.since(now).releaseText) left" : "" } ?? ""
        if case .canary(let canary) = state.plan.steps[step].kind, canary.weights.indices.contains(own.act / 2) {
            let place = "\(own.act / 2 + 1) of \(canary.weights.count)"
            return "\(canary.weights[own.act / 2]) % to the candidate (\(place))\(left)\(tries)"
        }
        if hold != nil { return "waits\(left)" }
        if let live = state.live.first(where: { $0.id.step == step }), live.isStopping { return "is being stopped" }
        return "running\(tries)"
    }

    private static func succeeded(_ step: StepState) -> String {
        if !step.approvals.isEmpty { return "approved by " + step.approvals.map(\.by).joined(separator: ", ") }
        // Work of our own says in a sentence what it found.
        if let reason = step.outputs.first(where: { $0.name == "reason" }) { return reason.value }
        let outputs = step.outputs.prefix(4).map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return outputs.isEmpty ? step.reason : outputs
    }
}

/// Windows in words.
enum WindowText {
    /// `02:00 to 04:00 Asia/Tokyo`.
    static func daily(_ window: Window) -> String {
        "\(minute(window.fromMinute)) to \(minute(window.untilMinute)) \(window.zone)"
    }

    private static func minute(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
