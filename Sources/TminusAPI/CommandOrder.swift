package import TminusModel

/// `POST /v1/runs/:run/commands`: what a person tells a run.
package struct CommandOrder: Equatable, Sendable {
    package enum Verb: String, Sendable, CaseIterable {
        case approve, reject, go, pause, resume, retry, bypass, resolve, abort, rollback, overrideFreeze
    }

    package var verb: Verb
    /// A step's name; for `go` it may be a judging rule's, and for `approve` and `reject` the word `change`.
    package var step: String?
    package var reason: String?
    /// For `resolve`: whether the step was done.
    package var isDone: Bool?
    /// For `resolve` of a maintenance bracket that was kept closed: whether it is to be lifted.
    package var isLifted: Bool?
    /// For `abort`: leave every effect as it is.
    package var keepsEffects: Bool
    /// For `rollback`: also past the point of no return.
    package var isPastPivotAllowed: Bool
    /// For `overrideFreeze`: the freeze's name.
    package var freeze: String?

    package init(
        _ verb: Verb, step: String? = nil, reason: String? = nil, isDone: Bool? = nil, isLifted: Bool? = nil,
        keepsEffects: Bool = false, isPastPivotAllowed: Bool = false,
        freeze: String? = nil
    ) {
        self.verb = verb
        self.step = step
        self.reason = reason
        self.isDone = isDone
        self.isLifted = isLifted
        self.keepsEffects = keepsEffects
        self.isPastPivotAllowed = isPastPivotAllowed
        self.freeze = freeze
    }

    package var json: JSON {
        .members([
            "command": .string(verb.rawValue), "step": step.map(JSON.string), "reason": reason.map(JSON.string),
            "done": isDone.map(JSON.bool), "lift": isLifted.map(JSON.bool),
            "keep": keepsEffects ? .bool(true) : nil, "pastPivot": isPastPivotAllowed ? .bool(true) : nil,
            "freeze": freeze.map(JSON.string),
        ])
    }

    /// - Throws: `.badRequest` with what is wrong.
    package init(json: JSON) throws(APIError) {
        do throws(APIError) {
            let reader = try WireReader(json)
            let word = try reader.text("command")
            guard let verb = Verb(rawValue: word) else {
                let known = Verb.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError(.badRequest, "there is no command '\(word.prefix(40))'; one of \(known)")
            }
            self.init(
                verb, step: try reader.optionalText("step"), reason: try reader.optionalText("reason"),
                isDone: try reader.optionalFlag("done"), isLifted: try reader.optionalFlag("lift"),
                keepsEffects: try reader.optionalFlag("keep") ?? false,
                isPastPivotAllowed: try reader.optionalFlag("pastPivot") ?? false,
                freeze: try reader.optionalText("freeze")
            )
        } catch {
            throw APIError(.badRequest, error.message)
        }
    }
}

/// The answer to a command that was taken; one that was not comes back as `APIError` `.refused`.
package struct CommandReply: Equatable, Sendable {
    package var isAccepted: Bool
    /// What happens now, or why not and what to do instead.
    package var message: String

    package init(isAccepted: Bool, message: String) {
        self.isAccepted = isAccepted
        self.message = message
    }

    package var json: JSON {
        .members(["accepted": .bool(isAccepted), "message": .string(message)])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        isAccepted = try reader.optionalFlag("accepted") ?? false
        message = try reader.text("message")
    }
}
