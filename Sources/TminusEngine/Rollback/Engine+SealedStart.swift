internal import Logging
internal import TminusCore
package import TminusModel
internal import TminusPorts

/// A seal that somebody brings, read and found whole, with what its plan pins, by digest.
package struct OpenedSeal: Sendable {
    package var seal: PhaseSeal
    /// SHA-256 of what was signed.
    package var digest: String
    /// The public key that signed it, 64 hexadecimal digits; it is trusted here.
    package var key: String
    package var files: [String: [UInt8]]

    package init(seal: PhaseSeal, digest: String, key: String, files: [String: [UInt8]]) {
        self.seal = seal
        self.digest = digest
        self.key = key
        self.files = files
    }
}

/// Going on from what another run sealed, on this engine or another.
extension Engine {
    /// Makes a run that begins after the phase that was sealed; returns its name. What the policy demands is asked for
    /// here. A seal makes one run.
    ///
    /// - Throws: `.badPlan` with what is wrong with the file, `.refused` naming what is too old or under way,
    ///   `.duplicate`, and what `submit` throws.
    package func submit(
        sealed bytes: [UInt8], by person: Person, reason: String? = nil
    ) async throws(EngineError) -> String {
        guard isStarted, !isLeaving else { throw .leaving }
        guard let shelf = parts.shelf else { throw EngineError(.refused, "this engine keeps no seals and trusts none") }
        let opened = try await shelf.open(bytes)
        let seal = opened.seal
        if let refusal = seal.refusal(at: now) {
            throw EngineError(.refused, "\(seal.phase) of \(seal.run) can't be built on: \(refusal)")
        }
        if let own = live[seal.run], own.driver?.state.digest == seal.digest {
            throw EngineError(.refused, "\(seal.run) is under way here, and goes on itself: tminus watch \(seal.run)")
        }
        guard let phase = seal.plan.phases.firstIndex(where: { $0.name == seal.phase }) else {
            throw EngineError(.badPlan, "the plan of \(seal.run) has no phase \(seal.phase)")
        }
        // A tag that was moved since is refused here as everywhere.
        _ = try await origin(of: seal.plan, isAgain: true)
        do throws(EngineError) {
            return try await submit(
                seal.plan, digest: seal.digest, files: opened.files, by: person, reason: reason,
                origin: TagOrigin(
                    repository: "seal:\(opened.key)", tag: seal.run, object: opened.digest, pipeline: seal.phase),
                sealed: SealedStart(seal, phase: phase, digest: opened.digest, key: opened.key))
        } catch {
            guard error.code == .duplicate else { throw error }
            throw EngineError(
                .duplicate,
                "a run was started from this seal of \(seal.run) already, and a seal makes one: tminus run list "
                    + "--service \(seal.plan.service). To do it once more, begin with \(seal.phase)")
        }
    }

    /// - Throws: `.badPlan` when a run may not end after this phase.
    static func check(_ endsAfter: Int, _ plan: Plan) throws(EngineError) {
        guard plan.phases.indices.contains(endsAfter), endsAfter + 1 < plan.phases.count else {
            throw EngineError(.badPlan, "the plan has no phase \(endsAfter) that another comes after")
        }
        guard let effect = plan.steps.first(where: { $0.phase <= endsAfter && $0.hasEffect }) else { return }
        throw EngineError(
            .refused,
            "\(effect.name) has an effect that only its own run can undo, so the run can't end after "
                + "\(plan.phases[endsAfter].name): pause it there (--phase \(plan.phases[endsAfter].name)) and resume "
                + "it, or say 'effect: none' if there is none")
    }
}
