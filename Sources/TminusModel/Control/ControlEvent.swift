/// One fact that concerns more than one run: freezes, tokens, reviews, broken locks, tags that were looked at, and
/// orders that were refused. They have a journal of their own, in one chain for the data directory.
package struct ControlEvent: Equatable, Sendable {
    /// From 1, without gaps.
    package var sequence: Int
    package var at: Instant
    package var body: Body

    package init(sequence: Int, at: Instant, body: Body) {
        self.sequence = sequence
        self.at = at
        self.body = body
    }

    /// Names are past tense and stable: they are the `type` member.
    package enum Body: Equatable, Sendable {
        case freezeAdded(FreezeRule, by: String)
        case freezeEnded(name: String, by: String, reason: String)
        /// Nothing more starts where this applies until it is released; the rule has no end.
        case lineStopped(FreezeRule, by: String)
        case lineReleased(name: String, by: String, reason: String)
        case tokenCreated(AccessToken, by: String)
        case tokenRevoked(name: String, by: String, reason: String)
        case reviewOpened(Review)
        case reviewClosed(name: String, by: String, verdict: String)
        /// `run` was made to give up the (service, environment).
        case lockBroken(service: String, environment: String, run: String, by: String, reason: String)
        /// A person or token tried what it may not.
        case orderRefused(by: String, order: String, reason: String)
        /// What became of a tag that somebody or something pointed at: `decision` is `started`, `known`, `unmatched`,
        /// `held` or `refused`.
        case tagSeen(repository: String, tag: String, object: String, decision: String, reason: String, run: String?)
        /// What was done without the journal is in it now, as this run.
        case rollbackImported(run: String, by: String, reason: String)
        /// A release may not be promoted further, or may again.
        case releaseBlocked(service: String, version: String, by: String, reason: String)
        case releaseUnblocked(service: String, version: String, by: String, reason: String)
        /// The events and files of these runs are removed; recorded before they are. The reason may be empty.
        case runsPruned([PrunedRun], by: String, reason: String)
    }
}
