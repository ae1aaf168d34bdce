/// What a person may do beyond watching. A policy grants rights by name; without a policy file whoever reaches the
/// control socket has them all, because the socket is the account's own.
package enum Right: String, Hashable, Comparable, Sendable, CaseIterable {
    /// Submit a run, and pause, resume, retry, bypass, resolve, abort and go.
    case start
    /// `tminus rollback`, of a run or of a service.
    case rollback
    /// Submit a change of class emergency, and `tminus hotfix`.
    case emergency
    case overrideBudget
    case overrideFreeze
    case manageFreezes
    case stopTheLine
    case breakLock
    /// Release a block on an environment's promotion.
    case unblock
    case manageTokens
    /// Close a retroactive review.
    case review
    /// Back the journal up, and prune it.
    case manageStore

    package static func < (left: Right, right: Right) -> Bool { left.rawValue < right.rawValue }
}
