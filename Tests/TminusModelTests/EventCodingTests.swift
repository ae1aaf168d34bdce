import Testing

@testable import TminusModel

@Suite struct EventCodingTests {
    private let names = StepNames(ExamplePlan.plan)

    @Test func theExamplesHaveEveryType() {
        #expect(Set(ExampleEvents.bodies.map(\.type)) == Set(EventType.allCases))
    }

    @Test func everyEventComesBackFromItsOwnBytes() throws {
        for (position, body) in ExampleEvents.bodies.enumerated() {
            let event = Event(
                sequence: position + 1, at: Instant(millisecondsSinceEpoch: 1_700_000_000_123), body: body)
            let line = event.json(names).line
            #expect(try Event(json: JSON(parsing: line), names: names) == event)
            #expect(try Event(json: JSON(parsing: line), names: names).json(names).line == line)
        }
    }

    @Test(arguments: EventType.allCases)
    func releasedJSONNeverChanges(_ type: EventType) throws {
        let events = ExampleEvents.bodies.filter { $0.type == type }.map { body in
            Event(sequence: 7, at: Instant(millisecondsSinceEpoch: 1_700_000_000_123), body: body).json(names)
        }
        let golden = GoldenFile("events/\(type.rawValue).json")
        try golden.expect(JSON.array(events).indented)
        let recorded = try #require(JSON(parsing: try golden.text()).elements)
        for json in recorded {
            #expect(try Event(json: json, names: type == .runSubmitted ? nil : names).json(names) == json)
        }
    }

    @Test func anEventOfANewerVersionNamesItsType() {
        let json = JSON.members([
            "sequence": .integer(3), "atMilliseconds": .integer(5), "type": .string("stepPolished"),
        ])
        #expect(
            throws: CodingFault(
                path: "type", reason: "the type 'stepPolished' is not known here: it was written by a newer Tminus",
                isTooNew: true)
        ) { try Event(json: json, names: names) }
    }

    @Test func aHashAtTheEndOfALineIsPassedOver() throws {
        let event = Event(sequence: 2, at: Instant(millisecondsSinceEpoch: 9), body: .runStarted)
        let line = #"{"sequence":2,"atMilliseconds":9,"type":"runStarted","hash":"ab"}"#
        #expect(try Event(json: JSON(parsing: line), names: names) == event)
    }

    @Test(
        arguments: [
            (#"[]"#, "expected an object, not an array"),
            (#"{"sequence":0,"atMilliseconds":9,"type":"runStarted"}"#, "sequence: 0 is out of range"),
            (
                #"{"sequence":1.5,"atMilliseconds":9,"type":"runStarted"}"#,
                "sequence: expected a whole number, not a number"
            ),
            (#"{"sequence":1,"type":"runStarted"}"#, "atMilliseconds: is missing"),
            (
                #"{"sequence":1,"atMilliseconds":9,"type":"runStarted","mood":"fine"}"#,
                "has a member 'mood' that this version does not know; a newer Tminus may have written it "
                    + "(in event 1, runStarted)"
            ),
            (
                #"{"sequence":1,"atMilliseconds":9,"type":"stepSucceeded","step":"nope"}"#,
                "step: the plan has no step 'nope' (in event 1, stepSucceeded)"
            ),
            (
                #"{"sequence":1,"atMilliseconds":9,"type":"attemptStarting","step":"canary","role":"forward""#
                    + #","number":1,"act":6}"#,
                "act: 6 is out of range (in event 1, attemptStarting)"
            ),
            (
                #"{"sequence":1,"atMilliseconds":9,"type":"pageRaised","key":"k","reason":null}"#,
                "reason: expected text, not null (in event 1, pageRaised)"
            ),
        ] as [(String, String)])
    func aBrokenEventSaysWhereAndWhy(_ line: String, _ fault: String) throws {
        let json = try JSON(parsing: line)
        let error = #expect(throws: CodingFault.self) { try Event(json: json, names: names) }
        #expect(error?.description == fault)
    }

    @Test func withoutAPlanOnlyTheFirstEventCanBeRead() throws {
        let event = Event(sequence: 1, at: Instant(millisecondsSinceEpoch: 1), body: .stepSucceeded(step: 0))
        #expect(throws: CodingFault.self) { try Event(json: event.json(names), names: nil) }
    }

    @Test func actsAreCountedAsThePlanMakesThem() {
        let plan = ExamplePlan.plan
        for step in plan.steps.indices { #expect(names.actCounts[step] == plan.acts(of: step).count) }
    }
}
