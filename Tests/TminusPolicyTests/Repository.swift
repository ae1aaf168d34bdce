import Foundation
import Testing
import TminusModel
import TminusPipeline
import TminusPorts

@testable import TminusPolicy

/// Files of this repository, found from the place of this source file.
enum Repository {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let golden = tests.appending(path: "Golden")
    static let example = root.appending(path: "pipelines/policy/tminus.yaml")
}

/// Compares with a file below `Golden`; with RECORD_SNAPSHOTS=1 writes it and fails, so that no recording run is green.
func expectGolden(_ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = Repository.golden.appending(path: path)
    let written = text + "\n"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        if (try? String(contentsOf: file, encoding: .utf8)) == written { return }
        try Data(written.utf8).write(to: file)
        Issue.record("recorded \(path)", sourceLocation: sourceLocation)
        return
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    #expect(written == golden, "differs from Golden/\(path)", sourceLocation: sourceLocation)
}

/// The policy of a text; throws its diagnostics.
func policy(_ text: String) throws -> Policy {
    try PolicyLoader.load(bytes: Array(text.utf8), file: "tminus.yaml").policy
}

/// What is wrong with a text, `line:column: message` each; empty when nothing is.
func mistakes(_ text: String) -> [String] {
    do throws(DiagnosticsError) {
        _ = try PolicyLoader.load(bytes: Array(text.utf8), file: "tminus.yaml")
        return []
    } catch {
        return error.diagnostics.map { "\($0.line):\($0.column): \($0.message) | \($0.fix)" }
    }
}

/// An instant by its local time.
func instant(_ text: String, _ zone: String = "UTC") throws -> Instant {
    let zone = try #require(Zone(zone))
    return zone.instant(try #require(CivilTime(text: text)))
}

/// A folder that is removed when the value goes away.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "tminus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }
}
