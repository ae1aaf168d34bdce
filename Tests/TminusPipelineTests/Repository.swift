import Foundation
import Testing

@testable import TminusPipeline

/// Files of this repository, found from the place of this source file.
enum Repository {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let golden = tests.appending(path: "Golden")
    static let pipelines = root.appending(path: "pipelines")

    /// Every pipeline of `pipelines/`, SLO files left out; sorted.
    static func pipelineFiles() throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: pipelines.path)
        return try all.filter { name in
            guard name.hasSuffix(".yaml") else { return false }
            let text = try String(contentsOf: pipelines.appending(path: name), encoding: .utf8)
            return text.hasPrefix("pipeline:") || text.contains("\npipeline:")
        }.sorted()
    }
}

/// Compares with a file below `Golden`; with RECORD_SNAPSHOTS=1 writes it and fails, so that no recording run is green.
func expectGolden(_ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = Repository.golden.appending(path: path)
    let written = text + "\n"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        let folder = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if (try? String(contentsOf: file, encoding: .utf8)) == written { return }
        try Data(written.utf8).write(to: file)
        Issue.record("recorded \(path)", sourceLocation: sourceLocation)
        return
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    #expect(written == golden, "differs from Golden/\(path)", sourceLocation: sourceLocation)
}

/// The diagnostics of a pipeline's text; empty when it loads.
func diagnostics(_ text: String, folder: String = "/nowhere") -> [Diagnostic] {
    do throws(DiagnosticsError) {
        return try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: folder).warnings
    } catch {
        return error.diagnostics
    }
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

    func write(_ text: String, to name: String, isExecutable: Bool = false) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        if isExecutable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path) }
    }
}
