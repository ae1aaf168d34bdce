/// What is released when a tag appears: the first rule that matches decides.
package struct TriggerRule: Equatable, Sendable {
    /// Who must have signed the tag.
    package enum Signature: Equatable, Sendable {
        /// Somebody the repository trusts, and one of these: principals of the allowed-signers file, `SHA256:…` or
        /// GPG fingerprints, as globs. Empty: anybody it trusts.
        case signed(by: [String])
        /// Nobody, because the rule says so. A bad signature is refused all the same.
        case unsigned
    }

    /// A repository's name.
    package var repository: String
    /// A glob over the tag's name, such as `v*`.
    package var tags: String
    package var signature: Signature
    /// The pipeline's path in the tree.
    package var pipeline: String
    /// What the pipeline itself must say; nil for whatever it says.
    package var environment: String?
    package var change: ChangeClass?
    /// Values of inputs beside the tag's.
    package var inputs: [Variable] = []

    package init(repository: String, tags: String, signature: Signature, pipeline: String) {
        self.repository = repository
        self.tags = tags
        self.signature = signature
        self.pipeline = pipeline
    }
}

/// Who tells us of tags.
package struct WebhookSpec: Equatable, Sendable {
    package enum Sender: String, Hashable, Sendable, CaseIterable { case github, gitlab, gitea, forgejo, generic }

    /// The last part of its path: `/v1/webhooks/NAME`.
    package var name: String
    package var sender: Sender
    /// A repository's name. What the payload says of a repository is not believed.
    package var repository: String
    /// One or two: the second while senders change from one to the other. Without a secret that can be read the webhook
    /// is off.
    package var secrets: [SecretReference.Source]

    package init(name: String, sender: Sender, repository: String, secrets: [SecretReference.Source]) {
        self.name = name
        self.sender = sender
        self.repository = repository
        self.secrets = secrets
    }
}

/// The part of the policy that leads from tags to runs.
package struct TriggerPolicy: Equatable, Sendable {
    package var repositories: [RepositorySpec] = []
    /// In the order written.
    package var rules: [TriggerRule] = []
    package var webhooks: [WebhookSpec] = []

    package init() {}

    package func repository(named name: String) -> RepositorySpec? { repositories.first { $0.name == name } }

    /// The first that is the repository at this address, however either is written.
    package func repository(at address: String) -> RepositorySpec? {
        let identity = RepositoryIdentity(address)
        return repositories.first { RepositoryIdentity($0.url) == identity }
    }

    /// The rules of a repository, whichever of its names they use, with their numbers from 1.
    package func rules(of repository: RepositorySpec) -> [(number: Int, rule: TriggerRule)] {
        let identity = RepositoryIdentity(repository.url)
        let names = repositories.filter { RepositoryIdentity($0.url) == identity }.map(\.name)
        return rules.enumerated().filter { names.contains($0.element.repository) }.map { ($0.offset + 1, $0.element) }
    }

    package func webhook(named name: String) -> WebhookSpec? { webhooks.first { $0.name == name } }
}
