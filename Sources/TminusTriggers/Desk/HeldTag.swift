import TminusModel

/// A tag that somebody has to look into: it was moved, carries a bad signature, or an old object under a new name.
package struct HeldTag: Equatable, Sendable {
    /// The repository's address without credentials.
    package var repository: String
    /// Safe to print.
    package var tag: String
    /// What the tag is now.
    package var object: String
    /// The run that the tag made when it was another object; nil when it made none.
    package var run: String?
    /// A sentence without a full stop.
    package var reason: String

    /// The same page for the same object, however often it is looked at.
    package var pageKey: String { "tag-held:\(tag):\(object.prefix(12))" }
}

/// How many held tags of a repository page somebody within an hour: whoever may push tags must not keep people awake.
struct HeldPages {
    private var paged: [RepositoryIdentity: [ContinuousClock.Instant]] = [:]

    static let ofOneRepositoryMax = 5
    private static let within = Duration.seconds(3_600)

    /// True while there is room for one more, which is counted.
    mutating func mayPage(_ repository: RepositoryIdentity, now: ContinuousClock.Instant) -> Bool {
        let recent = (paged[repository] ?? []).filter { now - $0 < Self.within }
        let isRoom = recent.count < Self.ofOneRepositoryMax
        paged[repository] = isRoom ? recent + [now] : recent
        return isRoom
    }
}
