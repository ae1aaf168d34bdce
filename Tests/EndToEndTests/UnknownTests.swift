import Foundation
import Glibc
import Testing

/// A step whose supervisor was killed began, and nobody knows how it ended.
@Suite struct UnknownTests {
    /// Starts a run of one step, and kills its shim with SIGKILL once the step is under way.
    private func bereaved(_ keys: String, top: String = "") async throws -> (Tminus, String, Watch) {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write(
            "page",
            """
            #!/bin/sh
            echo "$TMINUS_PAGE_KEY: $TMINUS_PAGE_REASON" >>pages
            [ "$(wc -l <pages)" -ge 3 ]

            """, executable: true)
        try tminus.write(
            "p.yaml",
            """
            pipeline: lost
            environment: test
            \(top)
            steps:
              one:
                run: [./until, go]
                \(keys)

            """)
        let run = try await tminus.submit("p.yaml")
        let watch = try Watch(run, tminus)
        try await watch.event("attemptRunning", "one")
        _ = try await Waiting.until { !tminus.lines("marks").isEmpty }
        let shim = try #require(tminus.shim(of: run, "one"))
        #expect(kill(shim, SIGKILL) == 0)
        return (tminus, run, watch)
    }

    @Test func anUnknownStepPagesUntilSomebodyIsReachedAndWaitsForAPerson() async throws {
        let (tminus, run, watch) = try await bereaved(
            "rollback: none-needed\n    reason: test", top: "onPage: [./page]")
        let unknown = try await watch.event("stepUnknown", "one")
        #expect(unknown.text("role") == "forward")
        let status = try await tminus.run("status", run)
        #expect(status.status == 3)
        #expect(status.output.contains("tminus resolve \(run) one --done"), "\(status.output)")
        // Two tries fail, so the third comes after 5 s and 10 s.
        #expect(try await Waiting.until { tminus.lines("pages").count == 3 })
        #expect(Set(tminus.lines("pages")).count == 1)
        #expect(tminus.lines("pages").first?.contains("one") == true)

        let resolved = try await tminus.run("resolve", run, "one", "--not-done", "--reason", "looked: nothing there")
        #expect(resolved.status == 0, "\(resolved.errors)")
        try tminus.write("go", "")
        #expect(await watch.ended() == 0)
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == ["start one forward 1", "start one forward 2"])
        #expect(tminus.lines("pages").count == 3)
    }

    @Test func anIdempotentStepGoesOnByItself() async throws {
        let (tminus, _, watch) = try await bereaved("idempotent: true")
        try await watch.event("attemptRunning", "one") { $0.text("number") == "2" }
        try tminus.write("go", "")
        #expect(await watch.ended() == 0)
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == ["start one forward 1", "start one forward 2"])
    }

    @Test func aProbeThatSaysDoneEndsTheStep() async throws {
        let (tminus, _, watch) = try await bereaved("resolve: [./until, ., \"0\"]")
        #expect(await watch.ended() == 0)
        let settled = try await watch.event("stepResolved", "one")
        #expect(settled.text("isDone") == "true")
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == ["start one forward 1", "start one resolve 1"])
    }

    @Test func aProbeThatSaysNotDoneStartsTheStepAgain() async throws {
        let (tminus, _, watch) = try await bereaved("resolve: [./until, ., \"10\"]")
        let settled = try await watch.event("stepResolved", "one")
        #expect(settled.text("isDone") == "false")
        try tminus.write("go", "")
        #expect(await watch.ended() == 0)
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == [
                "start one forward 1", "start one resolve 1", "start one forward 2",
            ])
    }

    @Test func aProbeThatDoesNotKnowLeavesItToAPerson() async throws {
        let (tminus, run, watch) = try await bereaved("resolve: [./until, ., \"7\"]")
        try await watch.event("pageRaised")
        #expect(try await tminus.run("status", run).status == 3)
        #expect(try await tminus.run("resolve", run, "one", "--done", "--reason", "seen").status == 0)
        #expect(await watch.ended() == 0)
    }
}
