import Foundation
import Testing
import TminusModel

/// Journals that older releases wrote, with runs parked in every state, go on under this one.
@Suite(.enabled(if: getuid() == 0, "the fixtures ask root to approve"))
struct UpgradeTests {
    /// By run, as the release that wrote the fixture left them.
    private static let parked = [
        "done-1": "succeeded", "failed-1": "failed", "back-1": "rolledBack", "gate-1": "waiting",
        "window-1": "waiting", "held-1": "waiting", "unknown-1": "waiting", "undoing-1": "rollingBack",
        "closed-1": "waiting", "queued-1": "waiting", "paused-1": "paused", "phases-1": "paused",
    ]
    private static let approved: Set = ["gate-1", "closed-1", "paused-1"]

    /// From schema 3 on there is a run whose plan is too long for the table of events.
    private static func parked(_ schema: Int) -> [String: String] {
        schema < 3 ? parked : parked.merging(["long-1": "waiting"]) { $1 }
    }

    /// A data directory with a fixture's journal and nothing else: all that ran then is gone.
    private func restored(_ schema: Int) async throws -> Tminus {
        let tminus = try Tminus()
        try FileManager.default.createDirectory(
            at: tminus.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Where the runs' pipelines were.
        try FileManager.default.createDirectory(atPath: "/tmp/tm-parked", withIntermediateDirectories: true)
        let fixture = Tminus.root.appendingPathComponent("Tests/EndToEndTests/Fixtures/journals/schema-\(schema).sql")
        let ended = try await tminus.start(
            program: "/usr/bin/sqlite3",
            [tminus.data.appendingPathComponent("journal.sqlite").path, ".read \(fixture.path)"]
        ).ended()
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
        return tminus
    }

    private func statuses(_ tminus: Tminus) async throws -> [String: String] {
        let ended = try await tminus.run("run", "list", "--json")
        let list = (ended.json as? [String: Any])?["runs"] as? [[String: Any]]
        var found: [String: String] = [:]
        for run in try #require(list, "\(ended.errors)") {
            found[run["run"] as? String ?? ""] = run["status"] as? String ?? ""
        }
        return found
    }

    @Test(arguments: [1, 2, 3]) func runsParkedInEveryStateGoOn(_ schema: Int) async throws {
        // What undoes `undoing` ends once this is there.
        try? FileManager.default.createDirectory(atPath: "/tmp/tm-parked", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "/tmp/tm-parked/go"))
        let tminus = try await restored(schema)
        let before = try await tminus.run("doctor")
        #expect(before.output.contains("it has schema \(schema)"), "\(before.output)")

        var found = try await statuses(tminus)
        #expect(Set(found.keys) == Set(Self.parked(schema).keys))
        // This one goes on at once, and may be over.
        found["undoing-1"] = "rollingBack"
        #expect(found == Self.parked(schema))
        #expect(tminus.exists("data/journal.sqlite.schema-\(schema)"))
        #expect(try await tminus.run("audit", "verify").status == 0)

        for run in ["gate-1", "closed-1", "long-1"] where found[run] != nil {
            try await order(tminus, "approve", run, "go")
        }
        try await order(tminus, "resume", "paused-1")
        try await order(tminus, "approve", "paused-1", "go")
        try await order(tminus, "resume", "phases-1")
        // From then on phases were sealed, and the seal is gone like all else.
        if schema >= 3 { try await order(tminus, "go", "phases-1", "T-1", "--reason", "made anew") }
        try await order(tminus, "retry", "held-1", "one", "--reason", "mended")
        try await order(tminus, "resolve", "unknown-1", "one", "--done", "--reason", "looked")
        try await order(tminus, "abort", "window-1", "--reason", "not today")
        let ends: [(run: String, status: Int32)] = [
            ("gate-1", 0), ("long-1", 0), ("queued-1", 0), ("closed-1", 0), ("paused-1", 0), ("phases-1", 0),
            ("held-1", 0), ("unknown-1", 0), ("undoing-1", 2), ("window-1", 5),
        ]
        for (run, status) in ends where found[run] != nil {
            let watched = try await tminus.run("watch", run)
            #expect(watched.status == status, "\(run): \(watched.output)\(watched.errors)")
        }
        // What was begun and not known to be over was begun once more only where that was said to be safe.
        for run in Self.parked(schema).keys {
            let begun = try await tminus.export(run).filter { $0.type == "attemptStarting" }.map { event in
                "\(event.step) \(event.text("role")) \(event.text("number"))"
            }
            #expect(Set(begun).count == begun.count, "\(run): \(begun)")
        }
        let after = try await tminus.run("doctor")
        #expect(after.status == 0, "\(after.output)")
    }

    private func order(_ tminus: Tminus, _ words: String...) async throws {
        let ended = try await tminus.start(words).ended()
        #expect(ended.status == 0, "\(words): \(ended.output)\(ended.errors)")
    }

    /// An older release than wrote the file touches nothing of it, and says which one did.
    @Test func aJournalOfANewerReleaseIsLeftAlone() async throws {
        let tminus = try await restored(3)
        let file = tminus.data.appendingPathComponent("journal.sqlite")
        let made = try await tminus.start(
            program: "/usr/bin/sqlite3",
            [file.path, "INSERT INTO schema VALUES (99, '099_future', '7.3.0', 0); PRAGMA user_version = 99"]
        ).ended()
        #expect(made.status == 0, "\(made.errors)")
        let before = try Data(contentsOf: file)
        for command in [["status"], ["run", "list"], ["serve", "--idle-exit"], ["doctor"]] {
            let ended = try await tminus.start(command).ended()
            #expect(ended.status == 1, "\(command)")
            let said = ended.errors + ended.output
            #expect(said.contains("written by Tminus 7.3.0"), "\(command): \(said)")
            #expect(said.contains("Use that version"), "\(command): \(said)")
        }
        #expect(try Data(contentsOf: file) == before)
        #expect(!tminus.exists("data/journal.sqlite.schema-99"))
    }
}
