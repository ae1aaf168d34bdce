/// A git repository that tags are released from, as the policy names it.
package struct RepositorySpec: Equatable, Sendable {
    /// How we are let in.
    package enum Access: Equatable, Sendable {
        /// Public, or a path of this machine.
        case open
        /// An access token or password for https; without `user`, the URL's.
        case password(user: String?, SecretReference.Source)
        /// A private key for ssh in a file that only the engine's account may read.
        case key(file: String, passphrase: SecretReference.Source?)
        /// The engine's own ssh agent.
        case agent
    }

    /// Whose signatures on tags count.
    package struct Trust: Equatable, Sendable {
        /// An OpenSSH allowed-signers file; absolute.
        package var allowedSigners: String?
        /// A file of public GPG keys, and the primary keys in it that count, 40 hexadecimal digits each.
        package var gpgKeys: String?
        package var gpgFingerprints: [String]

        package init(allowedSigners: String? = nil, gpgKeys: String? = nil, gpgFingerprints: [String] = []) {
            self.allowedSigners = allowedSigners
            self.gpgKeys = gpgKeys
            self.gpgFingerprints = gpgFingerprints
        }
    }

    /// What rules and webhooks name it by; empty for one that a person named by its URL.
    package var name: String
    /// As written; never holds a password when it comes from the policy.
    package var url: String
    package var access = Access.open
    /// OpenSSH known-hosts files; absolute. An ssh host that none names is refused.
    package var knownHosts: [String] = []
    /// PEM files of authorities that are trusted for https beside the system's; absolute.
    package var authorities: [String] = []
    /// How often its tags are looked at, to cover lost webhooks; nil for never.
    package var poll: Duration?
    /// Nil where signatures are not checked.
    package var trust: Trust?

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
