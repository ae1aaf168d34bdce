import Foundation
import Testing

/// A backup is of one moment, and what it held as live is never done twice.
@Suite struct BackupTests {
    /// `b` runs until the file `go` is there; each step notes its start in the file `marks`.
    private func bench() throws -> Tminus {
        let tminus = try Tminus()
        let note = "echo $TMINUS_STEP >>\(tminus.folder.path)/marks"
        let until = "while [ ! -e \(tminus.folder.path)/go ]; do sleep 0.05; done"
        try tminus.write(
            "p.yaml",
            """
            pipeline: p
            environment: test
            steps:
              a: {run: [/bin/sh, -c, "\(note)"], effect: none}
              b: {run: [/bin/sh, -c, "\(note); \(until)"], effect: none}
              c: {run: [/bin/sh, -c, "\(note)"], effect: none}

            """)
        try tminus.write(
            "chain.yaml",
            "pipeline: chain\nenvironment: chain\nsteps:\n"
                + (0..<40).map { "  s\($0): {run: [/bin/true], effect: none}\n" }.joined())
        return tminus
    }

    private func stopEngine(_ tminus: Tminus) async throws {
        let pid = try #require(tminus.enginePid)
        kill(pid, SIGTERM)
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
    }

    private func backedUpWithALiveRun() async throws -> Tminus {
        let tminus = try bench()
        let run = try await tminus.submit("p.yaml")
        #expect(try await Waiting.until { tminus.lines("marks") == ["a", "b"] })
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "b")
        let made = try await tminus.run("store", "backup", "copy.sqlite")
        #expect(made.status == 0, "\(made.errors)")
        try tminus.write("go", "")
        #expect(await watch.ended() == 0)
        #expect(tminus.lines("marks") == ["a", "b", "c"])
        return tminus
    }

    /// What was done since the backup left its results beside the journal: they are read, and nothing starts again.
    @Test func inItsOwnDirectoryARestoredRunGoesOnByWhatItsAttemptsLeft() async throws {
        let tminus = try await backedUpWithALiveRun()
        try await stopEngine(tminus)
        let restored = try await tminus.run("store", "restore", "copy.sqlite")
        #expect(restored.status == 0, "\(restored.errors)")
        let ended = try await tminus.run("watch", "p-1")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(tminus.lines("marks") == ["a", "b", "c"])
        let doctor = try await tminus.run("doctor")
        #expect(doctor.status == 0, "\(doctor.output)")
    }

    /// Without what its attempts left nobody can know whether the step was done: so somebody is asked.
    @Test func inAFreshDirectoryARestoredRunAsks() async throws {
        let tminus = try await backedUpWithALiveRun()
        let fresh = try Tminus()
        let copy = tminus.folder.appendingPathComponent("copy.sqlite").path
        let restored = try await fresh.run("store", "restore", copy)
        #expect(restored.status == 0, "\(restored.errors)")
        let watch = try Watch("p-1", fresh)
        try await watch.event("stepUnknown", "b")
        #expect(tminus.lines("marks") == ["a", "b", "c"])
        let resolved = try await fresh.run("resolve", "p-1", "b", "--done", "--reason", "looked")
        #expect(resolved.status == 0, "\(resolved.errors)")
        #expect(await watch.ended() == 0)
        #expect(tminus.lines("marks") == ["a", "b", "c", "c"])
    }

    @Test func backupsWhileRunsProceedAreEachWhole() async throws {
        let tminus = try bench()
        let live = try await tminus.submit("p.yaml")
        var runs: [Started] = []
        var copies: [String] = []
        for number in 0..<3 {
            let name = "copy-\(number).sqlite"
            runs.append(try tminus.start(["run", "chain.yaml"]))
            let made = try await tminus.run("store", "backup", name)
            #expect(made.status == 0, "\(made.errors)")
            copies.append(name)
        }
        for run in runs { #expect(await run.ended().status == 0) }
        try tminus.write("go", "")
        #expect(try await tminus.run("watch", live).status == 0)
        for copy in copies {
            let fresh = try Tminus()
            let restored = try await fresh.run(
                "store", "restore", tminus.folder.appendingPathComponent(copy).path)
            #expect(restored.status == 0, "\(restored.errors)")
            let doctor = try await fresh.run("doctor", "--json")
            #expect(!doctor.output.contains("\"subject\":\"chains\",\"level\":\"failure\""), "\(doctor.output)")
            let verified = try await fresh.run("audit", "verify")
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }
}
