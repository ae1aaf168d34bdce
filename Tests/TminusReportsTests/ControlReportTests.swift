import Testing
import TminusCore
import TminusModel
import TminusReports

/// Change control as people read it: line by line, in the report, and on the screen.
@Suite
struct ControlReportTests {
    private static let start = Instant(millisecondsSinceEpoch: 1_790_000_000_000)

    private func release() -> (state: RunState, events: [Event]) {
        let steps = ["build", "migrate"].enumerated().map { index, name in
            Step(
                name: name, phase: index, needs: index > 0 ? [0] : [], kind: .run(Command(argv: ["/bin/true"])),
                hasEffect: true)
        }
        let plan = Plan(
            pipeline: "checkout", service: "checkout", environment: "production", change: .normal, release: .minor,
            folder: "/srv", phases: [Phase(name: "T-1"), Phase(name: "T-0")], steps: steps)
        var requirement = ChangeRequirement(
            change: .normal, phase: 1, policyDigest: String(repeating: "ab", count: 32))
        requirement.reclassified = "it is no template's plan any more"
        requirement.approvals = [
            .init(role: "operations manager", from: ["olga"]), .init(role: "CAB", from: ["group:cab"], count: 2),
        ]
        requirement.notBefore = Self.start.advanced(by: .seconds(86_400))
        requirement.leadTime = "2 business days of tokyo"
        requirement.expires = Self.start.advanced(by: .seconds(2 * 86_400))
        requirement.barred = ["anna"]
        requirement.notes = ["staging was skipped"]
        var submission = Submission(run: "checkout-7", plan: plan, digest: "d", by: "anna")
        submission.requirement = requirement
        let night = FreezeSpan(
            name: "night", reason: "nobody is in", from: Self.start.advanced(by: .seconds(60)),
            until: Self.start.advanced(by: .seconds(3_600)))
        let id = AttemptID(step: 0)
        let bodies: [Event.Body] = [
            .runSubmitted(submission), .runStarted, .freezesSet([night]), .phaseStarted(phase: 0),
            .attemptStarting(id), .attemptEnded(id, AttemptResult(end: .exited(0))), .stepSucceeded(step: 0),
            .phaseFinished(phase: 0), .changeApproved(by: "olga", entries: [0], comment: "seen"),
            .orderRefused(
                by: "anna", order: "approve the change",
                reason: "anna started this run, so someone else must approve it: CAB (group:cab)"),
            .changeApproved(by: "carl", entries: [1], comment: ""),
            .freezeOverridden(freeze: "night", by: "olga", reason: "INC-7"),
            .lockBroken(by: "olga", reason: "it hangs"), .lockWaited(holder: "checkout-8"),
        ]
        var events: [Event] = []
        for (index, body) in bodies.enumerated() {
            events.append(
                Event(sequence: index + 1, at: Self.start.advanced(by: .seconds(index * 60)), body: body))
        }
        guard let state = RunState(folding: events) else { preconditionFailure("no journal") }
        return (state, events)
    }

    @Test func theReportSaysWhatWasDemandedAndWhoGaveIt() {
        let (state, events) = release()
        Golden.check(RunReport(state, events: events, clock: .utc).full.map(\.text), "control-report")
    }

    @Test func everyFactIsToldAsALine() {
        let (state, events) = release()
        guard case .runSubmitted(let submission) = events[0].body else { return }
        var narrator = Narrator(state.plan, clock: .utc)
        var past = RunState(submission, at: events[0].at)
        var lines: [String] = []
        for event in events {
            if event.sequence > 1 { past.apply(event) }
            if let line = narrator.line(for: event, in: past) { lines.append(line.text) }
        }
        Golden.check(lines, "control-lines")
    }

    @Test func theScreenSaysWhatTheChangeWaitsFor() {
        let (_, events) = release()
        guard let state = RunState(folding: events.prefix(11)) else { return }
        let frame = LiveFrame(
            state, now: Self.start.advanced(by: .seconds(700)), size: .init(columns: 100, rows: 24), clock: .utc,
            usual: nil, footer: "")
        Golden.check(frame.lines.map(\.text), "live-change-100x24")
    }
}
