import TminusGit
package import TminusModel

/// What a release brings beyond the one before it.
package struct ReleaseChanges: Equatable, Sendable {
    /// Newest first, without merges, at most `Submission.changesMax`.
    package var entries: [ChangelogEntry] = []
    /// How many commits come, merges too.
    package var added = 0
    /// How many of the last release's commits are not in this one.
    package var removed = 0
    /// Why it can't be told, a sentence without a full stop; nil when it can.
    package var unknown: String?

    package init() {}
}

extension TagResolver {
    /// What the plan brings beyond `older`, the commit of the last release on its environment; nothing when it is nil.
    ///
    /// Never throws: a release does not depend on it.
    package func changes(of tagged: TaggedPlan, since older: String?) async -> ReleaseChanges {
        var changes = ReleaseChanges()
        guard let older else { return changes }
        let newer = tagged.tag.commit
        let log: Changelog
        do throws(GitError) {
            log = try await tagged.mirror.read { repository throws(GitError) in
                try repository.changelog(from: older, to: newer)
            }
        } catch {
            changes.unknown =
                error.code == .unreadable || error.code == .notACommit
                ? "commit \(older.prefix(12)) of the last release is not in this repository's history"
                : error.description
            return changes
        }
        changes.added = log.added
        changes.removed = log.removed
        let commits = log.commits.filter { $0.parentCount < 2 }
        changes.entries = commits.prefix(Submission.changesMax).map { commit in
            ChangelogEntry(
                commit: commit.id, summary: commit.subject, author: commit.author.name,
                committed: Instant(secondsSinceEpoch: commit.committer.seconds))
        }
        return changes
    }
}
