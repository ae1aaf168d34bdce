/// One commit of a changelog. What people wrote in it is a claim, made safe to print.
package struct GitCommit: Equatable, Sendable {
    /// 40 lower-case digits.
    package var id: String
    package var author: GitPerson
    /// Who put it where it is, and when: the time that lead times count from.
    package var committer: GitPerson
    /// The message's first paragraph on one line, cut to 200 characters; may be empty.
    package var subject: String
    /// 0 for a first commit, 2 or more for a merge.
    package var parentCount: Int

    package init(id: String, author: GitPerson, committer: GitPerson, subject: String, parentCount: Int) {
        self.id = id
        self.author = author
        self.committer = committer
        self.subject = subject
        self.parentCount = parentCount
    }
}

/// What came in, and what went out, between two commits.
package struct Changelog: Equatable, Sendable {
    /// In the newer but not in the older, newest first; at most the limit asked for.
    package var commits: [GitCommit]
    /// How many there are in all, also those beyond the limit.
    package var added: Int
    /// How many commits the older has that the newer has not: more than 0 when histories diverge or go back.
    package var removed: Int

    package init(commits: [GitCommit], added: Int, removed: Int) {
        self.commits = commits
        self.added = added
        self.removed = removed
    }

    /// Whether `commits` holds them all.
    package var isComplete: Bool { commits.count == added }
}
