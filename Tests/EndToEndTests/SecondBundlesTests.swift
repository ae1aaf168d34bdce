import Foundation
import Testing

/// Rollback bundles on a second disk: losing the first does not lose the way back.
@Suite struct SecondBundlesTests {
    private static let back = ["rollback", "--service", "shop", "--environment", "production", "--reason", "disk"]

    /// A shop whose engine writes its bundles to `second` too.
    private static func shop() throws -> (tminus: Tminus, second: String) {
        let second = "/tmp/tm2-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        let tminus = try Tminus(environment: ["TMINUS_BUNDLES": second])
        try tminus.write("place", "#!/bin/sh\necho \"$1\" >current\n", executable: true)
        try tminus.write(
            "shop.yaml",
            """
            pipeline: shop
            service: shop
            environment: production
            inputs: {version: {type: version}}
            steps:
              deploy: {shell: ./place v$TMINUS_INPUT_VERSION, rollback: {run: [./place, back]}}

            """)
        return (tminus, second)
    }

    private static func release(_ version: Int, _ tminus: Tminus) async throws {
        let ended = try await tminus.run("run", "shop.yaml", "--input", "version=\(version)")
        try #require(ended.status == 0, "\(ended.output)\(ended.errors)")
    }

    @Test func withTheDataDirectoryLostTheSecondPlaceTakesTheReleaseBack() async throws {
        let (tminus, second) = try Self.shop()
        defer { try? FileManager.default.removeItem(atPath: second) }
        try await Self.release(1, tminus)
        try await Self.release(2, tminus)
        let last = second + "/shop/production/shop-2.bundle"
        #expect(try await Waiting.until { FileManager.default.fileExists(atPath: last) })
        #expect(try await tminus.run("doctor").output.contains("all rollback bundles are in \(second) too"))
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        try tminus.remove("data")
        let without = try await tminus.start(Self.back + ["--yes"]).ended()
        #expect(without.status == 1)
        let more = ["--yes", "--bundles", second, "--data", tminus.data.path]
        tminus.killEngine()
        #expect(try await Waiting.until { tminus.enginePid.map { kill($0, 0) != 0 } ?? true })
        try tminus.remove("data")
        let ended = try await tminus.start(Self.back + more).ended()
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(tminus.read("current") == "back\n")
        let again = try await tminus.start(Self.back + more).ended()
        #expect(again.errors.contains("no previous version"), "\(again.errors)")
    }

    @Test func aSecondPlaceThatCantBeWrittenIsSaidByTheDoctorAndHoldsNoRelease() async throws {
        let (tminus, second) = try Self.shop()
        defer { try? FileManager.default.removeItem(atPath: second) }
        try "no directory".write(toFile: second, atomically: true, encoding: .utf8)
        try await Self.release(1, tminus)
        #expect(try await Waiting.until { tminus.exists("data/bundles/shop/production/shop-1.bundle") })
        let doctor = try await tminus.run("doctor")
        #expect(doctor.output.contains("1 rollback bundles are not in \(second)"), "\(doctor.output)")
        #expect(try await Waiting.until { tminus.read("data/engine.log").contains("the second place of rollback") })
        try FileManager.default.removeItem(atPath: second)
        try await Self.release(2, tminus)
        let last = second + "/shop/production/shop-2.bundle"
        #expect(try await Waiting.until { FileManager.default.fileExists(atPath: last) })
        #expect(FileManager.default.fileExists(atPath: second + "/shop/production/shop-1.bundle"))
    }

    @Test func aSecondPlaceInTheDataDirectoryIsRefused() async throws {
        let tminus = try Tminus()
        let refused = try await tminus.run("serve", "--bundles", tminus.data.path + "/more")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("would be lost with it"), "\(refused.errors)")
    }
}
