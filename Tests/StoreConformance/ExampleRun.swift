import TminusModel
import TminusPorts

/// A run of three steps, as batches to append.
struct ExampleRun {
    let name: String
    var pipeline = "checkout"
    var service = "shop"
    var environment = "test"

    static let origin: Int64 = 1_700_000_000_000

    var plan: Plan {
        let steps = ["build", "canary", "promote"].enumerated().map { index, name in
            Step(
                name: name, phase: 0, needs: index > 0 ? [index - 1] : [], kind: .run(Command(argv: ["./\(name)"])),
                hasEffect: true)
        }
        return Plan(
            pipeline: pipeline, service: service, environment: environment, change: .normal, release: .minor,
            folder: "/srv/checkout", phases: [Phase(name: "T-0")], steps: steps)
    }

    func summary(_ status: RunStatus, _ headline: String = "") -> RunSummary {
        RunSummary(
            run: name, pipeline: pipeline, service: service, environment: environment, status: status, by: "ada",
            submitted: Instant(millisecondsSinceEpoch: Self.origin),
            ended: status.isTerminal ? Instant(millisecondsSinceEpoch: Self.origin + 9_000) : nil, headline: headline)
    }

    func event(_ sequence: Int, _ body: Event.Body) -> Event {
        Event(
            sequence: sequence, at: Instant(millisecondsSinceEpoch: Self.origin + 1000 * Int64(sequence)), body: body)
    }

    func batch(
        after expected: Int, _ bodies: [Event.Body], status: RunStatus = .running, headline: String = ""
    ) -> JournalBatch {
        JournalBatch(
            expected: expected,
            events: bodies.enumerated().map { event(expected + 1 + $0.offset, $0.element) },
            summary: summary(status, headline), plan: plan)
    }

    var submitted: JournalBatch {
        let submission = Submission(
            run: name, plan: plan, digest: String(repeating: "ab", count: 32), by: "ada", reason: "weekly")
        return batch(after: 0, [.runSubmitted(submission), .runStarted])
    }

    var ended: JournalBatch {
        batch(
            after: 2, [.runEnded(outcome: .succeeded, reason: "done")], status: .ended(.succeeded), headline: "done")
    }
}

func code(of work: () async throws(StoreError) -> Void) async -> StoreError.Code? {
    do throws(StoreError) {
        try await work()
        return nil
    } catch {
        return error.code
    }
}
