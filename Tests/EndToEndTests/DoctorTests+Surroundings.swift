import Foundation
import Testing

/// What is wrong around a journal: the directory, the disk, the socket, the clock, the programs.
extension DoctorTests {
    private func engine(_ tminus: Tminus, _ more: [String: String] = [:]) async throws -> Started {
        let engine = try Started(
            Tminus.program.path, ["serve"], tminus.environment.merging(more) { _, new in new }, in: tminus.folder)
        #expect(try await Waiting.until { tminus.enginePid == engine.pid })
        #expect(try await tminus.run("run", "list").status == 0)
        return engine
    }

    private func end(_ engine: Started) async {
        engine.signal(SIGTERM)
        _ = await engine.ended()
    }

    // MARK: The directory and its disk

    @Test func aDirectoryThatOthersCanUseOrThatIsNoneIsFound() async throws {
        let tminus = try await stopped()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tminus.data.path)
        try await expect("failure", "data", "others can use the data directory", tminus)
        try tminus.remove("data")
        try tminus.write("data", "")
        try await expect("failure", "data", "is not a directory", tminus)
    }

    @Test(.enabled(if: getuid() == 0, "only root gives files away"))
    func aFileOfAnotherAccountIsFound() async throws {
        let tminus = try await stopped()
        #expect(chown(path(tminus, "metrics.sqlite"), 65_534, 65_534) == 0)
        try await expect("failure", "files", "metrics.sqlite belongs to another account (uid 65534)", tminus)
    }

    @Test(arguments: [(300, "warning", "before the next release"), (40, "failure", "journals cannot be written soon")])
    func aDiskThatIsNearlyFullIsFound(mebibytes: Int, level: String, remedy: String) async throws {
        let tminus = try Tminus()
        try FileManager.default.createDirectory(at: tminus.data, withIntermediateDirectories: true)
        let script = "mount -t tmpfs -o size=\(mebibytes)m,mode=700 tmpfs \(tminus.data.path) || exit 99; exec \"$@\""
        let apart = getuid() == 0 ? "-m" : "-rm"
        let ended = try await tminus.start(
            program: "/usr/bin/unshare", [apart, "sh", "-c", script, "sh", Tminus.program.path, "doctor", "--json"]
        ).ended()
        if ended.status == 99 || ended.output.isEmpty { try Test.cancel("nobody may mount here: \(ended.errors)") }
        let all = (ended.json as? [String: Any])?["findings"] as? [[String: Any]]
        let disk = try #require(all?.first { $0["subject"] as? String == "disk" })
        #expect(disk["level"] as? String == level)
        #expect(disk["text"] as? String == "\(mebibytes) MiB free")
        #expect((disk["remedy"] as? String)?.contains(remedy) == true, "\(disk)")
        #expect(ended.status == (level == "failure" ? 1 : 0))
    }

    @Test func aJournalThatIsEmptyIsSaidToBe() async throws {
        let tminus = try await stopped()
        #expect(truncate(path(tminus, "journal.sqlite"), 0) == 0)
        try await expect("failure", "journal", "journal.sqlite is empty", tminus)
    }

    @Test func aTransactionThatWasCutShortIsSaidToBe() async throws {
        let tminus = try await stopped()
        // More than the cache holds, so that pages are in the file before the commit; and then the end.
        let script = """
            PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5; BEGIN IMMEDIATE;
            CREATE TABLE half (bytes BLOB); INSERT INTO half SELECT randomblob(4000) FROM generate_series(1, 500);
            .system kill -9 $PPID
            """
        try tminus.write("half.sql", script)
        _ = try await tminus.start(
            program: "/bin/sh", ["-c", "sqlite3 \(path(tminus, "journal.sqlite")) <half.sql"]
        ).ended()
        try #require(tminus.exists("data/journal.sqlite-journal"))
        try await expect("warning", "journal", "a transaction was cut short", tminus)
        // As it says: the next engine takes it back.
        #expect(try await tminus.run("run", "list").status == 0)
        #expect(try await findings(tminus).found.isEmpty)
    }

    @Test func anEventThatWasChangedIsFoundWithItsRun() async throws {
        let tminus = try await stopped()
        try await sql(
            tminus,
            "DROP TRIGGER events_never_change; UPDATE events SET line = replace(line, 'one', 'two') WHERE run = 'p-1' "
                + "AND sequence = 1")
        try await expect("failure", "chains", "p-1", tminus)
    }

    // MARK: Sockets, locks and programs

    @Test func whatStandsInTheSocketsPlaceIsFound() async throws {
        let tminus = try await stopped()
        try tminus.write("data/socket", "")
        try await expect("failure", "socket", "is no socket", tminus)
    }

    @Test func aLockWhoseHolderIsUnknownIsFound() async throws {
        let tminus = try await stopped()
        #expect(truncate(path(tminus, "engine.lock"), 0) == 0)
        let holder = try tminus.start(program: "/usr/bin/flock", [path(tminus, "engine.lock"), "/bin/sleep", "60"])
        defer { holder.signal(SIGKILL) }
        #expect(
            try await Waiting.until {
                try await findings(tminus).found.contains { $0.subject == "lock" }
            })
        try await expect("warning", "lock", "has not said who", tminus)
    }

    @Test func aShimOfAnotherProtocolIsFound() async throws {
        let tminus = try await stopped()
        let alone = tminus.folder.appendingPathComponent("tminus")
        let copied = try await tminus.start(program: "/bin/cp", [Tminus.program.path, alone.path]).ended()
        #expect(copied.status == 0, "\(copied.errors)")
        try tminus.write("tminus-shim", "#!/bin/sh\necho tminus-shim 99\n", executable: true)
        let ended = try await tminus.start(program: alone.path, ["doctor"]).ended()
        #expect(ended.status == 1)
        #expect(ended.output.contains("FAIL  shim"), "\(ended.output)")
        #expect(ended.output.contains("scripts/install puts"), "\(ended.output)")
    }

    /// Stands before the engine's socket: says another version, or hangs up.
    private static let between = """
        import os, socket, sys, threading
        place, hangs_up = sys.argv[1], sys.argv[2] == "hang up"
        os.rename(place, place + ".engine")
        server = socket.socket(socket.AF_UNIX)
        server.bind(place)
        os.chmod(place, 0o600)
        server.listen(16)
        def pump(source, target, changes):
            while bytes := source.recv(65536):
                target.sendall(bytes.replace(b'"version":"0.1.0"', b'"version":"0.0.9"') if changes else bytes)
            target.shutdown(socket.SHUT_WR)
        while True:
            client, _ = server.accept()
            if hangs_up:
                client.close()
                continue
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(place + ".engine")
            threading.Thread(target=pump, args=(client, engine, False), daemon=True).start()
            threading.Thread(target=pump, args=(engine, client, True), daemon=True).start()
        """

    @Test(arguments: [
        ("another version", "warning", "version", "the engine is 0.0.9"), ("hang up", "failure", "engine", ""),
    ])
    func anEngineOfAnotherVersionOrThatDoesNotAnswerIsFound(
        way: String, level: String, subject: String, text: String
    ) async throws {
        let tminus = try await stopped()
        let engine = try await engine(tminus)
        try tminus.write("between.py", Self.between)
        let between = try tminus.start(
            program: "/usr/bin/python3", ["between.py", path(tminus, "socket"), way])
        defer { between.signal(SIGKILL) }
        #expect(
            try await Waiting.until {
                let ended = try await tminus.run("doctor", "--json")
                return ended.output.contains("\"level\":\"\(level)\"")
            })
        let (found, status) = try await findings(tminus)
        let one = found.first { $0.subject == subject && ($0.text.contains(text) || text.isEmpty) }
        #expect(one?.level == level, "\(found)")
        #expect(one?.remedy.isEmpty == false, "\(found)")
        #expect(status == (level == "failure" ? 1 : 0))
        await end(engine)
    }

    /// In the journal the run is over; the engine that holds its lock takes it for live.
    @Test func aLockOfARunThatHasEndedIsFound() async throws {
        let tminus = try await bench()
        let run = try await tminus.submit("slow.yaml")
        #expect(try await Waiting.until { !tminus.lines("marks").isEmpty })
        try await Watch(run, tminus).event("attemptRunning", "wait")
        try await sql(
            tminus,
            "DROP TRIGGER runs_ended_are_final; UPDATE runs SET status = 'failed', ended = submitted + 1 "
                + "WHERE run = '\(run)'")
        try await expect("failure", "locks", "\(run) has ended by the journal, and still holds", tminus)
        try tminus.write("go", "")
    }

    @Test func somebodyWhoIsWaitedForIsFound() async throws {
        let tminus = try await bench()
        let run = try await tminus.submit("slow.yaml")
        #expect(try await Waiting.until { tminus.shim(of: run, "wait") != nil && !tminus.lines("marks").isEmpty })
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "wait")
        kill(try #require(tminus.shim(of: run, "wait")), SIGKILL)
        try await watch.event("stepUnknown", "wait")
        try await expect("warning", "pages", run, tminus)
        try tminus.write("go", "")
    }

    // MARK: The clock

    /// The wall clock of what is started with it is moved by `clock.c`; that of the machine is left alone.
    @Test func aClockThatMovedAndEventsOfTheFutureAreFound() async throws {
        let tminus = try await stopped()
        let made = try await Started(
            "/usr/bin/python3",
            ["-Bc", "import bench; print(bench.built('clock.so', 'clock.c', '-shared', '-fPIC', '-ldl'))"],
            tminus.environment.merging(
                ["PYTHONPATH": Tminus.root.appendingPathComponent("Tests/Torture").path]) { $1 },
            in: tminus.folder
        ).ended()
        try #require(made.status == 0, "\(made.errors)")
        let library = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let clock = tminus.folder.appendingPathComponent("clock")
        try Data(count: 4_096).write(to: clock)
        let moved = ["LD_PRELOAD": library, "TMINUS_CLOCK": clock.path]
        let first = try await engine(tminus, moved)
        #expect(try await findings(tminus).found.isEmpty)
        let file = try #require(FileHandle(forUpdatingAtPath: clock.path))
        try file.write(contentsOf: withUnsafeBytes(of: Int64(7_200_000_000_000).littleEndian) { Data($0) })
        try file.close()
        try await expect("warning", "clock", "the wall clock moved by 2h", tminus)
        await end(first)
        let second = try await engine(tminus, moved)
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        await end(second)
        try await expect("warning", "times", "in the future", tminus)
    }
}
