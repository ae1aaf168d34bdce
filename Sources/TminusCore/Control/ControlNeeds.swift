import TminusModel

/// What change control keeps a run from.
extension RunState {
    /// Spans that keep some step waiting, one need each.
    func freezeNeeds(_ now: Instant) -> [Need] {
        let waiting = (gated + retrying).filter { steps[$0].status == .waiting(.freeze) }
        guard let first = waiting.first else { return [] }
        let spans = holdingFreezes(now).filter { span in waiting.contains { forbids(span, $0) } }
        let more = waiting.count > 1 ? " and \(waiting.count - 1) more" : ""
        return spans.map { span in
            let until =
                span.until == .distantFuture ? "until it is ended" : "for another \(span.until.since(now).releaseText)"
            let why = span.reason.isEmpty ? "" : ": \(span.reason)"
            let step = waiting.count == 1 ? first : nil
            return need(
                .freeze, step, "\(name(first))\(more) waits: frozen by \(span.name) \(until)\(why)",
                span.isOverridable ? ["tminus override \(run) \(span.name)"] : [],
                person: span.until == .distantFuture)
        }
    }

    private func forbids(_ span: FreezeSpan, _ step: StepIndex) -> Bool {
        if steps[step].hasBegun { return span.actions.contains(.advance) || span.actions.contains(.retry) }
        return span.actions.contains(firstStep == nil || firstStep == step ? .start : .advance)
    }

    /// What the change needs, once nothing else is in its way; and what became of one that was rejected too late.
    func changeNeed(_ now: Instant) -> Need? {
        if let rejection = change.rejection, let pivot = pivotPassed ?? pivotInDoubt.map({ name($0) }) {
            return need(
                .change, nil, "\(rejection); \(pivot) is the point of no return",
                ["tminus rollback \(run) --past-pivot", "tminus abort \(run) --keep"], person: true)
        }
        guard let requirement, isChangeAhead, change.rejection == nil, isChangeNext else { return nil }
        let lead = requirement.notBefore.flatMap { notBefore in
            notBefore > now ? "its lead time is over in \(notBefore.since(now).releaseText)" : nil
        }
        guard isChangeOpen else {
            return lead.map { need(.change, nil, "the change is approved, and \($0)", [], person: false) }
        }
        let expires = requirement.expires.map { "rejected in \(max($0.since(now), .zero).releaseText) without" }
        let sofar = change.approvals.map(\.by).joined(separator: ", ")
        let parts = [sofar.isEmpty ? nil : "so far \(sofar)", lead, expires].compactMap { $0 }
        let sentence =
            "the change waits for \(missingApprovers)" + (parts.isEmpty ? "" : "; " + parts.joined(separator: "; "))
        return need(
            .change, nil, sentence, ["tminus approve \(run)", "tminus reject \(run)"], person: true)
    }

    /// Whether the guarded phase is the next thing to start, or nothing has started at all.
    private var isChangeNext: Bool {
        startedAt == nil || phase == guardedPhase && unaccepted[..<phase].allSatisfy { $0 == 0 }
    }

    var lockNeed: Need {
        let holder = lockHolder.map { "\($0) holds" } ?? "it waits for its turn on"
        let why = lockLoss.map { "\($0.by) broke its lock (\($0.reason)); " } ?? ""
        return need(
            .lock, nil, "\(why)\(holder) \(plan.service) in \(plan.environment)",
            rollback == nil ? ["tminus abort \(run) --keep"] : [], person: false)
    }
}
