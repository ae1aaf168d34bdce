extension AttemptResult: ReadFromJSON {
    package var json: JSON {
        .members([
            "end": end.json, "outputs": .unlessEmpty(outputs.map(\.json)), "note": .text(note),
            "elapsedMilliseconds": .milliseconds(elapsed),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            end: try fields.required("end"), outputs: try fields.list("outputs"), note: try fields.optional("note"),
            elapsed: try fields.optionalDuration("elapsedMilliseconds"))
        try fields.finish()
    }
}

extension AttemptEnd: ReadFromJSON {
    package var json: JSON {
        switch self {
        case .exited(let code): .members(["type": .string("exited"), "code": .integer(Int64(code))])
        case .signalled(let signal): .members(["type": .string("signalled"), "signal": .integer(Int64(signal))])
        case .timedOut: .members(["type": .string("timedOut")])
        case .stopped: .members(["type": .string("stopped")])
        case .killFailed(let reason): .members(["type": .string("killFailed"), "reason": .string(reason)])
        case .notStarted(let reason): .members(["type": .string("notStarted"), "reason": .string(reason)])
        case .tombstoned: .members(["type": .string("tombstoned")])
        case .vanished(let cause): .members(["type": .string("vanished"), "cause": .string(cause.rawValue)])
        }
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "exited": self = .exited(try fields.required("code"))
        case "signalled": self = .signalled(try fields.required("signal"))
        case "timedOut": self = .timedOut
        case "stopped": self = .stopped
        case "killFailed": self = .killFailed(try fields.text("reason"))
        case "notStarted": self = .notStarted(try fields.text("reason"))
        case "tombstoned": self = .tombstoned
        case "vanished": self = .vanished(try fields.word("cause"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension FailureCause: ReadFromJSON {
    var json: JSON {
        switch self {
        case .exit(let code): .members(["type": .string("exit"), "code": .integer(Int64(code))])
        case .signal(let signal): .members(["type": .string("signal"), "signal": .integer(Int64(signal))])
        case .attemptTimeout: .members(["type": .string("attemptTimeout")])
        case .totalTimeout: .members(["type": .string("totalTimeout")])
        case .notStarted: .members(["type": .string("notStarted")])
        case .killFailed: .members(["type": .string("killFailed")])
        case .rejected: .members(["type": .string("rejected")])
        case .approvalExpired: .members(["type": .string("approvalExpired")])
        case .halfApplied: .members(["type": .string("halfApplied")])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "exit": self = .exit(try fields.required("code"))
        case "signal": self = .signal(try fields.required("signal"))
        case "attemptTimeout": self = .attemptTimeout
        case "totalTimeout": self = .totalTimeout
        case "notStarted": self = .notStarted
        case "killFailed": self = .killFailed
        case "rejected": self = .rejected
        case "approvalExpired": self = .approvalExpired
        case "halfApplied": self = .halfApplied
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension RollbackCause {
    func json(_ names: StepNames) -> JSON {
        switch self {
        case .stepFailed(let step): .members(["type": .string("stepFailed"), "step": names.steps.json(step)])
        case .rule(let rule): .members(["type": .string("rule"), "rule": names.rules.json(rule)])
        case .deadline: .members(["type": .string("deadline")])
        case .held(let step): .members(["type": .string("held"), "step": names.steps.json(step)])
        case .asked(let by): .members(["type": .string("asked"), "by": .string(by)])
        case .change: .members(["type": .string("change")])
        case .aborted(let by): .members(["type": .string("aborted"), "by": .string(by)])
        }
    }

    init(json: JSON, names: StepNames) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "stepFailed":
            self = .stepFailed(
                try fields.required("step") { json throws(CodingFault) in try names.steps.position(json, "step") })
        case "rule":
            self = .rule(
                try fields.required("rule") { json throws(CodingFault) in try names.rules.position(json, "rule") })
        case "deadline": self = .deadline
        case "held":
            self = .held(
                try fields.required("step") { json throws(CodingFault) in try names.steps.position(json, "step") })
        case "asked": self = .asked(by: try fields.text("by"))
        case "change": self = .change
        case "aborted": self = .aborted(by: try fields.text("by"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}
