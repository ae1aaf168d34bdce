import Synchronization
package import TminusModel
package import TminusPorts

/// A control journal that lives as long as the process.
package final class MemoryControl: ControlStore {
    private struct Content: Sendable {
        var events: [ControlEvent] = []
        var deliveries: [Delivery] = []
        var delivered = 0
    }

    private static let rememberedFor = Duration.seconds(30 * 86_400)

    private let content = Mutex(Content())

    package init() {}

    package func appendControl(_ events: [ControlEvent], expected: Int) async throws(StoreError) {
        let isExpected = content.withLock { content in
            guard content.events.count == expected else { return false }
            content.events += events
            return true
        }
        guard isExpected else {
            throw StoreError(.conflict, "the control journal does not have \(expected) events")
        }
    }

    package func controlEvents(after sequence: Int, limit: Int) async throws(StoreError) -> [ControlEvent] {
        content.withLock { Array($0.events.dropFirst(max(0, sequence)).prefix(max(0, limit))) }
    }

    package func accept(_ delivery: Delivery) async throws(StoreError) -> Bool {
        content.withLock { content in
            let oldest = delivery.received.advanced(by: .zero - Self.rememberedFor)
            content.deliveries.removeAll {
                $0.sender == delivery.sender && $0.id == delivery.id && $0.state == .settled && $0.received < oldest
            }
            let isKnown = content.deliveries.contains { $0.sender == delivery.sender && $0.id == delivery.id }
            if isKnown { return false }
            content.delivered += 1
            var kept = delivery
            kept.number = content.delivered
            content.deliveries.append(kept)
            return true
        }
    }

    package func dueDeliveries(at now: Instant, limit: Int) async throws(StoreError) -> [Delivery] {
        let due = content.withLock { $0.deliveries.filter { $0.state == .due && $0.due <= now } }
        return Array(due.sorted { ($0.due, $0.number) < ($1.due, $1.number) }.prefix(max(1, limit)))
    }

    package func record(_ delivery: Delivery) async throws(StoreError) {
        let isDue = content.withLock { content in
            let known = content.deliveries.firstIndex { $0.number == delivery.number && $0.state == .due }
            guard let known else { return false }
            content.deliveries[known] = delivery
            return true
        }
        guard isDue else {
            throw StoreError(.conflict, "delivery \(delivery.number) is settled already, or unknown")
        }
    }

    package func forgetDeliveries(before: Instant) async throws(StoreError) -> Int {
        content.withLock { content in
            let count = content.deliveries.count
            content.deliveries.removeAll { $0.state == .settled && $0.received < before }
            return count - content.deliveries.count
        }
    }
}
