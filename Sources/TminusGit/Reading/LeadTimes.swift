/// How long commits waited, from the committer's time to a moment such as the tag's or the release's.
package struct LeadTimes: Equatable, Sendable {
    /// How many commits were counted; merges are not, as they only join what others made.
    package var count: Int
    /// Half waited at most this long. Seconds ≥ 0.
    package var medianSeconds: Int64
    /// The longest wait. Seconds ≥ 0.
    package var longestSeconds: Int64

    /// Nil when there is no commit to count.
    ///
    /// A commit from the future (a clock that is wrong) counts as 0 seconds.
    ///
    /// - Parameter until: seconds since 1970.
    package init?(_ commits: [GitCommit], until: Int64) {
        let waits = commits.filter { $0.parentCount < 2 }.map { Self.wait($0, until: until) }.sorted()
        guard let longest = waits.last else { return nil }
        count = waits.count
        longestSeconds = longest
        medianSeconds = waits[(waits.count - 1) / 2]
    }

    /// Seconds ≥ 0 from the commit to `until`, seconds since 1970.
    package static func wait(_ commit: GitCommit, until: Int64) -> Int64 {
        let (seconds, overflows) = until.subtractingReportingOverflow(commit.committer.seconds)
        if overflows { return until > 0 ? .max : 0 }
        return max(0, seconds)
    }
}
