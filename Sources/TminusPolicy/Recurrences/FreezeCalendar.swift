import Synchronization
package import TminusModel
package import TminusPorts

/// Freezes to spans: which apply, when they hold, and what lies outside of the windows that allow something.
package final class FreezeCalendar: Sendable {
    /// The furthest that is looked ahead.
    package static let horizon = Duration.seconds(400 * 86_400)
    /// Most spans of one answer: the earliest.
    package static let spansMax = 5_000

    private typealias Stretch = FreezeTimes.Stretch

    /// Stretches of recurring freezes that were reckoned before.
    private let known = Mutex<[Key: [Stretch]]>([:])
    private static let knownMax = 1_000

    private struct Key: Hashable {
        var recurrence: Recurrence
        var from: Instant
        var until: Instant
    }

    package init() {}

    /// Spans that apply to a subject and overlap `[from, until)`, ascending by start, then in the rules' order; at most
    /// `spansMax`, and none that begins later than `horizon` after `from`.
    ///
    /// The same freeze gives the same spans whenever it is asked, as long as `from` moves by less than 64 days.
    package func spans(
        for subject: FreezeSubject, rules: [FreezeRule], from: Instant, until: Instant
    ) throws(PolicyFault) -> [FreezeSpan] {
        let until = min(until, from.advanced(by: Self.horizon))
        guard from < until else { return [] }
        let applying = rules.filter { $0.applies(to: subject) }
        var spans: [FreezeSpan] = []
        for rule in applying where rule.kind == .deny {
            for stretch in try stretches(of: rule, from, until) {
                spans.append(
                    FreezeSpan(
                        name: rule.name, reason: rule.reason, from: stretch.from, until: stretch.until,
                        actions: rule.actions, isOverridable: rule.isOverridable))
            }
        }
        spans += try outsideSpans(applying.filter { $0.kind == .allow }, from, until)
        let overlapping = spans.filter { $0.from < until && from < $0.until }
        let ascending = overlapping.enumerated().sorted { left, right in
            (left.element.from, left.offset) < (right.element.from, right.offset)
        }
        return ascending.prefix(Self.spansMax).map(\.element)
    }

    /// The freeze's own times that overlap `[from, until)`, whatever it applies to; at most `max`, ascending.
    package func next(
        _ rule: FreezeRule, from: Instant, max: Int
    ) throws(PolicyFault) -> [(from: Instant, until: Instant)] {
        let until = from.advanced(by: Self.horizon)
        let stretches = try stretches(of: rule, from, until).filter { from < $0.until }
        return stretches.prefix(max).map { ($0.from, $0.until) }
    }

    // MARK: - Windows

    /// What an action may not do outside of the union of the windows that allow it; actions with the same windows
    /// share their spans.
    private func outsideSpans(
        _ rules: [FreezeRule], _ from: Instant, _ until: Instant
    ) throws(PolicyFault) -> [FreezeSpan] {
        var groups: [(rules: [Int], actions: [FreezeSpan.Action])] = []
        for action in FreezeSpan.Action.allCases {
            let allowing = rules.indices.filter { rules[$0].actions.contains(action) }
            if allowing.isEmpty { continue }
            if let position = groups.firstIndex(where: { $0.rules == allowing }) {
                groups[position].actions.append(action)
            } else {
                groups.append((allowing, [action]))
            }
        }
        var spans: [FreezeSpan] = []
        for group in groups {
            let windows = group.rules.map { rules[$0] }
            var open: [Stretch] = []
            for window in windows { open += try stretches(of: window, from, until) }
            guard let first = windows.first else { continue }
            let names = windows.map(\.name)
            let reasons = windows.map(\.reason).joined(separator: "; ")
            let reason =
                "outside of the \(names.count == 1 ? "window" : "windows") "
                + "\(names.joined(separator: ", ")): \(reasons)"
            for gap in Self.complement(of: FreezeTimes.merged(open)) {
                spans.append(
                    FreezeSpan(
                        name: first.name, reason: reason, from: gap.from, until: gap.until, actions: group.actions,
                        isOverridable: windows.allSatisfy(\.isOverridable)))
            }
        }
        return spans
    }

    private static func complement(of open: [Stretch]) -> [Stretch] {
        var gaps: [Stretch] = []
        var closed = Instant(millisecondsSinceEpoch: 0)
        for stretch in open {
            if closed < stretch.from { gaps.append(Stretch(from: closed, until: stretch.from)) }
            closed = stretch.until
        }
        if closed < .distantFuture { gaps.append(Stretch(from: closed, until: .distantFuture)) }
        return gaps
    }

    // MARK: - Stretches

    /// Those of a wide interval around `[from, until)` whose bounds seldom move, so that a span looks the same at every
    /// asking and the gap before the first one of a window begins where the last one ended.
    private func stretches(of rule: FreezeRule, _ from: Instant, _ until: Instant) throws(PolicyFault) -> [Stretch] {
        let block: Int64 = 64 * 86_400_000
        let first = from.advanced(by: .zero - Self.horizon).millisecondsSinceEpoch
        let last = until.advanced(by: Self.horizon).millisecondsSinceEpoch
        let start = Instant(millisecondsSinceEpoch: first / block * block).advanced(by: .milliseconds(-block))
        let end = Instant(millisecondsSinceEpoch: last / block * block).advanced(by: .milliseconds(block))
        guard case .recurring(let recurrence) = rule.times else {
            return try Self.times(of: rule).stretches(from: start, until: end)
        }
        let key = Key(recurrence: recurrence, from: start, until: end)
        if let found = known.withLock({ $0[key] }) { return found }
        let found = try Self.times(of: rule).stretches(from: start, until: end)
        known.withLock { known in
            if known.count >= Self.knownMax { known.removeAll() }
            known[key] = found
        }
        return found
    }

    private static func times(of rule: FreezeRule) throws(PolicyFault) -> FreezeTimes {
        do throws(FreezeTimes.Fault) {
            return try FreezeTimes(rule.times)
        } catch {
            throw PolicyFault(.unreadable, "the freeze '\(rule.name)' \(error.message); \(error.fix)")
        }
    }
}

extension FreezeRule {
    /// Whether a freeze concerns a subject at all; empty lists match everything.
    package func applies(to subject: FreezeSubject) -> Bool {
        Glob.anyMatches(environments, subject.environment) && Glob.anyMatches(services, subject.service)
            && (changes.isEmpty || changes.contains(subject.change)) && invokers.contains(subject.invoker)
    }

    /// What is wrong with a freeze that somebody wants to add, with what to write; nil when nothing is.
    package var fault: String? {
        if actions.isEmpty { return "the freeze '\(name)' forbids nothing; name at least one action" }
        if invokers.isEmpty { return "the freeze '\(name)' concerns nobody; name user, automation or both" }
        if reason.isEmpty || reason.utf8.count > 1_000 { return "a freeze needs a reason of 1 to 1000 bytes" }
        do throws(FreezeTimes.Fault) {
            _ = try FreezeTimes(times)
            return nil
        } catch {
            return "the freeze '\(name)' \(error.message); \(error.fix)"
        }
    }
}

extension Glob {
    /// Whether any pattern matches; true for no patterns at all.
    static func anyMatches(_ patterns: [String], _ text: String) -> Bool {
        patterns.isEmpty || patterns.contains { Glob($0).matches(text) }
    }
}
