package import TminusModel
package import TminusPipeline

/// One top-level key of the policy file, with its shape and what becomes of it.
///
/// To add a section: give `Policy` a field, write a `KeyTable.Key` and a decoder in a file of its own, and put the
/// section into `all`. The shape is checked before any section is decoded, so a decoder only looks for what shapes
/// cannot say. Sections are decoded in the order of `all`, whatever the order in the file: a section may rely on those
/// before it.
package struct PolicySection: Sendable {
    package var key: KeyTable.Key
    /// Called with the key's value, only when the file has the key and every shape is right.
    package var decode: @Sendable (_ node: YAMLNode, _ decoding: inout PolicyDecoding) -> Void

    package init(key: KeyTable.Key, decode: @escaping @Sendable (YAMLNode, inout PolicyDecoding) -> Void) {
        self.key = key
        self.decode = decode
    }

    package static let all: [PolicySection] = [
        .zone, .people, .groups, .rights, .calendars, .environments, .changes, .releases, .freezes,
        .repositories, .triggers, .webhooks,
    ]
}

/// What decoding a policy carries along: the file's text, what was found wrong, and the policy as far as it is read.
package struct PolicyDecoding {
    package var decoding: Decoding
    package var policy: Policy

    package mutating func error(at node: YAMLNode, _ message: String, fix: @autoclosure () -> String) {
        decoding.error(at: node, message, fix: fix())
    }

    package mutating func error(at key: YAMLKey, _ message: String, fix: String) {
        decoding.error(at: key, message, fix: fix)
    }

    package mutating func warning(at key: YAMLKey, _ message: String, fix: String) {
        decoding.warning(at: key, message, fix: fix)
    }

    /// The names of a list that stand for people: `ann` and `group:cab`. Unknown ones are reported.
    package mutating func people(_ node: YAMLNode?) -> [String] {
        guard let node else { return [] }
        var entries: [String] = []
        for element in node.oneOrMore {
            let text = element.text
            if text.hasPrefix(Policy.groupPrefix) {
                check(element, String(text.dropFirst(Policy.groupPrefix.count)), policy.groups.map(\.name), "group")
            } else {
                check(element, text, policy.people.map(\.name), "person")
            }
            if entries.contains(text) {
                error(at: element, "'\(text)' is listed twice", fix: "keep one of the two")
            }
            entries.append(text)
        }
        return entries
    }

    /// Reports a name that is not among `names`; `noun` is what such a thing is called.
    package mutating func check(_ node: YAMLNode, _ name: String, _ names: [String], _ noun: String) {
        guard !names.contains(name) else { return }
        let plural = noun == "person" ? "people" : noun == "repository" ? "repositories" : noun + "s"
        let otherwise =
            names.isEmpty ? "add it under '\(plural):'" : "\(plural) here are \(listed(names, joinedBy: "and"))"
        error(
            at: node, "no \(noun) '\(name)' in the policy", fix: Nearest.fix(for: name, in: names, otherwise: otherwise)
        )
    }

    /// The zone a node names, or else the policy's; nil, reported, for one that this machine does not know.
    package mutating func zone(_ node: YAMLNode?) -> Zone? {
        guard let node else { return Zone(policy.zone) }
        if let zone = Zone(node.text) { return zone }
        let fix = Nearest.fix(
            for: node.text, in: Zone.known, otherwise: "write an IANA name, such as Europe/Berlin or Asia/Tokyo")
        error(at: node, "no time zone '\(node.text)'", fix: fix)
        return nil
    }

    /// A local time; nil, reported, for anything else.
    package mutating func time(_ node: YAMLNode) -> CivilTime? {
        if let time = CivilTime(text: node.text) { return time }
        error(
            at: node, "'\(node.text)' is no local time",
            fix: "write a day that exists and a time, such as \"2026-12-28T17:00\"")
        return nil
    }

    /// A length of time: a duration, or business days of a calendar.
    package mutating func span(_ node: YAMLNode?) -> TimeSpan? {
        guard let node else { return nil }
        if let duration = node.duration { return .elapsed(duration) }
        guard let count = node["businessDays"]?.integer, let calendar = node["calendar"] else { return nil }
        check(calendar, calendar.text, policy.calendars.map(\.name), "calendar")
        return .businessDays(count, calendar: calendar.text)
    }
}

extension KeyTable {
    static let policy = KeyTable(noun: "the policy", keys: PolicySection.all.map(\.key))
}

extension TextRule {
    static func policyName(_ noun: String, example: String) -> TextRule {
        TextRule(
            noun, .word(prefixes: [], first: "A-Za-z0-9_", rest: "A-Za-z0-9_.@-"), sizeMax: 63, example: example)
    }
    static let personName = policyName("a person's name", example: "ann")
    static let groupName = policyName("a group's name", example: "cab")
    static let zoneName = TextRule("a time zone", .free(lines: false), sizeMax: 64, example: "Asia/Tokyo")
    static let glob = TextRule("a name or pattern", .free(lines: false), sizeMax: 128, example: "prod*")
    static let localTime = TextRule(
        "a local time", .free(lines: false), sizeMax: 32, isNumberAllowed: true, example: "\"2026-12-28T17:00\"")
    static let date = TextRule(
        "a day", .free(lines: false), sizeMax: 32, isNumberAllowed: true, example: "\"2026-12-29\"")
}

extension Shape {
    /// `1w`, or `{businessDays: 3, calendar: jp}`.
    static let timeSpan = Shape.written(
        value: .duration, list: nil,
        mapping: .keys(
            KeyTable(
                noun: "a length of business days",
                keys: [
                    .required("businessDays", .integer(1...1_000), "3", "How many; the day it begins does not count."),
                    .required("calendar", .text(.policyName("a calendar's name", example: "jp")), "jp", "By which."),
                ])))
    static let people = Shape.list(.text(.approver), 1...1_000)
}
