package import TminusModel
package import TminusPorts

/// What became of a delivery.
package enum DeliveryResult: Equatable, Sendable {
    /// It needs no second look; one sentence.
    case settled(String)
    /// It may work later; why it did not now.
    case again(String)

    package init(_ outcome: TagOutcome) {
        switch outcome {
        case .started(let run): self = .settled("\(run) was started")
        case .known(let run): self = .settled("\(run) was started for it before")
        case .unmatched(let reason), .held(let reason), .refused(let reason):
            self = .settled("\(outcome.word): \(reason)")
        case .retry(let reason): self = .again(reason)
        }
    }
}

/// Takes kept deliveries to the desk that makes runs of tags, and remembers how each ended.
///
/// A crash loses nothing: what is not settled stays due, and the same tag makes the same run, however often it is
/// taken there. Idle it waits for a ring or the next due time, and reads nothing.
package actor DeliveryWorker {
    /// What the worker needs of the engine it works for.
    package struct Parts: Sendable {
        package var store: any ControlStore
        package var clock: any EngineClock
        /// Rung after a delivery was kept.
        package var bell: Doorbell
        /// Fetches, verifies and starts: may take long, and may be called again for the same delivery.
        package var take: @Sendable (Delivery) async -> DeliveryResult
        /// Told of each try, once what became of it is kept.
        package var tried: @Sendable (Delivery) -> Void
        package var log: @Sendable (_ line: String) -> Void

        package init(
            store: any ControlStore, clock: any EngineClock, bell: Doorbell,
            take: @escaping @Sendable (Delivery) async -> DeliveryResult,
            tried: @escaping @Sendable (Delivery) -> Void, log: @escaping @Sendable (String) -> Void
        ) {
            self.store = store
            self.clock = clock
            self.bell = bell
            self.take = take
            self.tried = tried
            self.log = log
        }
    }

    private let parts: Parts
    /// What a delivery tells of; those of one target are taken together, for they share its look.
    private struct Target: Hashable {
        var repository: String
        var tag: String

        init(_ delivery: Delivery) {
            repository = delivery.repository
            tag = delivery.tag
        }
    }

    /// Under way, by number.
    private var active: [Int: Target] = [:]
    private var forgotten: Instant?

    /// Tags under way at once, and of one repository: a host that is slow does not hold up the others.
    static let atOnceMax = 4
    static let ofOneRepositoryMax = 2
    /// Deliveries under way from which on no other of the same tags is taken along.
    static let togetherMax = 256
    static let givesUpAfter = Duration.seconds(86_400)
    static let rememberedFor = Duration.seconds(30 * 86_400)
    private static let forgetsEvery = Duration.seconds(3_600)
    private static let firstPause = Duration.seconds(10)
    private static let pauseMax = Duration.seconds(3_600)
    /// How long to leave a store alone that could not be read or written.
    private static let storePause = Duration.seconds(5)
    private static let readAtOnce = 1_000

    package init(_ parts: Parts) { self.parts = parts }

    /// How long to wait after the n-th try, from 1: 10 s, twice as long each time, an hour at most.
    package static func pause(afterTry tries: Int) -> Duration {
        let doublings = max(0, min(tries - 1, 9))
        return min(firstPause * (1 << doublings), pauseMax)
    }

    /// Works until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                await forget()
                let (batch, next) = await due()
                for delivery in batch {
                    active[delivery.number] = Target(delivery)
                    group.addTask { await self.work(on: delivery) }
                }
                if batch.isEmpty { await wait(until: next) }
            }
            group.cancelAll()
        }
    }

    /// What to begin now, and when to look again; nil for at the next ring.
    private func due() async -> (batch: [Delivery], next: Instant?) {
        let now = parts.clock.now
        do throws(StoreError) {
            let kept = try await parts.store.dueDeliveries(at: .distantFuture, limit: Self.readAtOnce)
            var batch: [Delivery] = []
            var targets = Set(active.values)
            var next: Instant?
            for delivery in kept where active[delivery.number] == nil {
                if delivery.due > now {
                    next = delivery.due
                    break
                }
                let target = Target(delivery)
                let isRoom =
                    targets.contains(target)
                    ? active.count + batch.count < Self.togetherMax
                    : targets.count < Self.atOnceMax
                        && targets.count { $0.repository == target.repository } < Self.ofOneRepositoryMax
                guard isRoom else { continue }
                targets.insert(target)
                batch.append(delivery)
            }
            return (batch, next)
        } catch {
            parts.log("deliveries of webhooks can't be read, and are tried again: \(error)")
            return ([], now.advanced(by: Self.storePause))
        }
    }

    private func wait(until instant: Instant?) async {
        guard let instant else { return await parts.bell.wait() }
        let (bell, clock) = (parts.bell, parts.clock)
        let alarm = Task {
            // Cancelled it must not ring, or nobody would ever sleep again.
            guard (try? await clock.sleep(until: instant)) != nil else { return }
            bell.ring()
        }
        await bell.wait()
        alarm.cancel()
    }

    private func work(on delivery: Delivery) async {
        let result = await parts.take(delivery)
        // Cut short by the engine's end it stays due as it is.
        if case .again = result, Task.isCancelled { return done(delivery) }
        let after = Self.after(delivery, result, at: parts.clock.now)
        do throws(StoreError) {
            try await parts.store.record(after)
            parts.tried(after)
            // What became of the tag is logged where that is decided, and not here again.
            if case .again = result, after.state == .settled {
                parts.log("delivery \(delivery.number) of webhook \(delivery.sender) is over: \(after.outcome)")
            }
        } catch {
            // On a conflict another life of this engine settled it.
            guard error.code != .conflict else { return done(delivery) }
            parts.log("how delivery \(delivery.number) ended can't be written, and it is taken again: \(error)")
            try? await parts.clock.sleep(until: parts.clock.now.advanced(by: Self.storePause))
        }
        done(delivery)
    }

    private func done(_ delivery: Delivery) {
        active[delivery.number] = nil
        parts.bell.ring()
    }

    /// A delivery after a try at it.
    package static func after(_ delivery: Delivery, _ result: DeliveryResult, at now: Instant) -> Delivery {
        var after = delivery
        after.tried += 1
        switch result {
        case .settled(let outcome):
            after.state = .settled
            after.outcome = cut(outcome)
        case .again(let reason) where now.since(delivery.received) >= givesUpAfter:
            after.state = .settled
            after.outcome = cut("given up after \(after.tried) tries in 24 hours: \(reason)")
        case .again(let reason):
            after.due = now.advanced(by: pause(afterTry: after.tried))
            after.outcome = cut(reason)
        }
        return after
    }

    /// One line, of what may hold other people's words.
    private static func cut(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }.prefix(1_000))
    }

    private func forget() async {
        let now = parts.clock.now
        if let forgotten, now.since(forgotten) < Self.forgetsEvery { return }
        forgotten = now
        _ = try? await parts.store.forgetDeliveries(before: now.advanced(by: .zero - Self.rememberedFor))
    }
}
