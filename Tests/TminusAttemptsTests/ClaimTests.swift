import CLinux
import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(5))) struct ClaimTests {
    @Test func ofManyShimsOnOneDirectoryOneRuns() throws {
        let ground = try Ground()
        for number in 1...20 {
            let order = ground.order("echo started >> starts", number: number)
            try ground.prepare(order)
            let shims = try (0..<4).map { _ in try ground.spawnShim(order) }
            let codes = shims.map { Ground.wait($0) }.sorted()
            #expect(codes == [0, 75, 75, 75])
        }
        #expect(try ground.text("starts") == String(repeating: "started\n", count: 20))
    }

    @Test func startingAnAttemptTwiceStartsItOnce() async throws {
        let ground = try Ground()
        let order = ground.order("echo started >> starts; exit 4")
        #expect(try await ground.run(order).end == .exited(4))
        #expect(try await ground.run(order).end == .exited(4))
        try ground.restartRunner()
        #expect(try await ground.run(order).end == .exited(4))
        #expect(try ground.text("starts") == "started\n")
    }

    @Test func anAttemptNobodyClaimedIsTombstonedAndALateShimLeaves() async throws {
        let ground = try Ground()
        let order = ground.order("echo started >> starts")
        try ground.prepare(order)
        await ground.adopt(order)
        #expect(try await ground.end() == AttemptResult(end: .tombstoned))
        #expect(Ground.wait(try ground.spawnShim(order)) == 75)
        #expect(!FileManager.default.fileExists(atPath: "\(ground.path)/starts"))
        // And it stays so.
        try ground.restartRunner()
        await ground.adopt(order)
        #expect(try await ground.end() == AttemptResult(end: .tombstoned))
    }

    @Test func anAttemptWhoseDirectoryWasNeverMadeNeverStarted() async throws {
        let ground = try Ground()
        await ground.adopt(ground.order("true"))
        #expect(try await ground.end() == AttemptResult(end: .tombstoned))
    }

    @Test func aStepOutlivesTheProcessThatStartedItAndIsAdopted() async throws {
        let ground = try Ground()
        ground.makeSignal("began")
        ground.makeSignal("go")
        let order = ground.order("echo started >> starts; echo on > began; read line < go; exit 7")
        try ground.prepare(order)
        let script = "\(Ground.shim) \(ground.path)/\(order.directory) & wait"
        let engine = try Spawn.session(
            "/bin/sh", ["sh", "-c", script].map { Array($0.utf8) }, [Array("PATH=/usr/bin:/bin".utf8)]
        ).get()
        #expect(try ground.wait(for: "began") == "on")
        #expect(kill(engine, SIGKILL) == 0)
        #expect(Ground.wait(engine) == -9)
        await ground.adopt(order)
        #expect(try await ground.report().news == .running)
        try ground.write("go", "now\n")
        #expect(try await ground.end().end == .exited(7))
        #expect(try ground.text("starts") == "started\n")
    }

    @Test func anAdoptedAttemptCanBeStopped() async throws {
        let ground = try Ground()
        ground.makeSignal("began")
        let order = ground.order("echo on > began; sleep 60")
        ground.start(order)
        #expect(try ground.wait(for: "began") == "on")
        try ground.restartRunner()
        await ground.adopt(order)
        #expect(try await ground.report().news == .running)
        await ground.stop(order)
        #expect(try await ground.end().end == .stopped)
    }

    @Test func anEndThatCameWhileNobodyWatchedIsNotLost() async throws {
        let ground = try Ground()
        let order = ground.order("echo '{\"version\": \"1.2\"}' > $TMINUS_OUTPUT; echo bye")
        try ground.prepare(order)
        let shim = try Spawn.session(
            Ground.shim, [Array("shim".utf8), Array("\(ground.path)/\(order.directory)".utf8)],
            [Array("TMINUS_OUTPUT=\(ground.file(order, "output"))".utf8)]
        ).get()
        #expect(Ground.wait(shim) == 0)
        await ground.adopt(order)
        let result = try await ground.end()
        #expect(result.end == .exited(0))
        #expect(result.outputs == [Variable(name: "version", value: "1.2")])
        #expect(result.note == "bye")
    }

    @Test func aKilledShimLeavesAnUnknownEndNotAFailure() async throws {
        let ground = try Ground()
        ground.makeSignal("began")
        let order = ground.order("echo $$ > began; exec sleep 60")
        ground.start(order)
        let step = try ground.wait(for: "began")
        #expect(try await ground.report().news == .running)
        #expect(kill(try ground.shimPid(order), SIGKILL) == 0)
        #expect(try await ground.end() == AttemptResult(end: .vanished(.shimLost)))
        kill(try #require(pid_t(step)), SIGKILL)
        try ground.restartRunner()
        await ground.adopt(order)
        #expect(try await ground.end() == AttemptResult(end: .vanished(.shimLost)))
    }

    @Test func anAttemptOfAnEarlierBootWithoutARecordIsUnknown() async throws {
        let ground = try Ground()
        let claimed = ground.order("true")
        try ground.prepare(claimed, boot: "11111111-2222-3333-4444-555555555555")
        try ground.write("\(claimed.directory)/claim", "tminus-claim 1\nshim 4194000\ncommand 4194001\n")
        await ground.adopt(claimed)
        #expect(try await ground.end() == AttemptResult(end: .vanished(.rebooted)))
        // Not even the claim survived: still it may have run.
        let unclaimed = ground.order("true", number: 2)
        try ground.prepare(unclaimed, boot: "11111111-2222-3333-4444-555555555555")
        await ground.adopt(unclaimed)
        #expect(try await ground.end() == AttemptResult(end: .vanished(.rebooted)))
    }

    @Test func aRunThatLivedThroughARebootDoesNotTrustMissingFiles() async throws {
        let ground = try Ground()
        try FileManager.default.createDirectory(
            atPath: "\(ground.path)/runs/shop-1", withIntermediateDirectories: true)
        try ground.write("runs/shop-1/boot", "11111111-2222-3333-4444-555555555555")
        await ground.adopt(ground.order("true"))
        #expect(try await ground.end() == AttemptResult(end: .vanished(.rebooted)))
        // What this boot starts, it knows about.
        #expect(try await ground.run(ground.order("true", number: 2)).end == .exited(0))
        try ground.prepare(ground.order("true", number: 3))
        await ground.adopt(ground.order("true", number: 3))
        #expect(try await ground.end().end == .tombstoned)
    }

    @Test func aRecordOfAnEarlierBootCounts() async throws {
        let ground = try Ground()
        let order = ground.order("exit 3")
        try ground.prepare(order, boot: "11111111-2222-3333-4444-555555555555")
        #expect(Ground.wait(try ground.spawnShim(order)) == 0)
        await ground.adopt(order)
        #expect(try await ground.end().end == .exited(3))
    }

    @Test func aTornRecordIsNoEvidence() async throws {
        let ground = try Ground()
        let order = ground.order("exit 3")
        try ground.prepare(order)
        #expect(Ground.wait(try ground.spawnShim(order)) == 0)
        let whole = ground.read(order, "exit")
        #expect(ExitRecord(whole)?.end == .exited(3))
        for count in 0..<whole.count - 1 { #expect(ExitRecord(Array(whole.prefix(count))) == nil) }
        try Data(whole.dropLast(5)).write(to: URL(filePath: ground.file(order, "exit")))
        await ground.adopt(order)
        #expect(try await ground.end() == AttemptResult(end: .vanished(.shimLost)))
    }

    @Test func aResultThatFindsNoRoomIsKeptInTheClaim() async throws {
        let ground = try Ground()
        let order = ground.order("exit 3")
        try ground.prepare(order)
        // A directory in the way of the record stands for a disk that is full.
        try FileManager.default.createDirectory(
            atPath: ground.file(order, "exit.tmp"), withIntermediateDirectories: false)
        #expect(Ground.wait(try ground.spawnShim(order)) == 0)
        await ground.adopt(order)
        #expect(try await ground.end().end == .exited(3))
    }

    @Test func aSpecThatIsNotWholeStartsNothing() throws {
        let ground = try Ground()
        let order = ground.order("echo started >> starts")
        try ground.prepare(order)
        let whole = ground.read(order, "spec")
        for count in stride(from: 0, to: whole.count, by: 3) {
            try Data(whole.prefix(count)).write(to: URL(filePath: ground.file(order, "spec")))
            #expect(Ground.wait(try ground.spawnShim(order)) == 65)
        }
        #expect(!FileManager.default.fileExists(atPath: "\(ground.path)/starts"))
        #expect(!FileManager.default.fileExists(atPath: ground.file(order, "claim")))
    }
}
