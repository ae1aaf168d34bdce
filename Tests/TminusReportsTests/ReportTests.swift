import Testing
import TminusCore
import TminusModel
import TminusReports

@Suite
struct ReportTests {
    @Test func theReportOfARolledBackRunNamesCriterionSamplesReasonCostAndOrder() {
        let (state, events) = ExampleRelease.upTo(150)
        let report = RunReport(state, events: events, clock: .utc)
        Golden.check(report.full.map(\.text), "report-rolled-back")
        #expect(report.rollbackOrder.map { state.plan.steps[$0].name } == ["canary", "maintenance"])
    }

    @Test func theShortReportFitsAScreen() {
        let (state, events) = ExampleRelease.upTo(150)
        let lines = RunReport(state, events: events, clock: .utc).short.map(\.text)
        #expect(lines.count <= 23)
        #expect(lines.contains("rolled back in this order: canary, maintenance"))
    }

    @Test func theReportForProgramsHoldsTheSame() {
        let (state, events) = ExampleRelease.upTo(150)
        let json = RunReport(state, events: events, clock: .utc).json
        #expect(json["rollbackOrder"] == .strings(["canary", "maintenance"]))
        #expect(json["summary"]?["status"] == .string("rolledBack"))
    }

    @Test func aPlainPipeIsToldALineForEachEventThatMatters() {
        var state: RunState?
        var narrator = Narrator(ExampleRelease.plan, clock: .utc)
        var lines: [String] = []
        for event in ExampleRelease.events {
            if case .runSubmitted(let submission) = event.body {
                state = RunState(submission, at: event.at)
            } else {
                state?.apply(event)
            }
            if let state, let line = narrator.line(for: event, in: state) { lines.append(line.text) }
        }
        Golden.check(lines, "plain-rolled-back")
    }

    @Test func anExplanationOfAStepTellsItsFactsAndTheNumbersBehindThem() {
        let (state, events) = ExampleRelease.upTo(150)
        let explanation = Explanation(state, events: events, now: state.lastAt, clock: .utc)
        Golden.check(explanation.of(3).map(\.text), "explain-canary")
        Golden.check(explanation.ofRun.map(\.text), "explain-run")
    }

    @Test func aPlanShowsWavesGatesWindowAndTheWayBack() {
        let opens = ExampleRelease.start.advanced(by: .seconds(3_600))
        let report = PlanReport(
            ExampleRelease.plan, digest: "abcdef", clock: .utc, budget: nil, budgetUnknown: "the endpoint is down",
            windows: [nil, (opens, opens.advanced(by: .seconds(7_200)))])
        Golden.check(report.lines.map(\.text), "plan")
    }

    @Test func aPlanShowsHowBurstyItsBaselineHasBeen() throws {
        var plan = ExampleRelease.plan
        let rule = try #require(plan.rules.firstIndex { $0.name == "errors" })
        func says(_ line: String) -> Bool {
            PlanReport(plan, digest: "abcdef", clock: .utc, budget: nil).lines.contains { $0.text.hasSuffix(line) }
        }
        plan.rules[rule].conduct.burstiness = Burstiness(thousandths: 360, history: .seconds(172_800))
        #expect(says("  errors come in bursts: variance 0.36 from 2d of history"))
        plan.rules[rule].conduct.burstiness = Burstiness(thousandths: 0, history: .seconds(3_600))
        #expect(says("  errors come evenly: variance 0 from 1h of history"))
        plan.rules[rule].conduct.tempering = Ratio(numerator: 1, denominator: 2)
        #expect(!says(" of history"))
    }

    @Test func theInversePlanUndoesTheLastFirst() {
        let entries = InversePlan(ExampleRelease.plan).entries
        #expect(entries.map(\.step) == [4, 3, 2])
        #expect(entries[2].command == ["./scripts/maintenance", "open"])
        #expect(InversePlan(ExampleRelease.plan).pointsOfNoReturn.isEmpty)
    }

    @Test func aPivotIsThePointOfNoReturn() {
        var plan = ExampleRelease.plan
        plan.steps[4].isPivot = true
        plan.steps[4].rollback = .notDeclared
        #expect(InversePlan(plan).pointsOfNoReturn == [4])
        #expect(InversePlan(plan).entries.first?.reason == "point of no return")
    }
}
