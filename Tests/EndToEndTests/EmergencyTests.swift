import Foundation
import Testing

/// Going back without the journal: by the bundles on the machine, imported afterwards.
@Suite struct EmergencyTests {
    private static let back = [
        "rollback", "--service", "shop", "--environment", "production", "--reason", "disk is gone", "--yes",
    ]

    private func goBack(_ tminus: Tminus, _ more: String...) async throws -> Ended {
        try await tminus.start(Self.back + more).ended()
    }

    /// The first releases of a test. The end of a run is told before its bundle is written: that is waited for.
    private func release(_ versions: Int..., on tminus: Tminus) async throws {
        for version in versions { try await GoingBackTests.release(version, on: tminus) }
        let newest = "data/bundles/shop/production/shop-\(versions.count).bundle"
        #expect(try await Waiting.until { tminus.exists(newest) })
    }

    /// Ends the engine and moves the journal out of the way.
    private func loseJournal(_ tminus: Tminus) async throws {
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        let away = tminus.folder.appendingPathComponent("away")
        try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: tminus.data.path)
        where name.hasPrefix("journal.sqlite") {
            try FileManager.default.moveItem(
                at: tminus.data.appendingPathComponent(name), to: away.appendingPathComponent(name))
        }
    }

    private func findJournal(_ tminus: Tminus) async throws {
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        let away = tminus.folder.appendingPathComponent("away")
        for name in try FileManager.default.contentsOfDirectory(atPath: away.path) {
            try FileManager.default.moveItem(
                at: away.appendingPathComponent(name), to: tminus.data.appendingPathComponent(name))
        }
    }

    @Test func withoutTheJournalTheBundleTakesTheReleaseBackAndTheRunIsImportedLater() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, 3, on: tminus)
        try await loseJournal(tminus)
        try tminus.write("place", "#!/bin/sh\necho edited >current\n", executable: true)
        let first = try await goBack(tminus)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        #expect(first.output.contains("the journal is gone"), "\(first.output)")
        #expect(tminus.read("current") == "v2\n")
        let second = try await goBack(tminus)
        #expect(second.status == 0, "\(second.output)\(second.errors)")
        #expect(tminus.read("current") == "v1\n")
        #expect(try await goBack(tminus).errors.contains("no previous version"))
        try await findJournal(tminus)
        let imported = try await tminus.run("store", "import")
        #expect(imported.output.contains("imported emergency/1"), "\(imported.output)\(imported.errors)")
        #expect(try await tminus.run("audit", "verify").status == 0)
        let events = try await tminus.export("shop-emergency-1-1")
        #expect(events.last?.text("outcome") == "succeeded")
        #expect(try await tminus.run("review", "list").output.contains("rollback shop-emergency-1-1"))
        #expect(try await goBack(tminus).errors.contains("no previous version"))
        #expect(try await tminus.run("store", "import").output.contains("nothing is left"))
    }

    @Test func aDirectoryWhoseJournalIsGoneBeginsNoNewHistory() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, on: tminus)
        try await loseJournal(tminus)
        let refused = try await tminus.run("run", "v2.yaml", "--input", "version=2")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--new-journal"), "\(refused.errors)")
        #expect(!tminus.exists("data/journal.sqlite"))
    }

    @Test func aLiveAttemptOfALostRunIsStoppedFirst() async throws {
        let tminus = try GoingBackTests.shop("  after: {run: [./until, go], effect: none}")
        try tminus.add(fixtures: "until")
        try tminus.write("go", "")
        try await release(1, 2, on: tminus)
        try tminus.remove("go")
        let run = try await tminus.submit("v3.yaml", "--input", "version=3")
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "after")
        watch.started.signal(SIGKILL)
        try await loseJournal(tminus)
        let ended = try await goBack(tminus)
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("shop-3/after/1 is under way"), "\(ended.output)")
        #expect(tminus.read("data/runs/\(run)/after/1/exit").contains("kind stopped"))
        #expect(tminus.read("current") == "v1\n")
        try await findJournal(tminus)
        let over = try await tminus.run("watch", run)
        #expect(over.status == 5, "\(over.output)\(over.errors)")
        #expect(tminus.read("current") == "v1\n")
    }

    @Test func aBundleThatWasChangedIsRefused() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, on: tminus)
        let path = "data/bundles/shop/production/shop-2.bundle"
        #expect(try await Waiting.until { tminus.exists(path) })
        #expect(try await tminus.run("bundle", "verify", path).status == 0)
        let shown = try await tminus.run("bundle", "show", path)
        #expect(shown.output.contains("./place v1"), "\(shown.output)\(shown.errors)")
        try tminus.write(path, tminus.read(path).replacing("\"by\":", with: "\"By\":"))
        let refused = try await tminus.run("bundle", "verify", path)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("changed after it was signed"), "\(refused.errors)")
    }

    /// Ways in which a disk, or a colleague, damages a database.
    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case noise, cut, empty, other

        var testDescription: String { rawValue }

        func done(to bytes: Data) -> Data {
            switch self {
            case .noise:
                var bytes = bytes
                let middle = bytes.count / 4..<bytes.count * 3 / 4
                bytes.replaceSubrange(middle, with: middle.map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
                return bytes
            case .cut: return bytes.prefix(bytes.count / 3)
            case .empty: return Data()
            case .other: return Data("this is no database, and never was one\n".utf8)
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func aDamagedJournalIsNeverBegunAnewAndTheBundlesTakeTheReleaseBack(_ damage: Damage) async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, on: tminus)
        // After a clean stop all that was written is in the one file.
        if let pid = tminus.enginePid {
            kill(pid, SIGTERM)
            #expect(try await Waiting.until { kill(pid, 0) != 0 })
        }
        try await loseJournal(tminus)
        let away = tminus.folder.appendingPathComponent("away")
        let journal = away.appendingPathComponent("journal.sqlite")
        let whole = try Data(contentsOf: journal)
        let damaged = tminus.data.appendingPathComponent("journal.sqlite")
        try damage.done(to: whole).write(to: damaged)
        let before = try Data(contentsOf: damaged)
        var ended = try await goBack(tminus)
        if ended.status != 0, ended.errors.contains("--by-bundles") { ended = try await goBack(tminus, "--by-bundles") }
        #expect(ended.status == 0, "\(damage): \(ended.output)\(ended.errors)")
        #expect(tminus.read("current") == "v1\n")
        #expect(ended.output.contains("by the rollback bundles on this machine"), "\(ended.output)")
        // Nobody has written over what may yet be saved.
        if damage != .noise { #expect(try Data(contentsOf: damaged) == before) }
        for name in try FileManager.default.contentsOfDirectory(atPath: tminus.data.path)
        where name.hasPrefix("journal.sqlite") {
            try tminus.remove("data/\(name)")
        }
        try await findJournal(tminus)
        #expect(try await tminus.run("audit", "verify").status == 0)
        #expect(try await tminus.export("shop-emergency-1-1").last?.text("outcome") == "succeeded")
        #expect(try await goBack(tminus).errors.contains("no previous version"))
    }

    @Test func anEngineThatWasStoppedIsSaidAndTheBundlesTakeTheReleaseBackWhenAsked() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, on: tminus)
        // One must be there to be stopped.
        #expect(try await tminus.run("status").status == 0)
        let pid = try #require(tminus.enginePid)
        #expect(kill(pid, SIGSTOP) == 0)
        let silent = try await goBack(tminus)
        #expect(silent.status == 1)
        #expect(silent.errors.contains("listens and does not answer"), "\(silent.errors)")
        #expect(silent.errors.contains("kill -CONT \(pid)"), "\(silent.errors)")
        #expect(silent.errors.contains("--by-bundles"), "\(silent.errors)")
        #expect(tminus.read("current") == "v2\n")
        let ended = try await goBack(tminus, "--by-bundles")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(tminus.read("current") == "v1\n")
        #expect(try await Waiting.until { kill(pid, 0) != 0 })
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        #expect(try await tminus.run("audit", "verify").status == 0)
        #expect(try await tminus.export("shop-emergency-1-1").last?.text("outcome") == "succeeded")
    }

    @Test func aNewJournalPutsTheOldRunsAsideAndKeepsTheBundles() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, on: tminus)
        try await loseJournal(tminus)
        let engine = try tminus.start(["serve", "--new-journal", "--idle-exit", "--idle-seconds", "60"])
        #expect(try await Waiting.until { tminus.exists("data/socket") })
        #expect(try await tminus.run("run", "list").output.contains("shop-") == false)
        #expect(tminus.exists("data/bundles/shop/production/shop-2.bundle"))
        engine.signal(SIGTERM)
        _ = await engine.ended()
        let names = try FileManager.default.contentsOfDirectory(atPath: tminus.data.path)
        #expect(names.contains { $0.hasPrefix("runs.lost-") }, "\(names)")
        try await GoingBackTests.release(3, on: tminus)
        #expect(try await tminus.run("audit", "verify").status == 0)
    }

    @Test func aStandInThatDidNothingIsDoneWithOnceTheJournalIsBack() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, on: tminus)
        try await loseJournal(tminus)
        let refused = try await goBack(tminus)
        #expect(refused.errors.contains("no previous version"), "\(refused.errors)")
        #expect(tminus.exists("data/emergency/1/journal.sqlite"))
        try await findJournal(tminus)
        let imported = try await tminus.run("store", "import")
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(try await tminus.run("store", "import").output.contains("nothing is left"))
    }

    /// The engine that starts opens the review of a live rollback by itself; that it was taken in is noted too.
    @Test func aRollbackThatIsStillUnderWayWhenItIsTakenInIsNotedOnceAndComesToItsEnd() async throws {
        let tminus = try GoingBackTests.shop()
        try tminus.write(
            "place",
            "#!/bin/sh\necho \"$1\" >current\n[ \"$1\" != v1 ] || while [ ! -e go ]; do sleep 0.02; done\n",
            executable: true)
        try tminus.write("go", "")
        try await release(1, 2, on: tminus)
        try tminus.remove("go")
        try await loseJournal(tminus)
        let back = try tminus.start(Self.back)
        #expect(try await Waiting.until { tminus.read("current") == "v1\n" })
        back.signal(SIGKILL)
        _ = await back.ended()
        try await findJournal(tminus)
        #expect(try await tminus.run("store", "import").status == 0)
        try tminus.write("go", "")
        #expect(try await tminus.run("watch", "shop-emergency-1-1").status == 0)
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        let audit = try await tminus.run("audit", "list", "--json").output.split(separator: "\n")
        #expect(audit.filter { $0.contains("rollbackImported") }.count == 1, "\(audit)")
        #expect(audit.filter { $0.contains("reviewOpened") }.count == 1, "\(audit)")
    }

    /// As when the engine ended between the last event of the rollback and its bundle.
    @Test func whatWasTakenBackIsNotTakenBackAgainWhenTheJournalIsLostLater() async throws {
        let tminus = try GoingBackTests.shop()
        try await release(1, 2, 3, on: tminus)
        let (path, aside) = ("data/bundles/shop/production/shop-3.bundle", "shop-3.bundle")
        #expect(try await Waiting.until { tminus.exists(path) })
        let bundle = tminus.folder.appendingPathComponent(aside)
        try FileManager.default.copyItem(at: tminus.folder.appendingPathComponent(path), to: bundle)
        let back = try await goBack(tminus)
        #expect(back.status == 0, "\(back.output)\(back.errors)")
        #expect(try await Waiting.until { !tminus.exists(path) })
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        try FileManager.default.copyItem(at: bundle, to: tminus.folder.appendingPathComponent(path))
        #expect(try await tminus.run("run", "list").status == 0)
        #expect(try await Waiting.until { !tminus.exists(path) })
        try await loseJournal(tminus)
        let further = try await goBack(tminus)
        #expect(further.status == 0, "\(further.output)\(further.errors)")
        #expect(tminus.read("current") == "v1\n")
    }
}
