import Foundation
import Testing
import TminusModel

@testable import TminusGit
@testable import TminusTriggers

/// A real repository made by the git binary, and a place for mirrors beside it; gone when this is.
final class Scratch: Sendable {
    let folder: String
    var path: String { folder + "/shop" }
    var mirrors: Mirrors { Mirrors(folder: folder + "/mirrors") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/tminus-triggers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "--quiet", "--initial-branch=main")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func pipeline(environment: String = "staging") -> String {
        """
        pipeline: shop
        service: shop
        environment: \(environment)
        steps:
          deploy: {run: [./place, now], effect: none}

        """
    }

    /// A commit with a pipeline and a program beside it, or with other files.
    @discardableResult
    func commit(_ message: String, _ files: [String: String]? = nil) throws -> String {
        let files = files ?? ["pipelines/shop.yaml": Self.pipeline(), "pipelines/place": "#!/bin/sh\n# \(message)\n"]
        for (name, text) in files {
            let file = path + "/" + name
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            if name.hasSuffix("place") {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
            }
        }
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String { try run("/usr/bin/git", ["-C", path] + arguments) }

    /// What a program prints, without the line end; it must succeed.
    @discardableResult
    func run(_ executable: String, _ arguments: [String]) throws -> String {
        let place = folder + "/\(UUID().uuidString)"
        let program = try #require(
            SpawnedProgram(
                executable, arguments,
                environment: [
                    "PATH": "/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada",
                    "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
                    "GIT_COMMITTER_EMAIL": "ada@example.org",
                ], input: "/dev/null", output: place, errors: place + "-errors"))
        let status = program.wait(atMost: .seconds(60))
        let errors = (try? String(contentsOfFile: place + "-errors", encoding: .utf8)) ?? ""
        try #require(status == 0, "\(executable) \(arguments): \(errors)")
        return try String(contentsOfFile: place, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A key of ada's, whom an allowed-signers file lets sign tags.
    func trustAda() throws -> RepositorySpec.Trust {
        try run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", folder + "/ada"])
        let key = try String(contentsOfFile: folder + "/ada.pub", encoding: .utf8)
        try "ada@example.org namespaces=\"git\" \(key)".write(
            toFile: folder + "/signers", atomically: false, encoding: .utf8)
        return RepositorySpec.Trust(allowedSigners: folder + "/signers")
    }

    func sign(_ tag: String) throws {
        try git(
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(folder)/ada", "tag", "-s", "-m", tag, tag)
    }

    var repository: RepositorySpec { RepositorySpec(name: "shop", url: path) }

    func request(_ tag: String, _ pipeline: String = "pipelines/shop.yaml") -> TagRequest {
        TagRequest(repository: repository, tag: tag, pipeline: pipeline)
    }
}

/// The fault that `body` throws; nil when it throws none.
func fault<T>(_ body: () async throws -> T) async -> TriggerFault? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? TriggerFault }
}
