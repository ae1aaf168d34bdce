import Foundation
import Testing
import TminusModel

/// Finished runs are removed while the engine works, and what they were stays proven.
@Suite struct PruneTests {
    private func bench(runs: Int) async throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write(
            "p.yaml", "pipeline: p\nenvironment: test\nsteps: {one: {run: [./mark, \"0\"], effect: none}}\n")
        try tminus.write(
            "r.yaml",
            "pipeline: r\nservice: shop\nenvironment: test\nsteps:\n"
                + "  deploy: {run: [./mark, \"0\"], rollback: {run: [./mark, \"0\"]}}\n")
        try tminus.write(
            "slow.yaml", "pipeline: slow\nenvironment: slow\nsteps: {wait: {run: [./until, go], effect: none}}\n")
        for _ in 0..<runs { #expect(try await tminus.run("run", "p.yaml").status == 0) }
        return tminus
    }

    @Test func finishedRunsGoAndTheirLastHashesStay() async throws {
        let tminus = try await bench(runs: 4)
        for _ in 0..<2 { #expect(try await tminus.run("run", "r.yaml").status == 0) }
        let live = try await tminus.submit("slow.yaml")
        let exported = try await tminus.run("run", "export", "p-2").output.split(separator: "\n")
        let hash = try #require(exported.last?.suffix(66).prefix(64))

        let order = ["store", "prune", "--keep", "1", "--forget-costs", "--reason", "tidy"]
        let dry = try await tminus.start(order + ["--dry-run"]).ended()
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("3 runs would go"), "\(dry.output)")
        #expect(tminus.exists("data/runs/p-1"))

        let pruned = try await tminus.start(order).ended()
        #expect(pruned.status == 0, "\(pruned.errors)")
        #expect(pruned.output.contains("3 runs pruned"), "\(pruned.output)")
        #expect(pruned.output.contains("what going back needs"), "\(pruned.output)")
        for run in ["p-1", "p-2", "p-3"] { #expect(!tminus.exists("data/runs/\(run)")) }
        let list = try await tminus.run("run", "list", "--json").output
        for run in ["p-4", "r-1", "r-2", live] { #expect(list.contains("\"\(run)\"")) }
        #expect(!list.contains("\"p-1\""))
        let gone = try await tminus.run("run", "show", "p-2")
        #expect(gone.status == 1 && gone.errors.contains("p-2 was pruned"), "\(gone.errors)")

        let audit = try await tminus.run("audit", "list", "--json").output
        #expect(audit.contains("runsPruned") && audit.contains(hash) && audit.contains("tidy"), "\(audit)")
        let verified = try await tminus.run("audit", "verify")
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.output.contains("3 pruned runs"), "\(verified.output)")

        // Names go on, going back works, and the live run ends as if nothing had been.
        #expect(try await tminus.submit("p.yaml") == "p-5")
        let back = try await tminus.run(
            "rollback", "--service", "shop", "--environment", "test", "--reason", "test", "--yes")
        #expect(back.status == 0 || back.status == 2, "\(back.errors)")
        try tminus.write("go", "")
        #expect(try await tminus.run("watch", live).status == 0)
    }

    @Test func withNeitherAgeNorNumberNothingIsPruned() async throws {
        let tminus = try await bench(runs: 1)
        let ended = try await tminus.run("store", "prune")
        #expect(ended.status == 64)
        #expect(ended.errors.contains("--older-than"))
        let young = try await tminus.run("store", "prune", "--older-than", "1h", "--forget-costs")
        #expect(young.status == 0)
        #expect(young.output.contains("0 runs pruned"))
    }

    /// What stays of a pruned run cannot be changed unnoticed.
    @Test func aChangedEndOfAPrunedRunIsFound() async throws {
        let tminus = try await bench(runs: 3)
        #expect(try await tminus.run("store", "prune", "--keep", "1", "--forget-costs").status == 0)
        let pid = try #require(tminus.enginePid)
        kill(pid, SIGTERM)
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
        let changed = try await tminus.start(
            program: "/usr/bin/sqlite3",
            [
                tminus.data.appendingPathComponent("journal.sqlite").path,
                "DROP TRIGGER runs_ended_are_final; UPDATE runs SET head = zeroblob(32) WHERE run = 'p-1'",
            ]
        ).ended()
        #expect(changed.status == 0, "\(changed.errors)")
        let verified = try await tminus.run("audit", "verify")
        #expect(verified.status == 1)
        #expect(verified.errors.contains("p-1 ended with"), "\(verified.errors)")
    }
}
