package import TminusModel
package import TminusPorts

/// Where every hint at a tag ends, from whomever: it fetches and verifies the tag, finds the trigger that takes it, and
/// makes one run of it, however often and by how many it is told. Believes nothing that the hint says.
///
/// Two orders for the same tag never run at once. Those that come while one is looked at share one further look, so
/// that fifty duplicates cost two fetches and a tag that moved in between is seen.
package actor TagDesk {
    /// What it needs of the program it lives in.
    package struct Parts: Sendable {
        package var resolver: TagResolver
        /// Nil where there is no policy.
        package var policy: @Sendable () throws(PolicyFault) -> TriggerPolicy?
        /// Runs that a tag of a repository's address has made.
        package var runs: @Sendable (_ repository: String, _ tag: String) async throws(StoreError) -> [TaggedRun]
        /// The commit of the last release on the plan's service and environment; nil when there is none.
        package var lastCommit: @Sendable (Plan) async -> String?
        package var submit: @Sendable (TaggedSubmission) async -> TagSubmitted
        /// Records what became of a tag.
        package var note: @Sendable (ControlEvent.Body) async -> Void
        /// Pages whoever looks after a tag that is held; returns what became of that, for the record.
        package var page: @Sendable (HeldTag) async -> String
        /// Tells people who watch the engine.
        package var log: @Sendable (TagOrder, TagOutcome) -> Void

        package init(
            resolver: TagResolver, policy: @escaping @Sendable () throws(PolicyFault) -> TriggerPolicy?,
            runs: @escaping @Sendable (String, String) async throws(StoreError) -> [TaggedRun],
            lastCommit: @escaping @Sendable (Plan) async -> String?,
            submit: @escaping @Sendable (TaggedSubmission) async -> TagSubmitted,
            note: @escaping @Sendable (ControlEvent.Body) async -> Void,
            page: @escaping @Sendable (HeldTag) async -> String,
            log: @escaping @Sendable (TagOrder, TagOutcome) -> Void
        ) {
            self.resolver = resolver
            self.policy = policy
            self.runs = runs
            self.lastCommit = lastCommit
            self.submit = submit
            self.note = note
            self.page = page
            self.log = log
        }
    }

    private struct Key: Hashable {
        var repository: RepositoryIdentity
        var tag: String
    }

    /// One order under way, and the one after it.
    private struct Queue {
        var current: Task<TagOutcome, Never>
        var next: (order: TagOrder, task: Task<TagOutcome, Never>)?
    }

    nonisolated let parts: Parts
    private var queues: [Key: Queue] = [:]
    private var heldPages = HeldPages()

    package init(_ parts: Parts) { self.parts = parts }

    package func take(repository: String, tag: String, cause: String) async -> TagOutcome {
        await take(TagOrder(repository: repository, tag: tag, cause: cause))
    }

    package func take(_ order: TagOrder) async -> TagOutcome {
        let key = key(of: order)
        guard let queue = queues[key] else {
            let task = Task { await self.run(order, key) }
            queues[key] = Queue(current: task)
            return await task.value
        }
        if let next = queue.next {
            let isSame = next.order.pipeline == order.pipeline && next.order.person == order.person
            if isSame { return await next.task.value.shared }
            // Another's order: it has its own turn.
            _ = await next.task.value
            return await take(order)
        }
        let before = queue.current
        let task = Task {
            _ = await before.value
            self.promote(key)
            return await self.run(order, key)
        }
        queues[key]?.next = (order, task)
        return await task.value
    }

    /// A repository by its name and by any of its addresses is one.
    private func key(of order: TagOrder) -> Key {
        let named = ((try? parts.policy()) ?? nil)?.repository(named: order.repository)
        return Key(repository: RepositoryIdentity(named?.url ?? order.repository), tag: order.tag)
    }

    private func promote(_ key: Key) {
        guard let task = queues[key]?.next?.task else { return }
        queues[key] = Queue(current: task)
    }

    private func run(_ order: TagOrder, _ key: Key) async -> TagOutcome {
        let look = TagLook(parts: parts, order: order)
        let (outcome, object, held) = await look.outcome()
        if case .retry = outcome {
        } else {
            var reason = outcome.reason.isEmpty ? order.cause : "\(outcome.reason) (\(order.cause))"
            if let held { reason += await page(held) }
            await parts.note(
                .tagSeen(
                    repository: order.repository, tag: look.shownTag, object: object, decision: outcome.word,
                    reason: reason, run: outcome.run))
        }
        parts.log(order, outcome)
        if queues[key]?.next == nil { queues[key] = nil }
        return outcome
    }

    private func page(_ held: HeldTag) async -> String {
        guard heldPages.mayPage(RepositoryIdentity(held.repository), now: ContinuousClock.now) else {
            return "; nobody was paged, for too many tags of this repository were held within the hour"
        }
        return "; \(await parts.page(held))"
    }
}
