import TminusModel
import TminusPipeline

/// `freezes`: when nothing may happen, or when only something may.
extension PolicySection {
    private static let table = KeyTable(
        noun: "a freeze",
        keys: [
            .required("reason", .text(.sentence), "\"the shops' busiest week\"", "Why, for everybody it stops."),
            .optional(
                "kind", .choice(FreezeRule.Kind.allCases.map(\.rawValue)), "deny",
                "deny: nothing within its times. allow: only within its times. Default: deny."),
            .optional("zone", .text(.zoneName), "Asia/Tokyo", "The zone of its times. Default: the policy's."),
            .required(
                "from", .text(.localTime), "\"2026-12-28T17:00\"",
                "Local start; of a recurring freeze that of the first one."),
            .optional("until", .text(.localTime), "\"2027-01-04T09:00\"", "Local end of a freeze that comes once."),
            .optional(
                "lasts", .duration(1_000...FreezeTimes.durationMax.milliseconds), "64h",
                "How long each one lasts; whole days end at the same time on the wall."),
            .optional(
                "repeat", .text(.sentence), "FREQ=WEEKLY;BYDAY=FR",
                "How it recurs: the value of an RRULE (RFC 5545)."),
            .optional(
                "except", .list(.text(.localTime), 1...FreezeTimes.datesMax), "[\"2026-12-25T17:00\"]",
                "Local starts to leave out (EXDATE)."),
            .optional(
                "also", .list(.text(.localTime), 1...FreezeTimes.datesMax), "[\"2026-12-23T17:00\"]",
                "More local starts (RDATE)."),
            .optional(
                "environments", .list(.text(.glob), 1...100), "[production, \"eu-*\"]", "Where. Default: everywhere."),
            .optional("services", .list(.text(.glob), 1...1_000), "[checkout, \"pay-*\"]", "For which. Default: all."),
            .optional(
                "changes", .list(.choice(ChangeClass.allCases.map(\.rawValue)), 1...4), "[normal, major]",
                "Classes of change. Default: all."),
            .optional(
                "actions", .list(.choice(FreezeSpan.Action.allCases.map(\.rawValue)), 1...5), "[start, advance]",
                "What it forbids: start (a run's first step), advance (later steps), approve, retry, bypass. "
                    + "Default: start, advance, retry."),
            .optional(
                "invokers", .list(.choice(FreezeRule.Invoker.allCases.map(\.rawValue)), 1...2), "[automation]",
                "Whose runs: user, automation. Default: both."),
            .optional(
                "overridable", .boolean, "false",
                "Whether the right overrideFreeze lets a person go on with a reason. Default: true."),
        ],
        exactlyOne: [["until", "lasts"]],
        together: [("repeat", ["lasts"]), ("except", ["repeat"]), ("also", ["repeat"])])

    private static let name = TextRule(
        "a freeze's name", .word(prefixes: [], first: "A-Za-z0-9_", rest: "A-Za-z0-9_.-"), sizeMax: 63,
        example: "year-end")

    static let freezes = PolicySection(
        key: .optional(
            "freezes", .named(name, .keys(table), noun: "freeze", 1...100),
            "{year-end: {reason: shops, from: \"2026-12-28T17:00\", until: \"2027-01-04T09:00\"}}",
            "When nothing may start, or only then; rolling back is never frozen.")
    ) { node, decoding in
        for entry in node.entries {
            if entry.key.text == "line" {
                decoding.error(at: entry.key, "'line' is what a stopped line is called", fix: "choose another name")
            }
            checkScope(entry.value, &decoding)
            guard let zone = decoding.zone(entry.value["zone"]), let times = times(entry.value, zone, &decoding) else {
                continue
            }
            decoding.policy.freezes.append(
                PolicyFreeze(rule: rule(entry.key.text, entry.value, times), zone: zone.name))
        }
    }

    private static func rule(_ name: String, _ node: YAMLNode, _ times: FreezeRule.Times) -> FreezeRule {
        var rule = FreezeRule(
            name: name, reason: node["reason"]?.text ?? "",
            kind: node["kind"].flatMap { FreezeRule.Kind(rawValue: $0.text) } ?? .deny, times: times)
        rule.environments = node["environments"]?.texts ?? []
        rule.services = node["services"]?.texts ?? []
        rule.changes = node["changes"]?.texts.compactMap(ChangeClass.init) ?? []
        if let actions = node["actions"] { rule.actions = actions.texts.compactMap(FreezeSpan.Action.init) }
        if let invokers = node["invokers"] { rule.invokers = invokers.texts.compactMap(FreezeRule.Invoker.init) }
        rule.isOverridable = node["overridable"].map(\.isTrue) ?? true
        return rule
    }

    /// A plain name of an environment that the policy does not have would never match.
    private static func checkScope(_ node: YAMLNode, _ decoding: inout PolicyDecoding) {
        let names = decoding.policy.environments.map(\.name)
        guard !names.isEmpty else { return }
        for element in node["environments"]?.oneOrMore ?? []
        where !names.contains(where: { Glob(element.text).matches($0) }) {
            let isPattern = element.text.contains("*") || element.text.contains("?")
            let message =
                isPattern
                ? "no environment matches '\(element.text)'" : "no environment '\(element.text)' in the policy"
            decoding.error(
                at: element, message,
                fix: Nearest.fix(
                    for: element.text, in: names, otherwise: "environments here are \(listed(names, joinedBy: "and"))"))
        }
    }

    private static func times(
        _ node: YAMLNode, _ zone: Zone, _ decoding: inout PolicyDecoding
    ) -> FreezeRule.Times? {
        guard let fromNode = node["from"], let from = decoding.time(fromNode) else { return nil }
        guard let ruleNode = node["repeat"] else {
            let start = zone.instant(from)
            if let lasts = node["lasts"]?.duration {
                return .once(from: start, until: FreezeTimes.end(of: from, lasting: lasts, in: zone))
            }
            guard let untilNode = node["until"], let until = decoding.time(untilNode) else { return nil }
            let end = zone.instant(until)
            if end <= start {
                decoding.error(
                    at: untilNode, "it ends at \(until.text), and begins at \(from.text)", fix: "write a later end")
                return nil
            }
            return .once(from: start, until: end)
        }
        return recurring(node, ruleNode, from, zone, &decoding)
    }

    private static func recurring(
        _ node: YAMLNode, _ ruleNode: YAMLNode, _ from: CivilTime, _ zone: Zone, _ decoding: inout PolicyDecoding
    ) -> FreezeRule.Times? {
        guard let lasts = node["lasts"]?.duration else { return nil }
        do throws(RecurrenceRule.Fault) {
            _ = try RecurrenceRule(ruleNode.text)
        } catch {
            decoding.error(at: ruleNode, "the rule \(error.message)", fix: error.fix)
            return nil
        }
        var recurrence = Recurrence(start: from.basicText, zone: zone.name, duration: lasts, rule: ruleNode.text)
        guard check(recurrence, at: node["from"] ?? ruleNode, &decoding) else { return nil }
        for element in node["also"]?.oneOrMore ?? [] {
            guard let date = decoding.time(element) else { return nil }
            recurrence.extraDates.append(date.basicText)
        }
        for element in node["except"]?.oneOrMore ?? [] {
            guard let date = decoding.time(element) else { return nil }
            var one = recurrence
            one.exceptDates = [date.basicText]
            guard check(one, at: element, &decoding) else { return nil }
            recurrence.exceptDates.append(date.basicText)
        }
        return .recurring(recurrence)
    }

    private static func check(
        _ recurrence: Recurrence, at node: YAMLNode, _ decoding: inout PolicyDecoding
    ) -> Bool {
        do throws(FreezeTimes.Fault) {
            _ = try FreezeTimes(.recurring(recurrence))
            return true
        } catch {
            decoding.error(at: node, "it \(error.message)", fix: error.fix)
            return false
        }
    }
}
