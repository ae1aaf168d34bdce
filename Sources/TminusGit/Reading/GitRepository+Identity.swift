import Clibgit2

extension GitRepository {
    /// How many tags of tags are followed.
    package static let tagDepthMax = 8

    /// Everything that identifies tag `name`. Its signature is left unchecked; see `SignatureTrust.checked`.
    ///
    /// - Throws: `.badTagName`, `.noSuchTag` with the nearest names, `.notACommit`, `.malformedTag`, `.tooLarge`,
    ///   `.unreadable`.
    package func identify(_ name: String) throws(GitError) -> TagIdentity {
        try taggedObject(name).identity
    }

    /// The identity, and the outermost tag object, nil if lightweight.
    func taggedObject(_ name: String) throws(GitError) -> (identity: TagIdentity, object: TagObject?) {
        let start = try target(of: name)
        var next = start
        var outermost: TagObject?
        var depth = 0
        while true {
            let kind = try header(of: next).kind
            if kind == GIT_OBJECT_COMMIT { break }
            guard kind == GIT_OBJECT_TAG else { throw notACommit(name, kind) }
            guard depth < Self.tagDepthMax else {
                throw GitError(
                    .malformedTag,
                    "tag \(name) in \(path) leads through more than \(Self.tagDepthMax) tags; tag the commit itself"
                )
            }
            depth += 1
            let tag = try tagObject(next, name: name)
            if outermost == nil { outermost = tag }
            guard let target = Libgit2.id(tag.target) else { throw malformed(name) }
            guard Libgit2.name(of: try header(of: target).kind) == tag.targetKind else { throw malformed(name) }
            next = target
        }
        let (tree, committer) = try commitHead(next)
        let identity = TagIdentity(
            name: name, object: Libgit2.hexadecimal(start), kind: outermost == nil ? .lightweight : .annotated,
            commit: Libgit2.hexadecimal(next), tree: tree, committer: committer,
            nameInside: outermost.map { PrintableText.line($0.name, limit: 200) }, tagger: outermost?.tagger,
            depth: depth, signature: outermost.map(SignatureTrust.unchecked) ?? .unsigned
        )
        return (identity, outermost)
    }

    /// The id in `refs/tags/<name>`, looked up as it stands.
    ///
    /// - Throws: `.badTagName`, `.noSuchTag`, `.malformedTag` for a symbolic reference, `.unreadable`.
    func target(of name: String) throws(GitError) -> git_oid {
        guard TagName.isAccepted(name) else { throw TagName.refusal(name) }
        var reference: OpaquePointer?
        let code = git_reference_lookup(&reference, pointer, "refs/tags/\(name)")
        guard code == 0, let reference else { throw missing(name, code: code) }
        defer { git_reference_free(reference) }
        guard let target = git_reference_target(reference) else {
            throw GitError(
                .malformedTag,
                "tag \(name) in \(path) is a symbolic reference, so it moves with something else; tag the commit"
            )
        }
        return target.pointee
    }

    private func tagObject(_ id: git_oid, name: String) throws(GitError) -> TagObject {
        let stored = try read(id, limit: Self.tagBytesMax, what: "the object of tag \(name)")
        guard let tag = TagObject(stored.bytes) else { throw malformed(name) }
        return tag
    }

    private func commitHead(_ id: git_oid) throws(GitError) -> (tree: String, committer: GitPerson) {
        let commit = try commit(id)
        defer { git_commit_free(commit) }
        guard let tree = git_commit_tree_id(commit), let committer = Self.person(git_commit_committer(commit)) else {
            throw GitError(
                .unreadable, "commit \(Libgit2.hexadecimal(id)) in \(path) is damaged; run `git fsck` there")
        }
        return (Libgit2.hexadecimal(tree.pointee), committer)
    }

    /// - Returns: to be freed with `git_commit_free`.
    func commit(_ id: git_oid) throws(GitError) -> OpaquePointer {
        let text = Libgit2.hexadecimal(id)
        let header = try header(of: id)
        guard header.kind == GIT_OBJECT_COMMIT else {
            throw GitError(
                .notACommit, "object \(text) in \(path) is a \(Libgit2.name(of: header.kind)), not a commit")
        }
        guard header.bytes <= Self.commitBytesMax else {
            throw GitError(
                .tooLarge,
                "commit \(text) in \(path) has \(header.bytes) bytes, more than the \(Self.commitBytesMax) that Tminus "
                    + "reads"
            )
        }
        var id = id
        var commit: OpaquePointer?
        guard git_commit_lookup(&commit, pointer, &id) == 0, let commit else {
            throw GitError(
                .unreadable,
                "commit \(text) in \(path) can't be read: \(Libgit2.lastMessage()); run `git fsck` there"
            )
        }
        return commit
    }

    static func person(_ signature: UnsafePointer<git_signature>?) -> GitPerson? {
        guard let signature = signature?.pointee else { return nil }
        return GitPerson(
            name: signature.name.map { String(cString: $0) } ?? "",
            email: signature.email.map { String(cString: $0) } ?? "",
            seconds: signature.when.time, zoneMinutes: Int(signature.when.offset)
        )
    }

    private func notACommit(_ name: String, _ kind: git_object_t) -> GitError {
        GitError(
            .notACommit,
            "tag \(name) in \(path) does not lead to a commit but to a \(Libgit2.name(of: kind)); "
                + "a release needs a tag on a commit"
        )
    }

    private func malformed(_ name: String) -> GitError {
        GitError(
            .malformedTag,
            "the object of tag \(name) in \(path) is not written as git writes tags; tag anew, and ask who made this"
        )
    }
}
