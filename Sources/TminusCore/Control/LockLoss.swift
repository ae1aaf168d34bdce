import TminusModel

/// A person broke the run's lock: another run may change the target meanwhile, so nothing of this one is started, and
/// nothing is turned back by itself, until it has the lock again and a person has looked.
package struct LockLoss: Equatable, Sendable {
    package internal(set) var by: String
    package internal(set) var reason: String
    /// The lock is its own again.
    package internal(set) var isBack = false
}

extension RunState {
    /// Whether it holds its (service, environment): started, not over, and not made to give it up.
    package var holdsLock: Bool { startedAt != nil && outcome == nil && !isLockLost }

    /// Whether its lock was broken, and it does not have it again.
    package var isLockLost: Bool { lockLoss.map { !$0.isBack } ?? false }

    private var isWithoutLock: Bool { outcome == nil && (startedAt == nil || isLockLost) }

    func lockGranted() -> [Event.Body] { isWithoutLock ? [.runStarted] : [] }

    func lockHeld(by holder: String) -> [Event.Body] {
        isWithoutLock && lockHolder != holder ? [.lockWaited(holder: holder)] : []
    }

    func lockTaken(by person: String, _ reason: String) -> [Event.Body] {
        holdsLock ? [.lockBroken(by: person, reason: reason)] : []
    }
}
