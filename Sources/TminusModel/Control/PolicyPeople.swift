/// A person, with all that they are known by.
package struct PolicyPerson: Equatable, Sendable {
    /// How they are named in the policy, in journals and in reports; it counts as an account too.
    package var name: String
    /// What people call them; may be empty.
    package var fullName: String
    /// OS accounts.
    package var accounts: [String]
    /// Mail addresses that stand in commits and tags, in lower case.
    package var addresses: [String]
    /// Keys that sign tags: `SHA256:…`, or a GPG fingerprint.
    package var keys: [String]

    package init(
        name: String, fullName: String = "", accounts: [String] = [], addresses: [String] = [], keys: [String] = []
    ) {
        self.name = name
        self.fullName = fullName
        self.accounts = accounts
        self.addresses = addresses
        self.keys = keys
    }
}

/// People by a common name, such as `cab`.
package struct PolicyGroup: Equatable, Sendable {
    package var name: String
    /// Names of people.
    package var members: [String]

    package init(name: String, members: [String]) {
        self.name = name
        self.members = members
    }
}

/// Who has one right; entries are names of people or `group:NAME`.
package struct RightGrant: Equatable, Sendable {
    package var right: Right
    package var to: [String]

    package init(right: Right, to: [String]) {
        self.right = right
        self.to = to
    }
}

extension Policy {
    package static let groupPrefix = "group:"

    /// The person with this name or account; nil when the policy knows none.
    package func person(account: String) -> PolicyPerson? {
        people.first { $0.name == account } ?? people.first { $0.accounts.contains(account) }
    }

    /// The names of the groups somebody belongs to, sorted.
    package func groups(of name: String) -> [String] {
        groups.filter { $0.members.contains(name) }.map(\.name).sorted()
    }

    /// The people that names and `group:NAME` stand for, each once, in the order of `people`.
    package func people(in entries: [String]) -> [PolicyPerson] {
        people.filter { person in entries.contains { covers($0, person.name) } }
    }

    /// Whether an entry names somebody, directly or through a group.
    package func covers(_ entry: String, _ name: String) -> Bool {
        guard entry.hasPrefix(Self.groupPrefix) else { return entry == name }
        let group = entry.dropFirst(Self.groupPrefix.count)
        return groups.contains { $0.name == group && $0.members.contains(name) }
    }

    /// What the file grants somebody, sorted; nil where it says nothing of rights.
    package func rights(of name: String) -> [Right]? {
        guard let grants else { return nil }
        return grants.filter { grant in grant.to.contains { covers($0, name) } }.map(\.right).sorted()
    }

    /// `only ann and group cab may (right 'unblock')`.
    package func who(may right: Right) -> String {
        guard let grants else { return "whoever may use the engine may" }
        let entries = grants.first { $0.right == right }?.to ?? []
        let who = entries.isEmpty ? "the policy lets nobody" : "only \(Self.listed(entries)) may"
        return "\(who) (right '\(right.rawValue)')"
    }

    /// `ann, bob and group cab`.
    package static func listed(_ entries: [String]) -> String {
        let names = entries.map { $0.hasPrefix(groupPrefix) ? "group \($0.dropFirst(groupPrefix.count))" : $0 }
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
