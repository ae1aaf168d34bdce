import Foundation
import Testing

/// Text kept beside the tests. `RECORD_SNAPSHOTS=1` writes it anew, and fails once.
enum Golden {
    static func check(_ lines: [String], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try? Data(text.utf8).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_SNAPSHOTS", sourceLocation: sourceLocation)
            return
        }
        let kept = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(text == kept, "\(name) differs from its golden", sourceLocation: sourceLocation)
    }

    /// An SVG under docs/guides/pictures, where the guide shows it.
    static func picture(_ svg: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/guides/pictures/\(name).svg")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try? Data(svg.utf8).write(to: file)
            Issue.record("recorded \(name); run again without RECORD_SNAPSHOTS", sourceLocation: sourceLocation)
            return
        }
        let kept = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(svg == kept, "\(name).svg differs from the one in the guide", sourceLocation: sourceLocation)
    }
}
