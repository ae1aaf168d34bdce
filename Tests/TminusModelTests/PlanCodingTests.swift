import Testing
import TminusModel

@Suite struct PlanCodingTests {
    @Test func aPlanComesBackFromItsOwnBytes() throws {
        let line = ExamplePlan.plan.json.line
        let plan = try Plan(json: JSON(parsing: line))
        #expect(plan == ExamplePlan.plan)
        #expect(plan.json.line == line)
    }

    @Test func releasedPlanJSONNeverChanges() throws {
        let golden = GoldenFile("plan.json")
        try golden.expect(ExamplePlan.plan.json.indented)
        #expect(try Plan(json: JSON(parsing: golden.text())) == ExamplePlan.plan)
    }

    @Test func performancesComeBack() throws {
        var attested = BackupCheck(tool: .attestation(file: "backup.json"))
        attested.copies = 2
        let command = Command(argv: ["./db"])
        let tool = Migration.Tool.commands(status: command, preview: nil, apply: command, revert: command)
        let all: [Performance] = [
            .http(HTTPCall(method: "GET", url: "http://x")), .smoke(SmokeCheck(urls: ["http://x", "http://y"])),
            .backup(attested), .backup(BackupCheck(tool: .attestationCommand(command))),
            .migrate(Migration(tool: tool, kind: .contract, upTo: "004")),
            .migrationStatus(Migration(tool: .sqlite(directory: "m", database: "d"), kind: .data)),
        ]
        for performance in all { #expect(try Performance(json: JSON(parsing: performance.json.line)) == performance) }
    }

    @Test func tenThousandStepsStaySmall() throws {
        let steps = (0..<10_000).map { index in
            Step(
                name: "step-\(index)", phase: 0, needs: index > 0 ? [index - 1] : [],
                kind: .run(Command(argv: ["/bin/true"])), hasEffect: true)
        }
        let plan = Plan(
            pipeline: "big", service: "big", environment: "test", change: .standard, release: .patch, folder: "/",
            phases: [Phase(name: "T-0")], steps: steps)
        let bytes = plan.json.bytes
        #expect(bytes.count < 1_100_000)
        #expect(try Plan(json: JSON(parsing: bytes)) == plan)
    }

    /// Each change breaks one promise of the plan's types; what is said names the place.
    @Test(
        arguments: [
            (#""T-0","window""#, #""T-1","window""#, "phases: the name 'T-1' stands twice"),
            (
                #""untilMinute":240"#, #""untilMinute":120"#,
                "phases[1].window.untilMinute: the window ends before it starts"
            ),
            (#""fromMinute":120"#, #""fromMinute":-1"#, "phases[1].window.fromMinute: -1 is out of range"),
            (#""needs":["canary"]"#, #""needs":["kanary"]"#, "steps[6].needs[0]: the plan has no step 'kanary'"),
            (
                #""needs":["canary"]"#, #""needs":["promote"]"#,
                "steps[6].needs: 'smoke' can never start: its needs lead into a circle"
            ),
            (
                #""needs":["backup-check","artifacts"]"#, #""needs":["artifacts","artifacts"]"#,
                "steps[2].needs: is not in plan order, or repeats"
            ),
            (
                #""needs":["backup-check","artifacts"]"#, #""needs":["soak"]"#,
                "steps[2].needs: names 'soak' of a later phase"
            ),
            (#""name":"soak","phase":"T-0""#, #""name":"soak""#, "steps[9].phase: comes after a step of a later phase"),
            (
                #""opened":"maintenance""#, #""opened":"migrate""#,
                "steps[7].kind.opened: 'migrate' opens no maintenance bracket"
            ),
            (
                #""weights":[1,5,25]"#, #""weights":[1,5,5]"#,
                "steps[5].kind.weights[2]: weights rise and are 1 to 100, which 5 breaks"
            ),
            (#""weights":[1,5,25]"#, #""weights":[]"#, "steps[5].kind.weights: a canary has at least one weight"),
            (#""argv":["./weight"]"#, #""argv":[]"#, "steps[5].kind.shift.argv: names no program"),
            (#""attempts":3"#, #""attempts":101"#, "steps[1].retry.attempts: 101 is out of range"),
            (
                #""retryOn":[75,-1]"#, #""retryOn":[75,4294967296]"#,
                "steps[1].retry.retryOn[1]: 4294967296 is out of range"
            ),
            (#""target":"0.999""#, #""target":"1""#, "budget.target: 1 is not from 0 to below 1"),
            (#""target":"0.999""#, #""target":"0,999""#, "budget.target: '0,999' is no decimal such as 0.999"),
            (#""during":["canary"]"#, #""during":[]"#, "rules[1].during: names no step"),
            (#""name":"slow""#, #""name":"errors""#, "rules: the name 'errors' stands twice"),
            (
                #""path":"scripts/weight""#, #""path":"../weight""#,
                "files[0].path: '../weight' is no path inside the plan's folder"
            ),
            (#""size":120"#, #""size":-1"#, "files[0].size: -1 is negative"),
            (#""times":5"#, #""times":1001"#, "steps[6].kind.check.times: 1001 is out of range"),
            (
                #""attemptMilliseconds":60000"#, #""attemptMilliseconds":0"#,
                "steps[1].timeouts.attemptMilliseconds: 0 ms is below the least allowed, 1 ms"
            ),
            (
                #""type":"smoke""#, #""type":"fog""#,
                "steps[6].kind.type: the type 'fog' is not known here: it was written by a newer Tminus"
            ),
            (#""name":"soak""#, #""name":"Soak""#, "steps[9].name: 'Soak' is no step name: a-z, 0-9 and -, at most 63"),
            (#""name":"soak""#, #""name":"promote""#, "steps: the name 'promote' stands twice"),
            (
                #""pipeline":"checkout""#, #""pipeline":"checkout","colour":1"#,
                "has a member 'colour' that this version does not know; a newer Tminus may have written it"
            ),
        ] as [(String, String, String)])
    func aPlanThatBreaksAPromiseIsRefused(_ original: String, _ change: String, _ fault: String) throws {
        let line = ExamplePlan.plan.json.line
        try #require(line.contains(original))
        let json = try JSON(parsing: line.replacing(original, with: change))
        let error = #expect(throws: CodingFault.self) { try Plan(json: json) }
        #expect(error?.description == fault)
    }

    @Test func summariesComeBack() throws {
        let outcomes = RunOutcome.allCases.map { RunStatus.ended($0) }
        for status in [.running, .waiting, .paused, .rollingBack] + outcomes {
            let summary = RunSummary(
                run: "checkout-1", pipeline: "checkout", service: "s", environment: "e", status: status, by: "ada",
                submitted: Instant(millisecondsSinceEpoch: 5),
                ended: status.isTerminal ? Instant(millisecondsSinceEpoch: 6) : nil, headline: "waits for ada")
            #expect(try RunSummary(json: JSON(parsing: summary.json.line)) == summary)
        }
    }
}
