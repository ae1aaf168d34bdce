internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// The control journal and its fold. One change at a time: what a change is decided on is what is durable.
///
/// - Note: Its own actor, so that a slow disk keeps nobody waiting but those who change something here.
actor ControlBook {
    private let store: any ControlStore
    private let now: @Sendable () -> Instant
    private(set) var state = ControlState()
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Changes that may wait at once.
    private static let waitingMax = 1_000
    private static let pageSize = 1_000

    init(_ store: any ControlStore, now: @escaping @Sendable () -> Instant) {
        self.store = store
        self.now = now
    }

    /// Reads the whole journal. Call once, before anything else.
    func open() async throws(StoreError) {
        while true {
            let events = try await store.controlEvents(after: state.sequence, limit: Self.pageSize)
            for event in events { state.apply(event) }
            if events.count < Self.pageSize { return }
        }
    }

    /// Decides on what holds now, and returns what was decided once it is durable. An empty decision writes nothing.
    ///
    /// - Throws: what `decide` throws; `.store` when the journal refused, and `.unavailable` when too many wait.
    func record<Answer: Sendable>(
        _ decide: @Sendable (ControlState) throws(EngineError) -> (facts: [ControlEvent.Body], answer: Answer)
    ) async throws(EngineError) -> Answer {
        try await enter()
        defer { leave() }
        let (facts, answer) = try decide(state)
        if facts.isEmpty { return answer }
        let at = max(now(), state.lastAt)
        var events: [ControlEvent] = []
        for (offset, body) in facts.enumerated() {
            events.append(ControlEvent(sequence: state.sequence + 1 + offset, at: at, body: body))
        }
        do throws(StoreError) {
            try await store.appendControl(events, expected: state.sequence)
        } catch {
            throw EngineError(.store, "nothing was changed: \(error)")
        }
        for event in events { state.apply(event) }
        return answer
    }

    private func enter() async throws(EngineError) {
        if isBusy {
            guard waiting.count < Self.waitingMax else {
                throw EngineError(.unavailable, "\(waiting.count) orders are waiting; try again in a moment")
            }
            // Whoever leaves hands over: it stays busy.
            await withCheckedContinuation { waiting.append($0) }
        }
        isBusy = true
    }

    private func leave() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
