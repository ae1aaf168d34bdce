package import TminusGit
package import TminusPipeline

/// Why a tag does not become a plan.
package struct TriggerFault: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The repository could not be asked; it may work later.
        case unreachable
        /// There is no such tag, or no such repository.
        case notFound
        /// The tag, its signature, its name or the policy stands against it.
        case refused
        /// The pipeline in the tagged commit is wrong: `diagnostics` say where.
        case badPipeline
        /// A credential or a file that says whom to trust can't be used.
        case badAccess
    }

    package var code: Code
    /// What is wrong, where, and what to do. Holds no secret.
    package var description: String
    package var diagnostics: DiagnosticsError?

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package init(_ error: DiagnosticsError) {
        code = .badPipeline
        description = error.description
        diagnostics = error
    }

    package init(_ error: GitError) {
        let code: Code =
            switch error.code {
            case .unreachable, .badAnswer, .tooSlow, .cancelled, .locked, .notWritable: .unreachable
            case .noSuchTag, .noSuchRemote, .notRepository, .noSuchFile: .notFound
            case .notAllowed, .badCredential, .unknownHost, .changedHost, .untrustedCertificate, .noTrust, .notOwned:
                .badAccess
            case .badTagName, .notACommit, .malformedTag, .unreadable, .tooLarge, .badPath, .notAFile, .badURL:
                .refused
            }
        self.init(code, error.description)
    }

    /// Of an address that the policy does not have: what it fetches from is for the policy to say.
    static func unlisted(_ url: GitURL) -> TriggerFault {
        TriggerFault(
            .refused,
            "the policy has no repository at \(url), and under a policy only its repositories are released from; add "
                + "it to tminus.yaml under 'repositories:', like 'NAME: {url: \(url)}', with its access and trust")
    }

    /// Whether trying again later may help: the host is away, or a push has not come through yet.
    package var isPassing: Bool {
        switch code {
        case .unreachable, .notFound, .badAccess: true
        case .refused, .badPipeline: false
        }
    }
}
