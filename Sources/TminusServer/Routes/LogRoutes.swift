import Hummingbird
import NIOCore
import TminusAPI
import TminusCore
import TminusEngine
import TminusModel

/// `/v1/runs/:run/log`: what a step's attempt printed.
struct LogRoutes {
    let parts: ControlParts

    func add(to router: Router<ControlContext>) {
        router.get("/v1/runs/:run/log") { request, context in
            let run = try context.parameters.require("run")
            guard let step = request.text("step") else { throw APIError(.badRequest, "say which step: ?step=NAME") }
            let offset = try request.number("offset", in: 0...Int.max, default: 0)
            let state = try await parts.engine.state(of: run)
            let folder = try folder(step, request.text("attempt"), state)
            let directory = "runs/\(state.run)/\(step)/\(folder)"
            return Answers.stream("application/octet-stream") { writer in
                var place = offset
                while true {
                    let bytes = try parts.readLog(directory, place)
                    if bytes.isEmpty { break }
                    try await writer.write(ByteBuffer(bytes: bytes))
                    place += bytes.count
                }
                try await writer.finish(nil)
            }
        }
    }

    /// The attempt's folder: the one named, or the newest that was started.
    private func folder(_ step: String, _ attempt: String?, _ state: RunState) throws -> String {
        guard let index = state.plan.step(named: step) else {
            let known = state.plan.steps.prefix(20).map(\.name).joined(separator: ", ")
            throw APIError(.notFound, "\(state.run) has no step '\(step.prefix(80))'; it has \(known)")
        }
        if let attempt {
            // A folder's name from outside: nothing that could lead out of the step's own directory.
            let isPlain = attempt.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"): true
                case UInt8(ascii: "."): attempt.utf8.first != UInt8(ascii: ".")
                default: false
                }
            }
            guard isPlain, (1...40).contains(attempt.utf8.count), !attempt.contains("..") else {
                throw APIError(.badRequest, "an attempt is called like 1, 2, 1.3 (act 3), rollback-1 or resolve-1")
            }
            return attempt
        }
        let own = state.steps[index]
        if own.undoNumber > 0 { return "rollback-\(own.undoNumber)" }
        guard own.number > 0 else { throw APIError(.notFound, "\(step) of \(state.run) has not started yet") }
        guard state.plan.acts(of: index).indices.contains(own.act) else { return "\(own.number)" }
        // A canary's watch prints nothing: the shift before it does.
        var act = own.act
        if case .hold = state.plan.acts(of: index)[act], act > 0 { act -= 1 }
        return act > 0 ? "\(own.number).\(act)" : "\(own.number)"
    }
}
