/// Whose signatures on tags count. Files that others could write to are refused.
///
/// A tag is good when the program's exit status says so, and the name inside the object is the reference's, and the
/// object leads to the commit that was resolved; what a program prints for people is never read.
package struct SignatureTrust: Equatable, Sendable {
    /// An OpenSSH allowed-signers file: principals, `namespaces="git"`, dates, keys. Nil: ssh signatures are refused.
    package var allowedSigners: String?
    /// A file of public GPG keys, armoured or not. Nil: GPG signatures are refused.
    package var gpgKeys: String?
    /// The primary keys in `gpgKeys` that count: 40 hexadecimal digits each, in either case, without spaces.
    package var gpgFingerprints: [String]
    /// The moment at which keys must be valid, seconds since 1970; nil for now. Not the tagger's time, which anybody
    /// can set back to before a key expired.
    package var validAt: Int64?

    package init(
        allowedSigners: String? = nil, gpgKeys: String? = nil, gpgFingerprints: [String] = [], validAt: Int64? = nil
    ) {
        self.allowedSigners = allowedSigners
        self.gpgKeys = gpgKeys
        self.gpgFingerprints = gpgFingerprints
        self.validAt = validAt
    }

    /// The largest file of keys or signers read, in bytes.
    static let bytesMax = 16 << 20

    /// What is known without asking anybody.
    static func unchecked(_ tag: TagObject) -> SignatureState {
        kind(tag).map(SignatureState.unchecked) ?? .unsigned
    }

    private static func kind(_ tag: TagObject) -> SignatureState.Kind? {
        guard let signature = tag.signature else { return nil }
        if signature.starts(with: "-----BEGIN SSH SIGNATURE-----".utf8) { return .ssh }
        if signature.starts(with: "-----BEGIN SIGNED MESSAGE-----".utf8) { return .x509 }
        return .gpg
    }

    /// Blocks for as long as the programs run, 20 s each at most.
    ///
    /// - Throws: `.noTrust` when the trust itself can't be used: a file is missing or open to others, gpg or ssh-keygen
    ///   is not installed. `.notWritable`.
    func check(_ tag: TagObject) throws(GitError) -> SignatureState {
        guard let kind = Self.kind(tag), let signature = tag.signature else { return .unsigned }
        switch kind {
        case .x509:
            return .refused(kind, reason: "it is an X.509 signature, which Tminus can't check; sign with ssh or GPG")
        case .ssh:
            guard let allowedSigners else {
                return .refused(kind, reason: "it is an ssh signature, and no allowed-signers file is named")
            }
            let signers = try TrustedFile.read(allowedSigners, what: "allowed-signers file", limit: Self.bytesMax)
            return try SSHSignature.check(tag.payload, signature, signers: signers, validAt: validAt)
        case .gpg:
            guard let gpgKeys, !gpgFingerprints.isEmpty else {
                return .refused(kind, reason: "it is a GPG signature, and no GPG keys and fingerprints are named")
            }
            let keys = try TrustedFile.read(gpgKeys, what: "file of GPG keys", limit: Self.bytesMax)
            return try GPGSignature.check(
                tag.payload, signature, keys: keys, fingerprints: gpgFingerprints, validAt: validAt)
        }
    }
}

extension GitRepository {
    /// Everything that identifies tag `name`, its signature checked against `trust`; unchecked if that is nil.
    ///
    /// - Throws: as `identify(_:)`; `.noTrust`, `.notWritable`.
    package func identify(_ name: String, trust: SignatureTrust?) throws(GitError) -> TagIdentity {
        var (identity, object) = try taggedObject(name)
        if let trust, let object { identity.signature = try trust.check(object) }
        return identity
    }
}
