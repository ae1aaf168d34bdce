import TminusGit
package import TminusModel

/// Looks at the tags of the policy's repositories that ask for it, to cover webhooks that got lost. What was there when
/// a repository was first looked at is not released; what came or changed since is given to the desk.
package actor TagPoller {
    private let policy: @Sendable () -> TriggerPolicy?
    private let take: @Sendable (_ repository: String, _ tag: String) async -> TagOutcome
    private let log: @Sendable (String) -> Void
    private let memory: TagMemory
    /// When each repository is due; missing: now.
    private var due: [RepositoryIdentity: ContinuousClock.Instant] = [:]

    /// How often the policy is asked whether there is anything to look at.
    private static let pause = Duration.seconds(2)
    /// Of one repository; more are neither remembered nor released by polling.
    package static let tagsMax = 50_000

    /// - Parameters:
    ///   - path: the file in which it remembers, absolute.
    ///   - policy: nil where there is none, or it can't be read.
    package init(
        path: String, policy: @escaping @Sendable () -> TriggerPolicy?,
        take: @escaping @Sendable (_ repository: String, _ tag: String) async -> TagOutcome,
        log: @escaping @Sendable (String) -> Void
    ) {
        memory = TagMemory(path: path)
        self.policy = policy
        self.take = take
        self.log = log
    }

    /// Goes on until it is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await lookAtDue(now: ContinuousClock.now)
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Looks at every repository that is due.
    package func lookAtDue(now: ContinuousClock.Instant) async {
        guard let tags = policy() else { return }
        for repository in tags.repositories {
            guard let poll = repository.poll, let url = try? GitURL(repository.url) else { continue }
            if Task.isCancelled { return }
            let identity = RepositoryIdentity(url.description)
            if let due = due[identity], due > now { continue }
            due[identity] = now.advanced(by: poll)
            await look(repository, url, tags)
        }
    }

    private func look(_ repository: RepositorySpec, _ url: GitURL, _ policy: TriggerPolicy) async {
        let references: [RemoteReference]
        do throws(GitError) { references = try await GitMirror.references(of: url, repository.gitAccess) } catch {
            return log("the tags of repository \(repository.name) could not be looked at: \(error.description)")
        }
        let here = references.compactMap { line in line.tagName.map { (name: $0, object: line.object) } }
        if here.count > Self.tagsMax {
            log("repository \(repository.name) has \(here.count) tags; polling looks at \(Self.tagsMax)")
        }
        let listed = here.prefix(Self.tagsMax).filter { TagName.isAccepted($0.name) }
        let rules = policy.rules(of: repository).map(\.rule)
        guard var seen = memory.seen(of: url.description) else {
            return remember(Dictionary(listed.map { ($0.name, $0.object) }) { first, _ in first }, url)
        }
        let before = seen
        for line in listed.sorted(by: { $0.name < $1.name }) where seen[line.name] != line.object {
            if rules.contains(where: { Glob($0.tags).matches(line.name) }) {
                if Task.isCancelled { break }
                // Not remembered: the next look tries again.
                if case .retry = await take(repository.name, line.name) { continue }
            }
            seen[line.name] = line.object
        }
        // A tag that was deleted may come again, and is looked at then.
        let names = Set(listed.map(\.name))
        seen = seen.filter { names.contains($0.key) }
        if seen != before { remember(seen, url) }
    }

    private func remember(_ seen: [String: String], _ url: GitURL) {
        if let fault = memory.remember(seen, of: url.description) {
            log("what tags were seen could not be kept, so polling may look at them again: \(fault)")
        }
    }
}
