package import TminusModel

/// Keeps journals. One engine writes; every implementation passes the `StoreConformance` suite.
package protocol JournalStore: PrunableStore {
    /// Appends all batches in one transaction, durable when this returns.
    ///
    /// - Throws: `.conflict` when a batch's `expected` is not its run's last sequence, `.finished` when the run has
    ///   ended, `.duplicate` when a new run's origin has a run already, `.moved` when its tag was another object when
    ///   it made one, `.storage` when the disk said no. Nothing of any batch is kept then.
    nonisolated(nonsending) func append(_ batches: [JournalBatch]) async throws(StoreError)

    /// A run's events after `sequence` (0 for all), oldest first, at most `limit`.
    ///
    /// - Throws: `.unknownRun`, `.corrupt` with the first sequence whose hash does not follow, `.storage`.
    func events(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [Event]

    /// The stored lines as they stand, for `run export`: canonical JSON with `hash` as last member, oldest first.
    func lines(of run: String, after sequence: Int, limit: Int) async throws(StoreError) -> [String]

    /// Checks the hash chain of one run. - Throws: `.corrupt` where it breaks.
    func verify(_ run: String) async throws(StoreError)

    /// Newest first.
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary]

    /// Nil when there is no such run.
    func summary(of run: String) async throws(StoreError) -> RunSummary?

    /// Every run that has not ended, oldest first.
    func liveRuns() async throws(StoreError) -> [RunSummary]

    /// How many runs of the pipeline there ever were, or the highest number among their names (`checkout-12`) when that
    /// is more: the next one's number is higher.
    func lastNumber(of pipeline: String) async throws(StoreError) -> Int

    /// The run that a tag triggered, under whatever address of its repository; nil when none was.
    func run(of origin: TagOrigin) async throws(StoreError) -> String?

    /// Every run that this tag's name made, of whatever object and pipeline and under whatever address of the
    /// repository, oldest first.
    func runs(repository: String, tag: String) async throws(StoreError) -> [TaggedRun]

    /// The newest run that any tag of the repository made; nil when none did.
    func newestRun(repository: String) async throws(StoreError) -> TaggedRun?

    /// Runs that ended on a (service, environment), newest first; nil matches any. At most `limit`.
    func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(StoreError) -> [ReleaseRecord]

    /// Adds runs that ended before there was an index of releases; one that is there stays as it is.
    func index(_ releases: [ReleaseRecord]) async throws(StoreError)

    /// The outbox: pages not yet delivered nor given up, oldest first. A row appears in the transaction that appends
    /// its `pageRaised`.
    func pages() async throws(StoreError) -> [Page]

    /// Adds a page about a run that is no event of it, whether or not the run has ended. Nothing happens when the run
    /// has one of this key.
    ///
    /// - Throws: `.unknownRun`, `.storage`.
    func raise(_ key: String, _ reason: String, of run: String, at: Instant) async throws(StoreError)

    /// Notes the outcome of a try at delivering a page; allowed also when its run has ended.
    func record(_ page: Page) async throws(StoreError)
}

/// A run that a tag made.
package struct TaggedRun: Equatable, Sendable {
    package var origin: TagOrigin
    package var run: String

    package init(origin: TagOrigin, run: String) {
        self.origin = origin
        self.run = run
    }

    /// What a store answers when `origin` wants another run after `runs`, which its tag's name has made; nil when it
    /// may have one.
    package static func refusal(of origin: TagOrigin, after runs: [TaggedRun]) -> StoreError? {
        if let other = runs.last(where: { $0.origin.object != origin.object }) {
            return StoreError(.moved, other.movedTo(origin.object))
        }
        guard let known = runs.first(where: { $0.origin.isSameRun(as: origin) }) else { return nil }
        return StoreError(.duplicate, "\(origin.tag) has made \(known.run) already")
    }

    /// A sentence without a full stop: the tag is `object` now.
    package func movedTo(_ object: String) -> String {
        "tag \(origin.tag) of \(origin.repository) was moved: it was object \(origin.object.prefix(12)) when it made "
            + "\(run), and is \(object.prefix(12)) now; find out who moved it, and release under a new tag"
    }
}

/// A page in the outbox. Identity is `number`; `run` and `key` together are unique.
package struct Page: Equatable, Sendable {
    package enum State: String, Sendable { case due, delivered, givenUp }

    /// From 1, per data directory.
    package var number: Int
    package var run: String
    package var key: String
    package var reason: String
    package var raised: Instant
    package var tried: Int
    package var state: State
    /// When to try again; the time it was raised at first.
    package var due: Instant

    package init(
        number: Int, run: String, key: String, reason: String, raised: Instant, tried: Int = 0, state: State = .due,
        due: Instant
    ) {
        self.number = number
        self.run = run
        self.key = key
        self.reason = reason
        self.raised = raised
        self.tried = tried
        self.state = state
        self.due = due
    }
}

/// Events of one run that stand or fall together.
package struct JournalBatch: Equatable, Sendable {
    /// The run's last sequence before these; 0 for a new run.
    package var expected: Int
    /// Never empty; sequences `expected + 1 ...`.
    package var events: [Event]
    /// The run after these.
    package var summary: RunSummary
    /// The plan these events' step numbers refer to.
    package var plan: Plan
    /// Of a new run that a tag triggered: no other run may have the same. `.duplicate` when one has.
    package var origin: TagOrigin?
    /// Set with the events that end the run.
    package var release: ReleaseRecord?

    package init(
        expected: Int, events: [Event], summary: RunSummary, plan: Plan, origin: TagOrigin? = nil,
        release: ReleaseRecord? = nil
    ) {
        self.expected = expected
        self.events = events
        self.summary = summary
        self.plan = plan
        self.origin = origin
        self.release = release
    }
}

/// Which runs to list; nil fields match any.
package struct RunQuery: Equatable, Sendable {
    package var service: String?
    package var environment: String?
    package var status: RunStatus?
    /// 1...1000.
    package var limit: Int

    package init(service: String? = nil, environment: String? = nil, status: RunStatus? = nil, limit: Int = 50) {
        self.service = service
        self.environment = environment
        self.status = status
        self.limit = limit
    }
}

/// What a store could not do.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case conflict, finished, unknownRun, corrupt, newerSchema, full, storage
        /// A transaction was cut short by a kill or a power cut, and who only reads cannot take it back.
        case interrupted
        /// A run of the same origin exists.
        case duplicate
        /// The run's events were removed.
        case pruned
        /// The origin's tag was another object when it made a run.
        case moved
    }

    package var code: Code
    /// What is wrong and what to do; no secrets.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
