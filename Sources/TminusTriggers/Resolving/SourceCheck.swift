import TminusGit
package import TminusModel

/// Whether a plan that somebody hands in is what the tag says that it names as its source. Under a policy the words of
/// whoever starts a run are not believed: who tagged and signed decides who may approve.
package struct SourceCheck: Sendable {
    private let resolver: TagResolver
    private let policy: @Sendable () throws(TriggerFault) -> TriggerPolicy?
    private let lastCommit: @Sendable (Plan) async -> String?

    /// - Parameters:
    ///   - policy: nil where there is none.
    ///   - lastCommit: the commit of the last release on the plan's service and environment; nil when there is none.
    package init(
        resolver: TagResolver, policy: @escaping @Sendable () throws(TriggerFault) -> TriggerPolicy?,
        lastCommit: @escaping @Sendable (Plan) async -> String?
    ) {
        self.resolver = resolver
        self.policy = policy
        self.lastCommit = lastCommit
    }

    /// Fetches the tag with the policy's credentials, reads the pipeline again, and compares.
    ///
    /// - Parameter isHotfix: the plan was made an emergency change by `tminus hotfix`.
    /// - Returns: the commits it brings since the last release, newest first, by our own reading; nil without a policy,
    ///   and for a plan that no tag made.
    /// - Throws: what does not agree, and what to do. `.isPassing` when the tag could not be asked for.
    package func changes(of plan: Plan, isHotfix: Bool) async throws(TriggerFault) -> [ChangelogEntry]? {
        guard let source = plan.source, let policy = try policy() else { return nil }
        let claimed: GitURL
        do throws(GitError) { claimed = try GitURL(source.repository) } catch { throw TriggerFault(error) }
        guard let repository = policy.repository(at: source.repository) else { throw TriggerFault.unlisted(claimed) }
        let url = try repository.address()
        let request = TagRequest(
            repository: repository, tag: source.tag, pipeline: source.path,
            inputs: plan.inputs.map { Variable(name: $0.name, value: $0.value) })
        let tag = try await resolver.fetch(request, url)
        try agree(source, PlanSource(tag, repository: source.repository, path: source.path), repository)
        let found = try await resolver.resolve(request, tag, url)
        var own = found.plan.withoutHistory
        own.source?.repository = source.repository
        let said = plan.withoutHistory
        // `tminus hotfix` makes the plan an emergency; whether that may be is for the policy to say.
        if isHotfix, said.change == .emergency, said.release == .hotfix {
            (own.change, own.release) = (.emergency, .hotfix)
        }
        guard own.json.bytes == said.json.bytes else {
            throw TriggerFault(
                .refused,
                "the plan is not what \(source.path) of tag \(source.tag) says with these inputs: "
                    + "\(Self.difference(own, said)); make the plan with this version of tminus, or let "
                    + "the engine read the tag: \(Self.remedy(source, repository))")
        }
        return await resolver.changes(of: found, since: await lastCommit(found.plan)).entries
    }

    private func agree(
        _ said: PlanSource, _ found: PlanSource, _ repository: RepositorySpec
    ) throws(TriggerFault) {
        let parts: [(what: String, said: String?, found: String?)] = [
            ("object", said.object, found.object), ("commit", said.commit, found.commit),
            ("tree", said.tree, found.tree), ("tagger", said.tagger, found.tagger),
            ("signer", said.signer, found.signer),
            ("time of commit", "\(said.committed.millisecondsSinceEpoch)", "\(found.committed.millisecondsSinceEpoch)"),
        ]
        guard let other = parts.first(where: { $0.said != $0.found }) else { return }
        let advice =
            other.what == "signer" && other.said == nil
            ? "check the signature as the policy does (--allowed-signers FILE), or let the engine do it: "
            : "let the engine read the tag itself: "
        throw TriggerFault(
            .refused,
            "the plan does not say what tag \(found.tag) of \(repository.name) is: the \(other.what) is "
                + "\(Self.shown(other.found)), and the plan says \(Self.shown(other.said)); \(advice)"
                + Self.remedy(said, repository))
    }

    private static func remedy(_ source: PlanSource, _ repository: RepositorySpec) -> String {
        "tminus trigger --repo \(repository.name) --tag \(source.tag) --pipeline "
            + PrintableText.line(source.path, limit: 200)
    }

    private static func shown(_ text: String?) -> String {
        text.map { "\"\(PrintableText.line($0, limit: 120))\"" } ?? "nobody"
    }

    /// The first member of the plan that differs.
    private static func difference(_ own: Plan, _ said: Plan) -> String {
        let (own, said) = (own.json.members ?? [], said.json.members ?? [])
        let names = (own + said).map(\.key)
        let name = names.first { name in
            own.first { $0.key == name }?.value != said.first { $0.key == name }?.value
        }
        return name.map { "'\($0)' differs" } ?? "it differs"
    }
}
