import Foundation
import Testing

/// `pipelines/release.yaml`, for real, on the binaries under test.
@Suite struct ReleaseTests {
    @Test func tminusReleasesItself() async throws {
        let tminus = try Tminus()
        let dist = tminus.folder.appendingPathComponent("dist")
        let pipeline = Tminus.root.appendingPathComponent("pipelines/release.yaml").path
        let ended = try await tminus.start([
            "run", pipeline, "--input", "version=9.9.9", "--input", "check=true", "--input", "build=true",
            "--input", "binaries=\(Tminus.binaries.path)", "--input", "output=\(dist.path)",
        ]).ended()
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        let folder = dist.appendingPathComponent("9.9.9")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let archive = try #require(files.last)
        #expect(files == ["SHA256SUMS", archive])
        #expect(archive.hasPrefix("tminus-9.9.9-linux-") && archive.hasSuffix(".tar.gz"))
        let check =
            "sha256sum --check --strict SHA256SUMS && tar xzf \(archive) && ./\(archive.dropLast(7))/tminus version"
        let checked = try await Started(
            "/bin/sh", ["-ec", check], tminus.environment, in: folder
        ).ended()
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output.contains("\(archive): OK"))
    }

    @Test func aFailedCheckPacksNothing() async throws {
        let tminus = try Tminus()
        let dist = tminus.folder.appendingPathComponent("dist")
        let pipeline = Tminus.root.appendingPathComponent("pipelines/release.yaml").path
        let ended = try await tminus.start([
            "run", pipeline, "--input", "version=9.9.9", "--input", "check=false", "--input", "build=true",
            "--input", "binaries=\(Tminus.binaries.path)", "--input", "output=\(dist.path)",
        ]).ended()
        #expect([1, 2].contains(ended.status), "\(ended.output)\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: dist.path))
    }
}
