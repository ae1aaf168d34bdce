import TminusCore
import TminusModel

/// Confirms every append at once, and ends every attempt as soon as it is started.
package struct BarePump {
    private var driver: Driver
    private(set) var journal: [Event]
    private let failing: StepIndex?
    private var now = Instant(millisecondsSinceEpoch: 0)
    private var inputs: [Input] = []
    private var wakeUp: Instant?

    /// With `isTurned`, the last step fails, and everything is undone.
    package init(_ shape: DriverShape, isTurned: Bool = false) {
        let plan = shape.plan
        let submission = Submission(run: "p-1", plan: plan, digest: "", by: "amy")
        driver = Driver(state: RunState(submission, at: now))
        journal = [Event(sequence: 1, at: now, body: .runSubmitted(submission))]
        failing = isTurned ? plan.steps.count - 1 : nil
    }

    package var steps: Int { driver.state.plan.steps.count }
    package var events: Int { journal.count }
    package var outcome: String? { outcomeOf(driver.state) }

    /// How the journal's fold says that the run ended.
    package func fold() -> String? { RunState(folding: journal).flatMap(outcomeOf) }

    private func outcomeOf(_ state: RunState) -> String? { state.outcome?.rawValue }

    package mutating func run() {
        inputs = [.tookUp, .lockGranted]
        while outcome == nil {
            var batch: [Input] = []
            swap(&batch, &inputs)
            for input in batch { perform(driver.handle(input, now: now)) }
            guard inputs.isEmpty else { continue }
            guard let wakeUp else { return }
            now = wakeUp
            inputs.append(.wokeUp)
        }
    }

    private mutating func perform(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .append(let events, _, _):
                journal.append(contentsOf: events)
                perform(driver.handle(.appended, now: now))
            case .start(let id): inputs.append(.attemptEnded(id, AttemptResult(end: end(id))))
            case .wakeUp(let instant): wakeUp = instant
            case .keepSeal(let phase, let since):
                inputs.append(.sealKept(phase: phase, digest: "\(phase)", since: since))
            case .checkSeal(let phase, let digest):
                inputs.append(.sealChecked(phase: phase, digest: digest, faults: []))
            case .adopt, .stop, .measureBudget, .measureRule, .measureCost, .findWindow, .answer, .finished: break
            }
        }
    }

    private func end(_ id: AttemptID) -> AttemptEnd {
        if id.role == .forward, id.step == failing { return .exited(1) }
        let isRetried = driver.state.plan.steps[id.step].retry.attempts > 1
        return .exited(isRetried && id.role == .forward && id.number == 1 ? 75 : 0)
    }
}
