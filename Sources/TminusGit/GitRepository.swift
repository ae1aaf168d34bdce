import Clibgit2

/// A local git repository, read through libgit2: no hooks, no shell, no network, no configuration filters.
///
/// Not shared between threads: open it, ask, let it go. Every call blocks; from asynchronous code go through
/// `GitMirror.read`, or `GitThread.run`.
package final class GitRepository {
    let pointer: OpaquePointer
    /// As given to `open`.
    package let path: String

    private init(pointer: OpaquePointer, path: String) {
        self.pointer = pointer
        self.path = path
    }

    deinit { git_repository_free(pointer) }

    /// Opens the repository whose working tree, `.git` directory or bare directory holds `path`: parents are searched,
    /// as git does, but not across file systems.
    ///
    /// - Throws: `.notRepository`, `.notOwned`, `.unreadable`.
    package static func open(_ path: String) throws(GitError) -> GitRepository {
        try open(path, flags: 0)
    }

    /// Opens the bare repository at `path` itself, never one above it.
    ///
    /// - Throws: `.notRepository`, `.notOwned`, `.unreadable`.
    package static func openBare(_ path: String) throws(GitError) -> GitRepository {
        try open(path, flags: GIT_REPOSITORY_OPEN_BARE.rawValue | GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
    }

    private static func open(_ path: String, flags: UInt32) throws(GitError) -> GitRepository {
        _ = Libgit2.started
        guard !path.utf8.contains(0) else {
            throw GitError(.notRepository, "a path can't hold NUL: \(PrintableText.line(path, limit: 80))")
        }
        var pointer: OpaquePointer?
        let code = git_repository_open_ext(&pointer, path, flags, nil)
        if code == 0, let pointer { return GitRepository(pointer: pointer, path: path) }
        throw refusal(path, code: code)
    }

    /// libgit2 1.5 reports a foreign owner as "config value 'safe.directory' was not found" (found by trying it); later
    /// versions as `GIT_EOWNER`.
    static func refusal(_ path: String, code: Int32) -> GitError {
        let isConfiguration = Libgit2.lastKind == GIT_ERROR_CONFIG.rawValue
        if code == GIT_EOWNER.rawValue || (code == GIT_ENOTFOUND.rawValue && isConfiguration) {
            return GitError(
                .notOwned,
                "the git repository at \(path) belongs to another user, and git does not trust it; if you do, run "
                    + "`git config --global --add safe.directory \(path)` as the user who runs Tminus"
            )
        }
        if code == GIT_ENOTFOUND.rawValue {
            return GitError(
                .notRepository,
                "there is no git repository at \(path) or above it; "
                    + "name one with `repository:` in the input, or run `git init` there"
            )
        }
        return GitError(
            .unreadable,
            "the git repository at \(path) can't be opened: \(Libgit2.lastMessage()); check its permissions"
        )
    }

    /// What `refs/tags/<name>` points at: the object it names, and the commit behind it (equal for a lightweight tag),
    /// as lower-case hexadecimal.
    ///
    /// The name is looked up as it stands, and never as a revision expression, branch or abbreviated id.
    ///
    /// - Throws: as `identify`.
    package func resolveTag(_ name: String) throws(GitError) -> (object: String, commit: String, isAnnotated: Bool) {
        let tag = try identify(name)
        return (object: tag.object, commit: tag.commit, isAnnotated: tag.kind == .annotated)
    }

    /// Every tag's name, sorted by bytes; empty when there are none. May hold names that Tminus does not release.
    ///
    /// - Throws: `.unreadable`.
    package func tagNames() throws(GitError) -> [String] {
        var list = git_strarray()
        guard git_tag_list(&list, pointer) == 0 else {
            throw GitError(.unreadable, "the tags of \(path) can't be read: \(Libgit2.lastMessage())")
        }
        defer { git_strarray_dispose(&list) }
        let names = UnsafeBufferPointer(start: list.strings, count: list.count)
        return names.compactMap { $0.map { String(cString: $0) } }.sorted()
    }

    func missing(_ name: String, code: Int32) -> GitError {
        guard code == GIT_ENOTFOUND.rawValue else {
            return GitError(.unreadable, "tag \(name) in \(path) can't be read: \(Libgit2.lastMessage())")
        }
        let names = (try? tagNames())?.filter(TagName.isAccepted) ?? []
        guard !names.isEmpty else {
            return GitError(
                .noSuchTag, "there is no tag \(name) in \(path), nor any other; run `git fetch --tags` there, or tag"
            )
        }
        let nearest = TagName.nearest(to: name, among: names, limit: 3)
        let hint = nearest.isEmpty ? "" : "did you mean \(nearest.joined(separator: ", "))? "
        return GitError(
            .noSuchTag, "there is no tag \(name) in \(path); \(hint)(if it is new, run `git fetch --tags` there)"
        )
    }
}
