import Glibc
import TminusAPI
import TminusAttempts

/// What lies below `runs/`, and the shims that work for it, as they were when this was made.
struct AttemptFolders: Sendable {
    private struct Shim: Sendable {
        let pid: String
        /// `run/step/attempt`.
        let attempt: String
    }

    private let lost: LostAttempts
    private let runs: [String]
    /// `run/step/attempt` of steps.
    private let attempts: [String]
    private let locked: [String]
    private let shims: [Shim]

    init(_ directory: DataDirectory) {
        let lost = LostAttempts(runs: directory.runs)
        self.lost = lost
        runs = FolderNames.all(in: directory.runs)
        let all = runs.flatMap { lost.all(in: $0) }
        attempts = all.filter { !$0.contains("/.pages/") }
        locked = runs.flatMap { lost.live(in: $0) }
        shims = Self.shims(below: directory.runs)
    }

    func findings(_ journal: JournalReading, isLive: Bool) -> [Finding] {
        [outlived(journal), unknown(journal, isLive), missing(journal), shimless]
    }

    /// Of runs that are over, something still runs.
    private func outlived(_ journal: JournalReading) -> Finding {
        let left = locked.filter { attempt in
            let run = String(attempt.prefix { $0 != "/" })
            return journal.runs.contains(run) && !journal.live.contains(run) && !attempt.contains("/.pages/")
        }
        guard let first = left.first else { return Finding(.ok, "attempts", "none outlived its run") }
        return Finding(
            .warning, "attempts", "\(left.count) of ended runs still have a live shim, such as \(first)",
            remedy: "look at what it runs (fuser -v runs/\(first)/spec), and end it if it should not")
    }

    /// Folders that no journal knows: of a submission that never came to its end, or of another journal.
    private func unknown(_ journal: JournalReading, _ isLive: Bool) -> Finding {
        let strange = attempts.filter { attempt in
            let run = String(attempt.prefix { $0 != "/" })
            if journal.begun.contains(run) { return false }
            let isOfARead = !journal.isPartial || journal.runs.contains(run)
            return isOfARead && !journal.attempts.contains(attempt)
        }
        if let first = strange.first {
            return Finding(
                .failure, "folders",
                "\(strange.count) attempts have files and are in no journal, such as runs/\(first): what they did is "
                    + "not recorded",
                remedy: "was an older backup restored? See what they did (tminus store restore keeps what was there as "
                    + "journal.sqlite.replaced), then move their folders away")
        }
        // Of a run that is being submitted the files come first.
        let empty = isLive || journal.isPartial ? [] : runs.filter { !journal.runs.union(journal.begun).contains($0) }
        if let first = empty.first {
            return Finding(
                .warning, "folders", "\(empty.count) folders belong to no run, such as runs/\(first)",
                remedy: "nothing was started from them: remove them")
        }
        return Finding(.ok, "folders", "each of \(runs.count) belongs to a run of the journal")
    }

    /// What is running by the journal must have left something.
    private func missing(_ journal: JournalReading) -> Finding {
        let known = Set(attempts)
        let gone = journal.running.filter { !known.contains($0) }
        guard let first = gone.first else {
            return Finding(.ok, "evidence", "\(journal.running.count) running attempts have their files")
        }
        // Nothing is synced for a step that may yet tell its own end: across a power cut its files may be missing.
        guard gone.contains(where: { lost.isOfThisBoot(String($0.prefix { $0 != "/" })) }) else {
            return Finding(
                .warning, "evidence",
                "the files of \(gone.count) running attempts are gone, such as runs/\(first)",
                remedy: "put runs/ back if somebody moved it; after a power cut there is nothing to do: the engine "
                    + "asks what became of them")
        }
        return Finding(
            .failure, "evidence", "the files of \(gone.count) running attempts are gone, such as runs/\(first)",
            remedy: "put runs/ back from where it was moved; without it the engine will ask what became of them")
    }

    /// Shims whose attempt lost its files: they can be told nothing, and their result is lost.
    private var shimless: Finding {
        let known = Set(locked)
        let lost = shims.filter { !known.contains($0.attempt) }
        guard let first = lost.first else { return Finding(.ok, "shims", "\(shims.count) at work, each in its folder") }
        return Finding(
            .failure, "shims",
            "\(lost.count) work for attempts whose files are gone, such as pid \(first.pid) for "
                + "runs/\(first.attempt)",
            remedy: "look at what it does, and end it: kill \(first.pid) stops the step and all it started")
    }

    private static func shims(below runs: String) -> [Shim] {
        ShimProcess.all(in: runs).compactMap { shim in
            let attempt = shim.directory.dropFirst(runs.utf8.count + 1)
            guard attempt.split(separator: "/").count == 3 else { return nil }
            return Shim(pid: "\(shim.pid)", attempt: String(attempt))
        }
    }
}
