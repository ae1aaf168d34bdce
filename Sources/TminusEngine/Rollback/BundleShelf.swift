package import TminusModel

/// Where rollback bundles are kept: on this machine, beside the journal and not in it.
package protocol BundleShelf: Sendable {
    /// Durable when this returns; the oldest of the target beyond what is kept are dropped.
    ///
    /// - Parameter files: what the inverse plan pins, by digest.
    func keep(_ bundle: RollbackBundle, files: [String: [UInt8]]) async throws(EngineError)

    /// Keeps a phase's seal, signed; durable when this returns.
    func keep(_ seal: PhaseSeal) async throws(EngineError)

    /// The names of the runs of a target that have one.
    func runs(service: String, environment: String) async -> [String]

    /// Every bundle of a target whose signature is ours; nil matches any. In no order.
    func bundles(service: String?, environment: String?) async throws(EngineError) -> [RollbackBundle]

    /// What a run's bundle pins, by digest.
    func files(of record: ReleaseRecord) async throws(EngineError) -> [String: [UInt8]]

    /// Live attempts of runs that no journal knows any more, named `run/step/attempt`: those of these pipelines.
    func lostAttempts(of pipelines: [String]) async -> [String]

    /// Stops them, and returns when none is left.
    func stopLostAttempts(of pipelines: [String]) async throws(EngineError)
}
