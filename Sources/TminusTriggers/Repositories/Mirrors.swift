import Crypto
import Foundation
package import TminusGit

/// The bare copies that Tminus keeps of repositories, one per address, in one folder. Each may be deleted at any time:
/// the next use fetches it anew.
package struct Mirrors: Sendable {
    /// Absolute.
    package let folder: String

    /// How many there may be. What a fetch may bring is bounded by `GitLimits`.
    package static let countMax = 200

    package init(folder: String) { self.folder = folder }

    /// The mirror of `url`; nothing is made yet but the folder.
    ///
    /// - Throws: `.notWritable` when the folder can't be made, or holds too many.
    package func mirror(of url: GitURL) throws(GitError) -> GitMirror {
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GitError(.notWritable, "the folder of mirrors \(folder) can't be made; check space and permissions")
        }
        let path = "\(folder)/\(Self.name(of: url))"
        if !files.fileExists(atPath: path) {
            let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
            guard names.count(where: { $0.hasSuffix(".git") }) < Self.countMax else {
                throw GitError(
                    .notWritable,
                    "\(folder) holds \(Self.countMax) mirrors, the most there may be; remove those you no longer need")
            }
        }
        return GitMirror(path: path)
    }

    /// Half of the SHA-256 of its address: no name of anybody's choosing becomes a path.
    static func name(of url: GitURL) -> String {
        let digest = SHA256.hash(data: Array(url.description.utf8))
        return digest.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + ".git"
    }
}
