import TminusAPI
import TminusAttempts
import TminusEngine
import TminusModel
import TminusPorts
import TminusSQLite

/// What an engine finds when it looks at itself.
struct EngineFindings: Sendable {
    let assembly: EngineAssembly
    let clock: AnchoredClock

    func all() async -> [Finding] {
        let journal = JournalFindings(directory: assembly.directory, isLive: true, now: clock.now)
        return [Self.killing(assembly.runner.describe())] + (await journal.all()) + [await locks, await outbox, drift]
            + [secondBundles].compactMap { $0 }
    }

    /// Nil where there is no second place for them.
    private var secondBundles: Finding? {
        SecondBundles(directory: assembly.directory)?.finding
    }

    /// How attempts are killed, by what a runner says of itself.
    static func killing(_ text: String) -> Finding {
        text.hasPrefix("cgroup")
            ? Finding(.ok, "killing", text)
            : Finding(.ok, "killing", text, remedy: "run under systemd with Delegate=yes to get cgroups")
    }

    private var locks: Finding {
        get async {
            let locks = await assembly.engine.locks()
            for lock in locks where await isLeftOver(lock) {
                return Finding(
                    .failure, "locks",
                    "\(lock.holder) has ended by the journal, and still holds \(lock.service) on \(lock.environment)",
                    remedy: "start the engine anew: locks are made from the journal then")
            }
            return Finding(.ok, "locks", "\(locks.count) are held, each by a live run")
        }
    }

    /// Asked of the journal, not of the engine, which holds the lock because it takes the run for live. Asked twice:
    /// the end of a run is in the journal a moment before its lock goes on.
    private func isLeftOver(_ lock: LockStanding) async -> Bool {
        guard let summary = try? await assembly.journal.summary(of: lock.holder), summary.status.isTerminal else {
            return false
        }
        try? await clock.sleep(until: clock.now.advanced(by: .seconds(1)))
        return await assembly.engine.locks().contains { one in
            one.holder == lock.holder && one.service == lock.service && one.environment == lock.environment
        }
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
