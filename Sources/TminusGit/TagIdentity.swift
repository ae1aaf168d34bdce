/// Everything that makes a tag this tag and not another of the same name, as pinned when a run starts.
package struct TagIdentity: Equatable, Sendable {
    /// What the reference points at.
    package enum Kind: String, Sendable {
        /// An object of its own, with a tagger and perhaps a signature.
        case annotated
        /// Straight at the commit: nobody's name is on it.
        case lightweight
    }

    /// Without `refs/tags/`.
    package var name: String
    /// The object `refs/tags/<name>` names: the tag object, or the commit if lightweight. 40 lower-case digits.
    package var object: String
    package var kind: Kind
    /// The commit it leads to in the end. 40 lower-case digits.
    package var commit: String
    /// The commit's tree. 40 lower-case digits.
    package var tree: String
    /// The commit's committer and when; the time is the committer's claim.
    package var committer: GitPerson
    /// The name inside the tag object; nil if lightweight. Differs from `name` when an object is replayed under another
    /// reference. Safe to print.
    package var nameInside: String?
    /// Nil if lightweight, or if the object has none (very old gits).
    package var tagger: GitPerson?
    /// How many tag objects lie between reference and commit: 0 if lightweight, 1 as a rule, more when tags nest.
    package var depth: Int
    package var signature: SignatureState

    /// `refs/tags/<name>`.
    package var reference: String { "refs/tags/\(name)" }

    /// Seconds since 1970 at which it was tagged, by the tagger's word; the committer's if nobody else's.
    package var taggedSeconds: Int64 { tagger?.seconds ?? committer.seconds }

    /// Whether the object was made for this reference; false for an old signed object under a new name.
    package var isMadeForItsName: Bool { nameInside == nil || nameInside == name }

    package init(
        name: String, object: String, kind: Kind, commit: String, tree: String, committer: GitPerson,
        nameInside: String?, tagger: GitPerson?, depth: Int, signature: SignatureState
    ) {
        self.name = name
        self.object = object
        self.kind = kind
        self.commit = commit
        self.tree = tree
        self.committer = committer
        self.nameInside = nameInside
        self.tagger = tagger
        self.depth = depth
        self.signature = signature
    }

    /// What a policy may ask of a tag.
    package enum Requirement: String, Sendable {
        /// Any tag whose object, if it has one, was made for its name.
        case any
        /// An annotated one.
        case annotated
        /// One with a signature that was checked and is good.
        case signed
    }

    /// Why the tag must not be released; nil when it may.
    ///
    /// A bad signature refuses a tag even where none is asked for: it says that somebody tampered, or lost a key.
    package func refusal(requiring requirement: Requirement) -> String? {
        if let nameInside, nameInside != name {
            return "the object behind tag \(name) was made as tag \(nameInside): an old tag under a new name; "
                + "tag anew with `git tag -s \(name)`"
        }
        if case .refused(_, let reason) = signature { return "the signature of tag \(name) is refused: \(reason)" }
        if requirement == .any { return nil }
        if kind == .lightweight {
            return "tag \(name) is lightweight, so nobody's name is on it; make one with `git tag -s` (or `-a`)"
        }
        if requirement == .annotated { return nil }
        switch signature {
        case .good, .refused: return nil
        case .unsigned: return "tag \(name) is not signed; make it with `git tag -s \(name)`"
        case .unchecked:
            return "nobody checked the signature of tag \(name); name the keys you trust in the policy file"
        }
    }
}

/// What is known of a tag's signature.
package enum SignatureState: Equatable, Sendable {
    /// What made the signature.
    package enum Kind: String, Sendable {
        case gpg
        case ssh
        /// X.509 (`gpgsm`), which Tminus can't check.
        case x509
    }

    case unsigned
    /// There is one, but no trusted keys were given to check it with.
    case unchecked(Kind)
    /// A trusted key made it. `signer` is the principal in the allowed-signers file, empty for GPG; `key` is
    /// `SHA256:…` of an ssh key, or the 40 digits of a GPG primary key.
    case good(Kind, signer: String, key: String)
    /// It is broken, expired, or by a key nobody trusts; the reason is one sentence.
    case refused(Kind, reason: String)

    /// Whether the tag carries a signature, of whatever worth.
    package var isPresent: Bool { self != .unsigned }
}
