import Foundation
import Testing
import TminusAPI
import TminusModel

@Suite(.serialized, .timeLimit(.minutes(5)))
struct ControlTests {
    private func with(_ body: (ControlBench) async throws -> Void) async throws {
        let bench = try await ControlBench()
        do { try await body(bench) } catch {
            try? await bench.stop()
            throw error
        }
        try await bench.stop()
    }

    @Test func theSocketIsForItsAccountAlone() async throws {
        try await with { bench in
            let mode = try FileManager.default.attributesOfItem(atPath: bench.socket)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func theEngineSaysWhoItIs() async throws {
        try await with { bench in
            let engine = try await bench.client.engine()
            #expect(engine.version == "1.2.3")
            #expect(engine.pid == 42)
            #expect(engine.started == Instant(millisecondsSinceEpoch: 1_000))
            #expect(engine.idleExit == .seconds(10))
            #expect(engine.liveRuns == 0)
        }
    }

    @Test func aSubmittedRunIsFollowedFromItsFirstEventToItsLast() async throws {
        try await with { bench in
            let run = try await bench.submit([.run(Command(argv: ["/bin/true"]))])
            #expect(run == "shop-1")
            let events = try await bench.follow(run)
            #expect(events.map(\.sequence) == Array(1...events.count))
            #expect(events.last.map { if case .runEnded(.succeeded, _) = $0.body { true } else { false } } == true)
            let reply = try await bench.client.run(run)
            #expect(reply.summary.status == .ended(.succeeded))
            #expect(reply.needs.isEmpty)
            #expect(try await bench.client.runs().map(\.run) == ["shop-1"])
            #expect(try await bench.client.runs(status: "failed").isEmpty)
        }
    }

    @Test func theStarterIsKnownByTheSocketsCredentials() async throws {
        try await with { bench in
            let run = try await bench.submit([.run(Command(argv: ["/bin/true"]))])
            #expect(try await bench.client.run(run).summary.by == NSUserName())
        }
    }

    @Test func aCommandIsAnsweredAndARefusalSaysWhy() async throws {
        try await with { bench in
            let run = try await bench.submit([.approve(ApprovalRule())])
            var stream = try await bench.client.events(of: run, follows: true)
            while let event = try await stream.nextEvent() { if case .approvalAsked = event.body { break } }
            #expect(try await bench.client.run(run).needs.isEmpty == false)
            await #expect(throws: APIError.self) {
                try await bench.client.tell(run, CommandOrder(.approve, step: "nope"))
            }
            let reply = try await bench.client.tell(run, CommandOrder(.approve, step: "s0", reason: "fine"))
            #expect(reply.isAccepted)
            _ = try await bench.follow(run)
            do {
                _ = try await bench.client.tell(run, CommandOrder(.abort, reason: "late"))
                Issue.record("a run that is over took a command")
            } catch let error as APIError {
                #expect(error.code == .refused)
                #expect(error.status == 409)
            }
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        try await with { bench in
            for ask in [
                { _ = try await bench.client.run("nobody-1") },
                { _ = try await bench.client.events(of: "nobody-1", follows: false) },
                { _ = try await bench.client.tell("nobody-1", CommandOrder(.resume)) },
            ] as [() async throws -> Void] {
                do {
                    try await ask()
                    Issue.record("a run that is not there answered")
                } catch let error as APIError {
                    #expect(error.code == .notFound)
                }
            }
        }
    }

    @Test func aPlanThatIsNotWhatItsDigestSaysIsRefused() async throws {
        try await with { bench in
            let plan = Plan(
                pipeline: "shop", service: "s", environment: "e", change: .normal, release: .minor, folder: "/",
                phases: [Phase(name: "T-0")],
                steps: [Step(name: "a", phase: 0, kind: .wait(.seconds(1)), hasEffect: false)])
            do {
                _ = try await bench.client.submit(RunOrder(plan: plan, digest: "0000"))
                Issue.record("a wrong digest was taken")
            } catch let error as APIError { #expect(error.code == .badRequest) }
            #expect(try await bench.client.runs().isEmpty)
        }
    }

    @Test func logsComeFromAnyOffsetAndNeverFromOutside() async throws {
        try await with { bench in
            let run = try await bench.submit([.run(Command(argv: ["/bin/true"]))])
            _ = try await bench.follow(run)
            var text = ""
            try await bench.client.log(of: run, step: "s0", attempt: nil, offset: 4) { piece in
                text += String(decoding: piece, as: UTF8.self)
            }
            #expect(text == "of runs/shop-1/s0/1\n")
            for attempt in ["../../x", "..", "1/../..", ".", "", "A"] {
                do {
                    try await bench.client.log(of: run, step: "s0", attempt: attempt, offset: 0) { _ in }
                    Issue.record("\(attempt) was read")
                } catch let error as APIError { #expect(error.code == .badRequest) }
            }
        }
    }

    @Test func aBackupGoesWhereItIsToldAndSaysWhyItCannot() async throws {
        try await with { bench in
            try await bench.client.backup(to: "/backups/one")
            #expect(bench.backups.paths == ["/backups/one"])
            do {
                try await bench.client.backup(to: "relative")
                Issue.record("a relative path was taken")
            } catch let error as APIError { #expect(error.code == .badRequest) }
            do {
                try await bench.client.backup(to: "/full")
                Issue.record("a full disk took a backup")
            } catch let error as APIError { #expect(error == APIError(.store, "no space left")) }
        }
    }

    @Test func findingsTravelWithTheirRemedy() async throws {
        try await with { bench in
            let findings = try await bench.client.findings()
            #expect(findings == [Finding(.warning, "clock", "it jumped", remedy: "restart")])
        }
    }

    @Test func theExportHoldsTheJournalsOwnLines() async throws {
        try await with { bench in
            let run = try await bench.submit([.run(Command(argv: ["/bin/true"]))])
            let events = try await bench.follow(run)
            var lines = try await bench.client.exportLines(of: run)
            var count = 0
            while let line = try await lines.nextLine() {
                count += 1
                #expect(try JSON(parsing: line)["hash"] != nil)
            }
            #expect(count == events.count)
        }
    }
}
