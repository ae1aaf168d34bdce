import Glibc
import Logging
import TminusCore
import TminusModel
import TminusPorts
import TminusSQLite

/// Puts what was done without the journal into it, once that is back. The caller holds the engine's lock, and the
/// engine has not started. Doing it twice changes nothing.
struct EmergencyImport {
    let directory: DataDirectory
    let journal: SQLiteJournal
    let logger: Logger

    private static let eventsAtOnce = 10_000
    private static let runsMax = 1_000

    /// Returns the runs of every stand-in that was not marked as imported, oldest first.
    func run() async throws -> [String] {
        let emergency = Emergency(directory: directory)
        var runs: [String] = []
        for number in emergency.open {
            let path = emergency.standIn(number).journal
            guard access(path, F_OK) == 0 else { continue }
            let source = try SQLiteJournal(path: path, version: Version.current)
            defer { try? source.close() }
            let found = try await source.summaries(RunQuery(limit: Self.runsMax)).reversed()
            for summary in found {
                try await take(summary.run, from: source)
                runs.append(summary.run)
            }
        }
        return runs
    }

    /// Once the control journal has them too. Those in which nothing was done are done with as well.
    func markDone() throws(Failure) {
        if directory.emergency != nil { return }
        let emergency = Emergency(directory: directory)
        for number in emergency.open { try emergency.markImported(number) }
    }

    private func take(_ run: String, from source: SQLiteJournal) async throws {
        if try await journal.summary(of: run) != nil { return }
        try await source.verify(run)
        var events: [Event] = []
        while true {
            let more = try await source.events(of: run, after: events.count, limit: Self.eventsAtOnce)
            events += more
            if more.count < Self.eventsAtOnce { break }
        }
        guard let last = events.last, let state = RunState(folding: events) else { return }
        try await leaveBehind(state)
        // The lines are the same, so the chain of hashes is.
        try await journal.append([
            JournalBatch(
                expected: 0, events: events, summary: state.summary(now: last.at), plan: state.plan,
                release: state.release)
        ])
        logger.notice("a run that went ahead without the journal is in it now", metadata: ["run": "\(run)"])
    }

    /// Runs that the journal knows as live on the same target were stopped before the rollback, and what was in place
    /// is another now: they end where they stand, and undo nothing on top of it.
    private func leaveBehind(_ rollback: RunState) async throws {
        for summary in try await journal.liveRuns()
        where summary.service == rollback.plan.service && summary.environment == rollback.plan.environment
            && summary.submitted < rollback.submittedAt
        {
            var events: [Event] = []
            while true {
                let more = try await journal.events(of: summary.run, after: events.count, limit: Self.eventsAtOnce)
                events += more
                if more.count < Self.eventsAtOnce { break }
            }
            guard var state = RunState(folding: events), state.outcome == nil, state.rollback == nil,
                let last = events.last
            else { continue }
            let reason = "\(rollback.run) took the target back while the journal was away"
            let end = Event(
                sequence: last.sequence + 1, at: max(last.at, rollback.lastAt),
                body: .runEnded(outcome: .aborted, reason: reason))
            state.apply(end)
            // What it did lies under what is in place now: undoing it would go forward again.
            var release = state.release
            release?.hadEffect = false
            try await journal.append([
                JournalBatch(
                    expected: last.sequence, events: [end], summary: state.summary(now: end.at), plan: state.plan,
                    release: release)
            ])
        }
    }
}
