package import TminusGit
package import TminusModel
package import TminusPipeline

/// A plan that was read from a tagged commit, with the tag as it was then.
package struct TaggedPlan: Sendable {
    package let resolved: Resolved
    package let tag: TagIdentity
    let mirror: GitMirror

    package var plan: Plan { resolved.plan }
    /// What makes it one run, and never two; nil never, as the plan has a source.
    package var origin: TagOrigin? { plan.source.map { TagOrigin($0) } }
}

extension TagIdentity {
    /// What is known of its signature, as a phrase: `signed by ada (SHA256:…)`.
    package var signatureWords: String {
        switch signature {
        case .unsigned: kind == .lightweight ? "a lightweight tag: nobody's name is on it" : "not signed"
        case .unchecked(let kind): "signed with \(kind.rawValue), by a key that nobody checked"
        case .good(_, let signer, let key): signer.isEmpty ? "signed by \(key)" : "signed by \(signer) (\(key))"
        case .refused(_, let reason): "signature refused: \(reason)"
        }
    }

    /// The names a rule may know the signer by; empty without a good signature.
    package var signers: [String] {
        guard case .good(_, let signer, let key) = signature else { return [] }
        return signer.isEmpty ? [key] : [signer, key]
    }
}
