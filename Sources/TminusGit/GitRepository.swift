import Clibgit2

/// A local git repository, read through libgit2: no hooks, no shell, no network, no configuration filters.
///
/// Not shared between threads: open it, ask, let it go.
package final class GitRepository {
    private let pointer: OpaquePointer
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
        _ = library
        var pointer: OpaquePointer?
        let code = git_repository_open_ext(&pointer, path, 0, nil)
        if code == 0, let pointer { return GitRepository(pointer: pointer, path: path) }
        throw refusal(path, code: code)
    }

    /// libgit2 1.5 reports a foreign owner as "config value 'safe.directory' was not found" (found by trying it); later
    /// versions as `GIT_EOWNER`.
    private static func refusal(_ path: String, code: Int32) -> GitError {
        let isConfiguration = git_error_last().map { $0.pointee.klass == Int32(GIT_ERROR_CONFIG.rawValue) } ?? false
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
            "the git repository at \(path) can't be opened: \(lastMessage()); check its permissions"
        )
    }

    /// What `refs/tags/<name>` points at: the object it names, and the commit behind it (equal for a lightweight tag),
    /// as lower-case hexadecimal.
    ///
    /// The name is looked up as it stands, and never as a revision expression, branch or abbreviated id.
    ///
    /// - Throws: `.badTagName`, `.noSuchTag` with the nearest names, `.notACommit`, `.unreadable`.
    package func resolveTag(_ name: String) throws(GitError) -> (object: String, commit: String, isAnnotated: Bool) {
        guard TagName.isAccepted(name) else {
            throw GitError(
                .badTagName,
                "\"\(TagName.printable(name))\" can't be a tag to release: a name is letters, digits and . _ + -, "
                    + "starts with a letter or digit, and has at most \(TagName.bytesMax) bytes"
            )
        }
        var target = git_oid()
        let code = git_reference_name_to_id(&target, pointer, "refs/tags/\(name)")
        guard code == 0 else { throw missing(name, code: code) }
        return try peel(target, name: name)
    }

    /// Every tag's name, sorted by bytes; empty when there are none.
    package func tagNames() throws(GitError) -> [String] {
        var list = git_strarray()
        guard git_tag_list(&list, pointer) == 0 else {
            throw GitError(.unreadable, "the tags of \(path) can't be read: \(Self.lastMessage())")
        }
        defer { git_strarray_dispose(&list) }
        let names = UnsafeBufferPointer(start: list.strings, count: list.count)
        return names.compactMap { $0.map { String(cString: $0) } }.sorted()
    }

    private func peel(
        _ target: git_oid, name: String
    ) throws(GitError) -> (object: String, commit: String, isAnnotated: Bool) {
        var target = target
        var object: OpaquePointer?
        guard git_object_lookup(&object, pointer, &target, GIT_OBJECT_ANY) == 0, let object else {
            throw GitError(
                .unreadable,
                "the object of tag \(name) in \(path) can't be read: \(Self.lastMessage()); run `git fsck` there"
            )
        }
        defer { git_object_free(object) }
        var commit: OpaquePointer?
        guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let commit else {
            throw GitError(
                .notACommit,
                "tag \(name) in \(path) does not lead to a commit but to a \(Self.kind(of: object)); "
                    + "a release needs a tag on a commit"
            )
        }
        defer { git_object_free(commit) }
        guard let commitID = git_object_id(commit) else {
            throw GitError(.unreadable, "the commit of tag \(name) in \(path) has no id; run `git fsck` there")
        }
        return (
            object: Self.hexadecimal(target), commit: Self.hexadecimal(commitID.pointee),
            isAnnotated: git_object_type(object) == GIT_OBJECT_TAG
        )
    }

    private func missing(_ name: String, code: Int32) -> GitError {
        guard code == GIT_ENOTFOUND.rawValue else {
            return GitError(.unreadable, "tag \(name) in \(path) can't be read: \(Self.lastMessage())")
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

    /// Where an annotated tag leads in the end, in git's words.
    private static func kind(of object: OpaquePointer) -> String {
        var target: OpaquePointer?
        guard git_object_peel(&target, object, GIT_OBJECT_ANY) == 0, let target else {
            return name(of: git_object_type(object))
        }
        defer { git_object_free(target) }
        return name(of: git_object_type(target))
    }

    private static func name(of kind: git_object_t) -> String {
        git_object_type2string(kind).map { String(cString: $0) } ?? "thing of unknown kind"
    }

    private static func hexadecimal(_ id: git_oid) -> String {
        withUnsafeBytes(of: id.id) { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// libgit2 keeps the message per thread, so this asks right after the call that failed.
    private static func lastMessage() -> String {
        guard let error = git_error_last(), let message = error.pointee.message else { return "no reason was given" }
        return String(cString: message)
    }

    /// Initialised once, by whichever thread comes first; never shut down, as the process ends with it.
    private static let library: Int32 = git_libgit2_init()
}
