import TminusGit
package import TminusModel

extension RepositorySpec {
    /// Its address.
    ///
    /// - Throws: `.refused` with the forms there are.
    func address() throws(TriggerFault) -> GitURL {
        do throws(GitError) { return try GitURL(url) } catch { throw TriggerFault(error) }
    }

    /// How a message calls it.
    package var shown: String {
        name.isEmpty ? ((try? GitURL(url))?.description ?? "the repository") : name
    }

    var gitAccess: GitAccess {
        GitAccess(credential: credential, knownHosts: knownHosts)
    }

    private var credential: GitCredential {
        switch access {
        case .open: return .none
        case .password(let user, let source): return .password(user: user, Self.secret(source))
        case .key(let file, let passphrase): return .key(file: file, passphrase: passphrase.map(Self.secret))
        case .agent: return .agent
        }
    }

    private static func secret(_ source: SecretReference.Source) -> GitCredential.Secret {
        { try SecretText.text(source) }
    }

    var signatureTrust: SignatureTrust? {
        trust.map {
            SignatureTrust(
                allowedSigners: $0.allowedSigners, gpgKeys: $0.gpgKeys, gpgFingerprints: $0.gpgFingerprints)
        }
    }
}
