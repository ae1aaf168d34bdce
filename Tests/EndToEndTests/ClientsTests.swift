import Foundation
import Glibc
import Testing

/// The engine owns the run; terminals come and go.
@Suite struct ClientsTests {
    private static let held = """
        pipeline: held
        environment: test
        steps:
          first:
            run: [./until, go-first]
            rollback: {run: [./mark, "0"]}
          go:
            approve: {count: 1}
          last:
            run: [./mark, "0"]

        """

    private func bench(_ pipeline: String = held) throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write("p.yaml", pipeline)
        return tminus
    }

    @Test func aSecondTerminalWatchesPausesResumesAndApproves() async throws {
        let tminus = try bench()
        let first = try tminus.start(["run", "p.yaml"])
        var run = ""
        _ = try await Waiting.until {
            run =
                try await tminus.run("run", "list", "--json").jsonLines.first
                .flatMap { ($0["runs"] as? [[String: Any]])?.first?["run"] as? String } ?? ""
            return !run.isEmpty
        }
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "first")
        #expect(try await tminus.run("pause", run, "--reason", "lunch").status == 0)
        try await watch.event("runPaused")
        try tminus.write("go-first", "")
        try await watch.event("stepSucceeded", "first")
        let paused = try await tminus.run("status", run)
        #expect(paused.status == 3)
        #expect(paused.output.contains("lunch"))
        #expect(!watch.events.contains { $0.type == "approvalAsked" })
        #expect(try await tminus.run("resume", run).status == 0)
        try await watch.event("approvalAsked", "go")
        let waiting = try await tminus.run("status", run)
        #expect(waiting.status == 3)
        #expect(waiting.output.contains("tminus approve \(run) go"))
        #expect(try await tminus.run("approve", run, "--comment", "looks good").status == 0)
        #expect(await watch.ended() == 0)
        let ended = await first.ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("looks good") || ended.output.contains("approved"), "\(ended.output)")
        #expect(tminus.lines("marks").last == "end last forward 1")
    }

    @Test func aSecondTerminalAbortsAndWhatWasDoneIsUndone() async throws {
        let tminus = try bench()
        let first = try tminus.start(["run", "p.yaml"])
        let run = "held-1"
        _ = try await Waiting.until { tminus.exists("marks") }
        let aborted = try await tminus.run("abort", run, "--reason", "wrong day")
        #expect(aborted.status == 0, "\(aborted.errors)")
        let ended = await first.ended()
        #expect(ended.status == 2, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("wrong day"))
        #expect(tminus.lines("marks") == ["start first forward 1", "start first rollback 1", "end first rollback 1"])
        let again = try await tminus.run("abort", run, "--reason", "twice")
        #expect(again.status == 1)
        #expect(again.errors.contains("held-1 is over"))
    }

    @Test func anApprovalByTwoCountsEachPersonOnceAndOneRejectionEndsIt() async throws {
        let tminus = try bench(
            """
            pipeline: two
            environment: test
            steps:
              go:
                approve: {count: 2}

            """)
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        try await watch.event("approvalAsked", "go")
        #expect(try await tminus.run("approve", run).status == 0)
        let twice = try await tminus.run("approve", run)
        #expect(twice.status == 1)
        #expect(twice.errors.contains("already"), "\(twice.errors)")
        let needs = try await tminus.run("status", run)
        #expect(needs.output.contains("2 people"))
        #expect(try await tminus.run("reject", run, "--reason", "not tonight").status == 0)
        #expect(await watch.ended() == 1)
        let rejected = try await watch.event("stepFailed", "go")
        #expect(rejected.text("cause.type") == "rejected")
        #expect(rejected.text("reason").contains("not tonight"))
    }

    /// Different people are different accounts, so only root can play both.
    @Test(.enabled(if: geteuid() == 0))
    func twoAccountsMakeTwoApprovals() async throws {
        let tminus = try bench(
            """
            pipeline: two
            environment: test
            steps:
              go:
                approve: {count: 2}

            """)
        chown(tminus.folder.path, 65_534, 65_534)
        func asNobody(_ arguments: String...) throws -> Started {
            let program = Tminus.program.path
            let prefix = ["--reuid=65534", "--regid=65534", "--clear-groups", program]
            return try Started(
                "/usr/bin/setpriv", prefix + arguments, tminus.environment, in: tminus.folder)
        }
        let submitted = await (try asNobody("run", "p.yaml", "--detach")).ended()
        #expect(submitted.status == 0, "\(submitted.errors)")
        let watch = try Watch("two-1", tminus)
        try await watch.event("approvalAsked", "go")
        #expect(await (try asNobody("approve", "two-1")).ended().status == 0)
        let root = try await tminus.run("approve", "two-1")
        #expect(root.status == 0, "\(root.errors)")
        #expect(await watch.ended() == 0)
        let people = watch.events.filter { $0.type == "approvalGiven" }.map { $0.text("by") }
        #expect(people == ["nobody", "root"])
    }

    @Test func aSecondEngineNamesTheFirstAndLeaves() async throws {
        let tminus = try bench()
        let first = try tminus.start(["serve"])
        #expect(try await Waiting.until { tminus.exists("data/socket") })
        let second = try await tminus.run("serve")
        #expect(second.status == 75)
        #expect(second.errors.contains("pid \(first.pid)"), "\(second.errors)")
        #expect(tminus.enginePid == first.pid)
        #expect(try await tminus.run("status").status == 0)
        first.signal(SIGTERM)
        #expect(await first.ended().status == 0)
    }

    @Test func aSocketWhosePathIsTooLongIsADiagnostic() async throws {
        let tminus = try bench()
        let deep = tminus.folder.path + "/" + String(repeating: "d", count: 90)
        for command in [["serve"], ["run", "p.yaml"], ["status"]] {
            let ended = try await tminus.start(command + ["--data", deep]).ended()
            #expect(ended.status == 65)
            #expect(ended.errors.contains("--data"), "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: deep))
        }
    }

    @Test func ctrlCLeavesTheRunAloneAndSaysHowToComeBack() async throws {
        let tminus = try bench()
        let first = try tminus.start(["run", "p.yaml"])
        _ = try await Waiting.until { tminus.exists("marks") && first.output.contains("first") }
        first.signal(SIGINT)
        let left = await first.ended()
        #expect(left.status == 130)
        for command in ["tminus watch held-1", "tminus abort held-1", "tminus rollback held-1"] {
            #expect(left.errors.contains(command), "\(left.errors)")
        }
        try tminus.write("go-first", "")
        let watch = try Watch("held-1", tminus)
        try await watch.event("approvalAsked", "go")
        _ = try await tminus.run("approve", "held-1")
        #expect(await watch.ended() == 0)
    }
}
