/// What became of a tag since it was pinned.
package enum TagChange: Equatable, Sendable {
    case unchanged
    /// It leads to another commit now. The worst: what would be released is another thing.
    case moved(from: String, to: String)
    case deleted
    /// Same commit, but the tag object is gone and the reference points straight at the commit.
    case becameLightweight
    /// Same commit, where there was no tag object before.
    case becameAnnotated
    /// Same commit, another tag object, and no signature any more.
    case lostSignature
    /// Same commit, another tag object: tagged or signed again.
    case retagged(from: String, to: String)

    /// - Parameter now: the tag as it is, nil if it is gone. Of the same name as `pinned`.
    package static func compare(pinned: TagIdentity, now: TagIdentity?) -> TagChange {
        guard let now else { return .deleted }
        guard pinned.name == now.name else { return .deleted }
        guard pinned.commit == now.commit else { return .moved(from: pinned.commit, to: now.commit) }
        guard pinned.object != now.object else { return .unchanged }
        switch (pinned.kind, now.kind) {
        case (.annotated, .lightweight): return .becameLightweight
        case (.lightweight, .annotated): return .becameAnnotated
        default: break
        }
        if pinned.signature.isPresent, !now.signature.isPresent { return .lostSignature }
        return .retagged(from: pinned.object, to: now.object)
    }

    /// One sentence without the tag's name, such as "now leads to commit 1234567 instead of 89abcde".
    package var sentence: String {
        switch self {
        case .unchanged: "is as it was pinned"
        case .moved(let from, let to): "now leads to commit \(to.prefix(12)) instead of \(from.prefix(12))"
        case .deleted: "was deleted"
        case .becameLightweight: "lost its tag object: it is lightweight now, on the same commit"
        case .becameAnnotated: "got a tag object it did not have, on the same commit"
        case .lostSignature: "was made again without a signature, on the same commit"
        case .retagged(let from, let to):
            "was made again (tag object \(to.prefix(12)) instead of \(from.prefix(12))), on the same commit"
        }
    }
}
