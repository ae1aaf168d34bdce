import Testing
import TminusCore
import TminusModel
import TminusReports

@Suite
struct LiveFrameTests {
    private func frame(
        _ seconds: Int64, _ columns: Int, _ rows: Int, usual: Duration? = .seconds(360)
    ) -> LiveFrame {
        LiveFrame(
            ExampleRelease.upTo(seconds).state, now: ExampleRelease.start.advanced(by: .seconds(seconds)),
            size: .init(columns: columns, rows: rows), clock: .utc, usual: usual,
            footer: "Ctrl-C leaves the view; the run goes on")
    }

    @Test func aWaitingRunAtEightyColumnsSaysWhomItWaitsFor() {
        Golden.check(frame(40, 80, 24).lines.map(\.text), "live-waiting-80x24")
    }

    @Test func aCanaryAtEightyColumns() {
        Golden.check(frame(120, 80, 24).lines.map(\.text), "live-canary-80x24")
    }

    @Test func aCanaryAtTwoHundredColumnsShowsTheGatesNumbers() {
        Golden.check(frame(120, 200, 50).lines.map(\.text), "live-canary-200x50")
    }

    @Test func aRolledBackRun() {
        Golden.check(frame(150, 80, 24).lines.map(\.text), "live-rolled-back-80x24")
    }

    @Test(arguments: [(20, 5), (40, 8), (80, 24), (200, 50), (1_000, 1_000)])
    func noFrameIsLargerThanItsTerminal(_ columns: Int, _ rows: Int) {
        for second in stride(from: Int64(0), through: 150, by: 5) {
            let lines = frame(second, columns, rows).lines
            #expect(lines.count <= rows - 1)
            #expect(lines.allSatisfy { $0.cellWidth <= columns })
        }
    }

    @Test func aThousandStepsAreCondensedToTheRowsThereAre() {
        let steps = (0..<1_000).map { index in
            Step(
                name: "step-\(index)", phase: 0, needs: index > 0 ? [index - 1] : [],
                kind: .run(Command(argv: ["/bin/true"])), hasEffect: false)
        }
        let plan = Plan(
            pipeline: "long", service: "s", environment: "e", change: .normal, release: .minor, folder: "/",
            phases: [Phase(name: "T-0")], steps: steps)
        let start = ExampleRelease.start
        var bodies: [Event.Body] = [
            .runSubmitted(Submission(run: "long-1", plan: plan, digest: "", by: "anna")), .runStarted,
            .phaseStarted(phase: 0),
        ]
        for step in 0..<500 {
            let id = AttemptID(step: step)
            bodies += [
                .attemptStarting(id), .attemptEnded(id, AttemptResult(end: .exited(0))), .stepSucceeded(step: step),
            ]
        }
        bodies.append(.attemptStarting(AttemptID(step: 500)))
        let events = bodies.enumerated().map { Event(sequence: $0 + 1, at: start, body: $1) }
        guard let state = RunState(folding: events) else {
            Issue.record("the events are no journal")
            return
        }
        let lines = LiveFrame(state, now: start, size: .init(columns: 80, rows: 24), clock: .utc).lines.map(\.text)
        #expect(lines.count == 23)
        #expect(lines.contains { $0.contains("step-500") && $0.contains("running") })
        #expect(lines.contains { $0.contains(" done") })
        #expect(lines.contains { $0.contains(" to come") })
    }
}
