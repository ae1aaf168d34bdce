import TminusModel
package import TminusPorts

/// What every `ControlStore` does. Each case starts on an empty store; a case that fails says what was wrong.
package enum ControlStoreCase: String, CaseIterable, Sendable {
    case eventsComeBackAsTheyWereAppended
    case anAppendElsewhereThanAtTheEndIsRefused
    case aDeliveryIsTakenOnce
    case anIdIsForgottenAfterThirtyDays
    case aSettledDeliveryIsNotDue
    case onlySettledDeliveriesAreForgotten

    /// Nil when the store does what it should.
    package func fault(of store: any ControlStore) async throws -> String? {
        switch self {
        case .eventsComeBackAsTheyWereAppended: try await appending(store)
        case .anAppendElsewhereThanAtTheEndIsRefused: try await refusing(store)
        case .aDeliveryIsTakenOnce: try await taking(store)
        case .anIdIsForgottenAfterThirtyDays: try await remembering(store)
        case .aSettledDeliveryIsNotDue: try await settling(store)
        case .onlySettledDeliveriesAreForgotten: try await forgetting(store)
        }
    }

    private static let day = Duration.seconds(86_400)
    private static let start = Instant(millisecondsSinceEpoch: 1_700_000_000_000)

    private func event(_ sequence: Int) -> ControlEvent {
        ControlEvent(
            sequence: sequence, at: Self.start,
            body: .orderRefused(by: "eve", order: "order \(sequence)", reason: "“no” \u{1F6AB}"))
    }

    private func delivery(_ id: String, after: Duration = .zero) -> Delivery {
        let at = Self.start.advanced(by: after)
        return Delivery(sender: "github", id: id, repository: "file:///r", tag: "v1", received: at, due: at)
    }

    private func appending(_ store: any ControlStore) async throws -> String? {
        let events = (1...5).map(event)
        try await store.appendControl(Array(events[0..<2]), expected: 0)
        try await store.appendControl(Array(events[2...]), expected: 2)
        guard try await store.controlEvents(after: 0, limit: 100) == events else { return "all are not all" }
        guard try await store.controlEvents(after: 3, limit: 1) == [events[3]] else { return "a page is another" }
        return try await store.controlEvents(after: 5, limit: 9).isEmpty ? nil : "there are events after the last"
    }

    private func refusing(_ store: any ControlStore) async throws -> String? {
        try await store.appendControl([event(1)], expected: 0)
        for expected in [0, 2] {
            do {
                try await store.appendControl([event(expected + 1)], expected: expected)
                return "an append after \(expected) was taken"
            } catch {
                guard error.code == .conflict else { return "the code is \(error.code)" }
            }
        }
        return try await store.controlEvents(after: 0, limit: 9).count == 1 ? nil : "something was kept"
    }

    private func taking(_ store: any ControlStore) async throws -> String? {
        guard try await store.accept(delivery("a")) else { return "the first is refused" }
        guard try await !store.accept(delivery("a")) else { return "the same id is taken twice" }
        var other = delivery("a")
        other.sender = "gitlab"
        guard try await store.accept(other) else { return "another sender's id counts for this one" }
        let due = try await store.dueDeliveries(at: Self.start, limit: 10)
        return due.map(\.sender) == ["github", "gitlab"] ? nil : "due are \(due)"
    }

    private func remembering(_ store: any ControlStore) async throws -> String? {
        guard try await store.accept(delivery("a")) else { return "the first is refused" }
        guard var first = try await store.dueDeliveries(at: Self.start, limit: 1).first else { return "none is due" }
        first.state = .settled
        try await store.record(first)
        guard try await !store.accept(delivery("a", after: Self.day * 29)) else { return "forgotten after 29 days" }
        return try await store.accept(delivery("a", after: Self.day * 31)) ? nil : "remembered after 31 days"
    }

    private func settling(_ store: any ControlStore) async throws -> String? {
        _ = try await store.accept(delivery("a"))
        guard var one = try await store.dueDeliveries(at: Self.start, limit: 1).first else { return "none is due" }
        one.tried = 1
        one.due = Self.start.advanced(by: Self.day)
        one.outcome = "the host did not answer"
        try await store.record(one)
        guard try await store.dueDeliveries(at: Self.start, limit: 9).isEmpty else { return "due before its time" }
        guard try await store.dueDeliveries(at: one.due, limit: 9) == [one] else { return "not due at its time" }
        one.state = .settled
        try await store.record(one)
        guard try await store.dueDeliveries(at: one.due, limit: 9).isEmpty else { return "due when settled" }
        do {
            try await store.record(one)
            return "settled twice"
        } catch {
            return error.code == .conflict ? nil : "the code is \(error.code)"
        }
    }

    private func forgetting(_ store: any ControlStore) async throws -> String? {
        for id in ["a", "b"] { _ = try await store.accept(delivery(id)) }
        guard var one = try await store.dueDeliveries(at: Self.start, limit: 1).first else { return "none is due" }
        one.state = .settled
        try await store.record(one)
        let later = Self.start.advanced(by: Self.day)
        guard try await store.forgetDeliveries(before: later) == 1 else { return "another number was forgotten" }
        return try await store.dueDeliveries(at: later, limit: 9).count == 1 ? nil : "a due one was forgotten"
    }
}
