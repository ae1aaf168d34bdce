import Clibgit2
import Foundation

/// A bare copy of a repository that Tminus keeps: made by the first fetch, brought up to date by later ones, safe to
/// delete. Objects stay when a tag is moved or deleted at the host, so what was pinned can still be read.
///
/// Every call runs on a thread of its own (`GitThread`); fetches into one mirror follow one another, also between
/// processes; reading goes on meanwhile.
package struct GitMirror: Sendable {
    /// The directory; its parent exists.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// What a fetch brings.
    package enum Selection: Equatable, Sendable {
        /// One tag, with the history behind it and nothing else.
        case tag(String)
        /// All tags.
        case tags
        /// All tags and branches: a bare clone.
        case everything
    }

    /// Lists what is at `url`, without fetching: for polling, and for asking whether a tag moved.
    ///
    /// - Returns: in the host's order.
    /// - Throws: `.unreachable`, `.noSuchRemote`, `.notAllowed`, `.badCredential`, `.unknownHost`, `.changedHost`,
    ///   `.untrustedCertificate`, `.noTrust`, `.badAnswer`, `.badURL`, `.tooSlow`, `.tooLarge`, `.cancelled`; for files
    ///   as `GitRepository.open`.
    package static func references(of url: GitURL, _ access: GitAccess) async throws(GitError) -> [RemoteReference] {
        try await GitThread.run(access.limits, "listing \(url)") { transfer throws(GitError) in
            try GitConversation(url, access, transfer).connected(nil) { _, references in references }
        }
    }

    /// Fetches from `url`, making the mirror if need be.
    ///
    /// A tag that moved at the host moves here; compare with what was pinned. Nothing is deleted here.
    ///
    /// - Returns: what the host listed.
    /// - Throws: as `references`, and `.badTagName`, `.noSuchTag` with the nearest names, `.locked`, `.notWritable`.
    @discardableResult
    package func fetch(
        _ selection: Selection, from url: GitURL, _ access: GitAccess
    ) async throws(GitError) -> [RemoteReference] {
        if case .tag(let name) = selection, !TagName.isAccepted(name) { throw TagName.refusal(name) }
        return try await GitThread.run(access.limits, "fetching from \(url)") { transfer throws(GitError) in
            try prepare()
            let hold = try MirrorHold(path, transfer)
            defer { hold.release() }
            let repository = try GitRepository.openBare(path)
            let conversation = GitConversation(url, access, transfer)
            return try conversation.connected(repository) { remote, references throws(GitError) in
                let specs = try Self.specs(selection, references, url)
                if !specs.isEmpty { try conversation.fetch(remote, specs) }
                return references
            }
        }
    }

    /// Fetches tag `name` and tells what it is, once what arrived is what the host listed.
    ///
    /// - Parameter trust: whose signatures count; nil leaves one unchecked.
    /// - Throws: as `fetch`, and as `GitRepository.identify(_:trust:)`.
    package func fetchTag(
        _ name: String, from url: GitURL, _ access: GitAccess, trust: SignatureTrust? = nil
    ) async throws(GitError) -> TagIdentity {
        let listed = try await fetch(.tag(name), from: url, access)
        let identity = try await read { repository throws(GitError) in try repository.identify(name, trust: trust) }
        guard let line = listed.first(where: { $0.tagName == name }), line.object == identity.object else {
            throw GitError(
                .badAnswer,
                "tag \(name) at \(url) changed while it was fetched; try again, and find out who moves tags there"
            )
        }
        return identity
    }

    /// Asks the mirror something, without network.
    ///
    /// - Throws: as `GitRepository.openBare`; what `body` throws; `.tooSlow`, `.cancelled`.
    package func read<T: Sendable>(
        within limit: Duration = .seconds(60),
        _ body: @escaping @Sendable (GitRepository) throws(GitError) -> T
    ) async throws(GitError) -> T {
        try await GitThread.run(within: limit, "reading \(path)") { () throws(GitError) in
            try body(try GitRepository.openBare(path))
        }
    }

    private static func specs(
        _ selection: Selection, _ references: [RemoteReference], _ url: GitURL
    ) throws(GitError) -> [String] {
        switch selection {
        case .tag(let name):
            guard references.contains(where: { $0.name == "refs/tags/\(name)" }) else {
                throw noSuchTag(name, references, url)
            }
            return ["+refs/tags/\(name):refs/tags/\(name)"]
        case .tags:
            return references.contains { $0.name.hasPrefix("refs/tags/") } ? ["+refs/tags/*:refs/tags/*"] : []
        case .everything:
            return references.isEmpty ? [] : ["+refs/tags/*:refs/tags/*", "+refs/heads/*:refs/heads/*"]
        }
    }

    private static func noSuchTag(_ name: String, _ references: [RemoteReference], _ url: GitURL) -> GitError {
        let nearest = TagName.nearest(to: name, among: references.compactMap(\.tagName), limit: 3)
        let hint = nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: ", "))?"
        return GitError(
            .noSuchTag, "there is no tag \(name) at \(url)\(hint) (if it is new, run `git push origin \(name)`)")
    }

    /// Makes the bare repository under another name first, so that a half-made one never stands here.
    private func prepare() throws(GitError) {
        _ = Libgit2.started
        guard !FileManager.default.fileExists(atPath: path) else {
            guard !FileManager.default.fileExists(atPath: path + "/objects/info/alternates") else {
                throw GitError(
                    .notRepository,
                    "the mirror at \(path) borrows objects from elsewhere, so Tminus did not make it; remove it, "
                        + "and it is fetched again"
                )
            }
            return
        }
        let partial = "\(path).partial-\(UUID().uuidString)"
        var options = git_repository_init_options()
        git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKDIR.rawValue
        options.mode = 0o700
        var repository: OpaquePointer?
        guard git_repository_init_ext(&repository, partial, &options) == 0 else {
            throw GitError(
                .notWritable, "no mirror can be made at \(path): \(Libgit2.lastMessage()); check space and permissions")
        }
        git_repository_free(repository)
        guard chmod(partial, 0o700) == 0, rename(partial, path) == 0 else {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(atPath: partial)
            // Another fetch may have been first; then its mirror stands there.
            if FileManager.default.fileExists(atPath: path + "/objects") { return }
            throw GitError(.notWritable, "no mirror can be made at \(path): \(reason)")
        }
    }
}
