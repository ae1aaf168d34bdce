package import TminusModel
package import TminusPorts

/// A policy in words, a line each; headings end without a colon and stand at the margin.
package struct PolicyWords {
    private let policy: Policy
    private let now: Instant

    package init(_ policy: Policy, now: Instant) {
        self.policy = policy
        self.now = now
    }

    package func lines(_ calendar: FreezeCalendar) throws(PolicyFault) -> [String] {
        var lines = ["policy \(policy.digest.prefix(12)), times in \(policy.zone)"]
        func add(_ heading: String, _ body: [String]) {
            guard !body.isEmpty else { return }
            lines += ["", heading] + body.map { "  " + $0 }
        }
        add("people", policy.people.map(person))
        add("groups", policy.groups.map { "\($0.name): \($0.members.joined(separator: ", "))" })
        add("rights", rights)
        add("environments", policy.environments.flatMap(environment))
        add("changes", policy.changes.flatMap(change))
        add("releases", policy.releases.map { "\($0.release.rawValue): at least \($0.change.rawValue)" })
        add("calendars", policy.calendars.flatMap(workCalendar))
        var freezes: [String] = []
        for freeze in policy.freezes {
            let words = FreezeWords(freeze.rule, zone: Zone(freeze.zone) ?? .utc)
            freezes.append("\(freeze.rule.name): \(words.scope)")
            freezes.append("  \(freeze.rule.reason)")
            for next in try words.next(calendar, now: now) { freezes.append("  \(next)") }
        }
        add("freezes", freezes)
        let tags = TriggerWords(policy.tags)
        add("repositories", tags.repositories)
        add("triggers", tags.rules)
        add("webhooks", tags.webhooks)
        return lines
    }

    private func person(_ person: PolicyPerson) -> String {
        var text = person.name
        if !person.fullName.isEmpty { text += " (\(person.fullName))" }
        let known = person.accounts + person.addresses + person.keys
        if !known.isEmpty { text += ": " + known.joined(separator: ", ") }
        let groups = policy.groups(of: person.name)
        return groups.isEmpty ? text : text + "; in \(groups.joined(separator: ", "))"
    }

    private var rights: [String] {
        guard let grants = policy.grants else { return ["not limited: whoever may use the engine may do everything"] }
        return Right.allCases.map { right in
            let to = grants.first { $0.right == right }?.to ?? []
            return "\(right.rawValue): \(to.isEmpty ? "nobody" : Policy.listed(to))"
        }
    }

    private func environment(_ rule: EnvironmentRule) -> [String] {
        let control = rule.isControlled ? "" : " (not under change control)"
        var lines = [rule.name + control]
        for earlier in rule.after {
            let soak = earlier.soak > .zero ? ", \(earlier.soak.releaseText) there" : ""
            let isOptional = earlier.isOptional ? ", optional" : ""
            let skip = rule.hotfixMaySkip.contains(earlier.environment) ? ", a hotfix may skip it" : ""
            lines.append("  after \(earlier.environment)\(soak)\(isOptional)\(skip)")
        }
        if rule.needsTag { lines.append("  only from tags") }
        if let enough = rule.enough { lines.append("  \(enough) of these are enough") }
        return lines
    }

    private func change(_ rule: ChangeRule) -> [String] {
        var lines = [rule.change.rawValue]
        for template in rule.templates { lines.append("  template \(template.name): \(template.hash.prefix(12))") }
        for approval in rule.approvals {
            lines.append("  \(approval.count) × \(approval.role): \(Policy.listed(approval.from))")
        }
        if let leadTime = rule.leadTime {
            let end = policy.end(of: leadTime, from: now).map { "; submitted now: \($0.reckoned)" } ?? ""
            lines.append("  lead time \(text(leadTime))\(end)")
        }
        if let expires = rule.expires { lines.append("  approvals missing after \(expires.releaseText) reject it") }
        if rule.change == .emergency { lines.append("  needs an incident") }
        if let within = rule.reviewWithin { lines.append("  reviewed within \(text(within))") }
        if rule.isFreezeExempt { lines.append("  freezes let it pass") }
        if rule.isBudgetExempt { lines.append("  the error budget lets it pass") }
        return lines
    }

    private func text(_ span: TimeSpan) -> String {
        switch span {
        case .elapsed(let duration): duration.releaseText
        case .businessDays(let count, let calendar):
            "\(count) business \(count == 1 ? "day" : "days") of calendar \(calendar)"
        }
    }

    /// With the next days off that are no weekend.
    private func workCalendar(_ calendar: WorkCalendar) -> [String] {
        let workdays = calendar.workdays.map { CivilDay.weekdayNames[$0 - 1] }.joined(separator: " ")
        guard let clock = BusinessClock(calendar) else { return ["\(calendar.name): unknown zone \(calendar.zone)"] }
        let today = clock.zone.local(now).day
        var holidays: [CivilDay] = []
        for offset in 0..<366 where holidays.count < 6 {
            let day = today.advanced(by: offset)
            if calendar.workdays.contains(day.weekday), !clock.isBusinessDay(day) { holidays.append(day) }
        }
        let next = holidays.map { "\($0.weekdayText) \($0.text)" }.joined(separator: ", ")
        return [
            "\(calendar.name): \(workdays) in \(calendar.zone)", "  next days off: \(next.isEmpty ? "none" : next)",
        ]
    }
}
