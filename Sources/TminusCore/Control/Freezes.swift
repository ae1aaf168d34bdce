package import TminusModel

/// A person's word that a run goes on although a freeze holds. It counts for that one span: the next stretch of the
/// same freeze must be overridden anew.
package struct FreezeOverride: Equatable, Sendable {
    package internal(set) var freeze: String
    package internal(set) var from: Instant
    package internal(set) var by: String
    package internal(set) var reason: String
}

extension RunState {
    /// Spans that a run knows at most; later ones reach it when earlier ones are over.
    static let freezesMax = 1_000

    /// Whether no freeze holds this run: it undoes a release, or its class of change is exempt.
    package var isFreezeExempt: Bool { isRollbackOfRelease || requirement?.isFreezeExempt == true }

    func freezesToldAnew(_ spans: [FreezeSpan]) -> [Event.Body] {
        let spans = Array(spans.prefix(Self.freezesMax))
        return outcome == nil && spans != freezes ? [.freezesSet(spans)] : []
    }

    package func isOverridden(_ span: FreezeSpan) -> Bool {
        span.isOverridable && overrides.contains { $0.freeze == span.name && $0.from == span.from }
    }

    /// The spans that hold this run at `now`, in the order they were given.
    package func holdingFreezes(_ now: Instant) -> [FreezeSpan] {
        if freezes.isEmpty || isFreezeExempt { return [] }
        return freezes.filter { $0.holds(now) && !isOverridden($0) }
    }

    /// The first span that forbids `action` at `now`; nil when none does.
    func freeze(_ action: FreezeSpan.Action, _ now: Instant) -> FreezeSpan? {
        if freezes.isEmpty || isFreezeExempt { return nil }
        return freezes.first { $0.actions.contains(action) && $0.holds(now) && !isOverridden($0) }
    }

    /// The span that keeps a step from starting; nil when none does.
    ///
    /// What has begun is left alone: a canary between two weights goes on to its end, since stopping half-way leaves
    /// users on two versions for as long as the freeze lasts. Leaving maintenance is never frozen.
    func freezeHolding(_ step: StepIndex, _ now: Instant) -> FreezeSpan? {
        if freezes.isEmpty { return nil }
        switch plan.steps[step].kind {
        case .maintenanceEnd: return nil
        case .canary where steps[step].act > 0: return nil
        case .run, .http, .smoke, .backup, .maintenance, .migrate, .canary, .approve, .wait: break
        }
        if steps[step].hasBegun { return freeze(.advance, now) ?? freeze(.retry, now) }
        return freeze(firstStep == nil || firstStep == step ? .start : .advance, now)
    }

    /// Why a person's command can't be obeyed for a freeze; nil when none speaks against it.
    func frozen(_ command: PersonCommand, _ now: Instant) -> Obedience? {
        guard rollback == nil else { return nil }
        let action: FreezeSpan.Action
        switch command {
        case .retry: action = .retry
        case .bypass: action = .bypass
        case .approve: action = .approve
        case .reject, .go, .pause, .resume, .resolve, .lift, .abort, .rollback, .overrideFreeze: return nil
        }
        return freeze(action, now).map { refuse("no \(action.rawValue) now: \(sentence(about: $0, now))") }
    }

    /// What holds, for how long, and how to go on all the same.
    func sentence(about span: FreezeSpan, _ now: Instant) -> String {
        let why = span.reason.isEmpty ? "" : ": \(span.reason)"
        let until =
            span.until == .distantFuture ? "until it is ended" : "for another \(span.until.since(now).releaseText)"
        let how =
            span.isOverridable
            ? "whoever may override it says `tminus override \(run) \(span.name) --reason \"…\"`"
            : "it can't be overridden, only ended"
        return "\(span.name) holds \(until)\(why); \(how)"
    }

    func overrideFreeze(_ name: String, _ reason: String, _ person: Person, _ now: Instant) -> Obedience {
        if rollback != nil { return refuse("\(run) is rolling back, and no freeze holds that") }
        if isFreezeExempt { return refuse("no freeze holds \(run): it is exempt") }
        let named = holdingFreezes(now).filter { $0.name == name }
        guard let span = named.first(where: \.isOverridable) ?? named.first else {
            return refuse(noSuchFreeze(name, now))
        }
        let order = "override \(span.name)"
        guard person.may(.overrideFreeze) else { return forbid(person, order, .overrideFreeze) }
        guard span.isOverridable else {
            return forbid(person, order, "nobody may override \(span.name): \(sentence(about: span, now))")
        }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            return refuse("overriding \(name) needs a reason; it is kept in the run's journal")
        }
        let left = holdingFreezes(now).filter { $0.name != name || !$0.isOverridable }.map(\.name)
        let more = left.isEmpty ? "" : "; \(left.joined(separator: ", ")) still holds it"
        return accept(
            [.freezeOverridden(freeze: span.name, by: person.name, reason: reason)],
            "\(span.name) no longer holds \(run)\(more)")
    }

    private func noSuchFreeze(_ name: String, _ now: Instant) -> String {
        if let own = freezes.first(where: { $0.name == name && $0.holds(now) }), isOverridden(own) {
            return "\(name) is overridden for \(run) already"
        }
        if let later = freezes.first(where: { $0.name == name && $0.from > now }) {
            return "\(name) does not hold \(run) yet; it begins in \(later.from.since(now).releaseText)"
        }
        let names = holdingFreezes(now).map(\.name)
        return names.isEmpty
            ? "no freeze holds \(run)"
            : "no freeze of that name holds \(run); these do: \(names.joined(separator: ", "))"
    }
}
