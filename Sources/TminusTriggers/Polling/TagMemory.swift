import Foundation
import Synchronization
import TminusModel

/// Which tags of which repositories polling has seen, in a small file: `{ADDRESS: {TAG: OBJECT}}`. May be deleted; then
/// the next look is the first.
final class TagMemory: Sendable {
    private let path: String
    /// By repository, with the address it was last written under. Nil until the file was read.
    private let seen = Mutex<[RepositoryIdentity: Seen]?>(nil)
    private static let bytesMax = 256 << 20

    private struct Seen {
        var address: String
        var tags: [String: String]
    }

    init(path: String) { self.path = path }

    /// Objects by tag; nil for a repository that was never looked at, under whatever address.
    func seen(of address: String) -> [String: String]? {
        seen.withLock { seen in
            let all = seen ?? read()
            seen = all
            return all[RepositoryIdentity(address)]?.tags
        }
    }

    /// - Returns: why it could not be written; it is remembered until the process ends all the same.
    func remember(_ tags: [String: String], of address: String) -> String? {
        seen.withLock { seen in
            var all = seen ?? read()
            all[RepositoryIdentity(address)] = Seen(address: address, tags: tags)
            seen = all
            let json = JSON.object(
                all.values.sorted { $0.address < $1.address }.map { repository in
                    let tags = repository.tags.sorted { $0.key < $1.key }
                    return JSON.Member(
                        repository.address, .object(tags.map { JSON.Member($0.key, .string($0.value)) }))
                })
            do {
                try Data(json.bytes).write(to: URL(filePath: path), options: .atomic)
                return nil
            } catch { return error.localizedDescription }
        }
    }

    private func read() -> [RepositoryIdentity: Seen] {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= Self.bytesMax,
            let json = try? JSON(parsing: bytes)
        else { return [:] }
        var all: [RepositoryIdentity: Seen] = [:]
        for repository in json.members ?? [] {
            var tags: [String: String] = [:]
            for tag in repository.value.members ?? [] { tags[tag.key] = tag.value.text }
            all[RepositoryIdentity(repository.key)] = Seen(address: repository.key, tags: tags)
        }
        return all
    }
}
