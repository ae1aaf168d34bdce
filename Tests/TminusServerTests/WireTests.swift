import Testing
import TminusAPI
import TminusModel

@Suite
struct WireTests {
    @Test func linesAreCutHoweverThePiecesFall() throws {
        var splitter = LineSplitter()
        #expect(try splitter.append(Array("one\ntw".utf8)).map { String(decoding: $0, as: UTF8.self) } == ["one"])
        #expect(try splitter.append(Array("o".utf8)).isEmpty)
        #expect(
            try splitter.append(Array("\n\nthree\n".utf8)).map { String(decoding: $0, as: UTF8.self) } == [
                "two", "", "three",
            ])
        #expect(try splitter.append([UInt8]()).isEmpty)
    }

    @Test(arguments: CommandOrder.Verb.allCases)
    func everyCommandTravels(_ verb: CommandOrder.Verb) throws {
        let order = CommandOrder(
            verb, step: "canary", reason: "because", isDone: true, isLifted: false, keepsEffects: true,
            isPastPivotAllowed: true)
        #expect(try CommandOrder(json: order.json) == order)
        #expect(try CommandOrder(json: CommandOrder(verb).json) == CommandOrder(verb))
    }

    @Test func anUnknownCommandIsNamedWithThoseThereAre() {
        do {
            _ = try CommandOrder(json: .members(["command": .string("explode")]))
            Issue.record("it was taken")
        } catch {
            #expect(error.code == .badRequest)
            #expect(error.message.hasPrefix("there is no command 'explode'; one of approve, reject, go"))
        }
    }

    @Test func aRunOrderTravelsWithItsFiles() throws {
        let plan = Plan(
            pipeline: "p", service: "s", environment: "e", change: .normal, release: .minor, folder: "/",
            phases: [Phase(name: "T-0")], steps: [Step(name: "a", phase: 0, kind: .wait(.seconds(1)), hasEffect: false)]
        )
        let order = RunOrder(
            plan: plan, digest: "d", files: [.init(digest: "f", bytes: [0, 1, 255])], reason: "why", pausesAfter: 0)
        #expect(try RunOrder(json: order.json) == order)
    }

    @Test func whatIsKnownOfBurstsTravelsIntoThePlan() throws {
        let known = Burstiness(thousandths: 360, history: .seconds(3_600))
        let reply = BurstinessReply(rules: [
            .init(rule: 0, burstiness: known, unknown: nil), .init(rule: 1, burstiness: nil, unknown: "too little"),
            .init(rule: 2, burstiness: known, unknown: nil), .init(rule: 9, burstiness: known, unknown: nil),
        ])
        #expect(try BurstinessReply(json: reply.json) == reply)
        var plan = Plan(
            pipeline: "p", service: "s", environment: "e", change: .normal, release: .minor, folder: "/",
            phases: [Phase(name: "T-0")], steps: [Step(name: "a", phase: 0, kind: .wait(.seconds(1)), hasEffect: false)]
        )
        plan.rules = ["a", "b", "c"].map { name in
            JudgingRule(
                name: name, indicator: 0, subject: .candidate,
                trip: .ratioAbove(bound: Ratio(numerator: 1, denominator: 1), harmlessBelow: nil), during: [0])
        }
        plan.rules[2].conduct.tempering = Ratio(numerator: 1, denominator: 2)
        #expect(reply.written(into: plan).rules.map(\.conduct.burstiness) == [known, nil, nil])
    }

    @Test func errorsTravelByTheirName() {
        for code in APIError.Code.allCases {
            let error = APIError(code, "what and why")
            #expect(APIError(json: error.json) == error)
            #expect((400...599).contains(error.status))
        }
        #expect(APIError(json: .members(["error": .string("x")])) == nil)
    }
}
