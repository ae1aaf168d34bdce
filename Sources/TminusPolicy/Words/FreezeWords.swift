package import TminusModel
package import TminusPorts

/// A freeze in words: what it stops, where, and when next.
package struct FreezeWords {
    private let rule: FreezeRule
    private let zone: Zone

    /// Stretches that are told of one freeze.
    package static let nextMax = 3

    /// `zone` is that of its times; a recurring one has its own.
    package init(_ rule: FreezeRule, zone: Zone) {
        self.rule = rule
        if case .recurring(let recurrence) = rule.times {
            self.zone = Zone(recurrence.zone) ?? zone
        } else {
            self.zone = zone
        }
    }

    /// `no start, advance or retry on production, for services billing and ledger-*`.
    package var scope: String {
        let actions = Self.joined(rule.actions.map(\.rawValue), "or")
        var text = rule.kind == .deny ? "no \(actions)" : "\(actions) only then"
        text += rule.environments.isEmpty ? " anywhere" : " on \(Self.joined(rule.environments, "and"))"
        if !rule.services.isEmpty { text += ", for \(Self.joined(rule.services, "and"))" }
        if !rule.changes.isEmpty { text += ", \(Self.joined(rule.changes.map(\.rawValue), "and")) changes" }
        if rule.invokers.count == 1, let invoker = rule.invokers.first {
            text += invoker == .user ? ", by people" : ", by automation"
        }
        return rule.isOverridable ? text : text + "; cannot be overridden"
    }

    /// The next stretches in the zone of the freeze, a sentence each: `now, until Mon 2027-01-05 09:00 (Asia/Tokyo)`.
    package func next(_ calendar: FreezeCalendar, now: Instant) throws(PolicyFault) -> [String] {
        let stretches = try calendar.next(rule, from: now, max: Self.nextMax)
        if stretches.isEmpty { return ["not within the next \(FreezeCalendar.horizon.releaseText)"] }
        return stretches.map { stretch in
            let end = stretch.until == .distantFuture ? "until somebody ends it" : "until \(zone.text(stretch.until))"
            return stretch.from <= now ? "now, \(end)" : "from \(zone.shortText(stretch.from)) \(end)"
        }
    }

    private static func joined(_ words: [String], _ word: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(word) " + last
    }
}
