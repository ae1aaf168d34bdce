extension ControlEvent {
    /// Sequence, time, `type`, then what the type brings. Released types never change meaning.
    package var json: JSON {
        let start = [
            JSON.Member("sequence", .integer(sequence)), JSON.Member("atMilliseconds", .milliseconds(at)),
            JSON.Member("type", .string(body.type)),
        ]
        return .object(start + (body.members.members ?? []))
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        sequence = try fields.integer("sequence", in: 1...Int.max)
        at = try fields.instant("atMilliseconds")
        let type = try fields.text("type")
        body = try Body(type, &fields)
        try fields.finish()
    }
}

extension ControlEvent.Body {
    /// The `type` word.
    package var type: String {
        switch self {
        case .freezeAdded: "freezeAdded"
        case .freezeEnded: "freezeEnded"
        case .lineStopped: "lineStopped"
        case .lineReleased: "lineReleased"
        case .tokenCreated: "tokenCreated"
        case .tokenRevoked: "tokenRevoked"
        case .reviewOpened: "reviewOpened"
        case .reviewClosed: "reviewClosed"
        case .lockBroken: "lockBroken"
        case .orderRefused: "orderRefused"
        case .tagSeen: "tagSeen"
        case .rollbackImported: "rollbackImported"
        case .releaseBlocked: "releaseBlocked"
        case .releaseUnblocked: "releaseUnblocked"
        case .runsPruned: "runsPruned"
        }
    }

    fileprivate var members: JSON {
        switch self {
        case .freezeAdded(let rule, let by), .lineStopped(let rule, let by):
            .members(["freeze": rule.json, "by": .string(by)])
        case .freezeEnded(let name, let by, let reason), .lineReleased(let name, let by, let reason),
            .tokenRevoked(let name, let by, let reason):
            .members(["name": .string(name), "by": .string(by), "reason": .string(reason)])
        case .tokenCreated(let token, let by): .members(["token": token.json, "by": .string(by)])
        case .reviewOpened(let review): .members(["review": review.json])
        case .reviewClosed(let name, let by, let verdict):
            .members(["name": .string(name), "by": .string(by), "verdict": .string(verdict)])
        case .lockBroken(let service, let environment, let run, let by, let reason):
            .members([
                "service": .string(service), "environment": .string(environment), "run": .string(run),
                "by": .string(by), "reason": .string(reason),
            ])
        case .orderRefused(let by, let order, let reason):
            .members(["by": .string(by), "order": .string(order), "reason": .string(reason)])
        case .tagSeen(let repository, let tag, let object, let decision, let reason, let run):
            .members([
                "repository": .string(repository), "tag": .string(tag), "object": .string(object),
                "decision": .string(decision), "reason": .string(reason), "run": .text(run),
            ])
        case .rollbackImported(let run, let by, let reason):
            .members(["run": .string(run), "by": .string(by), "reason": .string(reason)])
        case .releaseBlocked(let service, let version, let by, let reason),
            .releaseUnblocked(let service, let version, let by, let reason):
            .members([
                "service": .string(service), "version": .string(version), "by": .string(by),
                "reason": .string(reason),
            ])
        case .runsPruned(let runs, let by, let reason):
            .members([
                "runs": .array(runs.map(\.json)), "by": .string(by),
                "reason": .text(reason.isEmpty ? nil : reason),
            ])
        }
    }

    fileprivate init(_ type: String, _ fields: inout Fields) throws(CodingFault) {
        switch type {
        case "freezeAdded": self = .freezeAdded(try fields.required("freeze"), by: try fields.text("by"))
        case "lineStopped": self = .lineStopped(try fields.required("freeze"), by: try fields.text("by"))
        case "freezeEnded", "lineReleased", "tokenRevoked":
            let name = try fields.text("name")
            let by = try fields.text("by")
            let reason = try fields.text("reason")
            self =
                switch type {
                case "freezeEnded": .freezeEnded(name: name, by: by, reason: reason)
                case "lineReleased": .lineReleased(name: name, by: by, reason: reason)
                default: .tokenRevoked(name: name, by: by, reason: reason)
                }
        case "tokenCreated": self = .tokenCreated(try fields.required("token"), by: try fields.text("by"))
        case "reviewOpened": self = .reviewOpened(try fields.required("review"))
        case "reviewClosed":
            self = .reviewClosed(
                name: try fields.text("name"), by: try fields.text("by"), verdict: try fields.text("verdict"))
        default: try self.init(rarer: type, &fields)
        }
    }

    private init(rarer type: String, _ fields: inout Fields) throws(CodingFault) {
        switch type {
        case "lockBroken":
            self = .lockBroken(
                service: try fields.text("service"), environment: try fields.text("environment"),
                run: try fields.text("run"), by: try fields.text("by"), reason: try fields.text("reason"))
        case "orderRefused":
            self = .orderRefused(
                by: try fields.text("by"), order: try fields.text("order"), reason: try fields.text("reason"))
        case "tagSeen":
            self = .tagSeen(
                repository: try fields.text("repository"), tag: try fields.text("tag"),
                object: try fields.text("object"), decision: try fields.text("decision"),
                reason: try fields.text("reason"), run: try fields.optional("run"))
        case "rollbackImported":
            self = .rollbackImported(
                run: try fields.text("run"), by: try fields.text("by"), reason: try fields.text("reason"))
        case "releaseBlocked", "releaseUnblocked":
            let service = try fields.text("service")
            let version = try fields.text("version")
            let by = try fields.text("by")
            let reason = try fields.text("reason")
            self =
                type == "releaseBlocked"
                ? .releaseBlocked(service: service, version: version, by: by, reason: reason)
                : .releaseUnblocked(service: service, version: version, by: by, reason: reason)
        case "runsPruned":
            self = .runsPruned(
                try fields.list("runs"), by: try fields.text("by"), reason: try fields.optional("reason") ?? "")
        default: throw CodingFault.unknown(type)
        }
    }
}
