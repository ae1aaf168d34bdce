import Testing

/// What a step gets, what it hands on, and what happens when it says no.
@Suite struct StepTests {
    private func bench(_ steps: String) throws -> Tminus {
        let tminus = try Tminus(environment: ["LEAKED": "nobody may see this"])
        try tminus.add(fixtures: "mark", "until")
        try tminus.write(
            "p.yaml",
            "pipeline: p\nenvironment: test\ninputs: {dry-run: {type: boolean, default: true}}\n"
                + "steps:\n\(steps)\n")
        return tminus
    }

    @Test func aStepSeesItsOwnEnvironmentAndNothingElse() async throws {
        let tminus = try bench(
            """
              one:
                run: [env]
                env: {MODE: fast}
                effect: none
            """)
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        let lines = try await tminus.run("logs", "p-1", "one").output.split(separator: "\n").map(String.init)
        var seen: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            seen[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        let always = ["HOME", "LANG", "PATH"].filter { tminus.environment[$0] != nil }
        #expect(
            seen.keys.sorted()
                == (always + [
                    "MODE", "TMINUS_ATTEMPT", "TMINUS_ENVIRONMENT", "TMINUS_FENCE", "TMINUS_IDEMPOTENCY_KEY",
                    "TMINUS_INPUT_DRY_RUN", "TMINUS_OUTPUT", "TMINUS_PIPELINE", "TMINUS_ROLE", "TMINUS_RUN",
                    "TMINUS_SERVICE", "TMINUS_STEP",
                ]).sorted())
        #expect(seen["TMINUS_INPUT_DRY_RUN"] == "true")
        #expect(seen["TMINUS_IDEMPOTENCY_KEY"] == "p-1/one")
        #expect(seen["MODE"] == "fast")
    }

    @Test func whatAStepPutsOutReachesTheStepsAfterIt() async throws {
        let tminus = try bench(
            """
              one: {run: [./mark, "0"]}
              two: {shell: echo "$TMINUS_OUTPUT_ONE_FROM" >seen}
            """)
        #expect(try await tminus.run("run", "p.yaml").status == 0)
        #expect(tminus.read("seen") == "one\n")
    }

    @Test func aStepIsTriedAgainAsOftenAsItMayBe() async throws {
        let tminus = try bench(
            """
              one:
                shell: ./mark 0; [ "$TMINUS_ATTEMPT" = 3 ] || exit 75
                retry: {attempts: 3, initialInterval: 100ms, retryOn: [75]}
                effect: none
              two:
                shell: ./mark 0; exit 74
                retry: {attempts: 3, initialInterval: 100ms, retryOn: [75]}
                effect: none
            """)
        #expect(try await tminus.run("run", "p.yaml").status == 1)
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == [
                "start one forward 1", "start one forward 2", "start one forward 3", "start two forward 1",
            ])
    }

    @Test func aTimeLimitHoldsWhileNoEngineLives() async throws {
        let tminus = try bench("  one: {run: [./until, never], timeout: 15s, grace: 1s, effect: none}")
        let run = try await tminus.submit("p.yaml")
        #expect(try await Waiting.until { tminus.exists("marks") })
        #expect(tminus.killEngine())
        #expect(try await Waiting.until { tminus.exists("data/runs/p-1/one/1/exit") })
        #expect(try await tminus.run("watch", run).status == 1)
        let failed = try await tminus.export(run).first { $0.type == "stepFailed" }
        #expect(failed?.text("cause.type") == "attemptTimeout")
    }

    @Test func aRollbackNeverRunsAFileThatWasEditedSince() async throws {
        let tminus = try bench(
            """
              one: {run: [./mark, "0"], rollback: {run: [./back]}}
              two: {run: [./until, go, "1"], effect: none}
            """)
        try tminus.write("back", "#!/bin/sh\necho pinned >>marks\n", executable: true)
        let run = try await tminus.submit("p.yaml")
        #expect(try await Waiting.until { tminus.lines("marks").last == "start two forward 1" })
        try tminus.write("back", "#!/bin/sh\necho edited >>marks\n", executable: true)
        try tminus.write("go", "")
        #expect(try await tminus.run("watch", run).status == 2)
        #expect(tminus.lines("marks").last == "pinned")
    }

    @Test func aHeldFailureIsTriedAgainWhenAPersonSaysSo() async throws {
        let tminus = try bench(
            """
              one: {shell: "./mark 0; test -e mended", onFailure: hold, rollback: none-needed, reason: test}
            """)
        #expect(try await tminus.run("run", "p.yaml", "--no-wait").status == 3)
        try tminus.write("mended", "")
        #expect(try await tminus.run("retry", "p-1", "one", "--reason", "mended").status == 0)
        #expect(try await tminus.run("watch", "p-1").status == 0)
        let shown = try await tminus.run("run", "show", "p-1")
        #expect(shown.status == 0 && shown.output.contains("mended"), "\(shown.output)")
        let explained = try await tminus.run("explain", "p-1", "one")
        #expect(explained.status == 0 && explained.output.contains("mended"), "\(explained.output)")
        let listed = try await tminus.run("run", "list", "--status", "succeeded")
        #expect(listed.output.contains("p-1"))
    }
}
