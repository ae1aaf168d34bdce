import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends requests at a constant rate, whether or not the answers keep up (open loop).
struct LoadGenerator: Sendable {
    /// More than this under way means the shop has stalled; further requests are counted as skipped, not piled up.
    private static let underWayMax = 400
    private static let timeoutSeconds: Int64 = 5
    private static let answerBytesMax = 1_048_576

    let requests: LoadRequests
    let ratePerSecond: Int
    let durationSeconds: Int
    let client: HTTPClient

    /// Runs for the duration, or until asked to stop.
    func run() async throws -> LoadSummary {
        let seen = Tally()
        let started = ContinuousClock.now
        let total = ratePerSecond.multipliedReportingOverflow(by: durationSeconds)
        let count = total.overflow ? Int.max : total.partialValue
        try await withThrowingDiscardingTaskGroup { group in
            var sent = 0
            while sent < count, !StopRequest.isRequested {
                // Due is absolute, so that a late wake-up is caught up instead of lowering the rate.
                let due = started + .seconds(1) / ratePerSecond * sent
                if ContinuousClock.now < due { try await Task.sleep(until: due, clock: .continuous) }
                let number = UInt64(sent)
                sent += 1
                guard seen.begin(max: Self.underWayMax) else { continue }
                group.addTask { seen.end(await send(number)) }
            }
        }
        let took = started.duration(to: .now)
        return seen.summary(durationSeconds: took / .seconds(1))
    }

    private func send(_ number: UInt64) async -> LoadAnswer {
        let started = ContinuousClock.now
        let end: LoadAnswer.End
        do {
            let answer = try await client.execute(requests.request(number), timeout: .seconds(Self.timeoutSeconds))
            _ = try await answer.body.collect(upTo: Self.answerBytesMax)
            if answer.status.code == 503, answer.headers.contains(name: "retry-after") {
                end = .maintenance
            } else {
                end = .answered(status: Int(answer.status.code), version: answer.headers.first(name: "x-shop-version"))
            }
        } catch {
            end = .unanswered
        }
        return LoadAnswer(end: end, tookMilliseconds: started.duration(to: .now) / .milliseconds(1))
    }
}

/// The answers so far and how many are still awaited.
private final class Tally: Sendable {
    private struct State {
        var summary = LoadSummary()
        var took: [Double] = []
        var underWay = 0
    }

    private let state = Mutex(State())

    /// False, counting one skipped request, when `max` are under way.
    func begin(max: Int) -> Bool {
        state.withLock {
            guard $0.underWay < max else {
                $0.summary.record(LoadAnswer(end: .skipped, tookMilliseconds: 0))
                return false
            }
            $0.underWay += 1
            return true
        }
    }

    func end(_ answer: LoadAnswer) {
        state.withLock {
            $0.underWay -= 1
            $0.summary.record(answer)
            $0.took.append(answer.tookMilliseconds)
        }
    }

    func summary(durationSeconds: Double) -> LoadSummary {
        state.withLock {
            var summary = $0.summary
            summary.finish(durationSeconds: durationSeconds, took: $0.took)
            return summary
        }
    }
}
