/// How a budget is counted; part of what the objective is, and never mixed.
package enum BudgetMethod: Hashable, Sendable {
    /// Bad of all events in the window, weighted by traffic.
    case occurrences
    /// Bad of all slices; a slice is good when its share of good is at least `target`.
    case timeslices(slice: Duration, target: Ratio)
    /// The mean of the slices' shares: a quiet slice counts as much as a busy one.
    case ratioTimeslices(slice: Duration)

    /// Nil for occurrences.
    package var slice: Duration? {
        switch self {
        case .occurrences: nil
        case .timeslices(let slice, _), .ratioTimeslices(let slice): slice
        }
    }
}

/// The window of an objective that follows the calendar. A rolling window has none of these.
package struct CalendarPeriod: Hashable, Sendable {
    package enum Unit: String, Sendable, CaseIterable { case day, week, month, quarter, year }

    /// How many units long, ≥ 1.
    package var count: Int
    package var unit: Unit
    /// Local date and time at which one of the windows begins, `2020-01-21 12:30:00`.
    package var start: String
    /// IANA.
    package var zone: String

    package init(count: Int = 1, unit: Unit, start: String, zone: String) {
        self.count = count
        self.unit = unit
        self.start = start
        self.zone = zone
    }
}

/// What a share of remaining budget allows. Tiers are tried from the lowest bound up; the first that applies decides.
package struct BudgetTier: Equatable, Sendable {
    package enum Action: String, Sendable, CaseIterable {
        /// Steps hold.
        case hold
        /// A person must say go.
        case ask
    }

    /// The tier applies while less than this remains.
    package var below: Ratio
    package var action: Action
    /// Changes of these classes pass all the same.
    package var allowedChanges: [ChangeClass]
    /// Steps of these kinds (`backup`, `smoke` …) pass all the same.
    package var allowedKinds: [String]

    package init(
        below: Ratio, action: Action, allowedChanges: [ChangeClass] = [], allowedKinds: [String] = []
    ) {
        self.below = below
        self.action = action
        self.allowedChanges = allowedChanges
        self.allowedKinds = allowedKinds
    }
}

/// What happens to a step that its gate has held for too long.
package struct HoldLimit: Equatable, Sendable {
    package enum Choice: String, Sendable, CaseIterable { case rollback, fail, page }

    package var after: Duration
    package var then: Choice

    package init(after: Duration, then: Choice) {
        self.after = after
        self.then = then
    }
}

/// The worst that a step could cost: `share × errorRatio` of all requests fail for `duration`.
package struct StepForecast: Equatable, Sendable {
    package var share: Ratio
    package var errorRatio: Ratio
    package var duration: Duration

    package init(share: Ratio, errorRatio: Ratio, duration: Duration) {
        self.share = share
        self.errorRatio = errorRatio
        self.duration = duration
    }
}
