import TminusModel

extension RunState {
    mutating func applyControl(_ event: Event) {
        switch event.body {
        case .freezesSet(let spans): freezes = spans
        case .freezeOverridden(let freeze, let by, let reason):
            for span in freezes
            where span.name == freeze && span.isOverridable && span.holds(event.at) && !isOverridden(span) {
                overrides.append(FreezeOverride(freeze: freeze, from: span.from, by: by, reason: reason))
            }
        case .changeApproved(let by, let entries, let comment):
            change.approvals.append(
                ChangeStanding.Approval(by: by, entries: entries, at: event.at, comment: comment))
        case .changeRejected(let by, let reason):
            change.rejection = "the change was rejected by \(by): \(reason)"
        case .changeExpired:
            change.rejection = "the change was not approved in time; missing: \(missingApprovers)"
        case .orderRefused(let by, let order, let reason):
            refusals.count += 1
            refusals.last = RefusedOrder(by: by, order: order, reason: reason)
        case .lockBroken(let by, let reason):
            lockLoss = LockLoss(by: by, reason: reason)
            lockHolder = nil
            lockedAt = nil
            if rollback == nil { pause = (by, "its lock was broken: \(reason)") }
        default: preconditionFailure("\(event.body) is no fact of change control")
        }
    }
}
