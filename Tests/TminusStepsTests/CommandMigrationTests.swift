import Testing
import TminusModel

@testable import TminusSteps

@Suite struct CommandMigrationTests {
    private static let clean = "{\"current\": \"003\", \"pending\": [], \"dirty\": false}"
    private static let pending = "{\"current\": \"002\", \"pending\": [\"003\"], \"dirty\": false}"
    private static let dirty = "{\"current\": \"003\", \"pending\": [], \"dirty\": true}"

    /// A tool whose status is the file `state`, and whose `apply` is `script`.
    private func migrate(
        from state: String, apply script: String, preview: String? = nil, upTo: String? = nil,
        in scratch: Scratch? = nil, status: Bool = false
    ) async throws -> (PerformanceOutcome, Scratch) {
        let scratch = try scratch ?? Scratch()
        try scratch.write(state, to: "state")
        try scratch.write("#!/bin/sh\nset -e\necho run >>applied\n\(script)\n", to: "apply", executable: true)
        let migration = Migration(
            tool: .commands(
                status: Command(argv: ["cat", "state"]),
                preview: preview.map { Command(argv: ["/bin/sh", "-c", $0], isShell: true) },
                apply: Command(argv: ["./apply"]), revert: nil
            ),
            kind: .expand, upTo: upTo
        )
        let outcome = await perform(
            status ? .migrationStatus(migration) : .migrate(migration),
            in: scratch.surroundings(["TMINUS_OUTPUT": "/never"])
        )
        return (outcome, scratch)
    }

    @Test func whatIsPendingIsAppliedAndReadAgain() async throws {
        let (outcome, scratch) = try await migrate(
            from: Self.pending, apply: "printf '%s' '\(Self.clean)' >state; echo done",
            preview: "echo ALTER TABLE a ADD b"
        )
        #expect(outcome.reason == "applied 003; the schema is at 003")
        #expect(outcome.code == .done)
        #expect(scratch.log == ["ALTER TABLE a ADD b", "done"])
        #expect(try scratch.read("applied") == "run\n")
    }

    @Test func nothingPendingRunsNothing() async throws {
        let (outcome, scratch) = try await migrate(from: Self.clean, apply: "exit 1")
        #expect(outcome.reason == "nothing is pending; the schema is at 003")
        #expect((try? scratch.read("applied")) == nil)
    }

    @Test func dirtyBeforeOrAfterIsHalfApplied() async throws {
        let (before, scratch) = try await migrate(from: Self.dirty, apply: "exit 0")
        #expect(before.exitCode == 20)
        #expect((try? scratch.read("applied")) == nil)
        for end in ["exit 0", "exit 3"] {
            let (after, _) = try await migrate(from: Self.pending, apply: "printf '%s' '\(Self.dirty)' >state; \(end)")
            #expect(after.exitCode == 20)
        }
    }

    @Test func successIsNotBelievedWhileSomethingIsPending() async throws {
        let (outcome, _) = try await migrate(from: Self.pending, apply: "exit 0")
        #expect(outcome.code == .no)
        #expect(outcome.reason == "it reported success, but 003 is still pending; do not trust it")
    }

    @Test func aFailureThatLeftTheSchemaCleanIsNo() async throws {
        let (outcome, _) = try await migrate(from: Self.pending, apply: "echo no disk >&2; exit 3")
        #expect(outcome.code == .no)
        #expect(outcome.reason == "apply failed with exit code 3: no disk; the schema is clean, at 002")
    }

    @Test func aStateThatCanNoLongerBeReadIsHalfApplied() async throws {
        for end in ["exit 0", "exit 3"] {
            let (outcome, _) = try await migrate(from: Self.pending, apply: "echo x >state; \(end)")
            #expect(outcome.exitCode == 20, "\(outcome.reason)")
        }
    }

    @Test func aFailingPreviewStopsBeforeAnythingChanged() async throws {
        let (outcome, scratch) = try await migrate(from: Self.pending, apply: "exit 0", preview: "exit 9")
        #expect(outcome.reason == "preview failed with exit code 9 (nothing was changed)")
        #expect((try? scratch.read("applied")) == nil)
    }

    @Test func aPreviewThatDropsIsWarnedAbout() async throws {
        let (_, scratch) = try await migrate(from: Self.pending, apply: "exit 0", preview: "echo 'DROP TABLE a;'")
        #expect(scratch.log.last?.hasPrefix("warning: line 1 of the preview: DROP TABLE breaks") == true)
    }

    @Test func theToolIsToldWhereToStopAndKeepsOutOfOurOutput() async throws {
        let (_, scratch) = try await migrate(
            from: Self.pending, apply: "echo $TMINUS_MIGRATE_UP_TO ${TMINUS_OUTPUT-none} >seen", upTo: "003"
        )
        #expect(try scratch.read("seen") == "003 none\n")
    }

    @Test(
        arguments: [
            (Self.clean, 0), (Self.pending, 10), (Self.dirty, 20), ("", 1), ("3", 1), ("{}", 1),
            ("{\"pending\": []}", 1),
            ("{\"pending\": [], \"dirty\": 0}", 1), ("{\"pending\": [true], \"dirty\": false}", 1),
            ("{\"current\": {}, \"pending\": [], \"dirty\": false}", 1), ("{\"pending\": [], \"dirty\": false}", 0),
            ("{\"current\": 3, \"pending\": [4], \"dirty\": false}", 10),
            ("{\"current\": null, \"pending\": [], \"dirty\": false, \"dirty\": true}", 1),
        ] as [(String, Int32)])
    func theStatusHasTheExitCodesOfAResolveProbe(state: String, code: Int32) async throws {
        let (outcome, scratch) = try await migrate(from: state, apply: "exit 0", status: true)
        #expect(outcome.exitCode == code, "\(outcome.reason)")
        #expect((try? scratch.read("applied")) == nil)
    }
}
