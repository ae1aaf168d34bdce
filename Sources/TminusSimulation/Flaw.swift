/// A bug that other orchestrators had, planted into the simulated world to prove that the checkers see it.
///
/// Flaws live in the world around the driver (its pump, store, source or runner), never in the product's core.
package enum Flaw: String, Sendable, CaseIterable {
    /// The pump starts attempts when it is told to append their intent, not when that is durable.
    case actBeforeRecord
    /// The store keeps what any engine says, whatever it last knew.
    case unguardedUpdate
    /// The metric source takes NaN and empty answers for good counts.
    case nanPasses
    /// Rollback runs on a plan whose needs are reversed: first done is first undone.
    case forwardRollback
    /// A rescuer takes an attempt that has been running for a while for one that never began.
    case rerunBecauseTimePassed
    /// Freezes are asked when a run is taken up, and those that begin later reach nobody.
    case freezeAtStartOnly
    /// Runs are submitted in the name of a service's account: whoever asked for one may approve it.
    case borrowedName
}
