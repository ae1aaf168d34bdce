import Testing
import TminusCommands
import TminusModel

@Suite(.timeLimit(.minutes(5)))
struct AnchoredClockTests {
    @Test func itStartsAtItsAnchorAndNeverGoesBack() {
        let wall = Instant(millisecondsSinceEpoch: 1_000_000)
        let clock = AnchoredClock(wall: wall)
        var last = clock.now
        #expect(last >= wall)
        #expect(last < wall.advanced(by: .seconds(60)))
        for _ in 0..<10_000 {
            let now = clock.now
            #expect(now >= last)
            last = now
        }
    }

    @Test func sleepingUntilThePastReturnsAtOnce() async throws {
        let clock = AnchoredClock()
        try await clock.sleep(until: .distantPast)
        try await clock.sleep(until: clock.now)
    }

    @Test func aSleepThatNeverEndsCanBeCancelled() async {
        let clock = AnchoredClock()
        let sleeping = Task { try await clock.sleep(until: .distantFuture) }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
    }
}
