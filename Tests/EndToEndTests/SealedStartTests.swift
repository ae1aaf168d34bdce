import Foundation
import Testing

/// T-0 starts only from what T-1 sealed: here, after a restart, and on another engine.
@Suite(.timeLimit(.minutes(3)))
struct SealedStartTests {
    private static func pipeline(_ more: String = "") -> String {
        """
        pipeline: p
        service: p
        environment: test
        T-1:
          steps:
            look: {run: [./look], effect: none\(more)}
        T-0:
          steps:
            deploy: {run: [./deploy]}

        """
    }

    /// `look` and `deploy` write who they are to `calls`; `look` also tells what it saw.
    private static func shop(_ more: String = "") throws -> Tminus {
        let tminus = try Tminus()
        try tminus.write("p.yaml", pipeline(more))
        let look = "#!/bin/sh\necho look >>calls\necho '{\"image\":\"sha-7\"}' >$TMINUS_OUTPUT\n"
        try tminus.write("look", look, executable: true)
        try tminus.write(
            "deploy", "#!/bin/sh\necho \"deploy $TMINUS_RUN $TMINUS_OUTPUT_LOOK_IMAGE\" >>calls\n", executable: true)
        return tminus
    }

    private func seal(of run: String, _ tminus: Tminus) async throws -> String {
        let path = "data/seals/\(run).T-1.seal"
        try #require(try await Waiting.until { tminus.exists(path) })
        return path
    }

    private func waits(_ run: String, for text: String, _ tminus: Tminus) async throws {
        var last = ""
        for _ in 0..<600 {
            last = try await tminus.run("status", run).output
            if last.contains(text) { return }
        }
        Issue.record("\(run) never says '\(text)': \(last)")
    }

    @Test func afterARestartASealThatIsGoneHoldsT0UntilSomebodyHasItMadeAnew() async throws {
        let tminus = try Self.shop()
        let run = try await tminus.submit("p.yaml", "--phase", "T-1")
        let path = try await seal(of: run, tminus)
        try await waits(run, for: "paused", tminus)
        tminus.killEngine()
        try tminus.remove(path)
        #expect(try await tminus.run("resume", run).status == 0)
        try await waits(run, for: "its seal is gone", tminus)
        #expect(tminus.lines("calls") == ["look"])
        let status = try await tminus.run("status", run).output
        #expect(status.contains("tminus go p-1 T-1"), "\(status)")
        let go = try await tminus.run("go", run, "T-1", "--reason", "the disk was replaced")
        #expect(go.status == 0, "\(go.output)\(go.errors)")
        let watched = try await tminus.run("watch", run)
        #expect(watched.status == 0, "\(watched.output)\(watched.errors)")
        #expect(tminus.lines("calls") == ["look", "deploy p-1 sha-7"])
        let types = try await tminus.export(run).map(\.type)
        #expect(types.filter { $0 == "phaseSealed" }.count == 2)
        #expect(types.contains("sealRenewed"))
    }

    @Test func aScriptThatWasChangedSinceT1HoldsT0AndIsNamed() async throws {
        let tminus = try Self.shop()
        let run = try await tminus.submit("p.yaml", "--phase", "T-1")
        _ = try await seal(of: run, tminus)
        try await waits(run, for: "paused", tminus)
        let script = "data/runs/\(run)/files/deploy"
        let before = tminus.read(script)
        try tminus.write(script, "#!/bin/sh\necho evil >>calls\n", executable: true)
        #expect(try await tminus.run("resume", run).status == 0)
        try await waits(run, for: "deploy was changed in", tminus)
        try tminus.write(script, before, executable: true)
        let go = try await tminus.run("go", run, "T-1", "--reason", "put back")
        #expect(go.status == 0, "\(go.output)\(go.errors)")
        #expect(try await tminus.run("watch", run).status == 0)
        #expect(tminus.lines("calls") == ["look", "deploy p-1 sha-7"])
    }

    @Test func anotherSealInItsPlaceIsNotBelieved() async throws {
        let tminus = try Self.shop()
        let first = try await tminus.submit("p.yaml", "--until", "T-1")
        let other = try await seal(of: first, tminus)
        #expect(try await tminus.run("watch", first).status == 0)
        let run = try await tminus.submit("p.yaml", "--phase", "T-1")
        let path = try await seal(of: run, tminus)
        try tminus.write(path, tminus.read(other))
        #expect(try await tminus.run("resume", run).status == 0)
        try await waits(run, for: "in the place of the one that the journal knows", tminus)
    }

    @Test func anotherEngineThatTrustsTheKeyGoesOnFromTheSeal() async throws {
        let here = try Self.shop()
        let run = try await here.submit("p.yaml", "--until", "T-1")
        let path = try await seal(of: run, here)
        let over = try await here.run("watch", run)
        #expect(over.status == 0, "\(over.output)\(over.errors)")
        #expect(over.output.contains("T-1 is done and sealed"), "\(over.output)")
        let there = try Tminus()
        try there.write("p-1.seal", here.read(path))
        let stranger = try await there.run("run", "--sealed", "p-1.seal")
        #expect(stranger.status != 0)
        #expect(stranger.errors.contains("keys/trusted/"), "\(stranger.errors)")
        try there.write("data/keys/trusted/here.pub", here.read("data/keys/engine.pub"))
        let ended = try await there.run("run", "--sealed", "p-1.seal", "--reason", "T-0")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(here.lines("calls") == ["look", "deploy p-1 sha-7"])
        let again = try await there.run("run", "--sealed", "p-1.seal")
        #expect(again.status != 0)
        #expect(again.errors.contains("a seal makes one"), "\(again.errors)")
        try there.write("p-1.seal", here.read(path).replacing("look", with: "l00k"))
        #expect(try await there.run("run", "--sealed", "p-1.seal").errors.contains("changed after it was signed"))
        #expect(try await there.run("audit", "verify").status == 0)
    }

    @Test func whatIsTooOldInASealIsRefusedByName() async throws {
        let tminus = try Self.shop(", validFor: 1s")
        let run = try await tminus.submit("p.yaml", "--until", "T-1")
        let path = try await seal(of: run, tminus)
        #expect(try await tminus.run("watch", run).status == 0)
        var ended = try await tminus.run("run", "--sealed", path)
        for _ in 0..<600 where !ended.errors.contains("too old") {
            ended = try await tminus.run("run", "--sealed", path)
        }
        let refused = try await tminus.run("seal", "verify", path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("look"), "\(refused.errors)")
        #expect(ended.errors.contains("too old by now: look"), "\(ended.errors)")
    }

    @Test func aRunWhoseFirstPhaseHasAnEffectCantEndThere() async throws {
        let tminus = try Tminus()
        try tminus.write("p.yaml", Self.pipeline().replacing(", effect: none", with: ""))
        try tminus.write("look", "#!/bin/sh\n", executable: true)
        try tminus.write("deploy", "#!/bin/sh\n", executable: true)
        let refused = try await tminus.run("run", "p.yaml", "--until", "T-1")
        #expect(refused.status != 0)
        #expect(refused.errors.contains("look has an effect that only its own run can undo"), "\(refused.errors)")
    }
}
