import Synchronization
import TestClock
import Testing
import TminusModel
import TminusPorts
import TminusSimulation
import TminusTriggers

@Suite(.timeLimit(.minutes(1)))
struct DeliveryWorkerTests {
    /// A worker before a desk that answers by tag, and tells of every delivery it is given.
    private final class Bench: Sendable {
        let store = MemoryControl()
        let clock = HandClock()
        let bell = Doorbell()
        let answers = Mutex<[String: DeliveryResult]>([:])
        let taken = AsyncStream.makeStream(of: Delivery.self)
        let lines = AsyncStream.makeStream(of: String.self)

        func keep(_ tag: String, _ repository: String = "shop", id: String? = nil) async throws {
            let delivery = Delivery(
                sender: "hook", id: id ?? tag, repository: repository, tag: tag, received: clock.now, due: clock.now)
            #expect(try await store.accept(delivery))
            bell.ring()
        }

        func answer(_ tag: String, _ result: DeliveryResult) { answers.withLock { $0[tag] = result } }

        func worker(
            _ take: (@Sendable (Delivery) async -> DeliveryResult)? = nil
        ) -> DeliveryWorker {
            let taken = taken.continuation
            let lines = lines.continuation
            return DeliveryWorker(
                DeliveryWorker.Parts(
                    store: store, clock: clock, bell: bell,
                    take: { [self] delivery in
                        taken.yield(delivery)
                        if let take { return await take(delivery) }
                        return answers.withLock { $0[delivery.tag] } ?? .settled("run-1 started")
                    },
                    tried: { after in
                        lines.yield(
                            "delivery \(after.number) of webhook \(after.sender), tag \(after.tag): \(after.outcome)")
                    }, log: { lines.yield($0) }))
        }

        func during<Value: Sendable>(
            _ worker: DeliveryWorker, _ body: @Sendable () async throws -> Value
        ) async throws -> Value {
            let running = Task { await worker.run() }
            defer { running.cancel() }
            let value = try await body()
            running.cancel()
            await running.value
            return value
        }

        func nextLine() async -> String? {
            var iterator = lines.stream.makeAsyncIterator()
            return await iterator.next()
        }

        func nextTaken() async -> Delivery? {
            var iterator = taken.stream.makeAsyncIterator()
            return await iterator.next()
        }
    }

    @Test func aKeptDeliveryIsTakenOnceAndSettled() async throws {
        let bench = Bench()
        try await bench.keep("v1")
        try await bench.during(bench.worker()) {
            #expect(await bench.nextLine() == "delivery 1 of webhook hook, tag v1: run-1 started")
            try await bench.keep("v2")
            #expect(await bench.nextLine() == "delivery 2 of webhook hook, tag v2: run-1 started")
        }
        #expect(try await bench.store.dueDeliveries(at: .distantFuture, limit: 10).isEmpty)
        #expect(await bench.nextTaken()?.tag == "v1")
        #expect(await bench.nextTaken()?.tag == "v2")
    }

    @Test func whatFailsIsTriedAgainLaterAndLater() async throws {
        let bench = Bench()
        bench.answer("v1", .again("the host is away"))
        try await bench.keep("v1")
        try await bench.during(bench.worker()) {
            for (tries, pause) in [(0, 10), (1, 20), (2, 40)] {
                #expect(await bench.nextTaken()?.tried == tries)
                let next = bench.clock.now.advanced(by: .seconds(pause))
                await bench.clock.whenSomeoneSleeps { $0 == next }
                bench.clock.advance(by: .seconds(pause))
            }
            bench.answer("v1", .settled("run-1 started"))
        }
    }

    @Test func pausesDoubleUpToAnHour() {
        let seconds = (1...12).map { DeliveryWorker.pause(afterTry: $0).components.seconds }
        #expect(seconds == [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600])
        #expect(DeliveryWorker.pause(afterTry: 0) == .seconds(10))
        #expect(DeliveryWorker.pause(afterTry: .max) == .seconds(3_600))
    }

    @Test func afterADayItIsGivenUp() {
        let start = Instant(millisecondsSinceEpoch: 1_800_000_000_000)
        let delivery = Delivery(
            number: 1, sender: "hook", id: "a", repository: "shop", tag: "v1", received: start, tried: 30, due: start)
        let early = DeliveryWorker.after(delivery, .again("away"), at: start.advanced(by: .seconds(86_399)))
        #expect(early.state == .due)
        #expect(early.due == start.advanced(by: .seconds(86_399 + 3_600)))
        let late = DeliveryWorker.after(delivery, .again("away"), at: start.advanced(by: .seconds(86_400)))
        #expect(late.state == .settled)
        #expect(late.outcome == "given up after 31 tries in 24 hours: away")
    }

    @Test func anEndedEngineLeavesItDue() async throws {
        let bench = Bench()
        try await bench.keep("v1")
        let worker = bench.worker { _ in
            let gate = Doorbell()
            // Until it is cancelled.
            await gate.wait()
            return .again("cancelled")
        }
        try await bench.during(worker) { _ = await bench.nextTaken() }
        let due = try await bench.store.dueDeliveries(at: bench.clock.now, limit: 10)
        #expect(due.map(\.tag) == ["v1"])
        #expect(due.map(\.tried) == [0])
        try await bench.during(bench.worker()) {
            #expect(await bench.nextLine() == "delivery 1 of webhook hook, tag v1: run-1 started")
        }
    }

    @Test func aSlowRepositoryDoesNotHoldUpTheOthers() async throws {
        let bench = Bench()
        for number in 1...10 { try await bench.keep("slow\(number)", "slow") }
        try await bench.keep("v1", "quick")
        let worker = bench.worker { delivery in
            if delivery.repository == "slow" {
                // Until it is cancelled.
                await Doorbell().wait()
                return .again("slow")
            }
            return .settled("run-1 started")
        }
        try await bench.during(worker) {
            #expect(await bench.nextLine() == "delivery 11 of webhook hook, tag v1: run-1 started")
            let tags = await [bench.nextTaken()?.tag, bench.nextTaken()?.tag, bench.nextTaken()?.tag]
            #expect(Set(tags) == ["slow1", "slow2", "v1"])
        }
    }

    @Test func allThatTellOfOneTagAreTakenTogether() async throws {
        let bench = Bench()
        for number in 1...50 { try await bench.keep("v1", id: "\(number)") }
        let worker = bench.worker { _ in
            // Until it is cancelled: those after the first do not wait for it.
            await Doorbell().wait()
            return .again("slow")
        }
        try await bench.during(worker) {
            for _ in 1...50 { #expect(await bench.nextTaken()?.tag == "v1") }
        }
    }

    @Test func settledOnesAreForgottenAfter30Days() async throws {
        let bench = Bench()
        try await bench.keep("v1")
        try await bench.during(bench.worker()) { _ = await bench.nextLine() }
        bench.clock.advance(by: .seconds(31 * 86_400))
        try await bench.keep("v2")
        try await bench.during(bench.worker()) { _ = await bench.nextLine() }
        #expect(try await bench.store.forgetDeliveries(before: bench.clock.now) == 0)
    }
}
