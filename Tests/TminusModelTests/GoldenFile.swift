import Foundation
import Testing

/// A file under `Golden/`. With `RECORD_SNAPSHOTS=1` it is written, and the test that did so fails once.
struct GoldenFile {
    private let url: URL

    init(_ name: String) {
        url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    }

    func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let content = text + "\n"
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            let old = try? String(contentsOf: url, encoding: .utf8)
            guard old != content else { return }
            try content.write(to: url, atomically: true, encoding: .utf8)
            Issue.record(
                "recorded \(url.lastPathComponent); run again without RECORD_SNAPSHOTS", sourceLocation: sourceLocation)
            return
        }
        let recorded = try String(contentsOf: url, encoding: .utf8)
        #expect(content == recorded, "\(url.lastPathComponent) differs", sourceLocation: sourceLocation)
    }

    func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }
}
