package import TminusModel

/// What holds for all runs: the fold of the control journal, and nothing else.
package struct ControlState: Equatable, Sendable {
    /// The last event's number; 0 before the first.
    package private(set) var sequence = 0
    package private(set) var lastAt = Instant.distantPast
    /// Added by command and not ended, oldest first.
    package private(set) var freezes: [Standing] = []
    /// Stopped lines that were not released, oldest first.
    package private(set) var lines: [Standing] = []
    /// Not revoked, oldest first; expired ones are among them.
    package private(set) var tokens: [AccessToken] = []
    /// Open ones, oldest first.
    package private(set) var reviews: [Review] = []
    package private(set) var blocks: [ReleaseBlock] = []
    /// How many there ever were: the next one's number is one more.
    package private(set) var tokensMade = 0
    package private(set) var reviewsMade = 0
    /// Every run that a review was opened for, closed or not; only ever asked for one of them.
    package private(set) var reviewedRuns: Set<String> = []

    /// Every run that went ahead without the journal and was noted; only ever asked for one of them.
    package private(set) var importedRuns: Set<String> = []

    /// A freeze in force, and who put it there.
    package struct Standing: Equatable, Sendable {
        package var rule: FreezeRule
        package var by: String
        package var since: Instant
    }

    package init() {}

    /// Every rule a run may be kept by, beside the policy's.
    package var rules: [FreezeRule] { (freezes + lines).map(\.rule) }

    package mutating func apply(_ event: ControlEvent) {
        sequence = event.sequence
        lastAt = event.at
        switch event.body {
        case .freezeAdded(let rule, let by): freezes.append(Standing(rule: rule, by: by, since: event.at))
        case .freezeEnded(let name, _, _): freezes.removeAll { $0.rule.name == name }
        case .lineStopped(let rule, let by): lines.append(Standing(rule: rule, by: by, since: event.at))
        case .lineReleased(let name, _, _): lines.removeAll { $0.rule.name == name }
        case .tokenCreated(let token, _):
            tokens.append(token)
            tokensMade += 1
        case .tokenRevoked(let name, _, _): tokens.removeAll { $0.name == name }
        case .reviewOpened(let review):
            reviews.append(review)
            reviewsMade += 1
            reviewedRuns.insert(review.run)
        case .reviewClosed(let name, _, _): reviews.removeAll { $0.name == name }
        case .releaseBlocked(let service, let version, let by, let reason):
            blocks.removeAll { $0.service == service && $0.version == version }
            blocks.append(ReleaseBlock(service: service, version: version, by: by, reason: reason))
        case .releaseUnblocked(let service, let version, _, _):
            blocks.removeAll { $0.service == service && $0.version == version }
        case .rollbackImported(let run, _, _): importedRuns.insert(run)
        case .lockBroken, .orderRefused, .tagSeen, .runsPruned: break
        }
    }
}
