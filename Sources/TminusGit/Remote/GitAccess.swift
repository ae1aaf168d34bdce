/// How to get into a git host. Secrets are asked for when they are needed, and appear in no description.
package struct GitCredential: Sendable, CustomStringConvertible, CustomReflectable {
    /// Reads a secret where it is kept; called on the thread that fetches, once per connection. It may throw; what it
    /// throws is not repeated, as it might hold the secret.
    package typealias Secret = @Sendable () throws -> String

    enum Kind: Sendable {
        case none
        case password(user: String?, Secret)
        case keyFile(path: String, passphrase: Secret?)
        case keyText(Secret, passphrase: Secret?)
        case agent
    }

    let kind: Kind

    /// For public repositories, and files.
    package static let none = GitCredential(kind: .none)

    /// The keys of the ssh agent at `SSH_AUTH_SOCK`.
    package static let agent = GitCredential(kind: .agent)

    /// A password or an access token for https. Without `user`, the URL's is taken, or else `git`.
    package static func password(user: String? = nil, _ secret: @escaping Secret) -> GitCredential {
        GitCredential(kind: .password(user: user, secret))
    }

    /// A private key for ssh in a file that nobody else may read: ed25519 or ECDSA. (Debian's libssh2 signs with RSA
    /// keys by SHA-1 only, which hosts no longer take.)
    package static func key(file path: String, passphrase: Secret? = nil) -> GitCredential {
        GitCredential(kind: .keyFile(path: path, passphrase: passphrase))
    }

    /// The same key as text, for keys kept as secrets.
    package static func key(text: @escaping Secret, passphrase: Secret? = nil) -> GitCredential {
        GitCredential(kind: .keyText(text, passphrase: passphrase))
    }

    package var description: String {
        switch kind {
        case .none: "no credential"
        case .password: "a password"
        case .keyFile(let path, _): "the ssh key \(path)"
        case .keyText: "an ssh key"
        case .agent: "the ssh agent"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: ["kind": description]) }
}

/// What bounds a conversation with a git host.
package struct GitLimits: Equatable, Sendable {
    /// From the first look-up of the host's name to the last byte stored.
    package var time: Duration
    /// Received in all, over all connections; also what the local copy of a file repository may take.
    package var bytes: Int
    /// Objects in one fetch.
    package var objects: Int
    /// References the host lists.
    package var references: Int

    package init(
        time: Duration = .seconds(120), bytes: Int = 1 << 30, objects: Int = 5_000_000, references: Int = 200_000
    ) {
        self.time = time
        self.bytes = bytes
        self.objects = objects
        self.references = references
    }
}

/// Everything a conversation with a git host needs besides its URL.
package struct GitAccess: Sendable {
    package var credential: GitCredential
    /// OpenSSH known-hosts files, asked in turn. An ssh host that none names is refused, never added.
    package var knownHosts: [String]
    package var limits: GitLimits

    package init(credential: GitCredential = .none, knownHosts: [String] = [], limits: GitLimits = GitLimits()) {
        self.credential = credential
        self.knownHosts = knownHosts
        self.limits = limits
    }
}
