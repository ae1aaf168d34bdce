/// Where a service may be released to, and where it must have been before.
package struct EnvironmentRule: Equatable, Sendable {
    /// One environment that comes before.
    package struct Earlier: Equatable, Sendable {
        package var environment: String
        /// How long the version must have been there.
        package var soak: Duration
        /// It need not have been there; if it was, the last try must have succeeded.
        package var isOptional: Bool

        package init(environment: String, soak: Duration = .zero, isOptional: Bool = false) {
            self.environment = environment
            self.soak = soak
            self.isOptional = isOptional
        }
    }

    package var name: String
    package var after: [Earlier] = []
    /// How many of those that are not optional are enough; nil means all.
    package var enough: Int?
    /// Of `after`, those that a hotfix may leave out.
    package var hotfixMaySkip: [String] = []
    /// Whether classes of change ask for anything here: approvals, lead time, templates, incidents.
    package var isControlled = true
    /// Whether only what a tag of one of the policy's repositories says is released here.
    package var needsTag = false

    package init(name: String) { self.name = name }
}

/// What one class of change needs.
package struct ChangeRule: Equatable, Sendable {
    /// A step list that was approved once and for all.
    package struct Template: Equatable, Sendable {
        package var name: String
        /// SHA-256 of `Plan.shape`, lower-case hexadecimal.
        package var hash: String

        package init(name: String, hash: String) {
            self.name = name
            self.hash = hash
        }
    }

    package var change: ChangeClass
    package var approvals: [ChangeRequirement.Approval] = []
    package var leadTime: TimeSpan?
    /// When missing approvals become a rejection, from the submission.
    package var expires: Duration?
    package var isFreezeExempt = false
    package var isBudgetExempt = false
    /// For the class standard.
    package var templates: [Template] = []
    /// For the class emergency.
    package var reviewWithin: TimeSpan?

    package init(change: ChangeClass) { self.change = change }
}

/// A length of time as people agree on it.
package enum TimeSpan: Equatable, Sendable {
    case elapsed(Duration)
    /// By the named calendar, 1...1000.
    case businessDays(Int, calendar: String)
}

/// Days on which people work.
package struct WorkCalendar: Equatable, Sendable {
    package enum Holiday: Hashable, Sendable {
        /// Japan's, with substitute and citizens' holidays, computed for 1980 to 2099.
        case japan
        case day(CivilDay)
        case yearly(month: Int, day: Int)
    }

    package var name: String
    /// IANA name: where a day begins.
    package var zone: String
    /// 1 is Monday, 7 Sunday; ascending, never empty.
    package var workdays: [Int]
    package var holidays: [Holiday]

    package init(name: String, zone: String, workdays: [Int] = [1, 2, 3, 4, 5], holidays: [Holiday] = []) {
        self.name = name
        self.zone = zone
        self.workdays = workdays
        self.holidays = holidays
    }
}
