import TminusAPI
import TminusModel

/// Reads an attempt's log, and goes on while it grows.
struct LogTail {
    let client: EngineClient
    let run: String
    let step: String
    let attempt: String?

    /// How often a growing log is asked for more.
    private static let interval = Duration.milliseconds(300)

    /// Hands over pieces as they come; with `follows`, until the step's attempts have ended.
    func read(follows: Bool, _ take: (ArraySlice<UInt8>) throws -> Void) async throws {
        var offset = 0
        func fetch() async throws {
            try await client.log(of: run, step: step, attempt: attempt, offset: offset) { piece in
                offset += piece.count
                try take(piece)
            }
        }
        guard follows else { return try await fetch() }
        let ended = Task { await waitForEnd() }
        defer { ended.cancel() }
        let ending = Ending()
        let watching = Task {
            await ended.value
            ending.raise()
        }
        defer { watching.cancel() }
        while true {
            let isLast = ending.isRaised
            do { try await fetch() } catch let error as APIError where error.code == .notFound && !isLast {
                // Not started yet: the step's turn comes.
            }
            if isLast { return }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Returns when the step has come to an end, or the run has.
    private func waitForEnd() async {
        do {
            var stream = try await client.events(of: run, follows: true)
            var plan: TminusModel.Plan?
            while let event = try await stream.nextEvent() {
                if case .runSubmitted(let submission) = event.body { plan = submission.plan }
                guard let index = plan?.step(named: step) else { continue }
                switch event.body {
                case .stepSucceeded(index), .stepFailed(index, _, _), .stepCancelled(index, _),
                    .stepUnknown(index, _, _), .stepRolledBack(index), .stepRollbackFailed(index, _):
                    return
                case .runEnded: return
                default: continue
                }
            }
        } catch {
            // The engine went away: what there is was read.
        }
    }
}
