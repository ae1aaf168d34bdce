import Foundation
import RawHTTP
import Synchronization
import Testing
import TminusModel
import TminusPorts

@testable import TminusMetricSources

@Suite struct SliceMemoryTests {
    private final class Asked: Sendable {
        private let count = Mutex(0)
        func note() { count.withLock { $0 += 1 } }
        var taken: Int {
            count.withLock { count in
                defer { count = 0 }
                return count
            }
        }
    }

    @Test func whatHasSettledIsAskedOnceAndTheLastHourEachTime() async throws {
        let asked = Asked()
        let isIll = Mutex(false)
        let server = try RawServer { connection in
            asked.note()
            let body = isIll.withLock { $0 } ? "no" : #"{"counts":{"good":90,"total":100}}"#
            connection.answer(body: body)
        }
        let source = OriginSource(environment: [])
        let origin = MetricOrigin.json(url: server.url, access: nil)
        func ask(_ slices: Int, arm: String = "") async throws -> Int {
            try await source.counts(.about(origin, JSONBench.indicator, arm: arm, slices: slices))
                .filter { $0 == GoodTotal(good: 90, total: 100).map(ArmReading.counts) }.count
        }
        #expect(try await ask(120) == 120)
        #expect(asked.taken == 120)
        #expect(try await ask(120) == 120)
        #expect(asked.taken == 60)
        #expect(try await ask(130) == 130)
        #expect(asked.taken == 70)
        #expect(try await ask(120, arm: "v2") == 120)
        #expect(asked.taken == 120)
        // What cannot be asked now is an error, whatever is remembered.
        isIll.withLock { $0 = true }
        await #expect(throws: MetricError.self) { try await ask(120) }
    }

    @Test func aMonthOfMinutesIsWithinTheLimit() async throws {
        #expect(JSONSource.slicesMax >= 30 * 24 * 60 && CommandSource.slicesMax >= 30 * 24 * 60)
    }

    @Test func onlyCountsAreKeptAndTheOldestGo() throws {
        let memory = SliceMemory()
        let origin = MetricOrigin.json(url: "http://a", access: nil)
        let name = SliceMemory.Name("http://a", .about(origin, JSONBench.indicator))
        let one = try #require(GoodTotal(good: 1, total: 1))
        func at(_ minute: Int) -> Instant { noon.advanced(by: .seconds(60 * Int64(minute))) }
        memory.keep(name, [(at(0), .counts(one)), (at(1), .noData("n")), (at(2), .counts(one))], settledBy: at(2))
        #expect(memory.counts(name, from: at(0)) == one)
        #expect(memory.counts(name, from: at(1)) == nil && memory.counts(name, from: at(2)) == nil)
        let many = (0...SliceMemory.slicesMax).map { (from: at($0), reading: ArmReading.counts(one)) }
        memory.keep(name, many, settledBy: .distantFuture)
        #expect(memory.counts(name, from: at(0)) == nil)
        #expect(memory.counts(name, from: at(SliceMemory.slicesMax)) == one)
    }
}
