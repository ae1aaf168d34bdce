import Crypto
import Foundation
import Testing

/// The journal as its owner sees it: exported, backed up, restored, looked over, damaged.
@Suite struct JournalTests {
    private func bench() async throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark")
        try tminus.write(
            "p.yaml", "pipeline: p\nenvironment: test\nsteps: {one: {run: [./mark, \"0\"], effect: none}}\n")
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        return tminus
    }

    /// SIGTERM, and until the lock is free.
    private func stopEngine(_ tminus: Tminus) async throws {
        let pid = try #require(tminus.enginePid)
        kill(pid, SIGTERM)
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
    }

    @Test func anExportCanBeCheckedWithoutTminus() async throws {
        let tminus = try await bench()
        let lines = try await tminus.run("run", "export", "p-1").output.split(separator: "\n")
        #expect(lines.count > 5)
        var hash = Data(repeating: 0, count: 32)
        for line in lines {
            let end = ",\"hash\":\"".utf8.count + 64 + 2
            var digest = SHA256()
            digest.update(data: hash)
            digest.update(data: Data((line.dropLast(end) + "}").utf8))
            hash = Data(digest.finalize())
            let shown = hash.map { String(format: "%02x", $0) }.joined()
            #expect(line.hasSuffix(",\"hash\":\"\(shown)\"}"))
        }
    }

    @Test func aBackupComesBackWhole() async throws {
        let tminus = try await bench()
        let before = try await tminus.run("run", "export", "p-1").output
        let made = try await tminus.run("store", "backup", "copy.sqlite")
        #expect(made.status == 0, "\(made.errors)")
        let again = try await tminus.run("store", "backup", "copy.sqlite")
        #expect(again.status != 0)
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        try await stopEngine(tminus)
        // One that stays: idle ones leave after ten seconds.
        let engine = try tminus.start(["serve"])
        #expect(try await Waiting.until { tminus.enginePid == engine.pid && tminus.exists("data/socket") })
        let refused = try await tminus.run("store", "restore", "copy.sqlite")
        #expect(refused.status == 75, "an engine holds it: \(refused.errors)")
        engine.signal(SIGTERM)
        _ = await engine.ended()
        let restored = try await tminus.run("store", "restore", "copy.sqlite")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try await tminus.run("run", "export", "p-1").output == before)
        #expect(try await tminus.run("run", "show", "p-2").status == 1)
        #expect(tminus.exists("data/journal.sqlite.replaced"))
    }

    @Test func aHealthyDirectoryGetsACleanBill() async throws {
        let tminus = try await bench()
        let ended = try await tminus.run("doctor")
        #expect(ended.status == 0, "\(ended.output)")
        #expect(ended.output.contains("1 runs verified") || ended.output.contains("1 run verified"))
        #expect(ended.output.contains("killing") && ended.output.contains("journal") && ended.output.contains("shim"))
        #expect(!ended.output.contains("FAIL"))
    }

    @Test func aFlippedByteIsFound() async throws {
        let tminus = try await bench()
        try await stopEngine(tminus)
        let file = tminus.data.appendingPathComponent("journal.sqlite")
        var bytes = try Data(contentsOf: file)
        // Inside a recorded event: SQLite cannot see it, the chain can.
        let place = try #require(bytes.range(of: Data("\"type\":\"stepSucceeded\"".utf8)))
        bytes[place.lowerBound + 9] ^= 0x20
        try bytes.write(to: file)
        let ended = try await tminus.run("doctor")
        #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("FAIL"), "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("p-1"), "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("restore"), "\(ended.output)\(ended.errors)")
    }

    @Test func aDirectoryThatOthersCanUseIsRefused() async throws {
        let tminus = try await bench()
        try await stopEngine(tminus)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tminus.data.path)
        let ended = try await tminus.run("status")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("chmod 700"))
        #expect(try await tminus.run("doctor").output.contains("FAIL"))
    }
}
