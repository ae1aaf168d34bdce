/// What a person asks of the engine that concerns more than one run.
package enum ControlOrder: Equatable, Sendable {
    case addFreeze(FreezeRule)
    case endFreeze(name: String, reason: String)
    /// The rule says where; it has no end.
    case stopLine(FreezeRule)
    case releaseLine(name: String, reason: String)
    /// `lifetime` at most a year.
    case createToken(person: String, isAutomation: Bool, rights: [Right], services: [String], lifetime: Duration)
    case revokeToken(name: String, reason: String)
    case closeReview(name: String, verdict: String)
    case breakLock(service: String, environment: String, reason: String)
    case block(service: String, version: String, reason: String)
    case unblock(service: String, version: String, reason: String)

    /// The right it needs.
    package var right: Right {
        switch self {
        case .addFreeze, .endFreeze: .manageFreezes
        case .stopLine, .releaseLine: .stopTheLine
        case .createToken, .revokeToken: .manageTokens
        case .closeReview: .review
        case .breakLock: .breakLock
        case .block, .unblock: .unblock
        }
    }

    /// What a refused try is recorded as.
    package var name: String {
        switch self {
        case .addFreeze(let rule): "add the freeze \(rule.name)"
        case .endFreeze(let name, _): "end the freeze \(name)"
        case .stopLine: "stop the line"
        case .releaseLine(let name, _): "release the line \(name)"
        case .createToken(let person, _, _, _, _): "create a token for \(person)"
        case .revokeToken(let name, _): "revoke \(name)"
        case .closeReview(let name, _): "close \(name)"
        case .breakLock(let service, let environment, _): "break the lock of \(service) on \(environment)"
        case .block(let service, let version, _): "block \(version) of \(service)"
        case .unblock(let service, let version, _): "unblock \(version) of \(service)"
        }
    }
}

extension ControlOrder {
    package var json: JSON {
        switch self {
        case .addFreeze(let rule): .members(["order": .string("addFreeze"), "freeze": rule.json])
        case .endFreeze(let name, let reason): named("endFreeze", name, reason)
        case .stopLine(let rule): .members(["order": .string("stopLine"), "freeze": rule.json])
        case .releaseLine(let name, let reason): named("releaseLine", name, reason)
        case .createToken(let person, let isAutomation, let rights, let services, let lifetime):
            .members([
                "order": .string("createToken"), "person": .string(person), "isAutomation": .ifTrue(isAutomation),
                "rights": .unlessEmpty(rights.map(\.rawValue)), "services": .unlessEmpty(services),
                "lifetimeMilliseconds": .milliseconds(lifetime),
            ])
        case .revokeToken(let name, let reason): named("revokeToken", name, reason)
        case .closeReview(let name, let verdict):
            .members(["order": .string("closeReview"), "name": .string(name), "verdict": .string(verdict)])
        case .breakLock(let service, let environment, let reason):
            .members([
                "order": .string("breakLock"), "service": .string(service), "environment": .string(environment),
                "reason": .string(reason),
            ])
        case .block(let service, let version, let reason): versioned("block", service, version, reason)
        case .unblock(let service, let version, let reason): versioned("unblock", service, version, reason)
        }
    }

    private func named(_ order: String, _ name: String, _ reason: String) -> JSON {
        .members(["order": .string(order), "name": .string(name), "reason": .string(reason)])
    }

    private func versioned(_ order: String, _ service: String, _ version: String, _ reason: String) -> JSON {
        .members([
            "order": .string(order), "service": .string(service), "version": .string(version),
            "reason": .string(reason),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let order = try fields.text("order")
        switch order {
        case "addFreeze": self = .addFreeze(try fields.required("freeze"))
        case "stopLine": self = .stopLine(try fields.required("freeze"))
        case "endFreeze": self = .endFreeze(name: try fields.text("name"), reason: try fields.text("reason"))
        case "releaseLine": self = .releaseLine(name: try fields.text("name"), reason: try fields.text("reason"))
        case "revokeToken": self = .revokeToken(name: try fields.text("name"), reason: try fields.text("reason"))
        case "closeReview": self = .closeReview(name: try fields.text("name"), verdict: try fields.text("verdict"))
        case "createToken":
            self = .createToken(
                person: try fields.text("person"), isAutomation: try fields.flag("isAutomation"),
                rights: try fields.words("rights"), services: try fields.list("services"),
                lifetime: try fields.duration("lifetimeMilliseconds", atLeast: 1))
        case "breakLock":
            self = .breakLock(
                service: try fields.text("service"), environment: try fields.text("environment"),
                reason: try fields.text("reason"))
        case "block":
            self = .block(
                service: try fields.text("service"), version: try fields.text("version"),
                reason: try fields.text("reason"))
        case "unblock":
            self = .unblock(
                service: try fields.text("service"), version: try fields.text("version"),
                reason: try fields.text("reason"))
        default: throw CodingFault.unknown(order)
        }
        try fields.finish()
    }
}
