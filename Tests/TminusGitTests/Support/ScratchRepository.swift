import Foundation
import Testing

@testable import TminusGit

/// A real repository made by the git binary in a directory of its own, gone when this is.
final class ScratchRepository {
    let path: String

    init(bare: Bool = false) throws {
        path = FileManager.default.temporaryDirectory.path + "/tminus-git-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if bare { try git("init", "--quiet", "--bare") } else { try git("init", "--quiet", "--initial-branch=main") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a commit and returns its id.
    ///
    /// - Parameters:
    ///   - files: written and added first.
    ///   - at: seconds since 1970.
    @discardableResult
    func commit(_ message: String, files: [String: String] = [:], at: Int = 1_795_132_800) throws -> String {
        for (name, text) in files {
            let folder = (path + "/" + name as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
            try git("add", "--", name)
        }
        try git(["commit", "--quiet", "--allow-empty", "-m", message], at: at)
        return try git("rev-parse", "HEAD")
    }

    /// What git prints, without the line end.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try git(arguments)
    }

    @discardableResult
    func git(_ arguments: [String], input: Data? = nil, at: Int = 1_795_132_800) throws -> String {
        let program = Program(
            "/usr/bin/git", ["-C", path] + arguments,
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": path, "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "@\(at) +0900",
                "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
                "GIT_COMMITTER_DATE": "@\(at) +0900",
            ])
        return try program.output(input: input)
    }

    /// Writes an object of any content, right or wrong, and returns its id.
    func object(_ kind: String, _ text: String) throws -> String {
        try object(kind, Data(text.utf8))
    }

    func object(_ kind: String, _ bytes: Data) throws -> String {
        try git(["hash-object", "-t", kind, "-w", "--stdin", "--literally"], input: bytes)
    }

    /// Points `refs/tags/<name>` at an object behind git's back.
    func point(_ name: String, at id: String) throws {
        let folder = FileManager.default.fileExists(atPath: path + "/.git") ? path + "/.git" : path
        try (id + "\n").write(toFile: folder + "/refs/tags/" + name, atomically: false, encoding: .utf8)
    }

    /// The repository as Tminus opens it.
    func open() throws -> GitRepository { try GitRepository.open(path) }
}

/// A program run to its end.
struct Program {
    var executable: String
    var arguments: [String]
    var environment: [String: String]

    init(_ executable: String, _ arguments: [String], environment: [String: String]? = nil) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment ?? ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent"]
    }

    /// What it prints, without the line end; it must succeed.
    @discardableResult
    func output(input: Data? = nil) throws -> String {
        let folder = try ScratchFolder()
        let (text, bytes) = (folder.path + "/output", folder.path + "/input")
        if let input { try input.write(to: URL(fileURLWithPath: bytes)) }
        let program = try #require(
            SpawnedProgram(
                executable, arguments, environment: environment, input: input == nil ? "/dev/null" : bytes,
                output: text, errors: folder.path + "/errors"))
        let status = program.wait(atMost: .seconds(60))
        let errors = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
        try #require(status == 0, "\(executable) \(arguments.prefix(12)) failed: \(errors)")
        return String(decoding: try #require(FileManager.default.contents(atPath: text)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A directory for a test, gone when this is.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/tminus-git-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, as name: String, mode: Int = 0o644) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// The code of the `GitError` that `body` throws; nil when it throws none.
func code<T>(_ body: () throws -> T) -> GitError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? GitError)?.code
    }
}

/// The `GitError` that `body` throws; nil when it throws none.
func failure<T>(_ body: () async throws -> T) async -> GitError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? GitError
    }
}

/// Asks again and again until it holds (true) or the time is over (false).
func holds(within limit: Duration, _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        poll(nil, 0, 2)
    }
    return true
}
