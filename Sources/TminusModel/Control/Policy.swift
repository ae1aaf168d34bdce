/// The organisation's rules, as its policy file states them. References were checked when it was read.
package struct Policy: Equatable, Sendable {
    /// SHA-256 of the file, lower-case hexadecimal.
    package var digest: String
    /// IANA zone in which times are told.
    package var zone = "UTC"
    package var calendars: [WorkCalendar] = []
    package var people: [PolicyPerson] = []
    package var groups: [PolicyGroup] = []
    /// Nil where the file says nothing of rights: then it takes none away.
    package var grants: [RightGrant]?
    /// In the order written; empty where any environment may be released to.
    package var environments: [EnvironmentRule] = []
    /// Empty where no class of change asks for anything.
    package var changes: [ChangeRule] = []
    package var releases: [ReleaseClass] = []
    package var freezes: [PolicyFreeze] = []
    /// From tags to runs; empty where no tag starts anything.
    package var tags = TriggerPolicy()

    package init(digest: String) { self.digest = digest }

    package func calendar(named name: String) -> WorkCalendar? { calendars.first { $0.name == name } }
    package func environment(named name: String) -> EnvironmentRule? { environments.first { $0.name == name } }
    package func rule(for change: ChangeClass) -> ChangeRule? { changes.first { $0.change == change } }
}

/// The least strict class that a release of one type may have.
package struct ReleaseClass: Equatable, Sendable {
    package var release: ReleaseType
    package var change: ChangeClass

    package init(release: ReleaseType, change: ChangeClass) {
        self.release = release
        self.change = change
    }
}

/// A freeze of the file, and the zone its times were written in.
package struct PolicyFreeze: Equatable, Sendable {
    package var rule: FreezeRule
    package var zone: String

    package init(rule: FreezeRule, zone: String) {
        self.rule = rule
        self.zone = zone
    }
}
