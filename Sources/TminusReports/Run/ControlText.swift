import TminusCore
import TminusModel

/// Facts of change control in words.
struct ControlText {
    let state: RunState
    let clock: WallClock

    init(_ state: RunState, _ clock: WallClock) {
        self.state = state
        self.clock = clock
    }

    /// Nil for what says nothing new.
    func sentence(_ body: Event.Body) -> String? {
        switch body {
        case .freezesSet(let spans): return freezes(spans)
        case .freezeOverridden(let freeze, let by, let reason): return "\(by) overrides \(freeze): \(reason)"
        case .changeApproved(let by, let entries, let comment):
            let approvals = state.requirement?.approvals ?? []
            let roles = entries.filter { approvals.indices.contains($0) }.map { approvals[$0].role }
            let role = roles.isEmpty ? "" : " (\(roles.joined(separator: " or ")))"
            return "\(by)\(role) approved the change" + (comment.isEmpty ? "" : ": \(comment)")
        case .changeRejected(let by, let reason): return "\(by) rejected the change: \(reason)"
        case .changeExpired: return "nobody approved the change in time"
        case .orderRefused(_, let order, let reason): return "refused to \(order): \(reason)"
        case .lockBroken(let by, let reason):
            return "\(by) broke its lock, and it starts nothing more until it has it again: \(reason)"
        default: return nil
        }
    }

    private func freezes(_ spans: [FreezeSpan]) -> String? {
        guard let first = spans.first else { return "no freeze is known any more" }
        let until = first.until == .distantFuture ? "until it is ended" : "until \(clock.full(first.until))"
        let more = spans.count > 1 ? ", and \(spans.count - 1) more" : ""
        let exempt = state.isFreezeExempt ? "; this change is exempt" : ""
        return "\(first.name) from \(clock.full(first.from)) \(until)\(more)\(exempt)"
    }
}
