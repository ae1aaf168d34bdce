import Foundation
import Testing

/// A real repository made by the git binary in a directory of its own, gone when this is.
final class ScratchRepository {
    let path: String

    init(bare: Bool = false) throws {
        path = FileManager.default.temporaryDirectory.path + "/tminus-git-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if bare { try git("init", "--quiet", "--bare") } else { try git("init", "--quiet") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a commit and returns its id.
    func commit(_ message: String) throws -> String {
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    /// What git prints, without the line end.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.arguments = ["-C", path] + arguments
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": path, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-11-20T00:00:00Z",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_COMMITTER_DATE": "2026-11-20T00:00:00Z",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments) failed")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
