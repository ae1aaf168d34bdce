import Testing
import TminusCore
import TminusEngine
import TminusModel
import TminusPorts

@Suite(.timeLimit(.minutes(5)))
struct FollowTests {
    @Test func followersSeeEveryEventOnceWhereverTheyBegin() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let run = try await engine.submit(.chain(of: 200))
        let seen = await withTaskGroup { group in
            for place in [0, 1, 7, 300] {
                group.addTask {
                    var numbers: [Int] = []
                    for await events in engine.follow(run, after: place) { numbers += events.map(\.sequence) }
                    return (place, numbers)
                }
            }
            var all: [(Int, [Int])] = []
            for await one in group { all.append(one) }
            return all
        }
        let last = try await engine.state(of: run).sequence
        try #require(last > 300)
        for (place, numbers) in seen { #expect(numbers == Array((place + 1)...last)) }
    }

    @Test func oneWhoIsFarBehindReadsOnFromTheStore() async throws {
        let bench = TestBench()
        let engine = try await bench.started()
        let run = try await engine.submit(.chain(of: 600))
        var iterator = engine.follow(run, after: 0).makeAsyncIterator()
        var numbers = await iterator.next().map { $0.map(\.sequence) } ?? []
        _ = try await engine.outcome(of: run)
        while let events = await iterator.next() { numbers += events.map(\.sequence) }
        #expect(numbers == Array(1...(try await engine.state(of: run).sequence)))
    }

    @Test func aFollowerWhoLeavesIsForgotten() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        await bench.runner.when { $0.count == 1 }
        let follower = Task { await engine.see(run) }
        await engine.see(run) { if case .attemptStarting = $0 { true } else { false } }
        follower.cancel()
        let seen = await follower.value
        #expect(seen.count <= 4)
    }

    @Test func followersAreLetGoWhenTheEngineLeaves() async throws {
        var bench = TestBench()
        bench.runner = ScriptedRunner(onStart: { _ in nil })
        let engine = try await bench.started()
        let run = try await engine.submit(.made(of: 1))
        await bench.runner.when { $0.count == 1 }
        async let seen = engine.see(run)
        await engine.shutdown()
        #expect(await seen.count <= 4)
    }

    @Test(arguments: [-1, Int.min, Int.max])
    func aPlaceFromOutsideIsTakenAsItIs(_ place: Int) async throws {
        let engine = try await TestBench().started()
        let run = try await engine.submit(.made(of: 1))
        _ = try await engine.outcome(of: run)
        var numbers: [Int] = []
        for await events in engine.follow(run, after: place) { numbers += events.map(\.sequence) }
        #expect(numbers.first == (place < 0 ? 1 : nil))
    }
}
