import Testing

/// What the exit codes of a run say, and what was undone by then.
@Suite struct RollbackTests {
    private func bench(_ steps: String, top: String = "environment: test") throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until", "migrate-tool")
        try tminus.write("p.yaml", "pipeline: p\n\(top)\nsteps:\n\(steps)\n")
        return tminus
    }

    private static let bracket = """
          shut:
            maintenance: {enter: [./mark, "0"], leave: [./mark, "0"], until: deploy}
        """

    @Test func successEndsWithZeroAndLeavesMaintenance() async throws {
        let tminus = try bench(Self.bracket + "\n  deploy: {run: [./mark, \"0\"], rollback: {run: [./mark, \"0\"]}}")
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        let starts = tminus.lines("marks").filter { $0.hasPrefix("start") }
        #expect(starts == ["start shut forward 1", "start deploy forward 1", "start shut-end forward 1"])
    }

    @Test func failureRollsBackInReverseAndEndsWithTwo() async throws {
        let tminus = try bench(
            """
              before: {run: [./mark, "0"], rollback: {run: [./mark, "0"]}}
            \(Self.bracket)
              deploy: {shell: "./mark 0; exit 9", rollback: {run: [./mark, "0"]}}
              after: {run: [./mark, "0"]}
            """)
        let ended = try await tminus.run("run", "p.yaml")
        #expect(ended.status == 2, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("deploy"))
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == [
                "start before forward 1", "start shut forward 1", "start deploy forward 1", "start deploy rollback 1",
                "start shut rollback 1", "start before rollback 1",
            ])
    }

    @Test func aFailureThatMayNotRollBackEndsWithOne() async throws {
        let tminus = try bench("  only: {shell: exit 1, onFailure: fail}")
        #expect(try await tminus.run("run", "p.yaml").status == 1)
    }

    @Test func aRunThatOnlyWaitsEndsWithThreeForWhoDoesNotWait() async throws {
        let tminus = try bench("  go: {approve: {from: [nobody-here]}}")
        let ended = try await tminus.run("run", "p.yaml", "--no-wait")
        #expect(ended.status == 3)
        #expect(ended.errors.contains("tminus approve p-1 go"), "\(ended.output)\(ended.errors)")
        let approved = try await tminus.run("approve", "p-1")
        #expect(approved.status == 1)
        #expect(approved.errors.contains("nobody-here"), "\(approved.errors)")
    }

    @Test func aRollbackThatFailsDoesNotStopTheOthersAndEndsWithFour() async throws {
        let tminus = try bench(
            """
              one: {run: [./mark, "0"], rollback: {run: [./mark, "0"]}}
              two: {run: [./mark, "0"], rollback: {shell: "./mark 0; exit 1"}}
              three: {shell: "exit 1"}
            """)
        let ended = try await tminus.run("run", "p.yaml")
        #expect(ended.status == 4, "\(ended.output)\(ended.errors)")
        #expect(tminus.lines("marks").contains("end one rollback 1"))
    }

    @Test func abortThatKeepsEndsWithFiveAndUndoesNothing() async throws {
        let tminus = try bench("  one: {run: [./until, go], rollback: {run: [./mark, \"0\"]}}")
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "one")
        #expect(try await tminus.run("abort", run, "--keep", "--reason", "frozen").status == 0)
        #expect(await watch.ended() == 5)
        #expect(!tminus.lines("marks").contains { $0.contains("rollback") })
    }

    @Test func usageErrorsEndWithSixtyFour() async throws {
        let tminus = try Tminus()
        for command in [["rnu"], ["run"], ["status", "--no-such-option"], ["run", "p.yaml", "--input", "novalue"]] {
            #expect(try await tminus.start(command).ended().status == 64, "\(command)")
        }
        #expect(!tminus.exists("data"))
    }

    @Test func aHalfAppliedMigrationKeepsMaintenanceOnUntilAPersonLiftsIt() async throws {
        let tminus = try bench(
            """
              shut:
                maintenance: {enter: [./mark, "0"], leave: [./mark, "0"], until: migrate}
              migrate:
                migrate:
                  commands:
                    status: [./migrate-tool, status]
                    apply: [./migrate-tool, apply]
                    revert: [./migrate-tool, revert]
                  kind: expand
                rollback: none-needed
            """)
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        let failed = try await watch.event("stepFailed", "migrate")
        #expect(failed.text("cause.type") == "halfApplied", "\(failed)")
        try await watch.event("bracketKept", "shut")
        let status = try await tminus.run("status", run)
        #expect(status.output.contains("tminus resolve \(run) shut --lift"), "\(status.output)")
        #expect(!tminus.lines("marks").contains { $0.contains("rollback") })
        let lifted = try await tminus.run("resolve", run, "shut", "--lift", "--reason", "schema mended by hand")
        #expect(lifted.status == 0, "\(lifted.errors)")
        #expect([2, 4].contains(await watch.ended()))
        #expect(tminus.lines("marks").contains("end shut rollback 1"))
    }

    @Test func maintenanceThatAPersonKeepsEndsTheRunIncomplete() async throws {
        let tminus = try bench(
            """
              shut:
                maintenance: {enter: [./mark, "0"], leave: [./mark, "0"], until: migrate}
              migrate:
                migrate:
                  commands: {status: [./migrate-tool, status], apply: [./migrate-tool, apply]}
                  kind: expand
                rollback: none-needed
            """)
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        try await watch.event("bracketKept", "shut")
        #expect(try await tminus.run("resolve", run, "shut", "--keep", "--reason", "restore first").status == 0)
        #expect(await watch.ended() == 4)
        #expect(!tminus.lines("marks").contains { $0.contains("rollback") })
    }

    @Test func pastThePivotNothingIsRolledBackByItself() async throws {
        let tminus = try bench(
            """
              one: {run: [./mark, "0"], rollback: {run: [./mark, "0"]}}
              point: {run: [./mark, "0"], pivot: true}
              after: {shell: "exit 1"}
            """)
        let ended = try await tminus.run("run", "p.yaml", "--no-wait")
        #expect(ended.status == 3, "\(ended.output)\(ended.errors)")
        #expect(!tminus.lines("marks").contains { $0.contains("rollback") })
        let refused = try await tminus.run("rollback", "p-1", "--reason", "try")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--past-pivot"))
        #expect(try await tminus.run("bypass", "p-1", "after", "--reason", "by hand").status == 0)
        #expect(try await tminus.run("watch", "p-1").status == 0)
    }
}
