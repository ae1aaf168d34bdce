package import TminusModel

/// One alert's state over time: a value that is stepped with what was seen.
///
/// inactive → pending → firing → resolved → inactive. A pending alert that is seen quiet goes back to inactive. While
/// nothing can be measured nothing changes: an alert that fires goes on firing, one that is pending does not get older,
/// and silence never resolves anything.
package struct AlertState: Hashable, Sendable {
    package enum Phase: Hashable, Sendable {
        /// Can become pending, or firing at once when `holdFor` is zero.
        case inactive
        /// Seen since then, unmeasured time left out; can become firing or inactive.
        case pending(since: Instant)
        /// Can become resolved.
        case firing(since: Instant)
        /// Can become inactive, pending or firing; the alert before it is over.
        case resolved(at: Instant)
    }

    /// What one look showed.
    package enum Sighting: Hashable, Sendable {
        case burning, quiet
        /// Why it could not be told.
        case unmeasured(String)
    }

    /// What people are told.
    package enum Change: Hashable, Sendable {
        case fires(since: Instant)
        case resolves(firedSince: Instant)
    }

    /// The same for all notices of one alert, so that whoever receives them twice shows one.
    package let key: String
    /// How long it must be seen before it fires.
    package let holdFor: Duration
    package private(set) var phase: Phase = .inactive
    /// Since when it could not be measured; nil while it can.
    package private(set) var frozenSince: Instant?

    package init(key: String, holdFor: Duration = .zero) {
        self.key = key
        self.holdFor = max(holdFor, .zero)
    }

    /// As an earlier engine kept it.
    package init(key: String, holdFor: Duration = .zero, phase: Phase, frozenSince: Instant?) {
        self.init(key: key, holdFor: holdFor)
        self.phase = phase
        self.frozenSince = frozenSince
    }

    /// `checkout/production/availability/fast`: what burns and how, never when.
    package static func key(service: String, environment: String, objective: String, alert: String) -> String {
        [service, environment, objective, alert].joined(separator: "/")
    }

    package var isFiring: Bool {
        if case .firing = phase { true } else { false }
    }

    /// One look; `at` never goes back. Returns what to tell, at most once for each change.
    package mutating func step(_ sighting: Sighting, at: Instant) -> Change? {
        switch sighting {
        case .unmeasured:
            if frozenSince == nil { frozenSince = at }
            return nil
        case .quiet:
            frozenSince = nil
            return quiet(at)
        case .burning:
            thaw(at)
            return burning(at)
        }
    }

    /// The time that could not be measured does not count as time seen.
    private mutating func thaw(_ at: Instant) {
        if let frozen = frozenSince, case .pending(let since) = phase {
            phase = .pending(since: since.advanced(by: max(at.since(frozen), .zero)))
        }
        frozenSince = nil
    }

    private mutating func quiet(_ at: Instant) -> Change? {
        switch phase {
        case .firing(let since):
            phase = .resolved(at: at)
            return .resolves(firedSince: since)
        case .inactive, .pending, .resolved:
            phase = .inactive
            return nil
        }
    }

    private mutating func burning(_ at: Instant) -> Change? {
        let since: Instant
        switch phase {
        case .firing: return nil
        case .pending(let first): since = first
        case .inactive, .resolved: since = at
        }
        guard at.since(since) >= holdFor else {
            phase = .pending(since: since)
            return nil
        }
        phase = .firing(since: at)
        return .fires(since: at)
    }
}

extension BurnPair {
    /// What both lookbacks show: burning only when both are strictly above the threshold, and the long one's counts
    /// show it with 95 % confidence (Clopper-Pearson), so that one failure among ten requests wakes nobody.
    package func sighting(long: ArmReading, short: ArmReading, _ budget: ErrorBudget) -> AlertState.Sighting {
        let lookbacks = LookbackReadings([
            BudgetMeasurement.Lookback(length: self.long, reading: long),
            BudgetMeasurement.Lookback(length: self.short, reading: short),
        ])
        return BurnAssessment(self, lookbacks, budget).sighting
    }
}
