import TminusModel
import TminusPipeline

/// `zone`, `people`, `groups` and `rights`: who is who, and who may what.
extension PolicySection {
    static let zone = PolicySection(
        key: .optional("zone", .text(.zoneName), "Asia/Tokyo", "The IANA zone of times here. Default: UTC.")
    ) { node, decoding in
        if let zone = decoding.zone(node) { decoding.policy.zone = zone.name }
    }

    private static let person = KeyTable(
        noun: "a person",
        keys: [
            .optional("name", .text(.sentence), "Ann Sato", "What people call them."),
            .optional(
                "accounts", .list(.text(.personName), 1...20), "[asato]",
                "OS accounts, beside the name they are listed by."),
            .optional(
                "addresses", .list(.text(address), 1...20), "[ann@example.com]",
                "Mail addresses in their commits and tags."),
            .optional(
                "keys", .list(.text(signingKey), 1...20), "[\"SHA256:…\"]",
                "Keys that sign their tags: SSH fingerprints (SHA256:…) or GPG fingerprints."),
        ])

    private static let address = TextRule(
        "a mail address", .free(lines: false), sizeMax: 254, example: "ann@example.com")
    private static let signingKey = TextRule(
        "a key's fingerprint", .free(lines: false), sizeMax: 128, isNumberAllowed: true, example: "\"SHA256:…\"")

    static let people = PolicySection(
        key: .optional(
            "people", .named(.personName, .keys(person), noun: "person", 1...2_000), "{ann: {name: Ann Sato}}",
            "Who releases and approves, by name.")
    ) { node, decoding in
        var taken: [String: String] = [:]
        func take(
            _ identity: String, _ noun: String, of owner: String, at node: YAMLNode, _ decoding: inout PolicyDecoding
        ) {
            let key = "\(noun) \(identity)"
            if let other = taken[key] {
                let whose = other == owner ? "twice" : "for '\(other)' and for '\(owner)'"
                decoding.error(at: node, "the \(noun) '\(identity)' is listed \(whose)", fix: "keep it with one person")
            }
            taken[key] = owner
        }
        // A name is an account too, so nobody may have another's name as an account.
        for entry in node.entries { taken["account \(entry.key.text)"] = entry.key.text }
        for entry in node.entries {
            let name = entry.key.text
            var person = PolicyPerson(name: name, fullName: entry.value["name"]?.text ?? "")
            for element in entry.value["accounts"]?.oneOrMore ?? [] where element.text != name {
                take(element.text, "account", of: name, at: element, &decoding)
                person.accounts.append(element.text)
            }
            for element in entry.value["addresses"]?.oneOrMore ?? [] {
                let address = element.text.lowercased()
                if address.split(separator: "@", omittingEmptySubsequences: false).count != 2 || address.contains(" ") {
                    decoding.error(
                        at: element, "'\(element.text)' is no mail address", fix: "write it like ann@example.com")
                }
                take(address, "address", of: name, at: element, &decoding)
                person.addresses.append(address)
            }
            for element in entry.value["keys"]?.oneOrMore ?? [] {
                take(element.text, "key", of: name, at: element, &decoding)
                person.keys.append(element.text)
            }
            decoding.policy.people.append(person)
        }
    }

    static let groups = PolicySection(
        key: .optional(
            "groups",
            .named(.groupName, .list(.text(.personName), 1...2_000), noun: "group", 1...500), "{cab: [ann, bob]}",
            "Groups of people; elsewhere they are written group:NAME.")
    ) { node, decoding in
        let names = decoding.policy.people.map(\.name)
        let known = Set(names)
        for entry in node.entries {
            var members: [String] = []
            var seen = Set<String>()
            for element in entry.value.oneOrMore {
                if !known.contains(element.text) { decoding.check(element, element.text, names, "person") }
                if !seen.insert(element.text).inserted {
                    decoding.error(at: element, "'\(element.text)' is listed twice", fix: "keep one of the two")
                }
                members.append(element.text)
            }
            decoding.policy.groups.append(PolicyGroup(name: entry.key.text, members: members))
        }
    }

    private static let rightsTable = KeyTable(
        noun: "the rights",
        keys: Right.allCases.map { .optional($0.rawValue, .people, "[\"group:release\"]", $0.says) })

    static let rights = PolicySection(
        key: .optional(
            "rights", .keys(rightsTable), "{start: [\"group:developers\"]}",
            "Who may what. Left out, nobody's rights are limited; with it, whoever is not listed may only watch.")
    ) { node, decoding in
        var grants: [RightGrant] = []
        for entry in node.entries {
            guard let right = Right(rawValue: entry.key.text) else { continue }
            grants.append(RightGrant(right: right, to: decoding.people(entry.value)))
        }
        decoding.policy.grants = grants
    }
}

extension Right {
    /// One sentence for the reference page.
    var says: String {
        switch self {
        case .start: "Start runs, and pause, resume, retry, bypass, resolve and abort them."
        case .rollback: "Roll back."
        case .emergency: "Make emergency changes and hotfixes."
        case .overrideBudget: "Go on although the error budget holds."
        case .overrideFreeze: "Go on although a freeze holds, unless it cannot be overridden."
        case .manageFreezes: "Add and end freezes."
        case .stopTheLine: "Stop the line, and start it again."
        case .breakLock: "Make a run give up its service and environment."
        case .unblock: "Let a blocked version be promoted again."
        case .manageTokens: "Create and revoke tokens."
        case .review: "Close retroactive reviews."
        case .manageStore: "Back the journal up, and prune it."
        }
    }
}
