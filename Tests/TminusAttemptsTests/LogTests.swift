import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(5))) struct LogTests {
    @Test func aSilentStepHasNoLogFile() async throws {
        let ground = try Ground()
        let order = ground.order("true")
        #expect(try await ground.run(order).end == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: ground.file(order, "log")))
        #expect(try AttemptLog(dataDirectory: ground.path, directory: order.directory).read(from: 0) == [])
    }

    @Test func theLogCanBeReadWhileTheStepRuns() async throws {
        let ground = try Ground()
        ground.makeSignal("began")
        ground.makeSignal("go")
        let order = ground.order("echo first; echo on > began; read line < go; echo second")
        ground.start(order)
        #expect(try ground.wait(for: "began") == "on")
        #expect(try await ground.report().news == .running)
        let log = AttemptLog(dataDirectory: ground.path, directory: order.directory)
        #expect(String(decoding: try log.read(from: 0), as: UTF8.self) == "first\n")
        try ground.write("go", "now\n")
        #expect(try await ground.end().end == .exited(0))
        #expect(String(decoding: try log.read(from: 6), as: UTF8.self) == "second\n")
        #expect(log.size == 13)
        #expect(try log.read(from: 13) == [])
        #expect(try log.read(from: 3, limit: 2) == Array("st".utf8))
        #expect(try log.read(from: -1) == [])
    }

    @Test func aFloodKeepsItsHeadAndItsTail() async throws {
        let ground = try Ground()
        let flood = ground.order("head -c 200000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 9")
        let result = try await ground.run(flood)
        #expect(result.end == .exited(9))
        #expect(result.note == "the end")
        let log = ground.read(flood, "log")
        let dropped = 200_000_009 - ShimSpec.headBytes - ShimSpec.tailBytes
        let marker = "\n[tminus: \(dropped) bytes of output dropped here]\n"
        #expect(log.count == ShimSpec.headBytes + marker.utf8.count + ShimSpec.tailBytes)
        #expect(log.dropFirst(ShimSpec.headBytes).starts(with: marker.utf8))
        #expect(log.suffix(10).elementsEqual("x\nthe end\n".utf8))
        #expect(try #require(result.elapsed) < .seconds(20))
    }

    /// The kept bytes are the right ones at every size around the limits: compared with what was written.
    @Test func headAndTailAreExactAroundTheLimits() async throws {
        let ground = try Ground()
        for (number, count) in [39, 40, 41, 49, 50, 51, 60, 61, 99, 100, 137].enumerated() {
            let text = (0..<count).map { String(UnicodeScalar(UInt8(65 + $0 % 26))) }.joined()
            var order = ground.order("printf \(text)", number: number + 1)
            if number % 2 == 1 {
                let halves = (text.prefix(count / 2), text.suffix(count - count / 2))
                order = ground.order("printf \(halves.0); printf \(halves.1)", number: number + 1)
            }
            guard case .command(let command, _) = order.work else { throw Unexpected() }
            let spec = ShimSpec(
                boot: ground.boot, timeoutMilliseconds: 0, graceMilliseconds: 0, headBytes: 40, tailBytes: 10,
                masksBytes: 0, cgroup: "", workingDirectory: "/", arguments: command.argv)
            try ground.prepare(order)
            try Data(try #require(spec.bytes)).write(to: URL(filePath: ground.file(order, "spec")))
            #expect(Ground.wait(try ground.spawnShim(order)) == 0)
            let dropped = max(0, count - 50)
            let marker = dropped > 0 ? "\n[tminus: \(dropped) bytes of output dropped here]\n" : ""
            #expect(ground.log(order) == text.prefix(40) + marker + text.dropFirst(40).suffix(10))
            let record = ExitRecord(ground.read(order, "exit"))
            #expect(record?.droppedBytes == Int64(dropped))
            #expect(record?.logBytes == Int64(ground.read(order, "log").count))
        }
    }
}
