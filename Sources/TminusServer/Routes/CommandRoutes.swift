import Hummingbird
import TminusAPI
import TminusCore
import TminusEngine
import TminusModel

/// `/v1/runs/:run/commands`: what people tell a run.
struct CommandRoutes {
    let parts: ControlParts
    private static let bytesMax = 1 << 20
    /// Longest reason or comment, in bytes: a sentence or two for the record.
    private static let reasonBytesMax = 4_096

    init(parts: ControlParts) {
        self.parts = parts
    }

    func add(to router: Router<ControlContext>) {
        router.post("/v1/runs/:run/commands") { request, context in
            let run = try context.parameters.require("run")
            let person = try await context.person(parts)
            let order = try CommandOrder(json: try await request.json(bytesMax: Self.bytesMax))
            let answer = try await parts.engine.command(try command(order), to: run, by: person)
            guard answer.isAccepted else { throw APIError(.refused, answer.message) }
            return Answers.json(CommandReply(isAccepted: true, message: answer.message).json)
        }
    }

    private func command(_ order: CommandOrder) throws -> PersonCommand {
        let reason = order.reason ?? ""
        guard reason.utf8.count <= Self.reasonBytesMax else {
            throw APIError(.badRequest, "the reason is longer than \(Self.reasonBytesMax) bytes")
        }
        switch order.verb {
        case .approve: return .approve(step: order.step, comment: reason)
        case .reject: return .reject(step: order.step, reason: reason)
        case .go: return .go(step: try step(order), reason: reason)
        case .pause: return .pause(reason: reason)
        case .resume: return .resume
        case .retry: return .retry(step: try step(order), reason: reason)
        case .bypass: return .bypass(step: try step(order), reason: reason)
        case .resolve:
            if let isLifted = order.isLifted { return .lift(step: try step(order), isLifted: isLifted, reason: reason) }
            guard let isDone = order.isDone else {
                throw APIError(.badRequest, "say what became of it: done true or false, or lift true or false")
            }
            return .resolve(step: try step(order), isDone: isDone, reason: reason)
        case .abort: return .abort(reason: reason, keepsEffects: order.keepsEffects)
        case .overrideFreeze:
            guard let freeze = order.freeze else { throw APIError(.badRequest, "overrideFreeze needs a freeze") }
            return .overrideFreeze(freeze: freeze, reason: reason)
        case .rollback: return .rollback(reason: reason, isPastPivotAllowed: order.isPastPivotAllowed)
        }
    }

    private func step(_ order: CommandOrder) throws -> String {
        guard let step = order.step else { throw APIError(.badRequest, "\(order.verb.rawValue) needs a step") }
        return step
    }
}
