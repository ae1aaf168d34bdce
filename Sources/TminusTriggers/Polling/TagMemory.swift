import Foundation
import Synchronization
import TminusModel

/// Which tags of which repositories polling has seen, in a small file: `{ADDRESS: {TAG: OBJECT}}`. May be deleted; then
/// the next look is the first.
final class TagMemory: Sendable {
    private let path: String
    /// Nil until the file was read.
    private let seen = Mutex<[String: [String: String]]?>(nil)
    private static let bytesMax = 256 << 20

    init(path: String) { self.path = path }

    /// Objects by tag; nil for a repository that was never looked at.
    func seen(of address: String) -> [String: String]? {
        seen.withLock { seen in
            let all = seen ?? read()
            seen = all
            return all[address]
        }
    }

    /// - Returns: why it could not be written; it is remembered until the process ends all the same.
    func remember(_ tags: [String: String], of address: String) -> String? {
        seen.withLock { seen in
            var all = seen ?? read()
            all[address] = tags
            seen = all
            let json = JSON.object(
                all.keys.sorted().map { address in
                    let tags = all[address] ?? [:]
                    return JSON.Member(
                        address, .object(tags.keys.sorted().map { JSON.Member($0, .string(tags[$0] ?? "")) }))
                })
            do {
                try Data(json.bytes).write(to: URL(filePath: path), options: .atomic)
                return nil
            } catch { return error.localizedDescription }
        }
    }

    private func read() -> [String: [String: String]] {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= Self.bytesMax,
            let json = try? JSON(parsing: bytes)
        else { return [:] }
        var all: [String: [String: String]] = [:]
        for repository in json.members ?? [] {
            var tags: [String: String] = [:]
            for tag in repository.value.members ?? [] { tags[tag.key] = tag.value.text }
            all[repository.key] = tags
        }
        return all
    }
}
