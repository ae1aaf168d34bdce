import Synchronization
package import TminusModel
import TminusPorts

/// A clock that moves only when a test says so.
package final class HandClock: EngineClock {
    private struct Sleeper {
        var until: Instant
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct Face {
        var now: Instant
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [(isSeen: @Sendable ([Instant]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let face: Mutex<Face>

    package init(at now: Instant = Instant(millisecondsSinceEpoch: 1_800_000_000_000)) {
        face = Mutex(Face(now: now))
    }

    package var now: Instant { face.withLock { $0.now } }

    package func sleep(until instant: Instant) async throws {
        let number = face.withLock { face in
            face.next += 1
            return face.next
        }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOverAlready = face.withLock { face -> Bool? in
                    if Task.isCancelled { return false }
                    if face.now >= instant { return true }
                    face.sleepers[number] = Sleeper(until: instant, continuation: continuation)
                    return nil
                }
                if let isOverAlready { continuation.resume(returning: isOverAlready) } else { tellWatchers() }
            }
        } onCancel: {
            face.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(returning: false)
        }
        if !isOver { throw CancellationError() }
    }

    /// Wakes whoever is due by then, the earliest first.
    package func advance(by duration: Duration) {
        let woken = face.withLock { face in
            face.now = face.now.advanced(by: duration)
            let due = face.sleepers.filter { $0.value.until <= face.now }
            for number in due.keys { face.sleepers[number] = nil }
            return due.sorted { ($0.value.until, $0.key) < ($1.value.until, $1.key) }.map(\.value)
        }
        for sleeper in woken { sleeper.continuation.resume(returning: true) }
    }

    /// Returns once somebody sleeps until an instant that satisfies `isMeant`.
    package func whenSomeoneSleeps(until isMeant: @escaping @Sendable (Instant) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isSeen = face.withLock { face in
                if face.sleepers.values.contains(where: { isMeant($0.until) }) { return true }
                face.watchers.append((isSeen: { $0.contains(where: isMeant) }, continuation: continuation))
                return false
            }
            if isSeen { continuation.resume() }
        }
    }

    /// Waits for a sleeper due within `duration`, and lets that much time pass.
    package func pass(_ duration: Duration) async {
        let end = now.advanced(by: duration)
        await whenSomeoneSleeps { $0 <= end }
        advance(by: duration)
    }

    private func tellWatchers() {
        let told = face.withLock { face in
            let instants = face.sleepers.values.map(\.until)
            let told = face.watchers.filter { $0.isSeen(instants) }.map(\.continuation)
            face.watchers.removeAll { $0.isSeen(instants) }
            return told
        }
        for continuation in told { continuation.resume() }
    }
}
