import Foundation
import Synchronization
import TminusModel

@testable import TminusSteps

/// A directory of its own, gone when this is, with surroundings to perform in.
final class Scratch: Sendable {
    let path: String
    private let lines = Mutex<[String]>([])

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/tminus-steps-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { remove() }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// What was logged so far.
    var log: [String] { lines.withLock { $0 } }

    func write(_ text: String, to name: String, executable: Bool = false) throws {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path, withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        if executable { chmod(file, 0o755) }
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
    }

    func surroundings(
        _ environment: [String: String] = [:], now: Instant = Scratch.noon
    ) -> PerformanceSurroundings {
        PerformanceSurroundings(
            environment: ["PATH": "/usr/bin:/bin", "HOME": path].merging(environment) { $1 }, workingDirectory: path,
            now: now, log: { [self] line in lines.withLock { $0.append(line) } }
        )
    }

    /// 2026-11-20T12:00:00Z
    static let noon = Instant(millisecondsSinceEpoch: 1_795_176_000_000)
}

extension PerformanceOutcome {
    func output(_ name: String) -> String? { outputs.first { $0.name == name }?.value }
}
