import TminusAPI
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts
import TminusSQLite

/// What the journal itself shows, read on a connection of its own: beside an engine, or where none runs.
struct JournalFindings: Sendable {
    let directory: DataDirectory
    /// Whether an engine may be writing meanwhile: what is live then moves on while we look.
    let isLive: Bool
    let now: Instant

    /// Beside an engine the newest so many runs that ended are read, so that an answer comes.
    private static let runsMaxLive = 1_000
    private static let eventsAtOnce = 1_000
    /// A clock may be set by a little, and two be apart by a little.
    private static let futureAllowed = Duration.seconds(60)
    private static let restore = "stop the engine and restore a backup: tminus store restore FILE"

    func all() async -> [Finding] {
        // Before the journal: what it says was written before anything was made of it.
        let folders = AttemptFolders(directory)
        let journal: SQLiteJournal
        do throws(StoreError) {
            journal = try SQLiteJournal(readingOnly: directory.journal, version: Version.current)
        } catch {
            return [unreadable(error)]
        }
        defer { try? journal.close() }
        var reading = JournalReading()
        var findings = [await soundness(journal)]
        guard findings.allSatisfy({ $0.level == .ok }) else { return findings }
        findings += [await chains(journal, &reading), await control(journal)]
        findings += pruning(reading) + [future(reading)] + folders.findings(reading, isLive: isLive)
        findings.append(await bundles(journal, reading))
        return findings
    }

    private func unreadable(_ error: StoreError) -> Finding {
        switch error.code {
        case .conflict, .interrupted:
            Finding(.warning, "journal", error.description, remedy: "tminus serve, or any other command")
        case .newerSchema: Finding(.failure, "journal", error.description, remedy: "use the version that wrote it")
        default: Finding(.failure, "journal", error.description, remedy: Self.restore)
        }
    }

    private func soundness(_ journal: SQLiteJournal) async -> Finding {
        do throws(StoreError) {
            let (sqlite, _) = try await journal.health()
            let verdict = try await journal.integrity()
            guard verdict == "ok" else {
                return Finding(
                    .failure, "journal", "SQLite \(sqlite) finds it damaged: \(verdict)", remedy: Self.restore)
            }
            return Finding(
                .ok, "journal",
                "SQLite \(sqlite) finds it sound; one writer that alone checkpoints, so its WAL-reset bug cannot bite")
        } catch {
            return Finding(.failure, "journal", "\(error)", remedy: Self.restore)
        }
    }

    /// Every run's chain from first event to last, and whether the index over it says what its fold says.
    private func chains(_ journal: SQLiteJournal, _ reading: inout JournalReading) async -> Finding {
        var at = "the journal"
        do {
            let live = try await journal.liveRuns()
            var position: Int?
            var count = 0
            var unindexed: [String] = []
            for summary in live {
                at = summary.run
                if let fault = try await look(at: summary, journal, &reading) { return disagreement(summary, fault) }
                count += 1
            }
            while !reading.isPartial {
                let page = try await journal.ended(before: position, limit: Self.eventsAtOnce)
                for ended in page {
                    at = ended.summary.run
                    if ended.isPruned {
                        reading.begun.insert(at)
                        continue
                    }
                    if let fault = try await look(at: ended.summary, journal, &reading) {
                        return disagreement(ended.summary, fault)
                    }
                    if reading.unindexed.contains(at) { unindexed.append(at) }
                    count += 1
                }
                guard let last = page.last else { break }
                position = last.position
                reading.isPartial = isLive && count >= Self.runsMaxLive
            }
            if let first = unindexed.first {
                return Finding(
                    .warning, "chains",
                    "\(are(unindexed.count, "ended runs", first)) missing in the index of releases",
                    remedy: "start the engine anew: it adds those of the newest thousand runs")
            }
            return Finding(
                .ok, "chains",
                "\(count) runs verified from first event to last, and the index over them says what they say"
                    + (reading.isPartial ? "; older ones are read when no engine runs" : ""))
        } catch {
            return Finding(.failure, "chains", "\(at): \(error)", remedy: Self.restore)
        }
    }

    /// What is wrong with the index over a run; nil when nothing is.
    private func look(
        at summary: RunSummary, _ journal: SQLiteJournal, _ reading: inout JournalReading
    ) async throws -> String? {
        try await journal.verify(summary.run)
        var events: [Event] = []
        while true {
            let more = try await journal.events(of: summary.run, after: events.count, limit: Self.eventsAtOnce)
            events += more
            if more.count < Self.eventsAtOnce { break }
        }
        guard let state = RunState(folding: events) else { return "its events make no run" }
        reading.take(state, events)
        if state.outcome != nil, state.release != nil, try await !journal.isIndexed(summary.run) {
            reading.unindexed.insert(summary.run)
        }
        // A live run moves on while we look: only what has ended must agree then.
        if isLive, !summary.status.isTerminal { return nil }
        guard state.status == summary.status, state.endedAt == summary.ended else {
            return "its events say that it is \(state.status.word)"
        }
        return nil
    }

    private func disagreement(_ summary: RunSummary, _ fault: String) -> Finding {
        Finding(
            .failure, "chains", "the index says that \(summary.run) is \(summary.status.word), and \(fault)",
            remedy: "export the run (tminus run export \(summary.run)) and restore a backup: tminus store restore FILE")
    }

    private func control(_ journal: SQLiteJournal) async -> Finding {
        do throws(StoreError) {
            var place = 0
            var check = PrunedCheck()
            while true {
                let events = try await journal.controlEvents(after: place, limit: Self.eventsAtOnce)
                for event in events { check.note(event.body) }
                guard let last = events.last else { break }
                place = last.sequence
            }
            var position = 0
            var count = 0
            while true {
                let page = try await journal.pruned(after: position, limit: Self.eventsAtOnce)
                if let fault = page.lazy.compactMap({ check.fault($0.run) }).first {
                    return Finding(.failure, "control", fault, remedy: Self.restore)
                }
                guard let last = page.last else { break }
                position = last.position
                count += page.count
            }
            let pruned = count == 0 ? "" : "; \(count) pruned runs ended as was recorded before they went"
            return Finding(.ok, "control", "\(place) control events verified from first to last\(pruned)")
        } catch {
            return Finding(.failure, "control", "\(error)", remedy: Self.restore)
        }
    }

    /// `p-1 is`, or `3 runs, such as p-1, are`.
    private func are(_ count: Int, _ what: String, _ first: String) -> String {
        count == 1 ? "\(first) is" : "\(count) \(what), such as \(first), are"
    }

    /// What a pruning left that was cut short, or is under way.
    private func pruning(_ reading: JournalReading) -> [Finding] {
        guard let first = reading.begun.min() else { return [] }
        return [
            Finding(
                .warning, "pruning", "\(are(reading.begun.count, "runs", first)) not pruned to the end",
                remedy: "unless it is under way: tminus store prune --older-than 90d finishes them, whatever their age")
        ]
    }

    private func future(_ reading: JournalReading) -> Finding {
        let ahead = reading.newest.since(now)
        guard ahead > Self.futureAllowed else {
            return Finding(.ok, "times", "nothing in the journal lies in the future")
        }
        return Finding(
            .warning, "times",
            "the newest event lies \(ahead.releaseText) in the future: the clock was set back, or was wrong before",
            remedy: "set the clock (timedatectl); windows, freezes and ages go by it")
    }

    /// Whether what going back would need without a journal is there.
    private func bundles(_ journal: SQLiteJournal, _ reading: JournalReading) async -> Finding {
        let shelf = FileShelf(directory: directory)
        var missing: [String] = []
        var count = 0
        for target in reading.targets.sorted(by: { ($0.service, $0.environment) < ($1.service, $1.environment) }) {
            guard
                let records = try? await journal.releases(
                    service: target.service, environment: target.environment, limit: 1_000),
                let top = ReleaseStack(records).entries.last?.record
            else { continue }
            count += 1
            let known = await shelf.runs(service: target.service, environment: target.environment)
            if !known.contains(top.run) { missing.append(top.run) }
        }
        guard let first = missing.first else {
            return Finding(.ok, "going back", "what is in place on \(count) targets has its rollback bundle")
        }
        return Finding(
            .warning, "going back",
            "\(are(missing.count, "releases", first)) in place without a rollback bundle: undoing needs the journal",
            remedy: "start the engine anew, which writes what is missing")
    }
}

/// What was learnt of all runs on the way.
struct JournalReading: Sendable {
    struct Target: Hashable, Sendable {
        var service: String
        var environment: String
    }

    /// Attempts that were ever begun, `run/step/attempt`.
    var attempts: Set<String> = []
    /// Those of live runs that are running by the journal.
    var running: [String] = []
    var live: Set<String> = []
    var runs: Set<String> = []
    var targets: Set<Target> = []
    var unindexed: Set<String> = []
    /// Recorded as pruned, and not gone yet.
    var begun: Set<String> = []
    var newest = Instant.distantPast
    /// Older runs were not read.
    var isPartial = false

    mutating func take(_ state: RunState, _ events: [Event]) {
        runs.insert(state.run)
        if state.outcome == nil { live.insert(state.run) }
        if state.release?.hadEffect == true {
            targets.insert(Target(service: state.plan.service, environment: state.plan.environment))
        }
        for event in events {
            newest = max(newest, event.at)
            if case .attemptStarting(let id) = event.body { attempts.insert(name(id, state)) }
        }
        running += state.live.filter(\.isRunning).map { name($0.id, state) }
    }

    private func name(_ id: AttemptID, _ state: RunState) -> String {
        let step = state.plan.steps.indices.contains(id.step) ? state.plan.steps[id.step].name : "\(id.step)"
        return "\(state.run)/\(step)/\(id.folder)"
    }
}
