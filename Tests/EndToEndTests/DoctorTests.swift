import Foundation
import Testing
import TminusModel

/// Each damage is planted on a real directory, and `tminus doctor` names it and says what to do.
@Suite struct DoctorTests {
    struct Finding {
        let level: String
        let subject: String
        let text: String
        let remedy: String
    }

    /// Two ended runs, one of them a release with a bundle and a seal.
    func bench() async throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write(
            "p.yaml", "pipeline: p\nenvironment: test\nsteps: {one: {run: [./mark, \"0\"], effect: none}}\n")
        try tminus.write(
            "r.yaml",
            """
            pipeline: r
            service: shop
            environment: test
            T-1:
              steps: {check: {run: [./mark, "0"], effect: none}}
            T-0:
              steps: {deploy: {run: [./mark, "0"], rollback: {run: [./mark, "0"]}}}

            """)
        try tminus.write(
            "slow.yaml", "pipeline: slow\nenvironment: slow\nsteps: {wait: {run: [./until, go], effect: none}}\n")
        for file in ["p.yaml", "r.yaml"] {
            let ended = try await tminus.run("run", file)
            #expect(ended.status == 0, "\(ended.errors)")
        }
        return tminus
    }

    func stopped() async throws -> Tminus {
        let tminus = try await bench()
        try await stopEngine(tminus)
        return tminus
    }

    func stopEngine(_ tminus: Tminus) async throws {
        let pid = try #require(tminus.enginePid)
        kill(pid, SIGTERM)
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
    }

    func path(_ tminus: Tminus, _ name: String) -> String { tminus.data.appendingPathComponent(name).path }

    func sql(_ tminus: Tminus, _ text: String) async throws {
        let ended = try await tminus.start(
            program: "/usr/bin/sqlite3", [path(tminus, "journal.sqlite"), text]
        ).ended()
        #expect(ended.status == 0, "\(ended.errors)")
    }

    /// What is not well, and the exit code.
    func findings(_ tminus: Tminus) async throws -> (found: [Finding], status: Int32) {
        let ended = try await tminus.run("doctor", "--json")
        let json = try #require(ended.json as? [String: Any], "\(ended.output)\(ended.errors)")
        let all = try #require(json["findings"] as? [[String: Any]])
        let found = all.filter { $0["level"] as? String != "ok" }.map { one in
            Finding(
                level: one["level"] as? String ?? "", subject: one["subject"] as? String ?? "",
                text: one["text"] as? String ?? "", remedy: one["remedy"] as? String ?? "")
        }
        return (found, ended.status)
    }

    func expect(
        _ level: String, _ subject: String, _ text: String, _ tminus: Tminus,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let (found, status) = try await findings(tminus)
        let one = found.first { $0.subject == subject && $0.text.contains(text) }
        #expect(one?.level == level, "\(found)", sourceLocation: location)
        #expect(one?.remedy.isEmpty == false, "\(found)", sourceLocation: location)
        let isBad = found.contains { $0.level == "failure" }
        #expect(status == (isBad ? 1 : 0), sourceLocation: location)
    }

    private func change(_ tminus: Tminus, _ name: String, _ text: String) throws {
        let file = tminus.data.appendingPathComponent(name)
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data(text.utf8), options: .backwards))
        bytes[place.lowerBound] ^= 0x01
        try bytes.write(to: file)
    }

    @Test func aSoundDirectoryIsSoundWithAndWithoutAnEngine() async throws {
        let tminus = try await bench()
        #expect(try await findings(tminus).found.isEmpty)
        try await stopEngine(tminus)
        let before = try Data(contentsOf: tminus.data.appendingPathComponent("journal.sqlite"))
        #expect(try await findings(tminus).found.isEmpty)
        // Looking starts no engine and changes nothing.
        let pid = try #require(tminus.enginePid)
        #expect(kill(pid, 0) != 0)
        #expect(try Data(contentsOf: tminus.data.appendingPathComponent("journal.sqlite")) == before)
    }

    @Test func anIndexThatSaysSomethingElseIsFound() async throws {
        let tminus = try await stopped()
        try await sql(tminus, "DELETE FROM releases")
        try await expect("warning", "chains", "missing in the index of releases", tminus)
        try await sql(tminus, "DROP TRIGGER runs_ended_are_final; UPDATE runs SET status = 'failed' WHERE run = 'p-1'")
        try await expect("failure", "chains", "the index says that p-1 is failed", tminus)
    }

    /// A run that has ended by its events and not by the index would hold its lock for ever.
    @Test func anEndedRunThatTheIndexHasAsLiveIsFound() async throws {
        let tminus = try await stopped()
        try await sql(
            tminus,
            "DROP TRIGGER runs_ended_are_final; UPDATE runs SET status = 'running', ended = NULL WHERE run = 'p-1'")
        try await expect("failure", "chains", "the index says that p-1 is running", tminus)
    }

    @Test func aChangedControlEventIsFound() async throws {
        let tminus = try await bench()
        #expect(try await tminus.run("stop-the-line", "--reason", "test").status == 0)
        try await stopEngine(tminus)
        try await sql(
            tminus,
            "DROP TRIGGER control_events_never_change; UPDATE control_events SET line = replace(line, 'test', 'best')")
        try await expect("failure", "control", "does not have the hash", tminus)
    }

    @Test func aDamagedPageIsFound() async throws {
        let tminus = try await stopped()
        let file = try #require(FileHandle(forUpdatingAtPath: path(tminus, "journal.sqlite")))
        try file.seek(toOffset: 3 * 4_096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
        try file.close()
        try await expect("failure", "journal", "damaged", tminus)
    }

    @Test func aJournalOfAnotherVersionIsSaidToBe() async throws {
        let tminus = try await stopped()
        try await sql(tminus, "INSERT INTO schema VALUES (99, '099_future', '7.3.0', 0); PRAGMA user_version = 99")
        try await expect("failure", "journal", "written by Tminus 7.3.0", tminus)
        try await sql(tminus, "DELETE FROM schema WHERE version = 99; PRAGMA user_version = 1")
        try await expect("warning", "journal", "it has schema 1", tminus)
    }

    @Test func aJournalThatIsGoneIsFound() async throws {
        let tminus = try await stopped()
        for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] where tminus.exists("data/\(name)") {
            try tminus.remove("data/\(name)")
        }
        try await expect("failure", "journal", "is gone", tminus)
    }

    @Test func foldersWithoutARunOrAnAttemptAreFound() async throws {
        let tminus = try await stopped()
        try tminus.write("data/runs/q-9/files/x", "")
        try await expect("warning", "folders", "runs/q-9", tminus)
        try tminus.write("data/runs/p-1/ghost/1/spec", "")
        try await expect("failure", "folders", "runs/p-1/ghost/1", tminus)
    }

    @Test func aRunningAttemptWhoseFilesAreGoneIsFoundAndSoIsItsShim() async throws {
        let tminus = try await bench()
        let run = try await tminus.submit("slow.yaml")
        #expect(try await Waiting.until { tminus.shim(of: run, "wait") != nil && !tminus.lines("marks").isEmpty })
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "wait")
        tminus.killEngine()
        let pid = try #require(tminus.enginePid)
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
        watch.started.signal(SIGKILL)
        try tminus.remove("data/runs/\(run)/wait")
        try await expect("failure", "evidence", "runs/\(run)/wait/1", tminus)
        try await expect("failure", "shims", "runs/\(run)/wait/1", tminus)
        // As a power cut may leave it: nothing says any more in which boot it was started.
        try tminus.remove("data/runs/\(run)")
        try await expect("warning", "evidence", "runs/\(run)/wait/1", tminus)
        try tminus.write("go", "")
    }

    @Test func aShimThatOutlivedItsRunIsFound() async throws {
        let tminus = try await stopped()
        let holder = try tminus.start(
            program: "/usr/bin/flock", [path(tminus, "runs/p-1/one/1/spec"), "/bin/sleep", "60"])
        defer { holder.signal(SIGKILL) }
        #expect(
            try await Waiting.until {
                try await tminus.start(
                    program: "/usr/bin/flock", ["-n", path(tminus, "runs/p-1/one/1/spec"), "/bin/true"]
                ).ended().status != 0
            })
        try await expect("warning", "attempts", "p-1/one/1", tminus)
    }

    /// Its files may be gone already, so it is no run that anybody can look at; and nobody ordered this one.
    @Test func aRunThatIsNotPrunedToTheEndIsFoundAndSoIsOneThatNobodyOrdered() async throws {
        let tminus = try await stopped()
        try await sql(tminus, "INSERT INTO pruned (run, at) VALUES ('p-1', 1)")
        try await expect("warning", "pruning", "p-1 is not pruned to the end", tminus)
        try await expect("failure", "control", "p-1", tminus)
    }

    @Test func aChangedOrMissingBundleIsFound() async throws {
        let tminus = try await stopped()
        try change(tminus, "bundles/shop/test/r-1.bundle", "deploy")
        try await expect("failure", "bundles", "signature does not fit", tminus)
        try tminus.remove("data/bundles/shop/test/r-1.bundle")
        try await expect("warning", "going back", "r-1", tminus)
    }

    @Test func aChangedSealIsFound() async throws {
        let tminus = try await stopped()
        try change(tminus, "seals/r-1.T-1.seal", "check")
        try await expect("failure", "seals", "signature does not fit", tminus)
    }

    @Test func aPolicyThatIsWrongOrThatOthersCanWriteIsFound() async throws {
        let tminus = try await stopped()
        try tminus.write("data/tminus.yaml", "peeple: {}\n")
        try await expect("failure", "policy", "peeple", tminus)
        try tminus.write("data/tminus.yaml", "people: {ada: {account: ada}}\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path(tminus, "tminus.yaml"))
        try await expect("failure", "policy", "tminus.yaml", tminus)
    }

    @Test func filesThatOthersCanUseAreFound() async throws {
        let tminus = try await stopped()
        // One that stays: idle ones leave after ten seconds, and take their socket with them.
        let engine = try tminus.start(["serve"])
        #expect(try await Waiting.until { tminus.enginePid == engine.pid })
        // Once it answers it has set the socket's mode.
        #expect(try await tminus.run("run", "list").status == 0)
        func open(_ name: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path(tminus, name))
        }
        try open("socket")
        try await expect("failure", "socket", "mode 666", tminus)
        engine.signal(SIGTERM)
        _ = await engine.ended()
        try open("journal.sqlite")
        try await expect("warning", "files", "journal.sqlite (mode 666)", tminus)
        try open("keys/engine.key")
        try await expect("failure", "files", "engine.key (mode 666)", tminus)
    }

    @Test func spaceThatIsNotHeldBackIsFound() async throws {
        let tminus = try await bench()
        let file = try #require(FileHandle(forWritingAtPath: path(tminus, "ballast")))
        try file.truncate(atOffset: 0)
        try file.close()
        try await expect("warning", "ballast", "no space is held back", tminus)
    }

    @Test func aLockThatSomebodyHoldsAndDoesNotListenIsFound() async throws {
        let tminus = try await stopped()
        let holder = try tminus.start(program: "/usr/bin/flock", [path(tminus, "engine.lock"), "/bin/sleep", "60"])
        defer { holder.signal(SIGKILL) }
        #expect(
            try await Waiting.until {
                try await tminus.start(
                    program: "/usr/bin/flock", ["-n", path(tminus, "engine.lock"), "/bin/true"]
                ).ended().status != 0
            })
        try await expect("failure", "lock", "does not listen", tminus)
    }

    @Test func aShimThatIsNotThereIsFound() async throws {
        let tminus = try await stopped()
        let alone = tminus.folder.appendingPathComponent("tminus")
        // Copied by another process: one that was being started by us meanwhile would hold the copy open.
        let copied = try await tminus.start(program: "/bin/cp", [Tminus.program.path, alone.path]).ended()
        #expect(copied.status == 0, "\(copied.errors)")
        let ended = try await tminus.start(program: alone.path, ["doctor"]).ended()
        #expect(ended.status == 1)
        #expect(ended.output.contains("no tminus-shim at"), "\(ended.output)")
    }
}
