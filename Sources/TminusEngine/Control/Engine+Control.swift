internal import Logging
package import TminusCore
package import TminusModel
internal import TminusPorts

/// What became of an order that concerns more than one run.
package struct ControlAnswer: Equatable, Sendable {
    /// One sentence: what happens now.
    package var message: String
    /// A new token itself; said this once.
    package var secret: String?

    package init(_ message: String, secret: String? = nil) {
        self.message = message
        self.secret = secret
    }
}

/// Orders that concern more than one run: each is durable before it is answered, a refused one as well.
extension Engine {
    /// What holds for all runs, as of the last durable change.
    package func controlState() async -> ControlState { await control.state }

    /// - Throws: `.refused` saying who may; `.badPlan` for an order that makes no sense; `.store`, `.unavailable`.
    package func order(_ order: ControlOrder, by person: Person) async throws(EngineError) -> ControlAnswer {
        guard isStarted, !isLeaving else { throw .leaving }
        guard person.may(order.right) else {
            throw try await refuse(
                order.name, by: person,
                "\(person.name) may not \(order.name): \(whoMay(order.right))")
        }
        if case .breakLock(let service, let environment, let reason) = order {
            return try await breakLock(service, environment, reason, by: person)
        }
        if case .addFreeze(let rule) = order { try await check(rule, order.name, by: person) }
        if case .stopLine(let rule) = order { try await check(rule, order.name, by: person) }
        let secret = Self.newSecret(for: order)
        let now = now
        let hash = secret.map { parts.digest(Array($0.utf8)) } ?? ""
        let hasPolicy = (try? parts.policy.digest()) != nil
        let answer = try await control.record { state throws(EngineError) in
            let desk = ControlDesk(state: state, person: person, now: now, tokenHash: hash, hasPolicy: hasPolicy)
            do throws(OrderFault) { return try desk.obey(order) } catch {
                throw EngineError(.refused, error.message)
            }
        }
        logger.notice("control order", metadata: ["order": "\(order.name)", "by": "\(person.name)"])
        await refreshFreezes()
        return ControlAnswer(answer, secret: secret)
    }

    /// The control journal's events after `sequence` (0 for all), oldest first, at most `limit`; their chain is
    /// checked.
    ///
    /// - Throws: `.store` with the first event whose hash does not follow.
    package func controlEvents(after sequence: Int, limit: Int) async throws(EngineError) -> [ControlEvent] {
        do throws(StoreError) {
            return try await parts.control.controlEvents(after: Self.place(sequence), limit: max(limit, 1))
        } catch {
            throw EngineError(.store, "\(error)")
        }
    }

    /// Runs that ended, newest first; nil matches any. - Throws: `.store`.
    package func releases(
        service: String?, environment: String?, limit: Int
    ) async throws(EngineError) -> [ReleaseRecord] {
        do throws(StoreError) {
            return try await parts.journal.releases(service: service, environment: environment, limit: limit)
        } catch {
            throw EngineError(.store, "the journal could not be read: \(error)")
        }
    }

    /// Checks the chain of a run's journal. - Throws: `.unknownRun`, `.store` where it breaks.
    package func verify(_ run: String) async throws(EngineError) {
        do throws(StoreError) { try await parts.journal.verify(run) } catch {
            throw error.code == .unknownRun ? .unknown(run) : EngineError(.store, "\(error)")
        }
    }

    /// A freeze whose times cannot be reckoned would hold every run.
    private func check(_ rule: FreezeRule, _ order: String, by person: Person) async throws(EngineError) {
        do throws(PolicyFault) { try parts.policy.check(rule) } catch {
            throw try await refuse(order, by: person, error.description)
        }
    }

    /// Notes a try at what is not allowed, and returns what to tell whoever tried.
    package func refuse(_ order: String, by person: Person, _ reason: String) async throws(EngineError) -> EngineError {
        try await note(.orderRefused(by: person.name, order: order, reason: reason))
        return EngineError(.refused, reason)
    }

    /// Records a fact that nobody needs an answer to.
    package func note(_ fact: ControlEvent.Body) async throws(EngineError) {
        _ = try await control.record { _ in ([fact], true) }
    }

    private static func newSecret(for order: ControlOrder) -> String? {
        guard case .createToken = order else { return nil }
        var generator = SystemRandomNumberGenerator()
        var text = "tmn_"
        for _ in 0..<4 {
            let digits = String(generator.next(), radix: 16)
            text += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return text
    }

    private func breakLock(
        _ service: String, _ environment: String, _ reason: String, by person: Person
    ) async throws(EngineError) -> ControlAnswer {
        let holder = try await breakLock(service: service, environment: environment, by: person, reason: reason)
        try await note(
            .lockBroken(service: service, environment: environment, run: holder, by: person.name, reason: reason))
        return ControlAnswer(
            "\(holder) gave up \(service) on \(environment): it is paused, and what it has under way goes on to its end"
        )
    }
}
