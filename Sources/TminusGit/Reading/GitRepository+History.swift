import Clibgit2

extension GitRepository {
    /// Most commits listed unless said otherwise.
    package static let commitsMax = 500
    /// Most commits counted when nothing limits the history from below.
    package static let countMax = 1_000_000

    /// What `newer` has that `older` has not (nil: its whole history).
    ///
    /// Either may be the later one: going back lists nothing as added and counts what is `removed`.
    ///
    /// - Parameters:
    ///   - older: a commit id of 40 digits, or nil.
    ///   - newer: a commit id of 40 digits.
    ///   - limit: how many commits are listed; the newest are.
    /// - Throws: `.notACommit`, `.tooLarge`, `.unreadable`.
    package func changelog(
        from older: String?, to newer: String, limit: Int = GitRepository.commitsMax
    ) throws(GitError) -> Changelog {
        let new = try commitID(newer)
        let old: git_oid?
        if let older { old = try commitID(older) } else { old = nil }
        var commits: [GitCommit] = []
        var count = 0
        try walk(from: new, hiding: old) { id throws(GitError) in
            if count < limit { commits.append(try describe(id)) }
            count += 1
            return count < Self.countMax
        }
        var removed = 0
        if let old {
            try walk(from: old, hiding: new) { _ throws(GitError) in
                removed += 1
                return removed < Self.countMax
            }
        }
        return Changelog(commits: commits, added: count, removed: removed)
    }

    /// One commit.
    ///
    /// - Parameter id: 40 digits.
    /// - Throws: `.notACommit`, `.tooLarge`, `.unreadable`.
    package func commit(_ id: String) throws(GitError) -> GitCommit {
        try describe(commitID(id))
    }

    /// Whether `older` is in the history of `newer`, or the same.
    ///
    /// - Throws: `.notACommit`, `.tooLarge`, `.unreadable`.
    package func contains(_ older: String, in newer: String) throws(GitError) -> Bool {
        guard older != newer else { return true }
        var old = try commitID(older)
        var new = try commitID(newer)
        let answer = git_graph_descendant_of(pointer, &new, &old)
        guard answer >= 0 else {
            throw GitError(
                .unreadable, "the history in \(path) can't be read: \(Libgit2.lastMessage()); run `git fsck` there")
        }
        return answer == 1
    }

    private func commitID(_ text: String) throws(GitError) -> git_oid {
        guard let id = Libgit2.id(text) else {
            throw GitError(
                .notACommit, "\"\(PrintableText.line(text, limit: 60))\" is no commit id: 40 hexadecimal digits")
        }
        git_commit_free(try commit(id))
        return id
    }

    /// - Parameter visit: newest first; false ends the walk.
    private func walk(
        from start: git_oid, hiding hidden: git_oid?, _ visit: (git_oid) throws(GitError) -> Bool
    ) throws(GitError) {
        var walk: OpaquePointer?
        var start = start
        guard git_revwalk_new(&walk, pointer) == 0, let walk else { throw broken() }
        defer { git_revwalk_free(walk) }
        // Sorting by topology reads the whole history first; without a lower end that may be long, so time must do.
        let order = hidden == nil ? GIT_SORT_TIME.rawValue : GIT_SORT_TIME.rawValue | GIT_SORT_TOPOLOGICAL.rawValue
        guard git_revwalk_sorting(walk, order) == 0, git_revwalk_push(walk, &start) == 0 else { throw broken() }
        if var hidden {
            guard git_revwalk_hide(walk, &hidden) == 0 else { throw broken() }
        }
        var id = git_oid()
        while true {
            let code = git_revwalk_next(&id, walk)
            if code == GIT_ITEROVER.rawValue { return }
            guard code == 0 else { throw broken() }
            guard try visit(id) else { return }
        }
    }

    private func describe(_ id: git_oid) throws(GitError) -> GitCommit {
        let commit = try commit(id)
        defer { git_commit_free(commit) }
        guard
            let author = Self.person(git_commit_author(commit)),
            let committer = Self.person(git_commit_committer(commit))
        else {
            throw GitError(
                .unreadable, "commit \(Libgit2.hexadecimal(id)) in \(path) is damaged; run `git fsck` there")
        }
        let subject = git_commit_summary(commit).map { String(cString: $0) } ?? ""
        return GitCommit(
            id: Libgit2.hexadecimal(id), author: author, committer: committer,
            subject: PrintableText.line(subject, limit: 200), parentCount: Int(git_commit_parentcount(commit))
        )
    }

    private func broken() -> GitError {
        GitError(.unreadable, "the history in \(path) can't be read: \(Libgit2.lastMessage()); run `git fsck` there")
    }
}
