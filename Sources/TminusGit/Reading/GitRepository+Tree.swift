import Clibgit2

extension GitRepository {
    /// The largest file read unless said otherwise, in bytes.
    package static let fileBytesMax = 1 << 20
    /// Most entries listed unless said otherwise.
    package static let entriesMax = 20_000

    /// The bytes of the file at `path` in the tree of `commit`, from the object database: nothing is checked out, no
    /// filter runs, no symbolic link is followed, no submodule entered.
    ///
    /// - Parameters:
    ///   - commit: 40 digits, as in `TagIdentity.commit`.
    ///   - limit: in bytes; asked before the file is read.
    /// - Throws: `.badPath`, `.noSuchFile` with the nearest names, `.notAFile`, `.tooLarge`, `.notACommit`,
    ///   `.unreadable`.
    package func file(
        _ path: String, at commit: String, limit: Int = GitRepository.fileBytesMax
    ) throws(GitError) -> [UInt8] {
        let place = try TreePath(path)
        let found = try entry(place, at: commit)
        let what = "\(place.text) at commit \(commit.prefix(12))"
        switch found.kind {
        case .file, .program: break
        case .folder: throw GitError(.notAFile, "\(what) is a folder; name a file in it")
        case .symbolicLink:
            throw GitError(
                .notAFile, "\(what) is a symbolic link, which Tminus never follows; name the file itself, or commit it")
        case .submodule:
            throw GitError(.notAFile, "\(what) is a submodule, which Tminus never fetches; commit the file itself")
        }
        guard let id = Libgit2.id(found.id) else { throw GitError(.unreadable, "\(what) has no id") }
        let stored = try read(id, limit: limit, what: what)
        guard stored.kind == GIT_OBJECT_BLOB else {
            throw GitError(.unreadable, "\(what) is a \(Libgit2.name(of: stored.kind)); run `git fsck` in \(self.path)")
        }
        if stored.bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
            throw GitError(
                .notAFile,
                "\(what) is kept in Git LFS, which Tminus does not fetch from; commit the file itself to git"
            )
        }
        return stored.bytes
    }

    /// What is at `path` in the tree of `commit`, whatever its kind; nil if nothing is.
    ///
    /// - Throws: `.badPath`, `.notAFile` if the path goes through something that is no folder, `.notACommit`,
    ///   `.tooLarge`, `.unreadable`.
    package func look(_ path: String, at commit: String) throws(GitError) -> TreeEntry? {
        do {
            return try entry(TreePath(path), at: commit)
        } catch  where error.code == .noSuchFile {
            return nil
        }
    }

    /// Everything below `folder` (empty: the whole tree) with its folders, each before what is in it, in git's order.
    ///
    /// - Throws: as `file`; `.tooLarge` when there are more than `limit` entries.
    package func list(
        _ folder: String = "", at commit: String, limit: Int = GitRepository.entriesMax
    ) throws(GitError) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        guard !folder.isEmpty else {
            try list(rootTree(commit), prefix: "", depth: 0, limit: limit, into: &entries)
            return entries
        }
        let place = try TreePath(folder)
        let found = try entry(place, at: commit)
        guard found.kind == .folder, let id = Libgit2.id(found.id) else {
            throw GitError(.notAFile, "\(place.text) at commit \(commit.prefix(12)) is no folder")
        }
        try list(id, prefix: place.text + "/", depth: 0, limit: limit, into: &entries)
        return entries
    }

    private func list(
        _ tree: git_oid, prefix: String, depth: Int, limit: Int, into entries: inout [TreeEntry]
    ) throws(GitError) {
        guard depth <= TreePath.depthMax, prefix.utf8.count <= TreePath.bytesMax else {
            throw GitError(.tooLarge, "the folders of \(path) are deeper than Tminus reads (\(TreePath.depthMax))")
        }
        let tree = try open(tree: tree)
        defer { git_tree_free(tree) }
        for index in 0..<git_tree_entrycount(tree) {
            guard let raw = git_tree_entry_byindex(tree, index) else { continue }
            guard entries.count < limit else {
                throw GitError(.tooLarge, "the tree in \(path) has more than \(limit) entries; list a folder of it")
            }
            let entry = try describe(raw, prefix: prefix)
            entries.append(entry)
            if entry.kind == .folder, let id = git_tree_entry_id(raw) {
                try list(id.pointee, prefix: entry.path + "/", depth: depth + 1, limit: limit, into: &entries)
            }
        }
    }

    private func entry(_ place: TreePath, at commit: String) throws(GitError) -> TreeEntry {
        var tree = try rootTree(commit)
        var prefix = ""
        for (index, name) in place.names.enumerated() {
            let object = try open(tree: tree)
            defer { git_tree_free(object) }
            guard let raw = git_tree_entry_byname(object, name) else {
                throw noSuchFile(place, name: name, prefix: prefix, tree: object, commit: commit)
            }
            let found = try describe(raw, prefix: prefix)
            if index == place.names.count - 1 { return found }
            guard found.kind == .folder, let next = git_tree_entry_id(raw) else {
                throw GitError(
                    .notAFile,
                    "\(found.path) at commit \(commit.prefix(12)) is a \(Self.word(found.kind)), not a folder; "
                        + "Tminus does not look behind it for \(place.text)"
                )
            }
            tree = next.pointee
            prefix = found.path + "/"
        }
        throw GitError(.noSuchFile, "there is no \(place.text) at commit \(commit.prefix(12))")
    }

    private func rootTree(_ text: String) throws(GitError) -> git_oid {
        guard let id = Libgit2.id(text) else {
            throw GitError(
                .notACommit, "\"\(PrintableText.line(text, limit: 60))\" is no commit id: 40 hexadecimal digits")
        }
        let commit = try commit(id)
        defer { git_commit_free(commit) }
        guard let tree = git_commit_tree_id(commit) else {
            throw GitError(.unreadable, "commit \(text) in \(path) has no tree; run `git fsck` there")
        }
        return tree.pointee
    }

    private func open(tree id: git_oid) throws(GitError) -> OpaquePointer {
        let text = Libgit2.hexadecimal(id)
        let header = try header(of: id)
        guard header.kind == GIT_OBJECT_TREE else {
            throw GitError(
                .unreadable,
                "object \(text) in \(path) is a \(Libgit2.name(of: header.kind)) where a folder should be; "
                    + "run `git fsck` there"
            )
        }
        guard header.bytes <= Self.treeBytesMax else {
            throw GitError(
                .tooLarge,
                "folder \(text) in \(path) has \(header.bytes) bytes of names, more than the \(Self.treeBytesMax) that "
                    + "Tminus reads"
            )
        }
        var id = id
        var tree: OpaquePointer?
        guard git_tree_lookup(&tree, pointer, &id) == 0, let tree else {
            throw GitError(
                .unreadable, "folder \(text) in \(path) can't be read: \(Libgit2.lastMessage()); run `git fsck` there")
        }
        return tree
    }

    private func describe(_ raw: OpaquePointer, prefix: String) throws(GitError) -> TreeEntry {
        guard let name = git_tree_entry_name(raw), let id = git_tree_entry_id(raw) else {
            throw GitError(.unreadable, "a folder in \(path) is damaged; run `git fsck` there")
        }
        let kind: TreeEntry.Kind =
            switch git_tree_entry_filemode(raw) {
            case GIT_FILEMODE_TREE: .folder
            case GIT_FILEMODE_LINK: .symbolicLink
            case GIT_FILEMODE_COMMIT: .submodule
            case GIT_FILEMODE_BLOB_EXECUTABLE: .program
            default: .file
            }
        let hasContent = kind != .folder && kind != .submodule
        return TreeEntry(
            path: prefix + String(cString: name), kind: kind, id: Libgit2.hexadecimal(id.pointee),
            bytes: hasContent ? try header(of: id.pointee).bytes : nil
        )
    }

    private func noSuchFile(
        _ place: TreePath, name: String, prefix: String, tree: OpaquePointer, commit: String
    ) -> GitError {
        let names = (0..<min(git_tree_entrycount(tree), 2_000)).compactMap { index -> String? in
            guard let entry = git_tree_entry_byindex(tree, index), let name = git_tree_entry_name(entry) else {
                return nil
            }
            return PrintableText.line(String(cString: name), limit: 100)
        }
        let nearest = TagName.nearest(to: name, among: names, limit: 3).map { prefix + $0 }
        let hint = nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: ", "))?"
        return GitError(.noSuchFile, "there is no \(place.text) at commit \(commit.prefix(12))\(hint)")
    }

    private static func word(_ kind: TreeEntry.Kind) -> String {
        switch kind {
        case .file, .program: "file"
        case .folder: "folder"
        case .symbolicLink: "symbolic link"
        case .submodule: "submodule"
        }
    }
}
