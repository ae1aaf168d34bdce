import Hummingbird
import TminusAPI
import TminusCore
import TminusEngine
import TminusModel

/// What concerns more than one run: `/v1/control` takes orders; freezes, tokens, reviews, blocks and locks are read;
/// `/v1/me` says who asks, as the engine knows them.
struct ControlRoutes {
    let parts: ControlParts
    private static let bytesMax = 1 << 18

    init(parts: ControlParts) {
        self.parts = parts
    }

    func add(to router: Router<ControlContext>) {
        router.post("/v1/control") { request, context in
            let person = try await context.person(parts)
            let json = try await request.json(bytesMax: Self.bytesMax)
            let order: ControlOrder
            do { order = try ControlOrder(json: json) } catch { throw APIError(.badRequest, "\(error)") }
            let answer = try await parts.engine.order(order, by: person)
            return Answers.json(ControlReply(message: answer.message, secret: answer.secret).json)
        }
        router.get("/v1/freezes") { _, _ in
            let state = await parts.engine.controlState()
            return Answers.json(
                .members([
                    "freezes": .array(state.freezes.map(Self.json)), "lines": .array(state.lines.map(Self.json)),
                    "policy": .array(
                        try parts.engine.policyFreezes().map { freeze in
                            .members(["freeze": freeze.rule.json, "zone": .string(freeze.zone)])
                        }),
                ]))
        }
        router.get("/v1/tokens") { _, context in
            let person = try await context.person(parts)
            let tokens = await parts.engine.controlState().tokens
            let shown = person.may(.manageTokens) ? tokens : tokens.filter { $0.person == person.name }
            return Answers.json(.members(["tokens": .array(shown.map(\.publicJSON))]))
        }
        router.get("/v1/reviews") { _, _ in
            let state = await parts.engine.controlState()
            return Answers.json(
                .members([
                    "reviews": .array(state.reviews.map(\.json)),
                    "blocks": .array(
                        state.blocks.map { block in
                            .members([
                                "service": .string(block.service), "version": .string(block.version),
                                "by": .string(block.by), "reason": .string(block.reason),
                            ])
                        }),
                ]))
        }
        router.get("/v1/audit") { request, _ in
            let after = try request.number("after", in: 0...Int.max, default: 0)
            let limit = try request.number("limit", in: 1...1_000, default: 1_000)
            let events = try await parts.engine.controlEvents(after: after, limit: limit)
            return Answers.json(.members(["events": .array(events.map(\.json))]))
        }
        router.post("/v1/runs/:run/verify") { _, context in
            let run = try context.parameters.require("run")
            try await parts.engine.verify(run)
            return Answers.json(.members(["run": .string(run)]))
        }
        router.get("/v1/locks") { _, _ in
            Answers.json(.members(["locks": .array(await parts.engine.locks().map(\.json))]))
        }
        router.get("/v1/releases") { request, _ in
            let releases = try await parts.engine.releases(
                service: request.text("service"), environment: request.text("environment"),
                limit: try request.number("limit", in: 1...1_000, default: 50))
            return Answers.json(.members(["releases": .array(releases.map(\.json))]))
        }
        router.get("/v1/me") { _, context in
            let person = try await context.person(parts)
            return Answers.json(
                .members([
                    "name": .string(person.name), "groups": .strings(person.groups),
                    "rights": .strings(person.rights.map(\.rawValue)), "isAutomation": .bool(person.isAutomation),
                    "services": .strings(person.services),
                ]))
        }
    }

    private static func json(_ standing: ControlState.Standing) -> JSON {
        .members([
            "freeze": standing.rule.json, "by": .string(standing.by),
            "sinceMilliseconds": .integer(standing.since.millisecondsSinceEpoch),
        ])
    }
}

extension LockStanding {
    fileprivate var json: JSON {
        .members([
            "service": .string(service), "environment": .string(environment), "holder": .string(holder),
            "by": .string(by), "reason": reason.map(JSON.string),
            "sinceMilliseconds": .integer(since.millisecondsSinceEpoch),
            "queue": .array(
                queue.map { waiting in
                    .members([
                        "run": .string(waiting.run), "by": .string(waiting.by),
                        "sinceMilliseconds": .integer(waiting.since.millisecondsSinceEpoch),
                        "isRollback": .bool(waiting.isRollback), "isBroken": .bool(waiting.isBroken),
                    ])
                }),
        ])
    }
}

extension AccessToken {
    /// All but its hash: that is of no use to anybody who may read this.
    fileprivate var publicJSON: JSON {
        .members([
            "name": .string(name), "person": .string(person), "isAutomation": .bool(isAutomation),
            "rights": .strings(rights.map(\.rawValue)), "services": .strings(services),
            "expiresMilliseconds": .integer(expires.millisecondsSinceEpoch),
        ])
    }
}
