package import TminusModel

/// Why an order makes no sense as things stand.
package struct OrderFault: Error, Equatable, Sendable {
    /// What is wrong and what to do.
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}

/// Decides what an order of somebody with the right to it means: facts, or why not. Pure.
package struct ControlDesk: Sendable {
    private let state: ControlState
    private let person: Person
    private let now: Instant
    private let tokenHash: String
    /// Whether a policy says what people may: then a person's token can't exceed that, whoever made it.
    private let hasPolicy: Bool

    /// The name of a stopped line that covers everything.
    package static let wholeLine = "line"
    private static let freezesMax = 1_000
    private static let tokensMax = 10_000
    /// Longest reason, in bytes.
    private static let reasonBytesMax = 4_096
    private static let lifetimeMax = Duration.seconds(366 * 86_400)

    package init(state: ControlState, person: Person, now: Instant, tokenHash: String = "", hasPolicy: Bool = false) {
        self.state = state
        self.person = person
        self.now = now
        self.tokenHash = tokenHash
        self.hasPolicy = hasPolicy
    }

    /// The facts, and one sentence for whoever ordered.
    package func obey(_ order: ControlOrder) throws(OrderFault) -> (facts: [ControlEvent.Body], answer: String) {
        switch order {
        case .addFreeze(let rule):
            try check(rule)
            return ([.freezeAdded(rule, by: person.name)], "the freeze \(rule.name) is in force; runs obey it now")
        case .endFreeze(let name, let reason):
            try check(reason: reason)
            guard state.freezes.contains(where: { $0.rule.name == name }) else {
                throw OrderFault(
                    "no freeze \(quoted(name)) was added by command\(known(state.freezes)); one in the policy file "
                        + "ends when it is taken out of there")
            }
            return (
                [.freezeEnded(name: name, by: person.name, reason: reason)], "the freeze \(name) has ended"
            )
        case .stopLine(let rule):
            try check(rule)
            return (
                [.lineStopped(rule, by: person.name)],
                "the line is stopped: nothing more starts until `tminus start-the-line"
                    + "\(rule.name == Self.wholeLine ? "" : " \(rule.name)")`; rollbacks go on"
            )
        case .releaseLine(let name, let reason):
            try check(reason: reason)
            guard state.lines.contains(where: { $0.rule.name == name }) else {
                throw OrderFault("no line \(quoted(name)) is stopped\(known(state.lines))")
            }
            return (
                [.lineReleased(name: name, by: person.name, reason: reason)],
                "the line runs again\(name == Self.wholeLine ? "" : ": \(name)")"
            )
        case .createToken, .revokeToken: return try token(order)
        case .closeReview(let name, let verdict): return try close(name, verdict)
        case .block(let service, let version, let reason):
            try check(reason: reason)
            return (
                [.releaseBlocked(service: service, version: version, by: person.name, reason: reason)],
                "\(version) of \(service) goes no further until it is unblocked"
            )
        case .unblock(let service, let version, let reason):
            try check(reason: reason)
            guard state.blocks.contains(where: { $0.service == service && $0.version == version }) else {
                throw OrderFault("\(quoted(version)) of \(quoted(service)) is not blocked")
            }
            return (
                [.releaseUnblocked(service: service, version: version, by: person.name, reason: reason)],
                "\(version) of \(service) may go on"
            )
        case .breakLock: throw OrderFault("a lock is broken by the engine that gave it")
        }
    }

    private func token(_ order: ControlOrder) throws(OrderFault) -> (facts: [ControlEvent.Body], answer: String) {
        switch order {
        case .createToken(let owner, let isAutomation, let rights, let services, let lifetime):
            guard Self.isName(owner) else { throw OrderFault("\(quoted(owner)) is no name: letters, digits, - _ . @") }
            let beyond = hasPolicy && !isAutomation ? [] : rights.filter { !person.may($0) }
            guard beyond.isEmpty else {
                let words = beyond.map(\.rawValue).joined(separator: ", ")
                throw OrderFault("\(person.name) has no right to \(words), and so can't give it to a token")
            }
            guard lifetime <= Self.lifetimeMax else { throw OrderFault("a token lives a year at most") }
            guard state.tokens.count < Self.tokensMax else {
                throw OrderFault("there are \(state.tokens.count) tokens; revoke some first")
            }
            guard services.count <= 100 else { throw OrderFault("a token names at most 100 services") }
            let name = "token-\(state.tokensMade + 1)"
            let token = AccessToken(
                name: name, person: owner, isAutomation: isAutomation, rights: rights.sorted(), services: services,
                hash: tokenHash, expires: now.advanced(by: lifetime))
            return ([.tokenCreated(token, by: person.name)], "\(name) is \(owner)'s")
        case .revokeToken(let name, let reason):
            try check(reason: reason)
            guard state.tokens.contains(where: { $0.name == name }) else {
                throw OrderFault("there is no token \(quoted(name)); tminus token list shows those there are")
            }
            return ([.tokenRevoked(name: name, by: person.name, reason: reason)], "\(name) is worth nothing now")
        default: throw OrderFault("this is not about a token")
        }
    }

    private func close(
        _ name: String, _ verdict: String
    ) throws(OrderFault) -> (
        facts: [ControlEvent.Body], answer: String
    ) {
        try check(reason: verdict)
        guard let review = state.reviews.first(where: { $0.name == name }) else {
            let open = state.reviews.prefix(20).map(\.name).joined(separator: ", ")
            throw OrderFault("there is no open review \(quoted(name))\(open.isEmpty ? "" : "; open are \(open)")")
        }
        guard review.by != person.name else {
            throw OrderFault("\(person.name) did what \(name) looks back at; someone else must close it")
        }
        return ([.reviewClosed(name: name, by: person.name, verdict: verdict)], "\(name) is closed")
    }

    private func check(_ rule: FreezeRule) throws(OrderFault) {
        guard Self.isName(rule.name) else {
            throw OrderFault("\(quoted(rule.name)) is no name for a freeze: 1 to 63 letters, digits, - _ .")
        }
        try check(reason: rule.reason)
        guard !(state.freezes + state.lines).contains(where: { $0.rule.name == rule.name }) else {
            throw OrderFault("a freeze \(quoted(rule.name)) is in force already; end it first, or choose another name")
        }
        guard state.freezes.count + state.lines.count < Self.freezesMax else {
            throw OrderFault("\(Self.freezesMax) freezes are in force; end some first")
        }
        if case .once(let from, let until?) = rule.times, until <= from {
            throw OrderFault("the freeze would end before it begins")
        }
        guard !rule.actions.isEmpty else { throw OrderFault("the freeze forbids nothing: name an action") }
    }

    private func check(reason: String) throws(OrderFault) {
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw OrderFault("say why (--reason): it is kept for the record")
        }
        guard reason.utf8.count <= Self.reasonBytesMax else {
            throw OrderFault("the reason is longer than \(Self.reasonBytesMax) bytes")
        }
    }

    private func known(_ standing: [ControlState.Standing]) -> String {
        let names = standing.prefix(20).map(\.rule.name).joined(separator: ", ")
        return names.isEmpty ? "" : "; in force are \(names)"
    }

    private func quoted(_ text: String) -> String { "'\(text.prefix(80))'" }

    private static func isName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"): true
                default: false
                }
            }
    }
}
