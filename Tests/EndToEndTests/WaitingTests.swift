import Foundation
import Testing

/// Locks, deadlines, phases and windows.
@Suite struct WaitingTests {
    private func bench(_ text: String) throws -> Tminus {
        let tminus = try Tminus()
        try tminus.add(fixtures: "mark", "until")
        try tminus.write("p.yaml", text)
        return tminus
    }

    @Test func oneRunAtATimeForAServiceInAnEnvironment() async throws {
        let tminus = try bench(
            """
            pipeline: p
            environment: test
            steps:
              one: {run: [./until, go], effect: none}

            """)
        try tminus.write("other.yaml", tminus.read("p.yaml").replacingOccurrences(of: "test", with: "elsewhere"))
        let first = try await tminus.submit("p.yaml")
        let watch = try Watch(first, tminus)
        try await watch.event("attemptRunning", "one")
        let second = try await tminus.submit("p.yaml")
        let other = try await tminus.submit("other.yaml")
        let waiting = try Watch(second, tminus)
        let waited = try await waiting.event("lockWaited")
        #expect(waited.text("holder") == first)
        let status = try await tminus.run("status", second)
        #expect(status.status == 3)
        #expect(status.output.contains("waits for \(first)"), "\(status.output)")
        // Another environment is nobody's business.
        try await (try Watch(other, tminus)).event("attemptRunning", "one")
        #expect(!waiting.events.contains { $0.type == "runStarted" })
        try tminus.write("go", "")
        #expect(await watch.ended() == 0)
        #expect(await waiting.ended() == 0)
        let ended = try await watch.event("runEnded")
        let started = try await waiting.event("runStarted")
        #expect(try #require(Int(ended.text("atMilliseconds"))) <= #require(Int(started.text("atMilliseconds"))))
    }

    @Test func aRunThatWaitsForItsTurnCanBeDropped() async throws {
        let tminus = try bench("pipeline: p\nenvironment: test\nsteps: {one: {run: [./until, go], effect: none}}\n")
        let first = try await tminus.submit("p.yaml")
        let second = try await tminus.submit("p.yaml")
        #expect(try await tminus.run("abort", second, "--reason", "not today").status == 0)
        #expect(try await tminus.run("watch", second).status == 5)
        try tminus.write("go", "")
        #expect(try await tminus.run("watch", first).status == 0)
    }

    @Test func pastItsDeadlineARunRollsBack() async throws {
        let tminus = try bench(
            """
            pipeline: p
            environment: test
            deadline: 2s
            steps:
              one: {run: [./mark, "0"], rollback: {run: [./mark, "0"]}}
              two: {run: [./until, never], rollback: {run: [./mark, "0"]}}

            """)
        let ended = try await tminus.run("run", "p.yaml")
        #expect(ended.status == 2, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("deadline"))
        let back = try await tminus.export("p-1").first { $0.type == "rollbackStarted" }
        #expect(back?.text("cause.type") == "deadline")
        #expect(tminus.lines("marks").suffix(2) == ["start one rollback 1", "end one rollback 1"])
    }

    @Test func aPhasePausesTheRunAndAKilledEngineChangesNothingAboutIt() async throws {
        let tminus = try bench(
            """
            pipeline: p
            environment: test
            T-1:
              steps:
                day-before: {run: [./mark, "0"], effect: none}
            T-0:
              steps:
                release: {run: [./mark, "0"], effect: none}

            """)
        let paused = try await tminus.run("run", "p.yaml", "--phase", "T-1", "--no-wait")
        #expect(paused.status == 3, "\(paused.output)\(paused.errors)")
        #expect(tminus.killEngine())
        let status = try await tminus.run("status", "p-1")
        #expect(status.status == 3)
        #expect(status.output.contains("tminus resume p-1"), "\(status.output)")
        #expect(tminus.lines("marks").last == "end day-before forward 1")
        #expect(try await tminus.run("resume", "p-1").status == 0)
        #expect(try await tminus.run("watch", "p-1").status == 0)
        #expect(
            tminus.lines("marks").filter { $0.hasPrefix("start") } == [
                "start day-before forward 1", "start release forward 1",
            ])
    }

    @Test func aClosedWindowIsWaitedFor() async throws {
        // Twelve hours from now, for an hour: closed whenever the test runs.
        let opens = (Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: .now).hour ?? 0) + 12
        let hour = min(opens % 24, 22)
        let (from, until) = (String(format: "%02d:30", hour), String(format: "%02d:00", hour + 1))
        let tminus = try bench(
            """
            pipeline: p
            environment: test
            T-0:
              window: {from: "\(from)", until: "\(until)", zone: UTC}
              steps:
                release: {run: [./mark, "0"], effect: none}

            """)
        let ended = try await tminus.run("run", "p.yaml", "--no-wait")
        #expect(ended.status == 3, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("window"), "\(ended.errors)")
        #expect(!tminus.exists("marks"))
        #expect(try await tminus.run("abort", "p-1", "--reason", "too late").status == 0)
        #expect(try await tminus.run("watch", "p-1").status == 5)
    }
}
