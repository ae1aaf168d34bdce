import GRDB
import TminusModel
import TminusPorts

@testable import TminusSQLite

/// A journal in a folder of its own, with a run of a few events to break.
struct SmallJournal {
    static let run = "checkout-1"

    let folder: ScratchFolder
    let journal: SQLiteJournal

    init(ballast: Bool = false) throws {
        folder = try ScratchFolder()
        journal = try SQLiteJournal(
            path: folder.path("journal.sqlite"), version: "0.1.0",
            ballast: ballast ? Ballast(folder: folder.path, bytes: 1 << 20, freeBytesMin: 0) : nil)
    }

    var path: String { folder.path("journal.sqlite") }

    /// Another program that opened the file.
    func intruder() throws -> DatabaseQueue { try DatabaseQueue(path: path) }

    static func plan(steps: Int = 2) -> Plan {
        let steps = (0..<steps).map { index in
            Step(
                name: "step-\(index)", phase: 0, needs: index > 0 ? [index - 1] : [],
                kind: .run(Command(argv: ["/bin/true"])), hasEffect: true)
        }
        return Plan(
            pipeline: "checkout", service: "shop", environment: "test", change: .normal, release: .minor,
            folder: "/srv",
            phases: [Phase(name: "T-0")], steps: steps)
    }

    static func batch(
        _ run: String = run, after expected: Int, _ bodies: [Event.Body], status: RunStatus = .running,
        plan: Plan = plan()
    ) -> JournalBatch {
        JournalBatch(
            expected: expected,
            events: bodies.enumerated().map {
                Event(
                    sequence: expected + 1 + $0.offset, at: Instant(millisecondsSinceEpoch: 1_700_000_000_000),
                    body: $0.element)
            },
            summary: RunSummary(
                run: run, pipeline: "checkout", service: "shop", environment: "test", status: status, by: "ada",
                submitted: Instant(millisecondsSinceEpoch: 1_700_000_000_000)),
            plan: plan)
    }

    static func submitted(_ run: String = run, plan: Plan = plan()) -> JournalBatch {
        let submission = Submission(run: run, plan: plan, digest: String(repeating: "0", count: 64), by: "ada")
        return batch(run, after: 0, [.runSubmitted(submission)], plan: plan)
    }

    /// A run of `count` events; the last ends it when `ends`.
    func fill(_ run: String = run, count: Int, ends: Bool = false) async throws {
        try await journal.append([Self.submitted(run)])
        let bodies: [Event.Body] = (1..<count - 1).map { .stepSkipped(step: $0 % 2, reason: "number \($0)") }
        try await journal.append([Self.batch(run, after: 1, bodies)])
        let last: Event.Body = ends ? .runEnded(outcome: .succeeded, reason: "done") : .runStarted
        try await journal.append([
            Self.batch(run, after: count - 1, [last], status: ends ? .ended(.succeeded) : .running)
        ])
    }
}

func failure(_ work: () async throws(StoreError) -> Void) async -> StoreError? {
    do throws(StoreError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
