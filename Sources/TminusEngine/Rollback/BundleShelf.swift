package import TminusModel

/// Where rollback bundles are kept: on this machine, beside the journal and not in it.
package protocol BundleShelf: Sendable {
    /// Durable when this returns; the oldest of the target beyond what is kept are dropped.
    ///
    /// - Parameter files: what the inverse plan pins, by digest.
    func keep(_ bundle: RollbackBundle, files: [String: [UInt8]]) async throws(EngineError)

    /// Makes the second place of bundles, if there is one, like the first; durable when this returns. Returns what went
    /// wrong, which never keeps a release from anything.
    func mirror() async -> String?

    /// Keeps a phase's seal, signed; durable when this returns. Returns the digest of what was signed.
    ///
    /// - Parameter files: what the plan pins, by digest.
    func keep(_ seal: PhaseSeal, files: [String: [UInt8]]) async throws(EngineError) -> String

    /// The seal of a run's phase, once its signature is checked, and the digest of what was signed.
    ///
    /// - Throws: `.files` with what is wrong with it, as one sentence.
    func seal(of run: String, phase: String) async throws(EngineError) -> (seal: PhaseSeal, digest: String)

    /// Drops the seals of a run that is pruned; returns their bytes.
    func removeSeals(of run: String) async -> Int64

    /// Reads a seal that somebody brings.
    ///
    /// - Throws: `.badPlan` with what is wrong: its signature, whose it is, its content, or what this machine lacks.
    func open(_ bytes: [UInt8]) async throws(EngineError) -> OpenedSeal

    /// The names of the runs of a target that have one.
    func runs(service: String, environment: String) async -> [String]

    /// Drops the bundles of runs of a target that are not in place, in this order; durable when this returns.
    func drop(_ runs: [String], service: String, environment: String) async throws(EngineError)

    /// Every bundle of a target whose signature is ours; nil matches any. In no order.
    func bundles(service: String?, environment: String?) async throws(EngineError) -> [RollbackBundle]

    /// What a run's bundle pins, by digest.
    func files(of record: ReleaseRecord) async throws(EngineError) -> [String: [UInt8]]

    /// Live attempts of runs that no journal knows any more, named `run/step/attempt`: those of these pipelines.
    func lostAttempts(of pipelines: [String]) async -> [String]

    /// Stops them, and returns when none is left.
    func stopLostAttempts(of pipelines: [String]) async throws(EngineError)
}
