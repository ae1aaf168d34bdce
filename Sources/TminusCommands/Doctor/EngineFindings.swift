import TminusAPI
import TminusAttempts
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts
import TminusSQLite

/// What an engine finds when it looks at itself.
struct EngineFindings: Sendable {
    let assembly: EngineAssembly
    let clock: AnchoredClock

    /// How many runs are verified in one go, newest first.
    private static let runsMax = 1_000
    private static let eventsAtOnce = 1_000

    func all() async -> [Finding] {
        [kill] + [await store] + [await chains] + [await outbox] + [drift] + [bundles].compactMap { $0 }
    }

    /// Nil where there is no second place for them.
    private var bundles: Finding? {
        guard let second = SecondBundles(directory: assembly.directory) else { return nil }
        let missing = second.missing
        guard missing > 0 else { return Finding(.ok, "bundles", "all rollback bundles are in \(second.path) too") }
        return Finding(
            .warning, "bundles", "\(missing) rollback bundles are not in \(second.path)",
            remedy: "look at that disk and its rights; they are written again after the next release, and when an "
                + "engine starts")
    }

    private var kill: Finding {
        let text = assembly.runner.describe()
        return text.hasPrefix("cgroup")
            ? Finding(.ok, "killing", text)
            : Finding(.ok, "killing", text, remedy: "run under systemd with Delegate=yes to get cgroups")
    }

    private var store: Finding {
        get async {
            do {
                let (sqlite, check) = try await assembly.journal.health()
                let rule = "one writer that alone checkpoints, so SQLite's WAL-reset bug cannot bite"
                guard check == "ok" else {
                    return Finding(
                        .failure, "journal", "SQLite \(sqlite) finds it damaged: \(check)",
                        remedy: "stop the engine and restore a backup: tminus store restore FILE")
                }
                return Finding(.ok, "journal", "SQLite \(sqlite) finds it sound; \(rule)")
            } catch {
                return Finding(.failure, "journal", "\(error)", remedy: "look at the disk, then at the engine's log")
            }
        }
    }

    /// Every run's hash chain, and whether the index over it says the same as its fold.
    private var chains: Finding {
        get async {
            do {
                let summaries = try await assembly.journal.summaries(RunQuery(limit: Self.runsMax))
                for summary in summaries {
                    try await assembly.journal.verify(summary.run)
                    guard try await agrees(summary) else {
                        return Finding(
                            .failure, "chains",
                            "the index says that \(summary.run) is \(summary.status.word), "
                                + "and its journal says something else",
                            remedy: "export the run (tminus run export \(summary.run)) and restore a backup")
                    }
                }
                var place = 0
                while let last = try await assembly.journal.controlEvents(
                    after: place, limit: Self.eventsAtOnce
                ).last { place = last.sequence }
                return Finding(
                    .ok, "chains",
                    "\(summaries.count) runs verified from first event to last, and \(place) control events")
            } catch {
                return Finding(
                    .failure, "chains", "\(error)",
                    remedy: "stop the engine and restore a backup: tminus store restore FILE")
            }
        }
    }

    /// A live run moves on while we look: only what has ended must agree.
    private func agrees(_ summary: RunSummary) async throws -> Bool {
        guard summary.status.isTerminal else { return true }
        var events: [Event] = []
        while true {
            let more = try await assembly.journal.events(
                of: summary.run, after: events.count, limit: Self.eventsAtOnce)
            if more.isEmpty { break }
            events.append(contentsOf: more)
        }
        guard let state = RunState(folding: events) else { return false }
        return state.status == summary.status && state.endedAt == summary.ended
    }

    private var outbox: Finding {
        get async {
            do {
                let pages = try await assembly.engine.pages()
                guard let first = pages.first else { return Finding(.ok, "pages", "nobody is waited for") }
                return Finding(
                    .warning, "pages",
                    "\(pages.count) pages wait for somebody; the oldest: \(first.run): \(first.reason)",
                    remedy: "look at it (tminus explain \(first.run)); onPage: in the pipeline tells people by itself")
            } catch {
                return Finding(.failure, "pages", "\(error)")
            }
        }
    }

    private var drift: Finding {
        let drift = clock.drift
        let amount = Duration.milliseconds(abs(drift.milliseconds))
        guard amount >= .seconds(2) else {
            return Finding(.ok, "clock", "the wall clock has not moved since the start")
        }
        return Finding(
            .warning, "clock",
            "the wall clock moved by \(drift.releaseText) since the engine started; "
                + "times in journals follow the engine's own clock",
            remedy: "restart the engine when no run is live, to take the new time")
    }
}
